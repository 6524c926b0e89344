package io.nimoshake.mongodb.source;

import com.mongodb.ReadConcern;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Places;
import io.nimoshake.core.port.ReverseMapping;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;

/**
 * The documents of one table: which item each is, and which of them are there now.
 *
 * @param schema the table
 * @param way the way back of the table
 * @param generatedIds whether the {@code _id} of a document says nothing of its item ({@code
 *     target.mongodb.id = objectid})
 */
record CollectionsOfTable(TableSchema schema, ReverseMapping.OfTable way, boolean generatedIds) {
  /** A document, and the collection that it is in. */
  record Found(String collection, RawBsonDocument document) {}

  /** The item of a document; empty if the table has none for it. */
  Optional<ItemKey> keyOf(String collection, BsonDocument id, Optional<RawBsonDocument> document) {
    return generatedIds
        ? document.flatMap(whole -> way.keyIn(StoredDocument.bytes(whole)))
        : keyAt(collection, id);
  }

  Optional<ItemKey> keyAt(String collection, BsonDocument id) {
    return way.keyAt(new Places.Place(collection, StoredDocument.bytes(id)));
  }

  /** Whether documents of one item may be in other collections than this one. */
  boolean mayBeElsewhere(ItemKey key, String collection) {
    return !generatedIds
        && way.of(key).stream().anyMatch(place -> !place.collection().equals(collection));
  }

  /**
   * Documents of these items that are there now, in any collection of the table. A majority of the
   * replica set has them.
   */
  Map<ItemKey, Found> lookUp(MongoDatabase database, Collection<ItemKey> keys) {
    Map<String, List<BsonValue>> ids = new LinkedHashMap<>();
    for (ItemKey key : keys) {
      for (Places.Place place : way.of(key)) {
        ids.computeIfAbsent(place.collection(), name -> new ArrayList<>())
            .add(
                new RawBsonDocument(place.id().array(), place.id().offset(), place.id().length())
                    .get("_id"));
      }
    }
    Map<ItemKey, Found> found = new HashMap<>();
    ids.forEach(
        (collection, wanted) -> {
          for (RawBsonDocument document :
              database
                  .withReadConcern(ReadConcern.MAJORITY)
                  .getCollection(collection, RawBsonDocument.class)
                  .find(Filters.in("_id", wanted))) {
            keyAt(collection, new BsonDocument("_id", document.get("_id")))
                .ifPresent(key -> found.putIfAbsent(key, new Found(collection, document)));
          }
        });
    return found;
  }
}
