package io.nimoshake.mongodb.write;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.DeleteOneModel;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.InsertOneModel;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.WriteModel;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.mongodb.client.MongoFaults;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.Document;
import org.bson.RawBsonDocument;

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
  private static final int MAX_ROUNDS = 4;

  private final TableLayout layout;
  private final MongoDatabase database;
  private final MongoCollection<RawBsonDocument> collection;
  private final InsertCommand inserts;
  private final Clock clock;

  BatchWriter(TableLayout layout, MongoDatabase database, String collection, Clock clock) {
    this.layout = layout;
    this.database = database;
    this.collection = database.getCollection(collection, RawBsonDocument.class);
    this.inserts = new InsertCommand(database, collection);
    this.clock = clock;
  }

  /** A change and the write that the server gets for it. */
  private record Pending(Change change, WriteModel<RawBsonDocument> model) {}

  /**
   * A change that the server refuses for good.
   *
   * @param taken whether a unique index refuses it, so that it may fit when another document is
   *     gone
   */
  record Refused(Change.Upsert change, String reason, boolean taken) {}

  /** See {@link io.nimoshake.core.port.Target#write}. */
  List<Refused> write(List<Change> changes, WriteMode mode) throws Fault {
    List<Refused> refused = new ArrayList<>();
    List<Change> left = mode == WriteMode.COPY_IF_ABSENT ? insert(changes) : changes;
    List<Pending> pending = new ArrayList<>(left.size());
    for (Change change : left) {
      WriteModel<RawBsonDocument> model = model(change, mode);
      if (change instanceof Change.Upsert upsert
          && upsert.sizeBytes() > SURELY_FITS_BYTES
          && sizeOf(model) > MAX_DOCUMENT_BYTES) {
        refused.add(
            new Refused(upsert, "larger than 16 MB, which is the most that MongoDB takes", false));
      } else {
        pending.add(new Pending(change, model));
      }
    }
    for (int round = 1; !pending.isEmpty(); round++) {
      if (round > MAX_ROUNDS) {
        throw new Fault.Unknown(
            doing()
                + ": a duplicate key again and again, although the document with this key is"
                + " replaced: does anybody else write to this collection?",
            null);
      }
      pending = writeOnce(pending, mode, refused);
    }
    return refused;
  }

  /** Inserts items whose keys are absent. Returns those of which the server must be asked again. */
  private List<Change> insert(List<Change> items) throws Fault {
    List<BsonSplice.Pair> documents = new ArrayList<>(items.size());
    for (Change item : items) {
      if (!(item instanceof Change.Upsert upsert)) {
        throw new IllegalArgumentException("a copy does not delete");
      }
      documents.add(layout.insertionParts(upsert.key(), upsert.document()));
    }
    List<Change> left = new ArrayList<>();
    try {
      for (InsertCommand.Left document : inserts.insert(documents)) {
        if (!document.error().map(this::isKeyThatExists).orElse(false)) {
          left.add(items.get(document.index()));
        }
      }
    } catch (MongoException e) {
      throw MongoFaults.of(e, doing());
    }
    return left;
  }

  private boolean isKeyThatExists(BsonDocument error) {
    return MongoFaults.isDuplicateKey(error.getNumber("code").intValue())
        && DuplicateKey.of(error, layout) == DuplicateKey.Of.ITEM;
  }

  /**
   * Writes changes once.
   *
   * @return those that must be written again
   */
  private List<Pending> writeOnce(List<Pending> changes, WriteMode mode, List<Refused> refused)
      throws Fault {
    try {
      return tryOnce(changes, mode, refused);
    } catch (MongoException e) {
      throw MongoFaults.of(e, doing());
    }
  }

  private List<Pending> tryOnce(List<Pending> changes, WriteMode mode, List<Refused> refused)
      throws Fault {
    List<Pending> again = new ArrayList<>();
    try {
      collection.bulkWrite(changes.stream().map(Pending::model).toList(), UNORDERED);
    } catch (MongoBulkWriteException e) {
      if (e.getWriteConcernError() != null) {
        throw MongoFaults.of(e, doing());
      }
      for (BulkWriteError error : e.getWriteErrors()) {
        Pending failed = changes.get(error.getIndex());
        switch (outcome(error, failed, mode, e)) {
          case DONE -> {}
          case AGAIN -> again.add(failed);
          case REJECTED -> refused.add(refuse(failed.change(), error, e));
        }
      }
    }
    return again;
  }

  /** What becomes of a change that the server did not carry out. */
  private enum Outcome {
    DONE,
    AGAIN,
    REJECTED
  }

  private Outcome outcome(
      BulkWriteError error, Pending failed, WriteMode mode, MongoBulkWriteException cause)
      throws Fault {
    if (MongoFaults.refusesDocument(error.getCode())) {
      return Outcome.REJECTED;
    }
    if (!MongoFaults.isDuplicateKey(error.getCode())) {
      throw MongoFaults.of(error, cause, doing());
    }
    DuplicateKey.Of duplicate = DuplicateKey.of(error.getMessage(), layout);
    if (mode == WriteMode.COPY_IF_ABSENT) {
      // the key may exist, too, although the server names another index
      boolean exists = duplicate == DuplicateKey.Of.ITEM || exists(failed.change().key());
      return exists ? Outcome.DONE : Outcome.REJECTED;
    }
    if (duplicate == DuplicateKey.Of.UNKNOWN) {
      duplicate = askAgain(failed);
    }
    return duplicate == DuplicateKey.Of.ITEM ? Outcome.AGAIN : Outcome.REJECTED;
  }

  private boolean exists(ItemKey key) {
    return collection.find(layout.filter(key)).projection(Projections.include("_id")).first()
        != null;
  }

  /** The documents of these keys, without tombstones. */
  List<RawBsonDocument> find(List<ItemKey> keys) throws Fault {
    try {
      List<RawBsonDocument> found = new ArrayList<>();
      for (ItemKey key : keys) {
        RawBsonDocument document = collection.find(layout.filter(key)).first();
        if (document != null && !document.isDateTime(TableLayout.TOMBSTONE)) {
          found.add(document);
        }
      }
      return found;
    } catch (MongoException e) {
      throw MongoFaults.of(e, "read from " + collection.getNamespace());
    }
  }

  /**
   * Whether these documents alone keep an item out by values that must be unique.
   *
   * @return false also if that is not certain
   */
  boolean isKeptOutOnlyBy(List<RawBsonDocument> documents, Change.Upsert item) throws Fault {
    RawBsonDocument replacement = layout.replacement(item.key(), item.document());
    Set<BsonValue> ids = new HashSet<>();
    documents.forEach(document -> ids.add(document.get("_id")));
    ids.add(replacement.get("_id"));
    try {
      return new UniqueValues(database, collection.withDocumentClass(Document.class))
          .areHeldOnlyBy(ids, replacement);
    } catch (MongoException e) {
      throw MongoFaults.of(e, "read from " + collection.getNamespace());
    }
  }

  /** Writes documents again that were found before. */
  void putBack(List<RawBsonDocument> documents) throws Fault {
    try {
      for (RawBsonDocument document : documents) {
        collection.replaceOne(Filters.eq("_id", document.get("_id")), document, UPSERT);
      }
    } catch (MongoException e) {
      throw MongoFaults.of(e, doing());
    }
  }

  /**
   * Sends an upsert alone, because only the reply to a command of ours shows {@code keyPattern}. If
   * the server reports a duplicate again and does still not say of which key, it is another index:
   * an upsert can lose only one race for the key of the item.
   *
   * @return {@link DuplicateKey.Of#ITEM} if it must be written again
   */
  private DuplicateKey.Of askAgain(Pending failed) {
    ReplaceOneModel<RawBsonDocument> upsert = (ReplaceOneModel<RawBsonDocument>) failed.model();
    BsonDocument statement =
        new BsonDocument("q", (BsonDocument) upsert.getFilter())
            .append("u", upsert.getReplacement())
            .append("upsert", BsonBoolean.TRUE);
    BsonDocument reply =
        database.runCommand(
            new BsonDocument(
                    "update", new BsonString(collection.getNamespace().getCollectionName()))
                .append("updates", new BsonArray(List.of(statement))),
            BsonDocument.class);
    return reply.getArray("writeErrors", new BsonArray()).stream()
        .map(BsonValue::asDocument)
        .filter(error -> MongoFaults.isDuplicateKey(error.getNumber("code").intValue()))
        .findFirst()
        .map(error -> DuplicateKey.of(error, layout))
        .map(of -> of == DuplicateKey.Of.UNKNOWN ? DuplicateKey.Of.OTHER_INDEX : of)
        .orElse(DuplicateKey.Of.ITEM);
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

  private Refused refuse(Change change, BulkWriteError error, MongoBulkWriteException cause)
      throws Fault {
    String reason = MongoFaults.redact(error.getMessage());
    if (change instanceof Change.Upsert upsert) {
      return new Refused(upsert, reason, MongoFaults.isDuplicateKey(error.getCode()));
    }
    throw new Fault.TableFailed(
        doing()
            + ": MongoDB refuses the tombstone of a deleted item: "
            + reason
            + "; add unique indexes and validators only when the table is copied",
        cause);
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
}
