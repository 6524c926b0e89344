package io.nimoshake.mongodb;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoNamespace;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Projections;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target.Existing;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bson.BsonType;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes collections and their indexes, and takes away what only the copy needed. Everything can be
 * repeated: what is already as it should be stays.
 */
final class CollectionKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(CollectionKeeper.class);
  private static final String TOMBSTONE_INDEX = "nimo_tombstones";
  private static final Bson IS_TOMBSTONE = Filters.type(TableLayout.TOMBSTONE, BsonType.DATE_TIME);
  private static final DateTimeFormatter SUFFIX =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  /**
   * Longest name of database and collection, in bytes.
   *
   * @see <a href="https://www.mongodb.com/docs/manual/reference/limits/">MongoDB Limits</a>
   */
  private static final int MAX_NAMESPACE_BYTES = 255;

  private static final int ALREADY_INITIALIZED = 23;
  private static final int NAMESPACE_NOT_FOUND = 26;
  private static final int INDEX_NOT_FOUND = 27;
  private static final int NAMESPACE_EXISTS = 48;
  private static final int COMMAND_NOT_FOUND = 59;

  private final MongoClient client;
  private final MongoDatabase database;
  private final MongoTargetSettings settings;
  private final Clock clock;

  CollectionKeeper(
      MongoClient client, MongoDatabase database, MongoTargetSettings settings, Clock clock) {
    this.client = client;
    this.database = database;
    this.settings = settings;
    this.clock = clock;
  }

  /** A collection that can be written. */
  record Ready(TableLayout layout, boolean fresh) {}

  Ready prepare(TableSchema table, Existing existing) throws Fault {
    checkNames(table);
    try {
      return existing == Existing.RESUME ? resume(table) : begin(table, existing);
    } catch (MongoException e) {
      throw MongoFaults.of(e, "prepare " + namespace(table));
    }
  }

  void purgeTombstones(TableSchema table) throws Fault {
    try {
      collection(table).deleteMany(IS_TOMBSTONE);
    } catch (MongoException e) {
      throw MongoFaults.of(e, "remove tombstones from " + namespace(table));
    }
  }

  void finish(TableSchema table) throws Fault {
    try {
      if (settings.userIndexes()) {
        createUserIndexes(table);
      }
      try {
        collection(table).dropIndex(TOMBSTONE_INDEX);
      } catch (MongoCommandException e) {
        if (e.getErrorCode() != INDEX_NOT_FOUND && e.getErrorCode() != NAMESPACE_NOT_FOUND) {
          throw e;
        }
      }
    } catch (MongoException e) {
      throw MongoFaults.of(e, "build indexes of " + namespace(table));
    }
  }

  private Ready begin(TableSchema table, Existing existing) throws Fault {
    MongoCollection<Document> collection = collection(table);
    if (existing == Existing.DROP) {
      collection.drop();
    } else if (existing == Existing.RENAME && !isEmpty(collection)) {
      renameAway(table, collection);
    }
    createIfAbsent(table);
    boolean fresh = isEmpty(collection);
    TableLayout layout = layoutOf(table, collection);
    checkKeyFields(table, layout);
    if (settings.sharded()) {
      shard(table, collection, layout, fresh);
    }
    createKeyIndex(collection, layout);
    if (fresh) {
      collection.createIndex(
          Indexes.ascending(TableLayout.TOMBSTONE),
          new IndexOptions().name(TOMBSTONE_INDEX).partialFilterExpression(IS_TOMBSTONE));
    }
    return new Ready(layout, fresh);
  }

  private Ready resume(TableSchema table) throws Fault {
    if (!exists(table)) {
      throw new Fault.TableFailed(
          "collection "
              + namespace(table)
              + " is gone, though the checkpoint says that items were copied to it",
          null);
    }
    TableLayout layout = layoutOf(table, collection(table));
    checkKeyFields(table, layout);
    createKeyIndex(collection(table), layout);
    return new Ready(layout, false);
  }

  /**
   * The layout the collection has; where nothing shows one, the one that is configured. A unique
   * index on the key fields beside generated {@code _id}s is {@link IdLayout#OBJECTID}, whoever
   * made it.
   */
  private TableLayout layoutOf(TableSchema table, MongoCollection<Document> collection) {
    Document sample = collection.find().projection(Projections.include("_id")).first();
    boolean generatedIds = sample == null || sample.get("_id") instanceof ObjectId;
    List<String> plain = new ArrayList<>();
    List<String> typed = new ArrayList<>();
    for (KeyAttribute attribute : table.key()) {
      plain.add(settings.fieldNames().topLevel(attribute.name()));
      typed.add(typedPath(attribute));
    }
    boolean composite = table.range().isPresent();
    if (generatedIds) {
      for (Document index : collection.listIndexes()) {
        Set<String> fields = index.get("key", Document.class).keySet();
        boolean onTyped = fields.equals(new HashSet<>(typed));
        if (index.getBoolean("unique", false) && (onTyped || fields.equals(new HashSet<>(plain)))) {
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
    List<String> paths = settings.raw() ? typed : plain;
    return new TableLayout(
        IdLayout.OBJECTID, composite, String.join("_1_", paths) + "_1", paths, settings.raw());
  }

  private void createKeyIndex(MongoCollection<Document> collection, TableLayout layout) {
    if (layout.id() == IdLayout.OBJECTID && !indexNames(collection).contains(layout.keyIndex())) {
      collection.createIndex(
          Indexes.ascending(layout.keyPaths()),
          new IndexOptions().unique(true).name(layout.keyIndex()));
    }
  }

  /**
   * @see <a href="https://www.mongodb.com/docs/manual/reference/command/shardCollection/">
   *     shardCollection</a>
   */
  private void shard(
      TableSchema table, MongoCollection<Document> collection, TableLayout layout, boolean empty)
      throws Fault {
    String field = layout.keyPaths().get(0);
    if (!empty) {
      // a collection with documents is sharded only along an index it has
      collection.createIndex(Indexes.hashed(field));
    }
    admin(new Document("enableSharding", database.getName()));
    admin(
        new Document("shardCollection", namespace(table))
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

  private void createUserIndexes(TableSchema table) {
    MongoCollection<Document> collection = collection(table);
    Set<List<String>> have = new HashSet<>();
    for (Document index : collection.listIndexes()) {
      Document key = index.get("key", Document.class);
      if (key.values().stream().allMatch(way -> way instanceof Number)) {
        have.add(List.copyOf(key.keySet()));
      }
    }
    List<IndexModel> missing = new ArrayList<>();
    for (TableSchema.SecondaryIndex index : table.indexes()) {
      List<String> fields = index.key().stream().map(this::indexField).toList();
      if (index.key().stream().anyMatch(key -> !isIndexable(fieldOf(key)))) {
        LOG.warn(
            "index {} of {} is not built: MongoDB cannot index a field whose name starts with $ or"
                + " holds a dot (convert.field_names = escape avoids such names)",
            index.name(),
            table.name());
      } else if (have.add(fields)) {
        missing.add(new IndexModel(Indexes.ascending(fields)));
      }
    }
    if (!missing.isEmpty()) {
      collection.createIndexes(missing);
    }
  }

  private void renameAway(TableSchema table, MongoCollection<Document> collection) {
    String suffix = "." + SUFFIX.format(clock.instant());
    for (int attempt = 1; ; attempt++) {
      String name = table.name() + suffix + (attempt == 1 ? "" : "." + attempt);
      try {
        collection.renameCollection(new MongoNamespace(database.getName(), name));
        LOG.info("collection {} was there and is now {}", namespace(table), name);
        return;
      } catch (MongoCommandException e) {
        if (e.getErrorCode() != NAMESPACE_EXISTS || attempt == 10) {
          throw e;
        }
      }
    }
  }

  private void createIfAbsent(TableSchema table) {
    if (exists(table)) {
      return;
    }
    try {
      database.createCollection(table.name());
    } catch (MongoCommandException e) {
      if (e.getErrorCode() != NAMESPACE_EXISTS) {
        throw e;
      }
    }
  }

  private void checkNames(TableSchema table) throws Fault {
    if (table.name().startsWith("system.")) {
      throw new Fault.TableFailed(
          "table " + table.name() + ": MongoDB keeps collections named system.* for itself", null);
    }
    if (namespace(table).getBytes(StandardCharsets.UTF_8).length > MAX_NAMESPACE_BYTES) {
      throw new Fault.TableFailed(
          "table "
              + table.name()
              + ": its name and the database's are longer than the "
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
      if (!isIndexable(fieldOf(key))) {
        throw new Fault.TableFailed(
            "table "
                + table.name()
                + ": MongoDB cannot find documents by a field named "
                + fieldOf(key)
                + "; set convert.field_names = escape",
            null);
      }
    }
  }

  private static boolean isIndexable(String field) {
    return !field.startsWith("$") && field.indexOf('.') < 0;
  }

  private String fieldOf(KeyAttribute attribute) {
    return settings.fieldNames().topLevel(attribute.name());
  }

  private String typedPath(KeyAttribute attribute) {
    return fieldOf(attribute) + "." + attribute.type();
  }

  private String indexField(KeyAttribute attribute) {
    return settings.raw() ? typedPath(attribute) : fieldOf(attribute);
  }

  private static Set<String> indexNames(MongoCollection<Document> collection) {
    Set<String> names = new HashSet<>();
    collection.listIndexes().forEach(index -> names.add(index.getString("name")));
    return names;
  }

  private boolean exists(TableSchema table) {
    return database.listCollectionNames().filter(Filters.eq("name", table.name())).first() != null;
  }

  private static boolean isEmpty(MongoCollection<Document> collection) {
    return collection.find().projection(Projections.include("_id")).first() == null;
  }

  private MongoCollection<Document> collection(TableSchema table) {
    return database.getCollection(table.name());
  }

  private String namespace(TableSchema table) {
    return database.getName() + "." + table.name();
  }
}
