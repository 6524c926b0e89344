package io.nimoshake.mongodb.write;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.DeleteOneModel;
import com.mongodb.client.model.InsertOneModel;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.WriteModel;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.mongodb.client.MongoFaults;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bson.RawBsonDocument;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;

/**
 * Writes changes with distinct keys to one collection, unordered. Each change is written, written
 * again, or rejected, as the reply of the server says.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/core/bulk-write-operations/">MongoDB Manual,
 *     Bulk Write Operations</a>
 */
final class BatchWriter {
  private static final BulkWriteOptions UNORDERED = new BulkWriteOptions().ordered(false);
  private static final ReplaceOptions UPSERT = new ReplaceOptions().upsert(true);

  /** MongoDB's limit for a document with its {@code _id}. */
  static final int MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

  /** An item that is smaller than this with its key fits, whatever its {@code _id} adds. */
  private static final int SURELY_FITS_BYTES = MAX_DOCUMENT_BYTES - 64;

  /**
   * The copy inserts a key once, so an upsert loses at most one race against it. More rounds mean
   * that somebody else writes to the collection, too.
   */
  private static final int MAX_ROUNDS = 8;

  /** The index in the message of a duplicate key; old servers write {@code db.collection.$name}. */
  private static final Pattern INDEX_OF_DUPLICATE =
      Pattern.compile("index: (?:\\S*\\.\\$)?(.*?)\\s+dup key");

  private static final JsonWriterSettings WHOLE =
      JsonWriterSettings.builder().outputMode(JsonMode.EXTENDED).build();
  private static final JsonWriterSettings READABLE =
      JsonWriterSettings.builder().outputMode(JsonMode.RELAXED).build();

  private final String table;
  private final TableLayout layout;
  private final MongoCollection<RawBsonDocument> collection;
  private final Clock clock;

  BatchWriter(
      String table, TableLayout layout, MongoCollection<RawBsonDocument> collection, Clock clock) {
    this.table = table;
    this.layout = layout;
    this.collection = collection;
    this.clock = clock;
  }

  /** See {@link io.nimoshake.core.port.Target#write}. */
  List<Rejected> write(List<Change> changes, WriteMode mode) throws Fault {
    List<Rejected> rejected = new ArrayList<>();
    List<Change> left = new ArrayList<>(changes.size());
    List<WriteModel<RawBsonDocument>> models = new ArrayList<>(changes.size());
    for (Change change : changes) {
      WriteModel<RawBsonDocument> model = model(change, mode);
      if (change instanceof Change.Upsert upsert
          && upsert.sizeBytes() > SURELY_FITS_BYTES
          && sizeOf(model) > MAX_DOCUMENT_BYTES) {
        rejected.add(reject(upsert, "larger than 16 MB, which is the most that MongoDB takes"));
      } else {
        left.add(change);
        models.add(model);
      }
    }
    for (int round = 0; !left.isEmpty(); round++) {
      if (round == MAX_ROUNDS) {
        throw new Fault.Transient(
            doing()
                + ": duplicate keys again and again: does anybody else write to this collection?",
            null);
      }
      List<Integer> again = new ArrayList<>();
      try {
        collection.bulkWrite(models, UNORDERED);
      } catch (MongoBulkWriteException e) {
        if (e.getWriteConcernError() != null) {
          throw MongoFaults.of(e, doing());
        }
        for (BulkWriteError error : e.getWriteErrors()) {
          handle(error, left.get(error.getIndex()), mode, again, rejected, e);
        }
      } catch (MongoException e) {
        throw MongoFaults.of(e, doing());
      }
      left = pick(left, again);
      models = pick(models, again);
    }
    return rejected;
  }

  private WriteModel<RawBsonDocument> model(Change change, WriteMode mode) {
    ItemKey key = change.key();
    if (change instanceof Change.Upsert upsert) {
      Slice item = upsert.document();
      return mode == WriteMode.COPY_IF_ABSENT
          ? new InsertOneModel<>(layout.insertion(key, item))
          : new ReplaceOneModel<>(layout.filter(key), layout.replacement(key, item), UPSERT);
    }
    return switch (mode) {
      case STREAM -> new DeleteOneModel<>(layout.filter(key));
      case STREAM_WITH_TOMBSTONES ->
          new ReplaceOneModel<>(layout.filter(key), layout.tombstone(key, clock.millis()), UPSERT);
      case COPY_IF_ABSENT, COPY_REPLACE ->
          throw new IllegalArgumentException("a copy does not delete");
    };
  }

  private void handle(
      BulkWriteError error,
      Change change,
      WriteMode mode,
      List<Integer> again,
      List<Rejected> rejected,
      MongoBulkWriteException cause)
      throws Fault {
    if (MongoFaults.isDuplicateKey(error.getCode())) {
      if (isOfKey(error, change)) {
        if (mode != WriteMode.COPY_IF_ABSENT) {
          again.add(error.getIndex());
        }
        return;
      }
    } else if (!MongoFaults.refusesDocument(error.getCode())) {
      throw MongoFaults.of(error.getCode(), error.getMessage(), doing(), cause);
    }
    if (!(change instanceof Change.Upsert upsert)) {
      throw new Fault.TableFailed(
          doing() + ": a delete was refused: " + MongoFaults.redact(error.getMessage()), cause);
    }
    rejected.add(reject(upsert, MongoFaults.redact(error.getMessage())));
  }

  /** Whether the key of the item exists already, and not a value of another unique index. */
  private boolean isOfKey(BulkWriteError error, Change change) throws Fault {
    Matcher index = INDEX_OF_DUPLICATE.matcher(error.getMessage());
    if (index.find()) {
      return index.group(1).equals(layout.keyIndex());
    }
    // the server does not name the index: look for the key
    try {
      return collection
              .find(layout.filter(change.key()))
              .projection(Projections.include("_id"))
              .first()
          != null;
    } catch (MongoException e) {
      throw MongoFaults.of(e, doing());
    }
  }

  private Rejected reject(Change.Upsert upsert, String reason) {
    return new Rejected(
        table,
        BsonSplice.raw(upsert.key().encoded()).toJson(READABLE),
        reason,
        BsonSplice.raw(upsert.document()).toJson(WHOLE));
  }

  private String doing() {
    return "write to " + collection.getNamespace();
  }

  private static int sizeOf(WriteModel<RawBsonDocument> model) {
    if (model instanceof InsertOneModel<RawBsonDocument> insert) {
      return insert.getDocument().getByteBuffer().remaining();
    }
    return ((ReplaceOneModel<RawBsonDocument>) model).getReplacement().getByteBuffer().remaining();
  }

  private static <T> List<T> pick(List<T> from, List<Integer> indexes) {
    List<T> picked = new ArrayList<>(indexes.size());
    for (int index : indexes) {
      picked.add(from.get(index));
    }
    return picked;
  }
}
