package io.nimoshake.mongodb.compare;

import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.core.port.Places;
import io.nimoshake.core.port.TargetReader;
import io.nimoshake.mongodb.client.MongoConnection;
import io.nimoshake.mongodb.client.MongoFaults;
import io.nimoshake.mongodb.write.CollectionIndexes;
import io.nimoshake.mongodb.write.CollectionNames;
import io.nimoshake.mongodb.write.Home;
import io.nimoshake.mongodb.write.KeyPaths;
import io.nimoshake.mongodb.write.LayoutFinder;
import io.nimoshake.mongodb.write.MongoTargetSettings;
import io.nimoshake.mongodb.write.TableLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.bson.Document;
import org.bson.RawBsonDocument;

/** Reads collections for a comparison, in either layout. Safe for use by many threads. */
public final class MongoTargetReader implements TargetReader {
  private final MongoTargetSettings settings;
  private final MongoClient client;
  private final MongoDatabase database;
  private final LayoutFinder layouts;
  private final CollectionIndexes indexes;
  private final KeyPaths paths;
  private final Mapping mapping;
  private final Function<TableSchema, Places> places;
  private final Map<String, StoredTable> opened = new ConcurrentHashMap<>();

  /** Reads tables without a mapping. */
  public MongoTargetReader(MongoTargetSettings settings) throws Fault {
    this(
        settings,
        Mapping.NONE,
        table -> {
          throw new IllegalStateException("table " + table.name() + " is not mapped");
        });
  }

  /**
   * Does not connect yet.
   *
   * @param places where the documents of a mapped table may be
   * @throws Fault if the address is malformed, or its name server does not answer
   */
  public MongoTargetReader(
      MongoTargetSettings settings, Mapping mapping, Function<TableSchema, Places> places)
      throws Fault {
    this.settings = settings;
    this.mapping = mapping;
    this.places = places;
    this.client = MongoConnection.open(settings.uri());
    this.database = client.getDatabase(settings.database());
    this.layouts = new LayoutFinder(database, settings);
    this.paths = new KeyPaths(settings.fieldNames(), settings.raw());
    this.indexes = new CollectionIndexes(settings.uri(), database, paths);
  }

  @Override
  public List<String> tables() throws Fault {
    try {
      return database.listCollectionNames().into(new ArrayList<>()).stream()
          .filter(name -> !name.startsWith("system.") && !CollectionNames.isHelper(name))
          .filter(name -> !isOfMapped(name))
          .sorted()
          .toList();
    } catch (MongoException e) {
      throw MongoFaults.of(e, "list the collections of " + settings.database());
    }
  }

  private boolean isOfMapped(String collection) {
    return opened.values().stream()
        .filter(MappedTable.class::isInstance)
        .flatMap(table -> ((MappedTable) table).homes().stream())
        .anyMatch(home -> home.name().equals(collection));
  }

  @Override
  public boolean open(TableSchema table) throws Fault {
    try {
      Optional<Mapping.OfTable> rules = mapping.of(table);
      if (rules.isPresent()) {
        List<Home> homes = Home.of(table, rules);
        opened.put(
            table.name(),
            new MappedTable(table, homes, database, places.apply(table), rules.get()));
        return homes.isEmpty() || homes.stream().anyMatch(home -> layouts.exists(home.name()));
      }
      TableLayout layout = layouts.layoutOf(table, database.getCollection(table.name()));
      List<String> keyFields = table.key().stream().map(paths::plain).toList();
      opened.put(
          table.name(),
          new UnmappedTable(
              database.getCollection(table.name(), RawBsonDocument.class),
              layout,
              new StoredDocuments(layout, keyFields)));
      return layouts.exists(table.name());
    } catch (MongoException e) {
      throw MongoFaults.of(e, "find out the layout of " + namespace(table));
    }
  }

  @Override
  public List<SchemaDifference> schemaDifferences(TableSchema table) throws Fault {
    List<SchemaDifference> differences = new ArrayList<>();
    try {
      if (opened(table) instanceof UnmappedTable unmapped) {
        MongoCollection<Document> collection = database.getCollection(table.name());
        TableLayout layout = unmapped.layout();
        if (!CollectionIndexes.names(collection).contains(layout.keyIndex())) {
          differences.add(
              new SchemaDifference(
                  "key", "a unique index on " + layout.keyPaths(), Optional.empty()));
        }
        addIndexes(table, collection, "", differences);
      } else if (opened(table) instanceof MappedTable mapped) {
        mapped.homes().forEach(home -> addDifferences(home, differences));
      }
      return differences;
    } catch (MongoException e) {
      throw MongoFaults.of(e, "read the indexes of " + namespace(table));
    }
  }

  private void addDifferences(Home home, List<SchemaDifference> differences) {
    if (!layouts.exists(home.name())) {
      differences.add(
          new SchemaDifference(
              "collection " + home.name(), "to be in the target", Optional.empty()));
      return;
    }
    MongoCollection<Document> collection = database.getCollection(home.name());
    String where = " of collection " + home.name();
    for (Mapping.Index index : indexes.missing(home.mappingIndexes(), collection)) {
      differences.add(
          new SchemaDifference(
              "index" + where, "the mapping's index on " + index.keys(), Optional.empty()));
    }
    addIndexes(home.table(), collection, where, differences);
  }

  private void addIndexes(
      TableSchema table,
      MongoCollection<Document> collection,
      String where,
      List<SchemaDifference> differences) {
    if (settings.userIndexes()) {
      for (TableSchema.SecondaryIndex index : indexes.missingUserIndexes(table, collection)) {
        differences.add(
            new SchemaDifference(
                "index " + index.name() + where,
                "an index on " + indexes.fields(index),
                Optional.empty()));
      }
    }
  }

  @Override
  public int maxKeys() {
    return StoredTable.MAX_KEYS;
  }

  @Override
  public void fetch(TableSchema table, List<ItemKey> keys, Consumer<Stored> each) throws Fault {
    if (keys.isEmpty()) {
      return;
    }
    try {
      opened(table).fetch(keys, each);
    } catch (MongoException e) {
      throw MongoFaults.of(e, "read from " + namespace(table));
    }
  }

  @Override
  public Optional<Stored> again(TableSchema table, Stored seen) throws Fault {
    try {
      return opened(table).again(seen);
    } catch (MongoException e) {
      throw MongoFaults.of(e, "read from " + namespace(table));
    }
  }

  @Override
  public Listing list(TableSchema table) throws Fault {
    return opened(table).list();
  }

  @Override
  public List<Stored> sample(TableSchema table, int count) throws Fault {
    try {
      return opened(table).sample(count);
    } catch (MongoException e) {
      throw MongoFaults.of(e, "read a sample of " + namespace(table));
    }
  }

  @Override
  public void close() {
    client.close();
  }

  StoredTable opened(TableSchema table) {
    StoredTable place = opened.get(table.name());
    if (place == null) {
      throw new IllegalStateException("table " + table.name() + " was not opened");
    }
    return place;
  }

  String namespace(TableSchema table) {
    return settings.database() + "." + table.name();
  }
}
