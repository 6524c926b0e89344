package io.nimoshake.mapping.plugin;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.core.port.Mapping.Destination;
import io.nimoshake.core.port.Mapping.Index;
import io.nimoshake.core.port.Mapping.Mapper;
import io.nimoshake.core.port.Mapping.Placements;
import io.nimoshake.plugin.Collection;
import io.nimoshake.plugin.Item;
import io.nimoshake.plugin.contract.BrokenContractException;
import io.nimoshake.plugin.contract.CheckedMapper;
import io.nimoshake.plugin.contract.Place;
import io.nimoshake.plugin.contract.Result;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.ByteBuf;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/** What a plug-in does with the items of one table. */
final class PluginTable implements Mapping.OfTable, Mapper {
  private static final BsonDocumentCodec CODEC = new BsonDocumentCodec();

  private final CheckedMapper plugin;
  private final List<String> collections;

  PluginTable(CheckedMapper plugin) {
    this.plugin = plugin;
    this.collections = plugin.collections().stream().map(Collection::name).toList();
  }

  @Override
  public List<Destination> destinations() {
    return plugin.collections().stream()
        .map(
            collection ->
                new Destination(
                    collection.name(),
                    // A collection belongs to one table.
                    false,
                    collection.indexes().stream().map(PluginTable::index).toList(),
                    // Nobody knows which attributes its documents have.
                    List.of()))
        .toList();
  }

  private static Index index(io.nimoshake.plugin.Index index) {
    return new Index(
        index.keys(), index.name(), index.unique(), index.sparse(), index.expireAfterSeconds());
  }

  /** It has no state, so all threads share one. */
  @Override
  public Mapper mapper() {
    return this;
  }

  @Override
  public void upsert(ItemKey key, Slice item, Placements into) {
    Result result = plugin.map(view(key.encoded()), view(item));
    if (result instanceof Result.Document document) {
      into.upsert(
          collections.indexOf(document.place().collection()),
          id(document.place()),
          bytes(document.document()));
      delete(document.elsewhere(), into);
    } else if (result instanceof Result.Nothing nothing) {
      delete(nothing.elsewhere(), into);
    } else if (result instanceof Result.Rejected rejected) {
      into.reject(rejected.reason());
    } else {
      throw new IllegalStateException("a result that nobody knows: " + result);
    }
  }

  @Override
  public void delete(ItemKey key, Placements into) {
    try {
      delete(plugin.places(view(key.encoded())), into);
    } catch (BrokenContractException e) {
      into.reject(e.getMessage());
    }
  }

  private void delete(List<Place> places, Placements into) {
    for (Place place : places) {
      into.delete(collections.indexOf(place.collection()), id(place));
    }
  }

  static Item view(Slice slice) {
    return Item.of(slice.array(), slice.offset(), slice.length());
  }

  static Slice id(Place place) {
    return encoded(new BsonDocument("_id", place.id()));
  }

  static Slice encoded(BsonDocument document) {
    return bytes(new RawBsonDocument(document, CODEC));
  }

  private static Slice bytes(RawBsonDocument document) {
    ByteBuf bytes = document.getByteBuffer();
    return new Slice(bytes.array(), bytes.position(), bytes.remaining());
  }
}
