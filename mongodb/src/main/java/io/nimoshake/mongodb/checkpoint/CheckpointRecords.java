package io.nimoshake.mongodb.checkpoint;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.DeleteManyModel;
import com.mongodb.client.model.DeleteOneModel;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.client.model.WriteModel;
import io.nimoshake.core.checkpoint.Checkpoint;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.Subject;
import io.nimoshake.mongodb.client.MongoFaults;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bson.BsonType;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * The records of a checkpoint: says which record is in which collection, and changes records under
 * a term.
 */
public final class CheckpointRecords {
  public static final String STATUS_TABLE = "status_table";

  /** The term a record was written under. */
  private static final String TERM = "Term";

  /** Servers before 4.4 take 120 bytes for database and collection; this leaves some for both. */
  private static final int MAX_NAME_BYTES = 50;

  private static final BulkWriteOptions UNORDERED = new BulkWriteOptions().ordered(false);
  private static final ReplaceOptions UPSERT = new ReplaceOptions().upsert(true);

  /** Everything but the lease document, which is no record. */
  private static final Bson RECORDS = Filters.ne("_id", LeaseDocument.ID);

  /**
   * What this program writes. Others may have documents in this database, with fields of the same
   * names.
   */
  private static final Bson OURS =
      Filters.and(
          RECORDS,
          Filters.type("_id", BsonType.STRING),
          Filters.or(
              ofKind("sync", GoCheckpoint.STATUS_VALUE, "Key"),
              ofKind("mapping", "Text"),
              ofKind("direction", "Direction", "At"),
              ofKind("table", "Table", "Phase", "Streams"),
              ofKind("segment", "Table", "Segment", "Segments", "Status", "IteratorType"),
              ofKind("file", "Table", "Export", "File", "Files", "Status", "IteratorType"),
              ofKind(
                  "change_file",
                  "Table",
                  "Window",
                  "Export",
                  "File",
                  "Files",
                  "Status",
                  "IteratorType"),
              ofKind("change_stream", "Table", "Status", "IteratorType"),
              ofKind("documents", "Table", "Status", "IteratorType"),
              ofKind("leftovers", "Table", "Segment", "Segments", "Status", "IteratorType"),
              ofKind("shard", "Table", "StreamArn", "ShardId", "Status", "IteratorType")));

  private static Bson ofKind(String kind, String... fields) {
    List<Bson> conditions = new ArrayList<>();
    conditions.add(Filters.eq(CheckpointDocuments.KIND, kind));
    for (String field : fields) {
      conditions.add(Filters.exists(field));
    }
    return Filters.and(conditions);
  }

  /** What the Go tool writes: a shard always with its status. */
  private static final Bson FOREIGN =
      Filters.and(
          Filters.exists(CheckpointDocuments.KIND, false),
          Filters.or(
              Filters.and(Filters.exists("ShardId"), Filters.exists("Status")),
              Filters.and(
                  Filters.eq("Key", CheckpointDocuments.STATUS_KEY),
                  Filters.exists(GoCheckpoint.STATUS_VALUE))));

  private final MongoDatabase database;

  CheckpointRecords(MongoDatabase database) {
    this.database = database;
  }

  /** Reads the records of this term and later ones, but nothing that the Go tool wrote. */
  List<CheckpointEntry> readAll(long fromTerm) {
    List<CheckpointEntry> entries = new ArrayList<>();
    for (MongoCollection<Document> collection : collections()) {
      for (Document record : collection.find(OURS)) {
        if (CheckpointDocuments.number(record, TERM) >= fromTerm) {
          entries.add(CheckpointDocuments.toEntry(record));
        }
      }
    }
    return entries;
  }

  /**
   * Reads what the Go tool wrote, and our own records, which it may have changed; empty if the Go
   * tool inserted nothing.
   */
  Optional<GoCheckpoint> readForeign() {
    boolean foreign = false;
    boolean copied = false;
    Map<String, Map<String, GoShard>> tables = new TreeMap<>();
    for (MongoCollection<Document> collection : collections()) {
      String name = collection.getNamespace().getCollectionName();
      for (Document record : collection.find(Filters.or(OURS, FOREIGN))) {
        boolean ours = record.containsKey(CheckpointDocuments.KIND);
        if (CheckpointDocuments.STATUS_KEY.equals(record.get("Key"))) {
          foreign |= !ours;
          copied |= GoCheckpoint.COPIED.equals(record.getString(GoCheckpoint.STATUS_VALUE));
        } else if (record.containsKey("ShardId")) {
          foreign |= !ours;
          // our collections do not always have the name of the table
          String table = ours ? record.getString("Table") : name;
          GoShard shard = GoShard.of(record);
          tables
              .computeIfAbsent(table, key -> new LinkedHashMap<>())
              .merge(shard.shardId(), shard, (first, second) -> ours ? first : second);
        }
      }
    }
    Map<String, List<GoShard>> lists = new TreeMap<>();
    tables.forEach((table, shards) -> lists.put(table, List.copyOf(shards.values())));
    return foreign ? Optional.of(new GoCheckpoint(copied, lists)) : Optional.empty();
  }

  /** Removes what the Go tool wrote. */
  void removeForeign() {
    for (MongoCollection<Document> collection : collections()) {
      collection.deleteMany(FOREIGN);
    }
  }

  /** Writes entries over the existing records. May stop anywhere and may be repeated. */
  void apply(long term, Checkpoint state) throws Fault {
    Map<String, List<WriteModel<Document>>> removals = new LinkedHashMap<>();
    for (String table : state.forgottenTables()) {
      for (String collection : List.of(collectionOf(table), STATUS_TABLE)) {
        add(removals, collection, new DeleteManyModel<>(notNewer("Table", table, term)));
      }
    }
    for (Subject split : state.forgottenSplits()) {
      String table = split.table().orElseThrow();
      String splitId = split.splitId().orElseThrow();
      add(removals, collectionOf(table), new DeleteOneModel<>(notNewer("_id", splitId, term)));
      add(
          removals,
          STATUS_TABLE,
          new DeleteOneModel<>(notNewer("_id", segmentKey(table, splitId), term)));
    }
    write(removals);
    Map<String, List<WriteModel<Document>>> replacements = new LinkedHashMap<>();
    for (CheckpointEntry entry : state.entries()) {
      String id = idOf(entry);
      Document record = new Document("_id", id);
      String collection = STATUS_TABLE;
      if (isShard(entry)) {
        collection = collectionOf(((CheckpointEntry.OfSplit) entry).split().table());
      } else {
        record.append("Key", id);
      }
      record.putAll(CheckpointDocuments.toDocument(entry));
      record.append(TERM, term);
      add(
          replacements,
          collection,
          new ReplaceOneModel<>(notNewer("_id", id, term), record, UPSERT));
    }
    write(replacements);
  }

  /** Removes the records of earlier terms. */
  void removeBefore(long term) {
    for (MongoCollection<Document> collection : collections()) {
      collection.deleteMany(Filters.and(OURS, Filters.lt(TERM, term)));
    }
  }

  /** Raises all records to a term, so that a process of an earlier term cannot change them. */
  void raise(long term) {
    for (MongoCollection<Document> collection : collections()) {
      collection.updateMany(Filters.and(OURS, Filters.lt(TERM, term)), Updates.set(TERM, term));
    }
  }

  /** Not an {@code $and}: with this form every server uses the index on {@code _id}. */
  private static Bson notNewer(String field, String value, long term) {
    return new Document(field, value).append(TERM, new Document("$lte", term));
  }

  private void write(Map<String, List<WriteModel<Document>>> byCollection) throws Fault {
    for (Map.Entry<String, List<WriteModel<Document>>> writes : byCollection.entrySet()) {
      try {
        database.getCollection(writes.getKey()).bulkWrite(writes.getValue(), UNORDERED);
      } catch (MongoBulkWriteException e) {
        if (MongoFaults.isDuplicateKey(e)) {
          // the record exists, but with a newer term
          throw LeaseDocument.lost();
        }
        throw e;
      }
    }
  }

  private List<MongoCollection<Document>> collections() {
    List<MongoCollection<Document>> collections = new ArrayList<>();
    for (String name : database.listCollectionNames()) {
      if (!name.startsWith("system.")) {
        collections.add(database.getCollection(name));
      }
    }
    return collections;
  }

  /**
   * The collection for the shards of a table. It has the name of the table, if this program does
   * not use that name itself and MongoDB takes it. No table has a tilde in its name.
   */
  static String collectionOf(String table) {
    boolean plain =
        !table.equals(STATUS_TABLE)
            && !table.startsWith("system.")
            && table.length() <= MAX_NAME_BYTES;
    return plain ? table : "table~" + digest(table);
  }

  private static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static boolean isShard(CheckpointEntry entry) {
    return entry instanceof CheckpointEntry.OfSplit split
        && split.split() instanceof Split.StreamShard;
  }

  private static String idOf(CheckpointEntry entry) {
    if (entry instanceof CheckpointEntry.OfTable table) {
      return "table:" + table.table();
    }
    if (entry instanceof CheckpointEntry.OfSplit split) {
      return isShard(entry)
          ? split.split().id()
          : segmentKey(split.split().table(), split.split().id());
    }
    if (entry instanceof CheckpointEntry.OfDirection) {
      return "direction";
    }
    return entry instanceof CheckpointEntry.OfMapping ? "mapping" : CheckpointDocuments.STATUS_KEY;
  }

  private static String segmentKey(String table, String splitId) {
    return "segment:" + table + ":" + splitId;
  }

  private static void add(
      Map<String, List<WriteModel<Document>>> to, String collection, WriteModel<Document> write) {
    to.computeIfAbsent(collection, name -> new ArrayList<>()).add(write);
  }
}
