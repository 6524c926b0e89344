package io.nimoshake.mongodb.write;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.Document;

/**
 * Says which documents of a collection hold the values of a document that must be unique. It asks
 * for every unique index: an error of the server names only the first that refuses a document, and
 * not every server says of which values. The answer is sure for the moment in which it is given.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/core/index-unique/">MongoDB Manual, Unique
 *     Indexes</a>
 */
final class UniqueValues {
  private final MongoDatabase database;
  private final MongoCollection<Document> collection;

  UniqueValues(MongoDatabase database, MongoCollection<Document> collection) {
    this.database = database;
    this.collection = collection;
  }

  /**
   * Whether no document but these can keep this one out.
   *
   * @return false also if that is not certain
   */
  boolean areHeldOnlyBy(Set<BsonValue> ids, BsonDocument document) {
    return IndexSpec.of(collection).stream()
        .filter(index -> index.isUnique() && !index.isOfId())
        .noneMatch(index -> othersMayHold(index, ids, document));
  }

  private boolean othersMayHold(IndexSpec index, Set<BsonValue> ids, BsonDocument document) {
    BsonArray conditions = new BsonArray();
    boolean hasField = false;
    for (Map.Entry<String, Object> field : index.key().entrySet()) {
      Optional<BsonValue> value = at(field.getKey(), document);
      if (!(field.getValue() instanceof Number) || value.filter(BsonValue::isArray).isPresent()) {
        // Each element of an array has an entry of its own, and other kinds have other entries.
        return true;
      }
      hasField |= value.isPresent();
      conditions.add(
          new BsonDocument(field.getKey(), new BsonDocument("$eq", value.orElse(BsonNull.VALUE))));
    }
    if (!hasField && index.isSparse()) {
      return false;
    }
    index.partialFilter().ifPresent(filter -> conditions.add(filter.toBsonDocument()));
    return !ids.containsAll(find(index, conditions, ids.size() + 1));
  }

  /** A value, or the array on the way to it. */
  private static Optional<BsonValue> at(String path, BsonDocument document) {
    BsonValue value = document;
    for (String name : path.split("\\.")) {
      if (value.isArray()) {
        return Optional.of(value);
      }
      if (!value.isDocument() || !value.asDocument().containsKey(name)) {
        return Optional.empty();
      }
      value = value.asDocument().get(name);
    }
    return Optional.of(value);
  }

  private Set<BsonValue> find(IndexSpec index, BsonArray conditions, int limit) {
    BsonDocument command =
        new BsonDocument("find", new BsonString(collection.getNamespace().getCollectionName()))
            .append("filter", new BsonDocument("$and", conditions))
            .append("projection", new BsonDocument("_id", new BsonInt32(1)))
            .append("limit", new BsonInt32(limit))
            .append("batchSize", new BsonInt32(limit))
            .append("singleBatch", BsonBoolean.TRUE);
    index
        .collation()
        .ifPresent(collation -> command.append("collation", collation.toBsonDocument()));
    List<BsonValue> found =
        database
            .runCommand(command, BsonDocument.class)
            .getDocument("cursor")
            .getArray("firstBatch")
            .getValues();
    Set<BsonValue> ids = new HashSet<>();
    found.forEach(each -> ids.add(each.asDocument().get("_id")));
    return ids;
  }
}
