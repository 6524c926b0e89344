package io.nimoshake.core.model;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What DescribeTable answers about a table.
 *
 * @param name the table's name
 * @param hash the partition key
 * @param range the sort key, if the table has one
 * @param indexes its global and local secondary indexes
 * @param approximateItems number of items, which the service updates about every six hours
 * @param approximateBytes size of all items, as old as {@code approximateItems}
 */
public record TableSchema(
    String name,
    KeyAttribute hash,
    Optional<KeyAttribute> range,
    List<SecondaryIndex> indexes,
    long approximateItems,
    long approximateBytes) {
  public TableSchema {
    indexes = List.copyOf(indexes);
  }

  /** The same table under another name. */
  public TableSchema named(String other) {
    return new TableSchema(other, hash, range, indexes, approximateItems, approximateBytes);
  }

  /** The key attributes, hash key first. */
  public List<KeyAttribute> key() {
    return range.map(r -> List.of(hash, r)).orElseGet(() -> List.of(hash));
  }

  /**
   * A secondary index. The key of a global one has up to four attributes of each kind, in this
   * order.
   *
   * @param global whether it is a global index, not a local one
   * @param hash its partition key; for a local index, that of the table
   * @param range its sort key; may be empty
   * @param projection which attributes it holds; MongoDB does not need it
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.DesignPattern.MultiAttributeKeys.html">
   *     Amazon DynamoDB Developer Guide, Multi-attribute keys pattern</a>
   */
  public record SecondaryIndex(
      String name,
      boolean global,
      List<KeyAttribute> hash,
      List<KeyAttribute> range,
      Projection projection) {
    public SecondaryIndex {
      hash = List.copyOf(hash);
      range = List.copyOf(range);
    }

    /** One with a key of one or two attributes, which holds whole items. */
    public SecondaryIndex(
        String name, boolean global, KeyAttribute hash, Optional<KeyAttribute> range) {
      this(name, global, List.of(hash), range.stream().toList(), Projection.ALL);
    }

    /** The key attributes, the partition key first. */
    public List<KeyAttribute> key() {
      return Stream.concat(hash.stream(), range.stream()).toList();
    }
  }

  /**
   * Which attributes of an item a secondary index holds.
   *
   * @param kind all attributes, only the keys of table and index, or the keys and some others
   * @param attributes the others, for {@link Kind#INCLUDE}
   */
  public record Projection(Kind kind, List<String> attributes) {
    public static final Projection ALL = new Projection(Kind.ALL, List.of());

    public Projection {
      attributes = List.copyOf(attributes);
    }

    /** As the service names them. */
    public enum Kind {
      ALL,
      KEYS_ONLY,
      INCLUDE
    }
  }
}
