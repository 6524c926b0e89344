package io.nimoshake.mongodb.compare;

import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoCursor;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Aggregates;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.TargetReader;
import io.nimoshake.mongodb.client.MongoConnection;
import io.nimoshake.mongodb.client.MongoFaults;
import io.nimoshake.mongodb.write.BsonSplice;
import io.nimoshake.mongodb.write.CollectionIndexes;
import io.nimoshake.mongodb.write.CollectionNames;
import io.nimoshake.mongodb.write.IdLayout;
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
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;

/** Reads collections for a comparison, in either layout. Safe for use by many threads. */
public final class MongoTargetReader implements TargetReader {
  /** Most keys of one {@code $in} or {@code $or}. */
  private static final int MAX_KEYS = 1_000;

  private final MongoTargetSettings settings;
  private final MongoClient client;
  private final MongoDatabase database;
  private final LayoutFinder layouts;
  private final CollectionIndexes indexes;
  private final KeyPaths paths;
  private final Map<String, Opened> opened = new ConcurrentHashMap<>();

  /** The collection of a table, and how items lie in it. */
  record Opened(
      MongoCollection<RawBsonDocument> collection, TableLayout layout, StoredDocuments documents) {}

  /**
   * Does not connect yet.
   *
   * @throws Fault if the address is malformed, or its name server does not answer
   */
  public MongoTargetReader(MongoTargetSettings settings) throws Fault {
    this.settings = settings;
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
          .sorted()
          .toList();
    } catch (MongoException e) {
      throw MongoFaults.of(e, "list the collections of " + settings.database());
    }
  }

  @Override
  public boolean open(TableSchema table) throws Fault {
    try {
      TableLayout layout = layouts.layoutOf(table, database.getCollection(table.name()));
      List<String> keyFields = table.key().stream().map(paths::plain).toList();
      opened.put(
          table.name(),
          new Opened(
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
    TableLayout layout = opened(table).layout();
    MongoCollection<Document> collection = database.getCollection(table.name());
    List<SchemaDifference> differences = new ArrayList<>();
    try {
      if (!CollectionIndexes.names(collection).contains(layout.keyIndex())) {
        differences.add(
            new SchemaDifference(
                "key", "a unique index on " + layout.keyPaths(), Optional.empty()));
      }
      if (settings.userIndexes()) {
        for (TableSchema.SecondaryIndex index : indexes.missingUserIndexes(table, collection)) {
          differences.add(
              new SchemaDifference(
                  "index " + index.name(),
                  "an index on " + indexes.fields(index),
                  Optional.empty()));
        }
      }
      return differences;
    } catch (MongoException e) {
      throw MongoFaults.of(e, "read the indexes of " + namespace(table));
    }
  }

  @Override
  public int maxKeys() {
    return MAX_KEYS;
  }

  @Override
  public void fetch(TableSchema table, List<ItemKey> keys, Consumer<Stored> each) throws Fault {
    if (keys.isEmpty()) {
      return;
    }
    Opened place = opened(table);
    try (MongoCursor<RawBsonDocument> cursor =
        place.collection().find(anyOf(place.layout(), keys)).batchSize(MAX_KEYS).iterator()) {
      while (cursor.hasNext()) {
        each.accept(place.documents().of(cursor.next()));
      }
    } catch (MongoException e) {
      throw MongoFaults.of(e, "read from " + namespace(table));
    }
  }

  private static Bson anyOf(TableLayout layout, List<ItemKey> keys) {
    List<BsonDocument> filters = keys.stream().map(layout::filter).toList();
    if (filters.size() == 1) {
      return filters.get(0);
    }
    BsonArray all = new BsonArray(filters.size());
    if (filters.get(0).size() == 1) {
      filters.forEach(filter -> all.add(filter.values().iterator().next()));
      return new BsonDocument(filters.get(0).getFirstKey(), new BsonDocument("$in", all));
    }
    all.addAll(filters);
    return new BsonDocument("$or", all);
  }

  @Override
  public Optional<Stored> again(TableSchema table, Stored seen) throws Fault {
    Opened place = opened(table);
    try {
      return Optional.ofNullable(place.collection().find(BsonSplice.raw(seen.id())).first())
          .map(place.documents()::of);
    } catch (MongoException e) {
      throw MongoFaults.of(e, "read from " + namespace(table));
    }
  }

  @Override
  public Listing list(TableSchema table) throws Fault {
    Opened place = opened(table);
    BsonDocument wanted =
        new BsonDocument("_id", new BsonInt32(1)).append(TableLayout.TOMBSTONE, new BsonInt32(1));
    if (place.layout().id() == IdLayout.OBJECTID) {
      place.layout().keyPaths().forEach(path -> wanted.append(path, new BsonInt32(1)));
    }
    return new CollectionListing(place.collection(), wanted, place.documents());
  }

  @Override
  public List<Stored> sample(TableSchema table, int count) throws Fault {
    Opened place = opened(table);
    List<Stored> found = new ArrayList<>();
    try {
      place
          .collection()
          .aggregate(List.of(Aggregates.sample(count)))
          .forEach(document -> found.add(place.documents().of(document)));
      return found;
    } catch (MongoException e) {
      throw MongoFaults.of(e, "read a sample of " + namespace(table));
    }
  }

  @Override
  public void close() {
    client.close();
  }

  Opened opened(TableSchema table) {
    Opened place = opened.get(table.name());
    if (place == null) {
      throw new IllegalStateException("table " + table.name() + " was not opened");
    }
    return place;
  }

  String namespace(TableSchema table) {
    return settings.database() + "." + table.name();
  }
}
