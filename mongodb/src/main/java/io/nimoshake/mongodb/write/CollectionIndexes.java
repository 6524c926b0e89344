package io.nimoshake.mongodb.write;

import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import io.nimoshake.core.model.TableSchema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bson.BsonType;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates and drops the indexes of collections. It leaves alone indexes that exist already. */
public final class CollectionIndexes {
  static final Bson IS_TOMBSTONE = Filters.type(TableLayout.TOMBSTONE, BsonType.DATE_TIME);

  private static final Logger LOG = LoggerFactory.getLogger(CollectionIndexes.class);
  private static final int NAMESPACE_NOT_FOUND = 26;
  private static final int INDEX_NOT_FOUND = 27;

  private final MongoDatabase database;
  private final KeyPaths paths;

  public CollectionIndexes(MongoDatabase database, KeyPaths paths) {
    this.database = database;
    this.paths = paths;
  }

  /** Creates the unique index that keeps items apart if {@code _id} does not. */
  void createKeyIndex(MongoCollection<Document> collection, TableLayout layout) {
    if (layout.id() == IdLayout.OBJECTID && !names(collection).contains(layout.keyIndex())) {
      collection.createIndex(
          Indexes.ascending(layout.keyPaths()),
          new IndexOptions().unique(true).name(layout.keyIndex()));
    }
  }

  /**
   * Creates a small index of the tombstones, to find them without reading the whole collection. Its
   * name differs from collection to collection: when two indexes of a database have one name and
   * one of them is dropped, mongo-java-server damages the other.
   */
  void createTombstoneIndex(MongoCollection<Document> collection) {
    String name =
        "nimo_tombstones_"
            + Integer.toHexString(collection.getNamespace().getCollectionName().hashCode());
    collection.createIndex(
        Indexes.ascending(TableLayout.TOMBSTONE),
        new IndexOptions().name(name).partialFilterExpression(IS_TOMBSTONE));
  }

  void dropTombstoneIndex(MongoCollection<Document> collection) {
    for (Document index : collection.listIndexes()) {
      if (isTombstoneIndex(index)) {
        dropIfExists(collection, index.getString("name"));
      }
    }
  }

  private static boolean isTombstoneIndex(Document index) {
    return index.get("key", Document.class).containsKey(TableLayout.TOMBSTONE);
  }

  private static void dropIfExists(MongoCollection<Document> collection, String index) {
    try {
      collection.dropIndex(index);
    } catch (MongoCommandException e) {
      if (e.getErrorCode() != INDEX_NOT_FOUND && e.getErrorCode() != NAMESPACE_NOT_FOUND) {
        throw e;
      }
    }
  }

  /** Creates an index for each secondary index of the table that has none yet. */
  void createUserIndexes(TableSchema table, MongoCollection<Document> collection) {
    List<IndexModel> missing = new ArrayList<>();
    for (TableSchema.SecondaryIndex index : missingUserIndexes(table, collection)) {
      if (canBeBuilt(index)) {
        missing.add(new IndexModel(Indexes.ascending(fields(index))));
      } else {
        LOG.warn(
            "table {}: secondary index {} is left out: MongoDB cannot index a field whose name"
                + " starts with $ or contains a dot (convert.field_names = escape avoids this)",
            table.name(),
            index.name());
      }
    }
    if (!missing.isEmpty()) {
      collection.createIndexes(missing);
    }
  }

  /** The secondary indexes that the collection lacks; of several on the same fields, the first. */
  public List<TableSchema.SecondaryIndex> missingUserIndexes(
      TableSchema table, MongoCollection<Document> collection) {
    Set<List<String>> have = new HashSet<>();
    for (Document index : collection.listIndexes()) {
      Document key = index.get("key", Document.class);
      if (key.values().stream().allMatch(way -> way instanceof Number)) {
        have.add(List.copyOf(key.keySet()));
      }
    }
    return table.indexes().stream().filter(index -> have.add(fields(index))).toList();
  }

  /** The fields of the index that MongoDB gets for a secondary index. */
  public List<String> fields(TableSchema.SecondaryIndex index) {
    return index.key().stream().map(paths::indexed).toList();
  }

  /** Whether MongoDB can index these fields. */
  public boolean canBeBuilt(TableSchema.SecondaryIndex index) {
    return index.key().stream().allMatch(paths::canBeFoundBy);
  }

  /**
   * Creates in {@code to} the indexes that only {@code from} has, whoever made them.
   *
   * @see <a href="https://www.mongodb.com/docs/manual/reference/command/createIndexes/">
   *     createIndexes</a>
   */
  void copy(MongoCollection<Document> from, MongoCollection<Document> to) {
    Set<String> have = names(to);
    List<Document> missing = new ArrayList<>();
    for (Document index : from.listIndexes()) {
      String name = index.getString("name");
      if (!have.contains(name) && !isTombstoneIndex(index)) {
        Document copy = new Document(index);
        // the server sets these two itself
        copy.remove("v");
        copy.remove("ns");
        missing.add(copy);
      }
    }
    if (!missing.isEmpty()) {
      database.runCommand(
          new Document("createIndexes", to.getNamespace().getCollectionName())
              .append("indexes", missing)
              .append("writeConcern", new Document("w", "majority")));
    }
  }

  /** The names of all indexes of a collection. */
  public static Set<String> names(MongoCollection<Document> collection) {
    Set<String> names = new HashSet<>();
    collection.listIndexes().forEach(index -> names.add(index.getString("name")));
    return names;
  }
}
