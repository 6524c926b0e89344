package io.nimoshake.core.flow;

import io.nimoshake.core.model.Split;
import java.util.Optional;

/**
 * Something that is tried until it succeeds: its name for people, and where its failures are
 * counted and shown.
 *
 * @param table the table it belongs to; empty for the sync as a whole
 * @param shard the id of the shard that is read, if it is the reading of one
 * @param name what is tried: "reading shard-1"
 * @param retries counts the failures after which it is tried again
 * @param failures shows what failed lately
 */
public record Activity(
    Optional<String> table,
    Optional<String> shard,
    String name,
    TableStats.Retries retries,
    RecentFailures failures) {
  /** An activity of one table. */
  public static Activity ofTable(
      String table, String name, TableStats.Retries retries, RecentFailures failures) {
    return new Activity(Optional.of(table), Optional.empty(), name, retries, failures);
  }

  /** Reading a segment or shard. */
  static Activity reading(Split split, TableStats stats) {
    Optional<String> shard =
        split instanceof Split.OfStream of ? Optional.of(of.id()) : Optional.empty();
    return new Activity(
        Optional.of(split.table()), shard, "reading " + split.id(), stats.reading, stats.failures);
  }

  /** How a log line about it begins: "table orders: ", or nothing. */
  String subject() {
    return table.map(name -> "table " + name + ": ").orElse("");
  }
}
