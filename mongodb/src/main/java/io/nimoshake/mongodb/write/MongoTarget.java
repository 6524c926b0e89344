package io.nimoshake.mongodb.write;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoDatabase;
import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.mongodb.client.MongoConnection;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bson.RawBsonDocument;

/**
 * Keeps items in MongoDB: a database a sync, a collection a table, a document an item.
 *
 * <p>Items come as BSON without {@code _id}, keys as BSON of the key fields; see {@link IdLayout}
 * for what becomes {@code _id} and {@link TableLayout} for tombstones. Every write is acknowledged
 * by a majority before it counts. A table must be {@link #prepare}d in this process before anything
 * else is asked of it, if only with {@link io.nimoshake.core.port.Target.Existing#RESUME}: that is
 * where its layout is found out. Safe for use by many threads.
 */
public final class MongoTarget implements Target {
  private static final Capabilities CAPABILITIES =
      new Capabilities(true, 1_000, 8 * 1024 * 1024, true);

  private final MongoTargetSettings settings;
  private final Clock clock;
  private final FailedCalls failedCalls = new FailedCalls();
  private final MongoClient client;
  private final MongoDatabase database;
  private final CollectionKeeper keeper;
  private final Map<String, Place> places = new ConcurrentHashMap<>();

  /** Where a table is written now: its collection, or the one beside it. */
  private record Place(String collection, BatchWriter writer) {}

  /**
   * Does not connect yet; see {@link #check}.
   *
   * @throws Fault.Fatal if the address is malformed
   */
  public MongoTarget(MongoTargetSettings settings, Clock clock) throws Fault.Fatal {
    this.settings = settings;
    this.clock = clock;
    this.client = MongoConnection.open(settings.uri(), failedCalls);
    this.database = client.getDatabase(settings.database());
    this.keeper = new CollectionKeeper(client, database, settings, clock);
  }

  /**
   * For start-up, before anything is touched.
   *
   * @param timeout how long to look for the server
   * @throws Fault.Fatal one clear line if it cannot be reached, refuses us, or is not sharded
   *     though the settings say so
   */
  public void check(Duration timeout) throws Fault.Fatal {
    MongoConnection.check(
        "target", settings.uri(), settings.database(), settings.sharded(), timeout);
  }

  /**
   * For taking over what the Go tool wrote: whether the numbers in the table's key were written as
   * doubles, which are not found by exact numbers.
   */
  public boolean hasDoublesAsKeys(TableSchema table) throws Fault {
    return keeper.hasDoublesAsKeys(table);
  }

  @Override
  public Capabilities capabilities() {
    return CAPABILITIES;
  }

  /**
   * {@inheritDoc}
   *
   * <p>When resuming, the answer is {@code fresh = false}: what was there when the copy began is
   * known to the checkpoint only. A collection that is gone then is a {@link Fault.TableFailed}, as
   * what it held would be missing; one that is not beside any more counts as swapped in.
   */
  @Override
  public Prepared prepare(TableSchema table, Existing existing) throws Fault {
    CollectionKeeper.Ready ready = keeper.prepare(table, existing);
    places.put(table.name(), place(table, ready));
    return new Prepared(ready.fresh());
  }

  @Override
  public List<Rejected> write(TableSchema table, List<Change> changes, WriteMode mode)
      throws Fault {
    return place(table).writer().write(changes, mode);
  }

  @Override
  public void purgeTombstones(TableSchema table) throws Fault {
    keeper.purgeTombstones(place(table).collection());
  }

  /**
   * {@inheritDoc}
   *
   * <p>A collection beside gets the indexes of the one whose place it is to take, too, whoever made
   * them.
   */
  @Override
  public void finish(TableSchema table) throws Fault {
    keeper.finish(table, place(table).collection());
  }

  @Override
  public void swapIn(TableSchema table) throws Fault {
    places.put(table.name(), place(table, keeper.swapIn(table)));
  }

  @Override
  public FailedCalls failedCalls() {
    return failedCalls;
  }

  @Override
  public void close() {
    client.close();
  }

  private Place place(TableSchema table) {
    Place place = places.get(table.name());
    if (place == null) {
      throw new IllegalStateException("table " + table.name() + " was not prepared");
    }
    return place;
  }

  private Place place(TableSchema table, CollectionKeeper.Ready ready) {
    return new Place(
        ready.collection(),
        new BatchWriter(
            table.name(),
            ready.layout(),
            database.getCollection(ready.collection(), RawBsonDocument.class),
            clock));
  }
}
