package io.nimoshake.core.model;

import java.util.List;
import java.util.Optional;

/**
 * What DescribeTable says of a table.
 *
 * @param name the table's name
 * @param hash the partition key
 * @param range the sort key, if the table has one
 * @param indexes its global and local secondary indexes
 * @param approximateItems number of items; the service updates it about every six hours
 * @param approximateBytes size of all items; as old as {@code approximateItems}
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

  /** The key attributes, hash key first. */
  public List<KeyAttribute> key() {
    return range.map(r -> List.of(hash, r)).orElseGet(() -> List.of(hash));
  }

  /** A global ({@code global}) or local secondary index and its own key. */
  public record SecondaryIndex(
      String name, boolean global, KeyAttribute hash, Optional<KeyAttribute> range) {
    public List<KeyAttribute> key() {
      return range.map(r -> List.of(hash, r)).orElseGet(() -> List.of(hash));
    }
  }
}
