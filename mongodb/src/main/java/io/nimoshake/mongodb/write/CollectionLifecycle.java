package io.nimoshake.mongodb.write;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoNamespace;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.RenameCollectionOptions;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.mongodb.client.MongoFaults;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the collection of a table, finishes it after the copy, and lets a new copy replace the
 * old one. Every step can be repeated: it leaves alone what is as it should be.
 */
final class CollectionLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(CollectionLifecycle.class);
  private static final int NAMESPACE_EXISTS = 48;
  private static final int MAX_RENAMES = 10;

  /**
   * What a new copy takes from the old one. With a collation, or capped, the old one would not be
   * there: see {@link LayoutFinder#whyUnfit}.
   *
   * @see <a href="https://www.mongodb.com/docs/manual/reference/command/create/">create</a>
   */
  private static final List<String> KEPT_OPTIONS =
      List.of(
          "validator",
          "validationLevel",
          "validationAction",
          "changeStreamPreAndPostImages",
          "storageEngine",
          "indexOptionDefaults");

  private final MongoDatabase database;
  private final MongoTargetSettings settings;
  private final LayoutFinder layouts;
  private final CollectionIndexes indexes;
  private final Sharding sharding;
  private final Clock clock;

  CollectionLifecycle(
      MongoClient client, MongoDatabase database, MongoTargetSettings settings, Clock clock) {
    this.database = database;
    this.settings = settings;
    this.layouts = new LayoutFinder(database, settings);
    this.indexes =
        new CollectionIndexes(
            settings.uri(), database, new KeyPaths(settings.fieldNames(), settings.raw()));
    this.sharding = new Sharding(client);
    this.clock = clock;
  }

  /**
   * A collection that can be written.
   *
   * @param collection its name: that of the table, or of a new copy
   * @param fresh see {@link io.nimoshake.core.port.Target.Prepared}
   */
  record Ready(String collection, TableLayout layout, boolean fresh) {}

  Ready prepare(Home home, Existing existing) throws Fault {
    String newCopy = CollectionNames.newCopy(home.name());
    boolean beside = existing == Existing.BESIDE || existing == Existing.RESUME_BESIDE;
    CollectionNames.check(database.getName(), beside ? newCopy : home.name());
    if (beside) {
      refuseNewCopyOfShared(home);
    }
    try {
      return switch (existing) {
        case DROP, RENAME, KEEP -> home.isShared() ? share(home, existing) : begin(home, existing);
        case RESUME -> resume(home, home.name());
        case BESIDE -> beginNewCopy(home, newCopy);
        // the new copy may have replaced the old one already
        case RESUME_BESIDE -> resume(home, layouts.exists(newCopy) ? newCopy : home.name());
      };
    } catch (MongoException e) {
      throw MongoFaults.of(e, "prepare " + namespace(home.name()));
    }
  }

  /**
   * A collection of several tables holds documents of others whenever one of them begins. It is
   * never dropped or renamed, and no copy of it takes its place.
   */
  private Ready share(Home home, Existing existing) throws Fault {
    if (existing != Existing.KEEP) {
      LOG.warn(
          "table {}: the mapping lets other tables write to collection {}, too: it is kept as it"
              + " is, although target.db.exist is set",
          home.table().name(),
          namespace(home.name()));
    }
    createIfAbsent(home.name(), new Document());
    checkFit(home, home.name());
    MongoCollection<Document> collection = collection(home.name());
    TableLayout layout = layoutOf(home, collection);
    layouts.checkKeyFields(home.table(), layout);
    if (settings.sharded()) {
      sharding.shard(collection, layout.keyPaths().get(0), isEmpty(collection));
    }
    return new Ready(home.name(), layout, false);
  }

  private void checkFit(Home home, String collection) throws Fault {
    Optional<String> why = layouts.whyUnfit(collection);
    if (why.isPresent()) {
      throw new Fault.TableFailed(
          "table "
              + home.table().name()
              + ": "
              + why.get()
              + ". Rename or drop it, and copy the table again",
          null);
    }
  }

  private TableLayout layoutOf(Home home, MongoCollection<Document> collection) {
    return home.destination().isPresent()
        ? TableLayout.given(home.table().range().isPresent())
        : layouts.layoutOf(home.table(), collection);
  }

  boolean hasDoublesAsKeys(TableSchema table) throws Fault {
    try {
      return layouts.hasDoublesAsKeys(table);
    } catch (MongoException e) {
      throw MongoFaults.of(e, "read from " + namespace(table.name()));
    }
  }

  void purgeTombstones(String collection) throws Fault {
    try {
      collection(collection).deleteMany(CollectionIndexes.IS_TOMBSTONE);
    } catch (MongoException e) {
      throw MongoFaults.of(e, "remove the tombstones from " + namespace(collection));
    }
  }

  void finish(Home home, String collection) throws Fault {
    try {
      // the indexes of the user first: one that serves a secondary index is not made twice
      if (!collection.equals(home.name())) {
        indexes.copy(collection(home.name()), collection(collection));
      }
      indexes.createMappingIndexes(home.mappingIndexes(), collection(collection));
      if (settings.userIndexes()) {
        indexes.createUserIndexes(home.table(), collection(collection));
      }
      indexes.dropTombstoneIndex(collection(collection));
    } catch (MongoException e) {
      throw MongoFaults.of(e, "build the indexes of " + namespace(collection));
    }
  }

  /** Adds to the old copy what only the new one has. Does nothing if one of them is not there. */
  void addMoved(Home home) throws Fault {
    refuseNewCopyOfShared(home);
    String newCopy = CollectionNames.newCopy(home.name());
    try {
      if (layouts.exists(newCopy) && layouts.exists(home.name())) {
        new MovedDocuments(collection(newCopy), collection(home.name())).add();
      }
    } catch (MongoException e) {
      throw MongoFaults.of(e, "add documents of the new copy to " + namespace(home.name()));
    }
  }

  /**
   * Renames the new copy, which drops the old one in the same step.
   *
   * @see <a href="https://www.mongodb.com/docs/manual/reference/command/renameCollection/">
   *     renameCollection</a>
   */
  Ready swapIn(Home home) throws Fault {
    refuseNewCopyOfShared(home);
    String newCopy = CollectionNames.newCopy(home.name());
    try {
      if (layouts.exists(newCopy)) {
        collection(newCopy)
            .renameCollection(
                new MongoNamespace(database.getName(), home.name()),
                new RenameCollectionOptions().dropTarget(true));
      }
      return resume(home, home.name());
    } catch (MongoException e) {
      throw MongoFaults.of(e, "replace " + namespace(home.name()) + " by its new copy");
    }
  }

  private Ready begin(Home home, Existing existing) throws Fault {
    MongoCollection<Document> collection = collection(home.name());
    if (existing == Existing.DROP) {
      collection.drop();
    } else if (existing == Existing.RENAME && !isEmpty(collection)) {
      rename(collection);
    }
    createIfAbsent(home.name(), new Document());
    checkFit(home, home.name());
    return makeReady(home.table(), collection, layoutOf(home, collection));
  }

  /**
   * A new copy of one table would replace the documents of the other tables, too. The mapping may
   * have added such a table after the new copy began, so every step asks.
   */
  private void refuseNewCopyOfShared(Home home) throws Fault {
    if (home.isShared()) {
      throw new Fault.TableFailed(
          "table "
              + home.table().name()
              + " cannot be copied again: the mapping lets other tables write to collection "
              + namespace(home.name())
              + ", too. Remove the checkpoint and the collections of all these tables, and start"
              + " again",
          null);
    }
  }

  /**
   * The new copy gets the layout of the old one, because applications read by it, and what the user
   * made for it: its validator and its unique indexes.
   */
  private Ready beginNewCopy(Home home, String name) throws Fault {
    checkFit(home, home.name());
    TableLayout layout = layoutOf(home, collection(home.name()));
    collection(name).drop();
    createIfAbsent(name, kept(layouts.options(home.name())));
    if (!settings.sharded()) {
      // An item that they refuse is then refused by the new copy, too, and not by the index build
      // at its end. A sharded collection has none.
      indexes.copyUnique(collection(home.name()), collection(name));
    }
    return makeReady(home.table(), collection(name), layout);
  }

  private static Document kept(Document options) {
    Document kept = new Document();
    KEPT_OPTIONS.stream()
        .filter(options::containsKey)
        .forEach(option -> kept.append(option, options.get(option)));
    return kept;
  }

  private Ready makeReady(
      TableSchema table, MongoCollection<Document> collection, TableLayout layout) throws Fault {
    layouts.checkKeyFields(table, layout);
    boolean fresh = isEmpty(collection);
    if (settings.sharded()) {
      sharding.shard(collection, layout.keyPaths().get(0), fresh);
    }
    indexes.createKeyIndex(collection, layout);
    if (fresh && refusesTombstones(table, collection, layout)) {
      fresh = false;
    }
    if (fresh) {
      indexes.createTombstoneIndex(collection);
    }
    return new Ready(collection.getNamespace().getCollectionName(), layout, fresh);
  }

  /**
   * A tombstone has only the key. Without its other fields two of them collide on a unique index,
   * and a validator may refuse it.
   */
  private boolean refusesTombstones(
      TableSchema table, MongoCollection<Document> collection, TableLayout layout) {
    String name = collection.getNamespace().getCollectionName();
    boolean unique = CollectionIndexes.hasUniqueIndexOfUser(collection, layout);
    boolean refuses = unique || layouts.hasValidator(name);
    if (refuses) {
      LOG.warn(
          "table {}: collection {} has {}, so deletes cannot leave tombstones: the stream waits"
              + " until the table is copied",
          table.name(),
          namespace(name),
          unique ? "a unique index" : "a validator");
    }
    return refuses;
  }

  private Ready resume(Home home, String name) throws Fault {
    if (!layouts.exists(name)) {
      throw new Fault.TableFailed(
          "collection "
              + namespace(name)
              + " does not exist any more, but the checkpoint says that items were copied to it",
          null);
    }
    checkFit(home, name);
    MongoCollection<Document> collection = collection(name);
    // An empty new copy has the unique indexes of the old one already. They alone do not tell.
    boolean asOld = !name.equals(home.name()) && isEmpty(collection) && layouts.exists(home.name());
    TableLayout layout = layoutOf(home, asOld ? collection(home.name()) : collection);
    layouts.checkKeyFields(home.table(), layout);
    indexes.createKeyIndex(collection, layout);
    return new Ready(name, layout, false);
  }

  private void rename(MongoCollection<Document> collection) {
    String old = collection.getNamespace().getCollectionName();
    Instant now = clock.instant();
    for (int attempt = 1; ; attempt++) {
      String name = CollectionNames.renamed(old, now, attempt);
      try {
        collection.renameCollection(new MongoNamespace(database.getName(), name));
        LOG.info("collection {} existed already; it was renamed to {}", namespace(old), name);
        return;
      } catch (MongoCommandException e) {
        if (e.getErrorCode() != NAMESPACE_EXISTS || attempt == MAX_RENAMES) {
          throw e;
        }
      }
    }
  }

  private void createIfAbsent(String name, Document options) {
    if (layouts.exists(name)) {
      return;
    }
    Document create = new Document("create", name);
    create.putAll(options);
    try {
      database.runCommand(create.append("writeConcern", new Document("w", "majority")));
    } catch (MongoCommandException e) {
      if (e.getErrorCode() != NAMESPACE_EXISTS) {
        throw e;
      }
    }
  }

  private static boolean isEmpty(MongoCollection<Document> collection) {
    return collection.find().projection(Projections.include("_id")).first() == null;
  }

  private MongoCollection<Document> collection(String name) {
    return database.getCollection(name);
  }

  private String namespace(String name) {
    return database.getName() + "." + name;
  }
}
