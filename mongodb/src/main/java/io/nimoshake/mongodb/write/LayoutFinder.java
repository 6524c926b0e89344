package io.nimoshake.mongodb.write;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.bson.Document;
import org.bson.types.ObjectId;

/** Finds out how the items of a table lie in its collection. Changes nothing. */
public final class LayoutFinder {
  /** The collation that compares texts byte by byte. */
  private static final String SIMPLE = "simple";

  private final MongoDatabase database;
  private final MongoTargetSettings settings;
  private final KeyPaths paths;

  public LayoutFinder(MongoDatabase database, MongoTargetSettings settings) {
    this.database = database;
    this.settings = settings;
    this.paths = new KeyPaths(settings.fieldNames(), settings.raw());
  }

  /** Whether the database has a collection of this name. */
  public boolean exists(String name) {
    // mongo-java-server ignores the filter and lists all collections
    return database
        .listCollectionNames()
        .filter(Filters.eq("name", name))
        .into(new HashSet<>())
        .contains(name);
  }

  /**
   * The layout that the documents of the collection have. A collection that shows none gets the
   * configured one. A unique index on the key fields beside generated {@code _id}s means {@link
   * IdLayout#OBJECTID}, whoever made it. So do generated {@code _id}s of documents that have the
   * key fields, if no document has a key as its {@code _id}: the index may have been lost.
   */
  public TableLayout layoutOf(TableSchema table, MongoCollection<Document> collection) {
    Document sample = collection.find().projection(Projections.include("_id")).first();
    boolean generatedIds = sample == null || sample.get("_id") instanceof ObjectId;
    boolean composite = table.range().isPresent();
    List<String> plain = table.key().stream().map(paths::plain).toList();
    List<String> typed = table.key().stream().map(paths::typed).toList();
    if (generatedIds) {
      for (IndexSpec index : IndexSpec.of(collection)) {
        boolean onTyped = index.fields().equals(new HashSet<>(typed));
        boolean onPlain = index.fields().equals(new HashSet<>(plain));
        if (index.isUnique() && index.isWholeAndBinary() && (onTyped || onPlain)) {
          return new TableLayout(
              IdLayout.OBJECTID, composite, index.name(), onTyped ? typed : plain, onTyped);
        }
      }
    }
    boolean hasItems = sample != null && generatedIds && lacksOnlyTheIndex(table, collection);
    if (!generatedIds || settings.idLayout() == IdLayout.KEY && !hasItems) {
      return TableLayout.byKey(composite);
    }
    List<String> fields = settings.raw() ? typed : plain;
    return new TableLayout(
        IdLayout.OBJECTID, composite, String.join("_1_", fields) + "_1", fields, settings.raw());
  }

  /**
   * Whether documents with a generated {@code _id} are items. Whatever can be a key is before every
   * ObjectId in MongoDB's order of values.
   *
   * @see <a
   *     href="https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/">MongoDB
   *     Manual, Comparison/Sort Order</a>
   */
  private boolean lacksOnlyTheIndex(TableSchema table, MongoCollection<Document> collection) {
    Document first = collection.find().sort(Sorts.ascending("_id")).first();
    return first != null
        && first.get("_id") instanceof ObjectId
        && table.key().stream().allMatch(key -> hasField(first, key));
  }

  private boolean hasField(Document document, KeyAttribute key) {
    String field = paths.plain(key);
    if (settings.raw()) {
      return document.get(field) instanceof Document typed && typed.containsKey(key.type().name());
    }
    return document.containsKey(field) && !field.equals("_id");
  }

  /** Whether the user made a validator for the collection. */
  boolean hasValidator(String name) {
    return !options(name).get("validator", new Document()).isEmpty();
  }

  /** The options with which a collection was created or that were changed since. */
  Document options(String name) {
    return listed(name).get("options", new Document());
  }

  /**
   * Why a collection that exists cannot hold a table; empty if it can. The index on {@code _id} has
   * the collation of its collection, so with another one than {@code simple} different keys may be
   * one. A capped collection removes its oldest documents.
   *
   * @see <a href="https://www.mongodb.com/docs/manual/reference/command/listCollections/">
   *     listCollections</a>
   */
  public Optional<String> whyUnfit(String name) {
    Document listed = listed(name);
    Document options = listed.get("options", new Document());
    String type = listed.get("type", "collection");
    String locale = options.get("collation", new Document()).get("locale", SIMPLE);
    String why = null;
    if (type.equals("view")) {
      why = "is a view, which cannot be written";
    } else if (type.equals("timeseries")) {
      why = "is a time series, which has no unique keys";
    } else if (Boolean.TRUE.equals(options.get("capped"))) {
      why = "is capped: MongoDB removes its oldest documents";
    } else if (!locale.equals(SIMPLE)) {
      why = "has the collation '" + locale + "', which may take different keys for one";
    }
    return Optional.ofNullable(why)
        .map(
            reason ->
                "collection "
                    + database.getName()
                    + "."
                    + name
                    + " cannot hold a table: it "
                    + reason);
  }

  /** What the server lists of a collection; an empty document if it does not exist. */
  private Document listed(String name) {
    for (Document collection : database.listCollections().filter(Filters.eq("name", name))) {
      if (name.equals(collection.getString("name"))) {
        return collection;
      }
    }
    return new Document();
  }

  /** Whether the numbers in the key of a table are doubles in its collection. */
  boolean hasDoublesAsKeys(TableSchema table) {
    Document sample = database.getCollection(table.name()).find().first();
    return sample != null
        && table.key().stream().anyMatch(key -> sample.get(paths.plain(key)) instanceof Double);
  }

  /**
   * Checks that MongoDB can find documents by the key fields. Filters and {@code _id} documents
   * cannot hold every name.
   *
   * @throws Fault.TableFailed if it cannot
   */
  void checkKeyFields(TableSchema table, TableLayout layout) throws Fault.TableFailed {
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
}
