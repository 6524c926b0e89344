package io.nimoshake.mongodb.source;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.client.ChangeStreamIterable;
import com.mongodb.client.MongoChangeStreamCursor;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.changestream.FullDocument;
import com.mongodb.client.model.changestream.FullDocumentBeforeChange;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.Places;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.mongodb.client.MongoFaults;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;

/**
 * Reads the change stream of one table: one stream over all of its collections, so that their order
 * is kept. A page is what one reply holds, and the position after it is the resume token that the
 * driver keeps.
 *
 * <p>Each read asks once. The server waits for a moment if there is nothing new; then the thread is
 * given back. After a fault the stream is opened again at the position of the last page.
 *
 * <p>An empty page says how far the stream was read by the token of the answer, and not by the time
 * of the call: an answer may be empty because the server has not looked any further yet.
 *
 * <p>The token of an idle stream moves on as others write to the server. It must be saved now and
 * then, or it would grow older than the oplog. But not with each empty page, or an idle stream
 * would never rest.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/changeStreams/">MongoDB Manual, Change
 *     Streams</a>
 * @see <a
 *     href="https://github.com/mongodb/specifications/blob/master/source/change-streams/change-streams.md">
 *     MongoDB specifications, Change Streams: resume token</a>
 */
final class ChangeStreamReader implements SplitReader {
  /** How long the server waits for the first change of a page. A thread waits with it. */
  private static final Duration AWAIT = Duration.ofMillis(50);

  private static final int MOST_EVENTS = 1_000;
  private static final int MOST_BYTES = 4 * 1024 * 1024;
  private static final Duration TOKEN_MOVES_EVERY = Duration.ofMinutes(2);

  /** ChangeStreamFatalError: the stream can never go on from this token. */
  private static final int CANNOT_RESUME = 280;

  /** ChangeStreamHistoryLost: the token is older than the oplog. */
  private static final int HISTORY_LOST = 286;

  /**
   * InvalidResumeToken: it is of another deployment, or damaged. That says nothing of the changes
   * after it. A copy from another deployment would overwrite DynamoDB with what is there.
   */
  private static final int INVALID_TOKEN = 260;

  private final MongoDatabase database;
  private final CollectionsOfTable table;
  private final Predicate<Places.Place> isOfAnotherTable;
  private final LongSupplier nanoTime;
  private final String doing;
  private final TokenTime tokenTime = new TokenTime();
  private Position position;
  private long movedNanos;
  private MongoChangeStreamCursor<RawBsonDocument> cursor;

  /** What ends the stream. It is told when everything before it is durable. */
  private Optional<Fault.Gap> end = Optional.empty();

  ChangeStreamReader(
      MongoDatabase database,
      CollectionsOfTable table,
      Predicate<Places.Place> isOfAnotherTable,
      LongSupplier nanoTime,
      Position from) {
    this.database = database;
    this.table = table;
    this.isOfAnotherTable = isOfAnotherTable;
    this.nanoTime = nanoTime;
    this.position = from;
    this.movedNanos = nanoTime.getAsLong();
    this.doing =
        "reading the change stream of collections "
            + String.join(", ", table.way().collections())
            + " of MongoDB database "
            + database.getName();
  }

  @Override
  public ChangeBatch read() throws Fault {
    if (end.isPresent()) {
      throw end.get();
    }
    try {
      ChangeBatch page = readPage();
      position = page.position();
      return page;
    } catch (MongoException e) {
      close();
      throw fault(e);
    }
  }

  private ChangeBatch readPage() throws Fault {
    if (cursor == null) {
      cursor = open();
    }
    EventPage page = new EventPage(table, isOfAnotherTable);
    int events = 0;
    int bytes = 0;
    Optional<BsonDocument> token = Optional.empty();
    RawBsonDocument next = cursor.tryNext();
    while (next != null && end.isEmpty()) {
      ChangeEvent event = new ChangeEvent(next);
      tokenTime.learnFrom(event);
      end = endOfStream(event);
      if (end.isEmpty()) {
        end = add(event, page);
      }
      if (end.isEmpty()) {
        events++;
        bytes += event.sizeBytes();
        token = Optional.of(event.token());
        boolean more = cursor.available() > 0 && events < MOST_EVENTS && bytes < MOST_BYTES;
        next = more ? cursor.next() : null;
      }
    }
    if (end.isPresent() && events == 0) {
      throw end.get();
    }
    if (end.isEmpty()) {
      token = tokenAfterPage(events);
    }
    Split split = new Split.ChangeStream(table.schema().name());
    return page.changes(database, split, moved(token), events == 0 ? readTo() : Optional.empty());
  }

  /** How far an empty answer says that the stream was read. */
  private Optional<Instant> readTo() {
    return Optional.ofNullable(cursor.getResumeToken()).flatMap(tokenTime::of);
  }

  /** An event whose item cannot be told ends the stream, too: what comes before it is written. */
  private static Optional<Fault.Gap> add(ChangeEvent event, EventPage page) {
    try {
      page.add(event);
      return Optional.empty();
    } catch (Fault.Gap gap) {
      return Optional.of(gap);
    }
  }

  private Optional<BsonDocument> tokenAfterPage(int events) {
    boolean due = nanoTime.getAsLong() - movedNanos >= TOKEN_MOVES_EVERY.toNanos();
    return events > 0 || due ? Optional.ofNullable(cursor.getResumeToken()) : Optional.empty();
  }

  private Position moved(Optional<BsonDocument> token) {
    if (token.isEmpty()) {
      return position;
    }
    movedNanos = nanoTime.getAsLong();
    return Position.after(StreamPosition.format(new StreamPosition.Token(token.get())));
  }

  private MongoChangeStreamCursor<RawBsonDocument> open() throws Fault.TableFailed {
    ChangeStreamIterable<RawBsonDocument> stream =
        database
            .watch(pipeline(), RawBsonDocument.class)
            .fullDocument(FullDocument.UPDATE_LOOKUP)
            .batchSize(MOST_EVENTS)
            .maxAwaitTime(AWAIT.toMillis(), TimeUnit.MILLISECONDS);
    if (table.generatedIds()) {
      stream.fullDocumentBeforeChange(FullDocumentBeforeChange.WHEN_AVAILABLE);
    }
    StreamPosition start = start();
    if (start instanceof StreamPosition.Token token) {
      stream.startAfter(token.resumeToken());
    } else if (start instanceof StreamPosition.Time time) {
      stream.startAtOperationTime(time.operationTime());
    }
    return (MongoChangeStreamCursor<RawBsonDocument>)
        stream.withDocumentClass(RawBsonDocument.class).cursor();
  }

  private StreamPosition start() throws Fault.TableFailed {
    try {
      if (position instanceof Position.After after) {
        return StreamPosition.parse(after.token());
      }
    } catch (IllegalArgumentException e) {
      throw new Fault.TableFailed(doing + ": " + e.getMessage(), e);
    }
    throw new Fault.TableFailed(doing + ": it has no position to start at, only " + position, null);
  }

  private List<Bson> pipeline() {
    List<String> collections = table.way().collections();
    List<String> kinds = Arrays.stream(ChangeEvent.Kind.values()).map(kind -> kind.name).toList();
    Bson ours =
        Filters.or(
            Filters.in("ns.coll", collections),
            Filters.in("to.coll", collections),
            Filters.in(
                "operationType",
                ChangeEvent.Kind.DROP_DATABASE.name,
                ChangeEvent.Kind.INVALIDATE.name));
    return List.of(
        Aggregates.match(Filters.and(Filters.in("operationType", kinds), ours)),
        Aggregates.project(
            Projections.include(
                "operationType",
                "ns",
                "to",
                "documentKey",
                "fullDocument",
                "fullDocumentBeforeChange",
                "clusterTime",
                "wallTime")));
  }

  /** A collection that is dropped or replaced says nothing of each of its documents. */
  private Optional<Fault.Gap> endOfStream(ChangeEvent event) {
    String what =
        switch (event.kind()) {
          case INSERT, UPDATE, REPLACE, DELETE -> "";
          case DROP -> "collection " + event.collection() + " of MongoDB was dropped";
          case RENAME ->
              "collection "
                  + event.collection()
                  + " of MongoDB was renamed to "
                  + event.renamedTo();
          case DROP_DATABASE -> "MongoDB database " + database.getName() + " was dropped";
          case INVALIDATE -> "the change stream of the table is invalid from here on";
        };
    return what.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Fault.Gap(
                "table " + table.schema().name() + ": " + what,
                Optional.of(event.time()),
                Optional.empty(),
                null));
  }

  private Fault fault(MongoException e) {
    if (e instanceof MongoCommandException refused) {
      switch (refused.getErrorCode()) {
        case INVALID_TOKEN -> {
          return new Fault.TableFailed(
              MongoFaults.of(e, doing).getMessage()
                  + ". The position is not one of this MongoDB, or it is damaged: is target.address"
                  + " the server that was cut over to? Nothing is copied from another one",
              e);
        }
        case CANNOT_RESUME -> {
          // The time of the position is in this oplog, and its event is not.
          return new Fault.StreamGone(
              lost(e) + ". Is target.address the server that was cut over to?",
              Instant.now(),
              true,
              e);
        }
        case HISTORY_LOST -> {
          return new Fault.StreamGone(lost(e), Instant.now(), e);
        }
        default -> {
          // It says nothing of the position.
        }
      }
    }
    return MongoFaults.of(e, doing);
  }

  private String lost(MongoException e) {
    return MongoFaults.of(e, doing + " after its last position").getMessage();
  }

  @Override
  public void close() {
    if (cursor != null) {
      MongoChangeStreamCursor<RawBsonDocument> closing = cursor;
      cursor = null;
      closing.close();
    }
  }
}
