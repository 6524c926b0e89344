package io.nimoshake.mongodb;

import com.mongodb.MongoException;
import com.mongodb.client.model.ReplaceOptions;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.TargetMender;
import io.nimoshake.core.port.TargetReader.Stored;

/**
 * Mends documents one by one, in the bytes and by the layout that a sync writes. The server
 * compares a document with what was read before it touches it; a majority acknowledges every write.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/reference/operator/query/expr/">$expr</a>
 */
public final class MongoTargetMender implements TargetMender {
  private static final ReplaceOptions NO_UPSERT = new ReplaceOptions().upsert(false);

  private final MongoTargetReader reader;

  /**
   * @param reader whose connection and layouts are used; it is closed by its owner
   */
  public MongoTargetMender(MongoTargetReader reader) {
    this.reader = reader;
  }

  @Override
  public boolean insertIfAbsent(TableSchema table, Change.Upsert item) throws Fault {
    MongoTargetReader.Opened place = reader.opened(table);
    try {
      place.collection().insertOne(place.layout().insertion(item.key(), item.document()));
      return true;
    } catch (MongoException e) {
      if (MongoFaults.isDuplicateKey(e)) {
        return false;
      }
      throw MongoFaults.of(e, "insert into " + reader.namespace(table));
    }
  }

  @Override
  public boolean replaceIfSame(TableSchema table, Stored seen, Change.Upsert item) throws Fault {
    MongoTargetReader.Opened place = reader.opened(table);
    try {
      return place
              .collection()
              .replaceOne(
                  MongoTargetReader.same(seen),
                  place.layout().replacement(item.key(), item.document()),
                  NO_UPSERT)
              .getMatchedCount()
          == 1;
    } catch (MongoException e) {
      throw MongoFaults.of(e, "replace in " + reader.namespace(table));
    }
  }

  @Override
  public boolean deleteIfSame(TableSchema table, Stored seen) throws Fault {
    try {
      return reader
              .opened(table)
              .collection()
              .deleteOne(MongoTargetReader.same(seen))
              .getDeletedCount()
          == 1;
    } catch (MongoException e) {
      throw MongoFaults.of(e, "delete from " + reader.namespace(table));
    }
  }

  @Override
  public void close() {
    // the connection is the reader's
  }
}
