package io.nimoshake.mongodb.write;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoDatabase;
import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.mongodb.client.MongoConnection;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stores items in MongoDB: each sync has a database, each table a collection, each item a document.
 *
 * <p>Items arrive as BSON without {@code _id}, keys as BSON of the key fields. {@link IdLayout}
 * says what becomes {@code _id}, {@link TableLayout} what a tombstone is. A write counts when a
 * majority of the replica set has acknowledged it. In each process {@link #prepare} must be called
 * for a table before any other method, because it finds out the layout of the collection. Safe for
 * use by many threads.
 */
public final class MongoTarget implements Target {
  private static final Capabilities CAPABILITIES =
      new Capabilities(true, 1_000, 8 * 1024 * 1024, true);

  private final MongoTargetSettings settings;
  private final Mapping mapping;
  private final Clock clock;
  private final FailedCalls failedCalls = new FailedCalls();
  private final MongoClient client;
  private final MongoDatabase database;
  private final CollectionLifecycle collections;
  private final Map<String, Place> places = new ConcurrentHashMap<>();

  /** Where a table is written now: to its collection, or to a new copy. */
  private record Place(String collection, BatchWriter writer) {}

  /** A target without a mapping. */
  public MongoTarget(MongoTargetSettings settings, Clock clock) throws Fault {
    this(settings, Mapping.NONE, clock);
  }

  /**
   * Does not connect yet; see {@link #check}.
   *
   * @param mapping which collections the items of a table go to
   * @throws Fault if the address is malformed, or its name server does not answer
   */
  public MongoTarget(MongoTargetSettings settings, Mapping mapping, Clock clock) throws Fault {
    this.settings = settings;
    this.mapping = mapping;
    this.clock = clock;
    this.client = MongoConnection.open(settings.uri(), failedCalls);
    this.database = client.getDatabase(settings.database());
    this.collections = new CollectionLifecycle(client, database, settings, clock);
  }

  /**
   * Checks at start-up, before anything is changed, that the server can be used.
   *
   * @param timeout how long to look for the server
   * @throws Fault if it cannot be reached, refuses the user, or is not sharded although the
   *     settings say so
   */
  public void check(Duration timeout) throws Fault {
    MongoConnection.check(
        "target", settings.uri(), settings.database(), settings.sharded(), timeout);
  }

  /**
   * Whether the numbers in the key of a table were written as doubles. The Go tool did so, and
   * exact numbers do not always find them.
   */
  public boolean hasDoublesAsKeys(TableSchema table) throws Fault {
    return collections.hasDoublesAsKeys(table);
  }

  @Override
  public Capabilities capabilities() {
    return CAPABILITIES;
  }

  /**
   * {@inheritDoc}
   *
   * <p>A resumed table is never {@code fresh} here: only the checkpoint knows what the collection
   * held when the copy began. If the collection does not exist any more, the table fails, because
   * its items would be missing. If only the new copy does not exist any more, it has replaced the
   * old one.
   */
  @Override
  public Prepared prepare(TableSchema table, Existing existing) throws Fault {
    CollectionLifecycle.Ready ready = collections.prepare(table, existing);
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
    collections.purgeTombstones(place(table).collection());
  }

  /**
   * {@inheritDoc}
   *
   * <p>A new copy also gets the indexes of the old one, whoever made them.
   */
  @Override
  public void finish(TableSchema table) throws Fault {
    collections.finish(table, place(table).collection());
  }

  @Override
  public void swapIn(TableSchema table) throws Fault {
    places.put(table.name(), place(table, collections.swapIn(table)));
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

  private Place place(TableSchema table, CollectionLifecycle.Ready ready) {
    return new Place(
        ready.collection(),
        new BatchWriter(table, ready.layout(), database, ready.collection(), clock));
  }
}
