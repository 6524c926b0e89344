package io.nimoshake.testkit.server;

import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.Cursor;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.aggregation.Aggregation;
import de.bwaldvogel.mongo.bson.BsonTimestamp;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.oplog.Oplog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Every change of a mongo-java-server, in order, and the change streams that tell of them. They
 * follow the MongoDB Manual where its own do not: streams of a whole database, {@code ns}, {@code
 * wallTime}, a lookup that finds nothing, resume tokens that are too old. docs/testing.md lists
 * what is still different.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/changeStreams/">MongoDB Manual, Change
 *     Streams</a>
 */
final class MongoChangeLog implements Oplog {
  private static final int BATCH = 1_000;
  private static final int HISTORY_LOST = 286;

  /**
   * One change.
   *
   * @param kind as the field {@code operationType} has it
   * @param id of the document; null for a change of a whole collection
   * @param document what was inserted; null for other changes
   * @param renamedTo the new namespace; null unless it is a rename
   */
  private record Entry(
      BsonTimestamp time,
      Instant wallTime,
      String kind,
      String namespace,
      Object id,
      Document document,
      String renamedTo) {}

  private final MongoBackend backend;
  private final CursorRegistry cursors;

  /** Guarded by this, as all other fields. */
  private final List<Entry> entries = new ArrayList<>();

  private BsonTimestamp last = new BsonTimestamp(Instant.now(), 1);

  /** Every change after this is there. */
  private BsonTimestamp oldest = last;

  MongoChangeLog(MongoBackend backend, CursorRegistry cursors) {
    this.backend = backend;
    this.cursors = cursors;
  }

  // --- changes -------------------------------------------------------------------------------

  @Override
  public synchronized void handleInsert(String namespace, List<Document> documents) {
    for (Document document : documents) {
      Document copy = document.cloneDeeply();
      add("insert", namespace, copy.get("_id"), copy, null);
    }
  }

  @Override
  public synchronized void handleUpdate(
      String namespace, Document selector, Document query, List<Object> modifiedIds) {
    modifiedIds.forEach(id -> add("update", namespace, id, null, null));
  }

  @Override
  public synchronized void handleDelete(String namespace, Document query, List<Object> deletedIds) {
    deletedIds.forEach(id -> add("delete", namespace, id, null, null));
  }

  @Override
  public synchronized void handleDropCollection(String namespace) {
    add("drop", namespace, null, null, null);
  }

  synchronized void renamed(String from, String to) {
    add("rename", from, null, null, to);
  }

  private void add(String kind, String namespace, Object id, Document document, String renamedTo) {
    Instant now = Instant.now();
    int seconds = Math.max((int) now.getEpochSecond(), last.getTime());
    int increment = seconds == last.getTime() ? last.getInc() + 1 : 1;
    last = new BsonTimestamp(Instant.ofEpochSecond(seconds), increment);
    entries.add(new Entry(last, now, kind, namespace, id, document, renamedTo));
  }

  /**
   * The time of the newest change. A server writes something without meaning now and then, so that
   * the time goes on: here every second, there every ten.
   */
  synchronized BsonTimestamp now() {
    int seconds = (int) Instant.now().getEpochSecond();
    if (seconds > last.getTime()) {
      last = new BsonTimestamp(Instant.ofEpochSecond(seconds), 1);
    }
    return last;
  }

  synchronized void forget() {
    entries.clear();
    oldest = last;
  }

  /**
   * The changes after a moment, at most so many.
   *
   * @param to the time of the last of them, or now if there are no more
   */
  private record Changes(List<Entry> entries, BsonTimestamp to) {}

  private synchronized Changes after(BsonTimestamp time, int limit) {
    int from = entries.size();
    while (from > 0 && entries.get(from - 1).time().compareTo(time) > 0) {
      from--;
    }
    int to = Math.min(entries.size(), from + limit);
    List<Entry> changes = List.copyOf(entries.subList(from, to));
    boolean all = to == entries.size();
    return new Changes(
        changes, all ? now() : changes.isEmpty() ? time : entries.get(to - 1).time());
  }

  // --- streams -------------------------------------------------------------------------------

  @Override
  public Cursor createCursor(Document options, String namespace, Aggregation pipeline) {
    ChangeStream stream = new ChangeStream(options, namespace, pipeline, start(options));
    cursors.add(stream);
    return stream;
  }

  private synchronized BsonTimestamp start(Document options) {
    BsonTimestamp from = last;
    for (String option : List.of("startAfter", "resumeAfter")) {
      if (options.get(option) instanceof Document token) {
        from = timeOf(token);
      }
    }
    if (options.get("startAtOperationTime") instanceof BsonTimestamp time) {
      from = new BsonTimestamp(time.getValue() - 1);
    }
    if (from.compareTo(oldest) < 0) {
      throw new MongoServerError(
          HISTORY_LOST,
          "ChangeStreamHistoryLost",
          "Resume of change stream was not possible, as the resume point may no longer be in the"
              + " oplog.");
    }
    return from;
  }

  private static Document token(BsonTimestamp time) {
    return new Document("_data", String.format("82%016X", time.getValue()));
  }

  private static BsonTimestamp timeOf(Document token) {
    return new BsonTimestamp(
        Long.parseUnsignedLong(((String) token.get("_data")).substring(2), 16));
  }

  /** A cursor that never ends, except after an {@code invalidate}. */
  final class ChangeStream implements Cursor {
    private final long id = cursors.generateCursorId();
    private final String database;

    /** Empty for a stream of the whole database. */
    private final Optional<String> collection;

    private final boolean looksUp;
    private final Aggregation pipeline;
    private BsonTimestamp position;
    private boolean started;
    private boolean invalid;

    private ChangeStream(
        Document options, String namespace, Aggregation pipeline, BsonTimestamp position) {
      this.database = namespace.substring(0, namespace.indexOf('.'));
      String name = namespace.substring(database.length() + 1);
      this.collection = name.equals("1") ? Optional.empty() : Optional.of(name);
      this.looksUp = "updateLookup".equals(options.get("fullDocument"));
      this.pipeline = pipeline;
      this.position = position;
    }

    @Override
    public long getId() {
      return id;
    }

    @Override
    public boolean isEmpty() {
      return invalid;
    }

    synchronized Document token() {
      return MongoChangeLog.token(position);
    }

    @Override
    public synchronized List<Document> takeDocuments(int number) {
      int limit = number > 0 ? number : started ? BATCH : 0;
      started = true;
      List<Document> events = new ArrayList<>();
      Changes changes = after(position, limit);
      position = changes.to();
      for (Entry entry : changes.entries()) {
        if (watches(entry)) {
          events.add(event(entry, entry.kind()));
          if (collection.isPresent() && entry.id() == null) {
            invalid = true;
            position = entry.time();
            events.add(event(entry, "invalidate"));
            break;
          }
        }
      }
      return pipeline.runStagesAsStream(events.stream()).toList();
    }

    private boolean watches(Entry entry) {
      return collection
          .map(name -> entry.namespace().equals(database + "." + name))
          .orElseGet(() -> entry.namespace().startsWith(database + "."));
    }

    private Document event(Entry entry, String kind) {
      Document event =
          new Document("_id", MongoChangeLog.token(entry.time()))
              .append("operationType", kind)
              .append("clusterTime", entry.time())
              .append("wallTime", entry.wallTime());
      if (!kind.equals("invalidate")) {
        event.append("ns", namespace(entry.namespace()));
      }
      if (entry.renamedTo() != null) {
        event.append("to", namespace(entry.renamedTo()));
      }
      if (entry.id() != null) {
        event.append("documentKey", new Document("_id", entry.id()));
      }
      if (entry.document() != null) {
        event.append("fullDocument", entry.document());
      } else if (kind.equals("update") && looksUp) {
        event.append("fullDocument", lookUp(entry).orElse(null));
      }
      return event;
    }

    private Document namespace(String namespace) {
      int dot = namespace.indexOf('.');
      return new Document("db", namespace.substring(0, dot))
          .append("coll", namespace.substring(dot + 1));
    }

    private Optional<Document> lookUp(Entry entry) {
      MongoDatabase where = backend.resolveDatabase(database);
      String name = entry.namespace().substring(database.length() + 1);
      // Its commands hold the same lock.
      synchronized (where) {
        MongoCollection<?> documents = where.resolveCollection(name, false);
        if (documents == null) {
          return Optional.empty();
        }
        try (Stream<Document> found =
            documents.handleQueryAsStream(new Document("_id", entry.id()))) {
          return found.findFirst().map(Document::cloneDeeply);
        }
      }
    }
  }
}
