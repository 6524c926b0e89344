package io.nimoshake.plugin;

import java.util.List;
import java.util.Optional;

/**
 * A table of DynamoDB.
 *
 * @param hash its partition key
 * @param range its sort key, if it has one
 */
public record Table(String name, KeyAttribute hash, Optional<KeyAttribute> range) {
  /**
   * A key attribute.
   *
   * @param name the field that holds it in items
   */
  public record KeyAttribute(String name, KeyType type) {}

  /** The types that a key attribute can have: string, number, binary. */
  public enum KeyType {
    S,
    N,
    B
  }

  /** A table with a partition key alone. */
  public static Table of(String name, String hash, KeyType hashType) {
    return new Table(name, new KeyAttribute(hash, hashType), Optional.empty());
  }

  /** A table with a partition key and a sort key. */
  public static Table of(
      String name, String hash, KeyType hashType, String range, KeyType rangeType) {
    return new Table(
        name, new KeyAttribute(hash, hashType), Optional.of(new KeyAttribute(range, rangeType)));
  }

  /** The key attributes, the partition key first. */
  public List<KeyAttribute> key() {
    return range.map(r -> List.of(hash, r)).orElseGet(() -> List.of(hash));
  }
}
