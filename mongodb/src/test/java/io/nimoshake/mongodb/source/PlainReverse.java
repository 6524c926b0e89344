package io.nimoshake.mongodb.source;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.ReverseMapping;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;

/**
 * Stands in for the way back of a mapping: a table has these collections, and the {@code _id} of a
 * document in each of them is the text that is the item's key {@code id}. Where tables share the
 * collections, that text begins with the name of the table.
 */
final class PlainReverse implements ReverseMapping {
  private final List<String> collections;
  private final boolean shared;

  PlainReverse(List<String> collections) {
    this(collections, false);
  }

  PlainReverse(List<String> collections, boolean shared) {
    this.collections = collections;
    this.shared = shared;
  }

  @Override
  public OfTable of(TableSchema table) {
    return new OfOne(shared ? table.name() : "");
  }

  @Override
  public List<String> problems(Collection<TableSchema> tables) {
    return List.of();
  }

  private final class OfOne implements OfTable {
    private final String prefix;

    OfOne(String prefix) {
      this.prefix = prefix;
    }

    @Override
    public List<String> collections() {
      return collections;
    }

    @Override
    public Optional<ItemKey> keyIn(Slice document) {
      return key(raw(document).get("id"));
    }

    @Override
    public Optional<ItemKey> keyAt(Place place) {
      return collections.contains(place.collection())
          ? key(raw(place.id()).get("_id"))
          : Optional.empty();
    }

    private Optional<ItemKey> key(BsonValue id) {
      return id == null || !id.isString() || !id.asString().getValue().startsWith(prefix)
          ? Optional.empty()
          : Optional.of(new ItemKey(StoredDocument.bytes(new BsonDocument("id", id))));
    }

    @Override
    public List<Place> of(ItemKey key) {
      BsonDocument id = new BsonDocument("_id", raw(key.encoded()).get("id"));
      List<Place> places = new ArrayList<>();
      collections.forEach(name -> places.add(new Place(name, StoredDocument.bytes(id))));
      return places;
    }

    @Override
    public boolean changesDocuments() {
      return false;
    }

    @Override
    public Inverse invert(ItemKey key, String collection, Slice document, Optional<Slice> there) {
      throw new UnsupportedOperationException();
    }
  }

  static RawBsonDocument raw(Slice bytes) {
    return new RawBsonDocument(bytes.array(), bytes.offset(), bytes.length());
  }
}
