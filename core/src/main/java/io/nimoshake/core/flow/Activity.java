package io.nimoshake.core.flow;

/**
 * Something that is tried until it succeeds: its name for people, and where its failures are
 * counted and shown.
 *
 * @param subject what it belongs to, as a log line begins with it: "table orders: ", or empty for
 *     the sync as a whole
 * @param name what is tried: "reading shard-1"
 * @param retries counts the failures after which it is tried again
 * @param failures shows what failed lately
 */
public record Activity(
    String subject, String name, TableStats.Retries retries, RecentFailures failures) {
  /** An activity of one table. */
  public static Activity ofTable(
      String table, String name, TableStats.Retries retries, RecentFailures failures) {
    return new Activity("table " + table + ": ", name, retries, failures);
  }
}
