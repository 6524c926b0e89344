package io.nimoshake.mongodb.write;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoNamespace;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.RenameCollectionOptions;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.mongodb.client.MongoFaults;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes collections, finds out how items lie in them, and puts one in the place of another.
 * Everything can be repeated: what is already as it should be stays.
 */
public final class CollectionKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(CollectionKeeper.class);
  private static final DateTimeFormatter SUFFIX =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  /** What {@link #SUFFIX} leaves at the end of a name. */
  private static final Pattern RENAMED_AWAY = Pattern.compile("\\.\\d{8}T\\d{6}Z(\\.\\d+)?$");

  /** Ends the name of a collection beside; no table's name can hold a tilde. */
  private static final String BESIDE = "~new";

  /**
   * Longest name of database and collection, in bytes.
   *
   * @see <a href="https://www.mongodb.com/docs/manual/reference/limits/">MongoDB Limits</a>
   */
  private static final int MAX_NAMESPACE_BYTES = 255;

  private static final int ALREADY_INITIALIZED = 23;
  private static final int NAMESPACE_EXISTS = 48;
  private static final int COMMAND_NOT_FOUND = 59;

  private final MongoClient client;
  private final MongoDatabase database;
  private final MongoTargetSettings settings;
  private final KeyPaths paths;
  private final CollectionIndexes indexes;
  private final Clock clock;

  public CollectionKeeper(
      MongoClient client, MongoDatabase database, MongoTargetSettings settings, Clock clock) {
    this.client = client;
    this.database = database;
    this.settings = settings;
    this.paths = new KeyPaths(settings.fieldNames(), settings.raw());
    this.indexes = new CollectionIndexes(database, paths);
    this.clock = clock;
  }

  /**
   * A collection that can be written.
   *
   * @param collection its name: the table's, or that of the collection beside it
   */
  record Ready(String collection, TableLayout layout, boolean fresh) {}

  Ready prepare(TableSchema table, Existing existing) throws Fault {
    String beside = table.name() + BESIDE;
    checkNames(
        existing == Existing.BESIDE || existing == Existing.RESUME_BESIDE ? beside : table.name());
    try {
      return switch (existing) {
        case DROP, RENAME, KEEP -> begin(table, existing);
        case RESUME -> resume(table, table.name());
        case BESIDE -> beginBeside(table, beside);
        // the collection that was beside may have taken its place already
        case RESUME_BESIDE -> resume(table, exists(beside) ? beside : table.name());
      };
    } catch (MongoException e) {
      throw MongoFaults.of(e, "prepare " + namespace(table.name()));
    }
  }

  boolean hasDoublesAsKeys(TableSchema table) throws Fault {
    try {
      Document sample = collection(table.name()).find().first();
      return sample != null
          && table.key().stream().anyMatch(key -> sample.get(paths.plain(key)) instanceof Double);
    } catch (MongoException e) {
      throw MongoFaults.of(e, "look into " + namespace(table.name()));
    }
  }

  /** Whether a collection of this name is a helper of a copy, or was renamed away by one. */
  public static boolean isHelper(String collection) {
    return collection.endsWith(BESIDE) || RENAMED_AWAY.matcher(collection).find();
  }

  void purgeTombstones(String collection) throws Fault {
    try {
      collection(collection).deleteMany(CollectionIndexes.IS_TOMBSTONE);
    } catch (MongoException e) {
      throw MongoFaults.of(e, "remove tombstones from " + namespace(collection));
    }
  }

  void finish(TableSchema table, String collection) throws Fault {
    try {
      if (settings.userIndexes()) {
        indexes.createUserIndexes(table, collection(collection));
      }
      if (!collection.equals(table.name())) {
        indexes.copy(collection(table.name()), collection(collection));
      }
      indexes.dropTombstoneIndex(collection(collection));
    } catch (MongoException e) {
      throw MongoFaults.of(e, "build indexes of " + namespace(collection));
    }
  }

  /**
   * Renames the collection beside, which drops the old one in the same step.
   *
   * @see <a href="https://www.mongodb.com/docs/manual/reference/command/renameCollection/">
   *     renameCollection</a>
   */
  Ready swapIn(TableSchema table) throws Fault {
    String beside = table.name() + BESIDE;
    try {
      if (exists(beside)) {
        collection(beside)
            .renameCollection(
                new MongoNamespace(database.getName(), table.name()),
                new RenameCollectionOptions().dropTarget(true));
      }
      return resume(table, table.name());
    } catch (MongoException e) {
      throw MongoFaults.of(e, "put the new copy in the place of " + namespace(table.name()));
    }
  }

  private Ready begin(TableSchema table, Existing existing) throws Fault {
    MongoCollection<Document> collection = collection(table.name());
    if (existing == Existing.DROP) {
      collection.drop();
    } else if (existing == Existing.RENAME && !isEmpty(collection)) {
      renameAway(collection);
    }
    createIfAbsent(table.name());
    return makeReady(table, collection, layoutOf(table, collection));
  }

  /** The new copy lies as the old one does, for the sake of those who read it. */
  private Ready beginBeside(TableSchema table, String name) throws Fault {
    TableLayout layout = layoutOf(table, collection(table.name()));
    collection(name).drop();
    createIfAbsent(name);
    return makeReady(table, collection(name), layout);
  }

  private Ready makeReady(
      TableSchema table, MongoCollection<Document> collection, TableLayout layout) throws Fault {
    checkKeyFields(table, layout);
    boolean fresh = isEmpty(collection);
    if (settings.sharded()) {
      shard(collection, layout.keyPaths().get(0), fresh);
    }
    indexes.createKeyIndex(collection, layout);
    if (fresh) {
      indexes.createTombstoneIndex(collection);
    }
    return new Ready(collection.getNamespace().getCollectionName(), layout, fresh);
  }

  private Ready resume(TableSchema table, String name) throws Fault {
    if (!exists(name)) {
      throw new Fault.TableFailed(
          "collection "
              + namespace(name)
              + " is gone, though the checkpoint says that items were copied to it",
          null);
    }
    MongoCollection<Document> collection = collection(name);
    TableLayout layout = layoutOf(table, collection);
    checkKeyFields(table, layout);
    indexes.createKeyIndex(collection, layout);
    return new Ready(name, layout, false);
  }

  /**
   * The layout the collection has; where nothing shows one, the one that is configured. A unique
   * index on the key fields beside generated {@code _id}s is {@link IdLayout#OBJECTID}, whoever
   * made it.
   */
  public TableLayout layoutOf(TableSchema table, MongoCollection<Document> collection) {
    Document sample = collection.find().projection(Projections.include("_id")).first();
    boolean generatedIds = sample == null || sample.get("_id") instanceof ObjectId;
    boolean composite = table.range().isPresent();
    List<String> plain = table.key().stream().map(paths::plain).toList();
    List<String> typed = table.key().stream().map(paths::typed).toList();
    if (generatedIds) {
      for (Document index : collection.listIndexes()) {
        Set<String> fields = index.get("key", Document.class).keySet();
        boolean onTyped = fields.equals(new HashSet<>(typed));
        boolean onPlain = fields.equals(new HashSet<>(plain));
        boolean ofAll = !index.containsKey("partialFilterExpression");
        if (index.getBoolean("unique", false) && ofAll && (onTyped || onPlain)) {
          return new TableLayout(
              IdLayout.OBJECTID,
              composite,
              index.getString("name"),
              onTyped ? typed : plain,
              onTyped);
        }
      }
    }
    if (settings.idLayout() == IdLayout.KEY || !generatedIds) {
      return TableLayout.byKey(composite);
    }
    List<String> fields = settings.raw() ? typed : plain;
    return new TableLayout(
        IdLayout.OBJECTID, composite, String.join("_1_", fields) + "_1", fields, settings.raw());
  }

  /**
   * @see <a href="https://www.mongodb.com/docs/manual/reference/command/shardCollection/">
   *     shardCollection</a>
   */
  private void shard(MongoCollection<Document> collection, String field, boolean empty)
      throws Fault {
    if (!empty) {
      // a collection with documents is sharded only along an index it has
      collection.createIndex(Indexes.hashed(field));
    }
    admin(new Document("enableSharding", database.getName()));
    admin(
        new Document("shardCollection", collection.getNamespace().getFullName())
            .append("key", new Document(field, "hashed")));
  }

  private void admin(Document command) throws Fault {
    try {
      client.getDatabase("admin").runCommand(command);
    } catch (MongoCommandException e) {
      if (e.getErrorCode() == COMMAND_NOT_FOUND) {
        throw new Fault.Fatal(
            "target.mongodb.type = sharding, but the target MongoDB is not sharded; set it to"
                + " replica",
            e);
      }
      if (e.getErrorCode() != ALREADY_INITIALIZED) {
        throw e;
      }
      LOG.info("already sharded: {}", MongoFaults.redact(e.getErrorMessage()));
    }
  }

  private void renameAway(MongoCollection<Document> collection) {
    String old = collection.getNamespace().getCollectionName();
    String suffix = "." + SUFFIX.format(clock.instant());
    for (int attempt = 1; ; attempt++) {
      String name = old + suffix + (attempt == 1 ? "" : "." + attempt);
      try {
        collection.renameCollection(new MongoNamespace(database.getName(), name));
        LOG.info("collection {} was there and is now {}", namespace(old), name);
        return;
      } catch (MongoCommandException e) {
        if (e.getErrorCode() != NAMESPACE_EXISTS || attempt == 10) {
          throw e;
        }
      }
    }
  }

  private void createIfAbsent(String name) {
    if (exists(name)) {
      return;
    }
    try {
      database.createCollection(name);
    } catch (MongoCommandException e) {
      if (e.getErrorCode() != NAMESPACE_EXISTS) {
        throw e;
      }
    }
  }

  private void checkNames(String name) throws Fault {
    if (name.startsWith("system.")) {
      throw new Fault.TableFailed(
          "table " + name + ": MongoDB keeps collections named system.* for itself", null);
    }
    if (namespace(name).getBytes(StandardCharsets.UTF_8).length > MAX_NAMESPACE_BYTES) {
      throw new Fault.TableFailed(
          "collection "
              + namespace(name)
              + ": the name is longer than the "
              + MAX_NAMESPACE_BYTES
              + " bytes MongoDB takes",
          null);
    }
  }

  /** Key fields are part of filters and of {@code _id} documents; some names cannot be. */
  private void checkKeyFields(TableSchema table, TableLayout layout) throws Fault {
    if (layout.id() == IdLayout.KEY && !layout.compositeKey()) {
      return;
    }
    for (KeyAttribute key : table.key()) {
      if (!paths.canBeFoundBy(key)) {
        throw new Fault.TableFailed(
            "table "
                + table.name()
                + ": MongoDB cannot find documents by a field named "
                + paths.plain(key)
                + "; set convert.field_names = escape",
            null);
      }
    }
  }

  public boolean exists(String name) {
    // asked for one name, mongo-java-server lists all the same
    return database
        .listCollectionNames()
        .filter(Filters.eq("name", name))
        .into(new HashSet<>())
        .contains(name);
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
