package io.nimoshake.mongodb.source;

import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoDatabase;
import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.core.port.Places;
import io.nimoshake.core.port.ReverseMapping;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.mongodb.client.MongoConnection;
import io.nimoshake.mongodb.client.MongoFaults;
import io.nimoshake.mongodb.write.MongoTargetSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The source of the way back: the collections of MongoDB that a sync has written, as tables. Which
 * tables there are, and their keys, only DynamoDB knows.
 *
 * <p>A table has one change stream. It must be opened at a position: see {@link StreamStart}.
 */
public final class ChangeStreamSource implements Source {
  private final Source tables;
  private final Mapping mapping;
  private final ReverseMapping reverse;
  private final Predicate<String> wanted;
  private final RejectedKeys rejected;
  private final FailedCalls failedCalls = new FailedCalls();
  private final MongoClient client;
  private final MongoDatabase database;
  private final Oplog oplog;
  private final PreImages preImages;

  /** Schemas that were described. A table does not change its key. */
  private final Map<String, TableSchema> schemas = new ConcurrentHashMap<>();

  /**
   * Does not connect yet.
   *
   * @param settings of the way forward, which has written the collections
   * @param tables DynamoDB: tables are listed and described, and items are read, converted as on
   *     the way forward; closed with this
   * @param wanted which tables are synced
   * @param rejected the items that the copy to MongoDB has rejected
   * @throws Fault if the address is malformed, or its name server does not answer
   */
  public ChangeStreamSource(
      MongoTargetSettings settings,
      Source tables,
      Mapping mapping,
      ReverseMapping reverse,
      Predicate<String> wanted,
      RejectedKeys rejected)
      throws Fault {
    this.tables = tables;
    this.mapping = mapping;
    this.reverse = reverse;
    this.wanted = wanted;
    this.rejected = rejected;
    this.client = MongoConnection.open(settings.uri(), failedCalls);
    this.database = client.getDatabase(settings.database());
    this.oplog = new Oplog(client);
    this.preImages = new PreImages(database, settings, mapping);
  }

  @Override
  public List<String> listTables() throws Fault {
    return tables.listTables();
  }

  @Override
  public TableSchema describe(String table) throws Fault {
    TableSchema schema = tables.describe(table);
    schemas.put(table, schema);
    return schema;
  }

  /** MongoDB has change streams or it has not: nothing is switched on. */
  @Override
  public Optional<StreamHandle> ensureStream(String table) throws Fault {
    String next = StreamStart.now(client, database.getName());
    return currentStream(table).map(handle -> handle.from(next));
  }

  @Override
  public Optional<StreamHandle> currentStream(String table) throws Fault {
    String doing = "looking at the oplog of MongoDB for table " + table;
    try {
      return Optional.of(
          new StreamHandle(
              "change stream of MongoDB database " + database.getName(),
              true,
              MongoConnection.serverTime(client),
              oplog.oldest(doing)));
    } catch (MongoException e) {
      throw MongoFaults.of(e, doing);
    }
  }

  /** A change stream has no shards. */
  @Override
  public ShardListing listShards(String table, String streamArn, Optional<String> childrenOf) {
    throw new IllegalStateException("the change stream of table " + table + " has no shards");
  }

  @Override
  public SplitReader open(Split split, Position from) throws Fault {
    if (split instanceof Split.ChangeStream stream) {
      describeOthers();
      CollectionsOfTable collections = collections(schema(stream.table()));
      return new ChangeStreamReader(
          database,
          collections,
          new OtherTables(collections.schema().name()),
          System::nanoTime,
          from);
    }
    if (split instanceof Split.Documents documents) {
      describeOthers();
      CollectionsOfTable collections = collections(schema(documents.table()));
      return new DocumentsReader(
          documents, database, collections, new OtherTables(documents.table()), from);
    }
    if (split instanceof Split.Leftovers leftovers) {
      return leftovers(leftovers, from);
    }
    throw new IllegalArgumentException("MongoDB has no " + split.id());
  }

  private SplitReader leftovers(Split.Leftovers split, Position from) throws Fault {
    TableSchema schema = schema(split.table());
    CollectionsOfTable collections = collections(schema);
    ItemDocuments documents =
        new ItemDocuments(database, collections, mapping.of(schema), preImages.layoutOf(schema));
    Split.ScanSegment segment = new Split.ScanSegment(split.table(), split.index(), split.total());
    return new LeftoversReader(split, tables.open(segment, from), documents, schema, rejected);
  }

  /** Only a mapping lets tables share a collection. */
  private void describeOthers() throws Fault {
    if (mapping == Mapping.NONE) {
      return;
    }
    for (String table : tables.listTables()) {
      if (wanted.test(table) && !schemas.containsKey(table)) {
        try {
          describe(table);
        } catch (Fault.TableGone e) {
          // It was deleted a moment ago: its documents are of no item any more.
        }
      }
    }
  }

  private TableSchema schema(String table) throws Fault {
    TableSchema known = schemas.get(table);
    return known == null ? describe(table) : known;
  }

  private CollectionsOfTable collections(TableSchema schema) throws Fault {
    try {
      return new CollectionsOfTable(schema, reverse.of(schema), preImages.hasGeneratedIds(schema));
    } catch (MongoException e) {
      throw MongoFaults.of(e, "looking at collection " + schema.name());
    }
  }

  /** The other tables of the sync. Looked for when a document is met that may belong to one. */
  private final class OtherTables implements Predicate<Places.Place> {
    private final String table;
    private Optional<List<ReverseMapping.OfTable>> others = Optional.empty();

    OtherTables(String table) {
      this.table = table;
    }

    @Override
    public boolean test(Places.Place place) {
      if (others.isEmpty()) {
        others = Optional.of(find());
      }
      return others.get().stream()
          .filter(other -> other.collections().contains(place.collection()))
          .anyMatch(other -> other.keyAt(place).isPresent());
    }

    private List<ReverseMapping.OfTable> find() {
      return schemas.values().stream()
          .filter(schema -> !schema.name().equals(table) && wanted.test(schema.name()))
          .map(reverse::of)
          .toList();
    }
  }

  @Override
  public FailedCalls failedCalls() {
    return failedCalls;
  }

  @Override
  public void close() {
    client.close();
    tables.close();
  }
}
