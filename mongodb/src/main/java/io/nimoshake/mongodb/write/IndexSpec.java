package io.nimoshake.mongodb.write;

import com.mongodb.client.MongoCollection;
import io.nimoshake.core.port.Mapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bson.Document;

/**
 * An index with all of its options, as {@code createIndexes} takes it.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/reference/command/createIndexes/">
 *     createIndexes</a>
 * @see <a href="https://www.mongodb.com/docs/manual/reference/command/listIndexes/">listIndexes</a>
 */
record IndexSpec(Document document) {
  /** The server sets these itself, or has them from older versions and ignores them. */
  private static final List<String> NOT_OPTIONS =
      List.of("v", "ns", "background", "buildUUID", "indexBuildInfo", "clustered");

  /** The indexes of a collection, also those that the server is still building. */
  static List<IndexSpec> of(MongoCollection<Document> collection) {
    return collection.listIndexes().map(IndexSpec::listed).into(new ArrayList<>());
  }

  /** Some servers put an index that is not complete yet into a document of its own. */
  private static IndexSpec listed(Document listed) {
    Document spec = new Document(listed.get("spec", listed));
    NOT_OPTIONS.forEach(spec::remove);
    return new IndexSpec(spec);
  }

  static IndexSpec ascending(List<String> fields) {
    Document key = new Document();
    fields.forEach(field -> key.append(field, 1));
    return new IndexSpec(
        new Document("key", key).append("name", String.join("_1_", fields) + "_1"));
  }

  /** An index that a mapping asks for. */
  static IndexSpec of(Mapping.Index index) {
    Document key = new Document();
    List<String> name = new ArrayList<>();
    index
        .keys()
        .forEach(
            (field, kind) -> {
              key.append(field, kind);
              name.add(field + "_" + kind);
            });
    Document spec =
        new Document("key", key).append("name", index.name().orElse(String.join("_", name)));
    if (index.unique()) {
      spec.append("unique", true);
    }
    if (index.sparse()) {
      spec.append("sparse", true);
    }
    index.expireAfterSeconds().ifPresent(s -> spec.append("expireAfterSeconds", s));
    return new IndexSpec(spec);
  }

  IndexSpec with(String option, Object value) {
    return new IndexSpec(new Document(document).append(option, value));
  }

  String name() {
    return document.getString("name");
  }

  Document key() {
    return document.get("key", Document.class);
  }

  Set<String> fields() {
    return key().keySet();
  }

  boolean isUnique() {
    return document.getBoolean("unique", false);
  }

  boolean isSparse() {
    return document.getBoolean("sparse", false);
  }

  /** Which documents the index holds; empty: all. */
  Optional<Document> partialFilter() {
    return Optional.ofNullable(document.get("partialFilterExpression", Document.class));
  }

  /** How the index compares texts; empty: as the collection does. */
  Optional<Document> collation() {
    return Optional.ofNullable(document.get("collation", Document.class));
  }

  /** Whether the index holds every document, and compares values byte by byte. */
  boolean isWholeAndBinary() {
    return partialFilter().isEmpty() && collation().isEmpty();
  }

  boolean isOfId() {
    return name().equals(TableLayout.ID_INDEX);
  }

  boolean isOfTombstones() {
    return key().containsKey(TableLayout.TOMBSTONE);
  }

  /**
   * Whether the index serves queries by these fields, in this order, whatever its other options.
   */
  boolean serves(List<String> fields) {
    return key().values().stream().allMatch(Number.class::isInstance)
        && List.copyOf(fields()).equals(fields);
  }

  /** Whether both are the same but for the name. */
  boolean isSameAs(IndexSpec other) {
    return normal().equals(other.normal());
  }

  private Document normal() {
    Document normal = new Document();
    document.forEach((option, value) -> normal.append(option, normal(value)));
    normal.remove("name");
    // the order of the fields counts, and documents are equal in any order
    normal.append("fields", List.copyOf(fields()));
    normal.values().removeIf(Boolean.FALSE::equals);
    return normal;
  }

  /** Servers list a direction as int, long or double, whichever the client sent. */
  private static Object normal(Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    if (value instanceof Document document) {
      Document normal = new Document();
      document.forEach((name, inner) -> normal.append(name, normal(inner)));
      return normal;
    }
    return value;
  }
}
