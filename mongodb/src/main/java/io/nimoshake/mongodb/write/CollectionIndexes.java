package io.nimoshake.mongodb.write;

import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.mongodb.client.MongoFaults;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.bson.BsonType;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates and drops the indexes of collections. It leaves alone indexes that exist already. */
public final class CollectionIndexes {
  /** Amazon DocumentDB uses a sparse index only if a filter says that the field exists. */
  static final Bson IS_TOMBSTONE =
      Filters.and(
          Filters.exists(TableLayout.TOMBSTONE),
          Filters.type(TableLayout.TOMBSTONE, BsonType.DATE_TIME));

  private static final Logger LOG = LoggerFactory.getLogger(CollectionIndexes.class);
  private static final int NAMESPACE_NOT_FOUND = 26;
  private static final int INDEX_NOT_FOUND = 27;

  private final IndexBuilds builds;
  private final KeyPaths paths;

  public CollectionIndexes(String uri, MongoDatabase database, KeyPaths paths) {
    this.builds = new IndexBuilds(uri, database);
    this.paths = paths;
  }

  /**
   * Creates the unique index that keeps items apart if {@code _id} does not. An index that exists
   * is waited for, because the server may still be building it.
   */
  void createKeyIndex(MongoCollection<Document> collection, TableLayout layout) throws Fault {
    if (layout.id() == IdLayout.OBJECTID) {
      IndexSpec wanted =
          IndexSpec.ascending(layout.keyPaths())
              .with("name", layout.keyIndex())
              .with("unique", true);
      IndexSpec existing =
          IndexSpec.of(collection).stream()
              .filter(index -> index.name().equals(layout.keyIndex()))
              .findFirst()
              .orElse(wanted);
      builds.build(collection, List.of(existing));
    }
  }

  /**
   * Creates a small index of the tombstones, to find them without reading the whole collection. It
   * is sparse and not partial, because some servers have no partial indexes. A server that refuses
   * it does without. Its name differs from collection to collection: when two indexes of a database
   * have one name and one of them is dropped, mongo-java-server damages the other.
   */
  void createTombstoneIndex(MongoCollection<Document> collection) throws Fault {
    String name =
        "nimo_tombstones_"
            + Integer.toHexString(collection.getNamespace().getCollectionName().hashCode());
    try {
      collection.createIndex(
          Indexes.ascending(TableLayout.TOMBSTONE), new IndexOptions().name(name).sparse(true));
    } catch (MongoCommandException e) {
      Fault fault = MongoFaults.of(e, "create the index of tombstones");
      if (!(fault instanceof Fault.TableFailed)) {
        throw fault;
      }
      if (!IndexBuilds.isConflict(e)) {
        LOG.warn(
            "collection {} gets no index of tombstones, so removing them after the copy reads the"
                + " whole collection: {}",
            collection.getNamespace(),
            fault.getMessage());
      }
    }
  }

  void dropTombstoneIndex(MongoCollection<Document> collection) {
    for (IndexSpec index : IndexSpec.of(collection)) {
      if (index.isOfTombstones()) {
        dropIfExists(collection, index.name());
      }
    }
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

  /**
   * Creates an index for each secondary index of the table that has none yet. An index on the same
   * fields counts, whatever its name and options: the user made it so.
   */
  void createUserIndexes(TableSchema table, MongoCollection<Document> collection) throws Fault {
    List<IndexSpec> existing = IndexSpec.of(collection);
    List<IndexSpec> wanted = new ArrayList<>();
    for (TableSchema.SecondaryIndex index : table.indexes()) {
      if (canBeBuilt(index)) {
        IndexSpec spec = serving(index, existing).orElse(IndexSpec.ascending(fields(index)));
        if (wanted.stream().noneMatch(spec::isSameAs)) {
          wanted.add(spec);
        }
      } else {
        LOG.warn(
            "table {}: secondary index {} is left out: MongoDB cannot index a field whose name"
                + " starts with $ or contains a dot (convert.field_names = escape avoids this)",
            table.name(),
            index.name());
      }
    }
    try {
      builds.build(collection, wanted);
    } catch (MongoCommandException e) {
      // somebody else may have made an index on the same fields meanwhile
      if (!IndexBuilds.isConflict(e) || !missingUserIndexes(table, collection).isEmpty()) {
        throw e;
      }
    }
  }

  /** Creates the indexes that a mapping asks for and that the collection does not have yet. */
  void createMappingIndexes(List<Mapping.Index> indexes, MongoCollection<Document> collection)
      throws Fault {
    List<IndexSpec> missing = new ArrayList<>();
    for (Mapping.Index index : missing(indexes, collection)) {
      missing.add(IndexSpec.of(index));
    }
    builds.build(collection, missing);
  }

  /**
   * The indexes that the collection lacks. One that differs only in its name counts as the same,
   * and a text index, which the server lists in another form, by its name.
   */
  public List<Mapping.Index> missing(
      List<Mapping.Index> indexes, MongoCollection<Document> collection) {
    if (indexes.isEmpty()) {
      return List.of();
    }
    List<IndexSpec> existing = IndexSpec.of(collection);
    return indexes.stream()
        .filter(
            index -> {
              IndexSpec wanted = IndexSpec.of(index);
              boolean text = index.keys().containsValue("text");
              return existing.stream()
                  .noneMatch(
                      there ->
                          wanted.isSameAs(there) || text && there.name().equals(wanted.name()));
            })
        .toList();
  }

  private Optional<IndexSpec> serving(TableSchema.SecondaryIndex index, List<IndexSpec> existing) {
    return existing.stream().filter(spec -> spec.serves(fields(index))).findFirst();
  }

  /** The secondary indexes that the collection lacks; of several on the same fields, the first. */
  public List<TableSchema.SecondaryIndex> missingUserIndexes(
      TableSchema table, MongoCollection<Document> collection) {
    List<IndexSpec> existing = IndexSpec.of(collection);
    Set<List<String>> seen = new HashSet<>();
    return table.indexes().stream()
        .filter(index -> serving(index, existing).isEmpty() && seen.add(fields(index)))
        .filter(this::canBeBuilt)
        .toList();
  }

  /** The fields of the index that MongoDB gets for a secondary index. */
  public List<String> fields(TableSchema.SecondaryIndex index) {
    return index.key().stream().map(paths::indexed).toList();
  }

  private boolean canBeBuilt(TableSchema.SecondaryIndex index) {
    return index.key().stream().allMatch(paths::canBeFoundBy);
  }

  /**
   * Creates in {@code to} the indexes of {@code from}, whoever made them, with all their options.
   * An index that differs only in its name counts as the same.
   */
  void copy(MongoCollection<Document> from, MongoCollection<Document> to) throws Fault {
    copy(from, to, index -> true);
  }

  /** The same for unique indexes only. */
  void copyUnique(MongoCollection<Document> from, MongoCollection<Document> to) throws Fault {
    copy(from, to, IndexSpec::isUnique);
  }

  private void copy(
      MongoCollection<Document> from, MongoCollection<Document> to, Predicate<IndexSpec> which)
      throws Fault {
    List<IndexSpec> existing = IndexSpec.of(to);
    List<IndexSpec> wanted = new ArrayList<>();
    for (IndexSpec index : IndexSpec.of(from)) {
      if (!index.isOfId() && !index.isOfTombstones() && which.test(index)) {
        wanted.add(existing.stream().filter(index::isSameAs).findFirst().orElse(index));
      }
    }
    builds.build(to, wanted);
  }

  /** The names of all indexes of a collection. */
  public static Set<String> names(MongoCollection<Document> collection) {
    return IndexSpec.of(collection).stream().map(IndexSpec::name).collect(Collectors.toSet());
  }

  /** Whether somebody made a unique index other than the one that keeps items apart. */
  static boolean hasUniqueIndexOfUser(MongoCollection<Document> collection, TableLayout layout) {
    return IndexSpec.of(collection).stream()
        .anyMatch(
            index ->
                index.isUnique() && !index.isOfId() && !index.name().equals(layout.keyIndex()));
  }
}
