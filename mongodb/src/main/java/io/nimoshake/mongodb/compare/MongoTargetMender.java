package io.nimoshake.mongodb.compare;

import com.mongodb.MongoException;
import com.mongodb.MongoWriteException;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.ReplaceOptions;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.TargetMender;
import io.nimoshake.core.port.TargetReader.Stored;
import io.nimoshake.mongodb.client.MongoFaults;
import io.nimoshake.mongodb.write.Rejections;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;

/**
 * Repairs documents one by one. It writes the same bytes, in the same layout, as a sync does. The
 * server changes a document only if the document is still what was read before. A majority of the
 * replica set acknowledges every write.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/reference/operator/query/expr/">$expr</a>
 */
public final class MongoTargetMender implements TargetMender {
  private static final ReplaceOptions NO_UPSERT = new ReplaceOptions().upsert(false);

  private final MongoTargetReader reader;

  /**
   * @param reader gives connection and layouts; its owner closes it
   */
  public MongoTargetMender(MongoTargetReader reader) {
    this.reader = reader;
  }

  @Override
  public boolean insertIfAbsent(TableSchema table, Change.Upsert item) throws Fault {
    StoredTable.Insertion insertion = reader.opened(table).insertion(item);
    try {
      insertion.collection().insertOne(insertion.document());
      return true;
    } catch (MongoException e) {
      if (MongoFaults.isDuplicateKey(e) && exists(table, insertion, item)) {
        return false;
      }
      throw fault(e, table, item, "insert into ");
    }
  }

  /**
   * A mapping may give an item another _id than it had; then another document may be in the way.
   */
  private boolean exists(TableSchema table, StoredTable.Insertion insertion, Change.Upsert item)
      throws Fault {
    if (insertion.document().containsKey("_id")) {
      Bson sameId = Filters.eq("_id", insertion.document().get("_id"));
      try {
        return insertion.collection().find(sameId).first() != null;
      } catch (MongoException e) {
        throw MongoFaults.of(e, "read from " + reader.namespace(table));
      }
    }
    List<Stored> found = new ArrayList<>();
    reader.fetch(table, List.of(item.key()), found::add);
    return !found.isEmpty();
  }

  @Override
  public boolean replaceIfSame(TableSchema table, Stored seen, Change.Upsert item) throws Fault {
    StoredTable place = reader.opened(table);
    RawBsonDocument replacement = place.replacement(item);
    try {
      return ifSame(
          table,
          seen,
          same ->
              place.collection(seen).replaceOne(same, replacement, NO_UPSERT).getMatchedCount());
    } catch (MongoException e) {
      throw fault(e, table, item, "replace in ");
    }
  }

  /** A document that replaces another one can collide only on an index that somebody else made. */
  private Fault fault(MongoException e, TableSchema table, Change.Upsert item, String doing) {
    if (e instanceof MongoWriteException write
        && (MongoFaults.refusesDocument(e.getCode()) || MongoFaults.isDuplicateKey(e))) {
      String reason = MongoFaults.redact(write.getError().getMessage());
      return new Fault.Poison(Rejections.of(table, item, reason));
    }
    return MongoFaults.of(e, doing + reader.namespace(table));
  }

  @Override
  public boolean deleteIfSame(TableSchema table, Stored seen) throws Fault {
    StoredTable place = reader.opened(table);
    try {
      return ifSame(table, seen, same -> place.collection(seen).deleteOne(same).getDeletedCount());
    } catch (MongoException e) {
      throw MongoFaults.of(e, "delete from " + reader.namespace(table));
    }
  }

  /**
   * Not every server that speaks MongoDB's protocol can compare whole documents. If the comparison
   * finds nothing although the document is still the same, the fields are compared one by one.
   */
  private boolean ifSame(TableSchema table, Stored seen, ToLongFunction<Bson> write) throws Fault {
    RawBsonDocument document = reader.opened(table).document(seen);
    if (write.applyAsLong(sameWhole(document)) == 1) {
      return true;
    }
    Optional<Stored> now = reader.again(table, seen);
    return now.isPresent()
        && now.get().document().equals(seen.document())
        && write.applyAsLong(sameFields(document)) == 1;
  }

  private static Bson sameWhole(RawBsonDocument document) {
    BsonDocument literal = new BsonDocument("$literal", document);
    return Filters.and(
        Filters.eq("_id", document.get("_id")),
        new BsonDocument(
            "$expr",
            new BsonDocument("$eq", new BsonArray(List.of(new BsonString("$$ROOT"), literal)))));
  }

  private static Bson sameFields(RawBsonDocument document) {
    List<Bson> fields = new ArrayList<>();
    document.forEach(
        (name, value) -> {
          if (!name.startsWith("$") && name.indexOf('.') < 0) {
            fields.add(Filters.eq(name, value));
          }
        });
    return Filters.and(fields);
  }

  @Override
  public void close() {
    // the connection belongs to the reader
  }
}
