package io.nimoshake.mapping.reverse;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.ReverseMapping;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/** A table without rules: its documents are its items, and have their key as {@code _id}. */
final class UnmappedTable implements ReverseMapping.OfTable {
  private static final String ID = "_id";

  private final TableSchema table;
  private final KeyForm form;

  UnmappedTable(TableSchema table, KeyForm form) {
    this.table = table;
    this.form = form;
  }

  @Override
  public List<String> collections() {
    return List.of(table.name());
  }

  @Override
  public List<Place> of(ItemKey key) {
    BsonDocument fields = Documents.of(key.encoded());
    BsonValue id = table.range().isPresent() ? fields : fields.get(fields.getFirstKey());
    return List.of(new Place(table.name(), Documents.bytes(new BsonDocument(ID, id))));
  }

  @Override
  public Optional<ItemKey> keyAt(Place place) {
    if (!place.collection().equals(table.name())) {
      return Optional.empty();
    }
    BsonValue id = Documents.of(place.id()).get(ID);
    if (table.range().isEmpty()) {
      return form.key(table, Map.of(form.names().topLevel(table.hash().name()), id));
    }
    return id.isDocument() ? form.key(table, id.asDocument()) : Optional.empty();
  }

  @Override
  public Optional<ItemKey> keyIn(Slice document) {
    BsonDocument fields = Documents.of(document);
    Map<String, BsonValue> key = new LinkedHashMap<>();
    for (KeyAttribute attribute : table.key()) {
      String field = form.names().topLevel(attribute.name());
      if (fields.containsKey(field)) {
        key.put(field, fields.get(field));
      }
    }
    return form.key(table, key);
  }

  @Override
  public boolean changesDocuments() {
    return false;
  }

  @Override
  public ReverseMapping.Inverse invert(
      ItemKey key, String collection, Slice document, Optional<Slice> there) {
    BsonDocument attributes = Documents.of(document);
    attributes.remove(ID);
    return new ReverseMapping.Inverse.Item(Documents.bytes(attributes));
  }
}
