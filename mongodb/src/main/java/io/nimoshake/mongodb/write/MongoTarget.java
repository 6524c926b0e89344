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
import io.nimoshake.mongodb.write.CollectionLifecycle.Ready;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stores items in MongoDB: each sync has a database, each table a collection, each item a document.
 * A mapping may give a table other collections, and an item another document or none.
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

  private final Map<String, TableSchema> prepared = new ConcurrentHashMap<>();

  /** Where a table is written now: to its collections, or to new copies of them. */
  private record Place(List<Home> homes, List<Ready> ready, TableWriter writer) {}

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
    prepared.put(table.name(), table);
    List<String> problems = mapping.problems(prepared.values());
    if (!problems.isEmpty()) {
      prepared.remove(table.name());
      throw new Fault.TableFailed(String.join("; ", problems), null);
    }
    Optional<Mapping.OfTable> rules = mapping.of(table);
    List<Home> homes = Home.of(table, rules);
    List<Ready> ready = new ArrayList<>();
    for (Home home : homes) {
      ready.add(collections.prepare(home, existing));
    }
    places.put(table.name(), new Place(homes, ready, writer(table, rules, ready)));
    return new Prepared(ready.stream().allMatch(Ready::fresh));
  }

  private TableWriter writer(
      TableSchema table, Optional<Mapping.OfTable> rules, List<Ready> ready) {
    List<BatchWriter> writers =
        ready.stream()
            .map(each -> new BatchWriter(each.layout(), database, each.collection(), clock))
            .toList();
    if (rules.isPresent()) {
      return new MappedWriter(table, rules.get(), writers);
    }
    BatchWriter only = writers.get(0);
    return (changes, mode) ->
        only.write(changes, mode).stream()
            .map(refused -> Rejections.of(table, refused.change(), refused.reason()))
            .toList();
  }

  @Override
  public List<Rejected> write(TableSchema table, List<Change> changes, WriteMode mode)
      throws Fault {
    return place(table).writer().write(changes, mode);
  }

  @Override
  public void purgeTombstones(TableSchema table) throws Fault {
    for (Ready ready : place(table).ready()) {
      collections.purgeTombstones(ready.collection());
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>A new copy also gets the indexes of the old one, whoever made them.
   */
  @Override
  public void finish(TableSchema table) throws Fault {
    Place place = place(table);
    for (int i = 0; i < place.homes().size(); i++) {
      collections.finish(place.homes().get(i), place.ready().get(i).collection());
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Where a mapping gives a table several collections, they are replaced one after the other. An
   * item may have moved to another collection since the old copy, so its document is added there
   * first. A reader may for a moment see both, and never none. Only what a unique index of the old
   * copy refuses is missing until its collection is replaced.
   */
  @Override
  public void swapIn(TableSchema table) throws Fault {
    Optional<Mapping.OfTable> rules = mapping.of(table);
    List<Home> homes = Home.of(table, rules);
    List<Ready> ready = new ArrayList<>();
    if (homes.size() > 1) {
      for (Home home : homes) {
        collections.addMoved(home);
      }
    }
    for (Home home : homes) {
      ready.add(collections.swapIn(home));
    }
    places.put(table.name(), new Place(homes, ready, writer(table, rules, ready)));
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
}
