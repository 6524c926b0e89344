package io.nimoshake.dynamodb.source;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What is read, and how much of it at a time.
 *
 * @param filter items the copy is limited to; streams are not filtered
 * @param scanLimit most items looked at by one Scan ({@code qps.full.batch_num}); empty: 1 MB
 * @param recordsLimit most records of one GetRecords ({@code qps.incr.batch_num}); empty: 1,000
 * @param ttlDeletes what becomes of items deleted by their time to live
 */
public record ReadOptions(
    Optional<Filter> filter,
    OptionalInt scanLimit,
    OptionalInt recordsLimit,
    TtlDeletes ttlDeletes) {

  /** Everything, in pages as large as the service gives. */
  public static final ReadOptions ALL =
      new ReadOptions(
          Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), TtlDeletes.PROPAGATE);

  public ReadOptions {
    scanLimit.ifPresent(limit -> requirePositive("scanLimit", limit));
    recordsLimit.ifPresent(limit -> requirePositive("recordsLimit", limit));
  }

  /**
   * A filter expression with its values, as a Scan takes them. What it leaves out is read, and paid
   * for, all the same.
   *
   * @param values by placeholder, as in {@code :name}
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html#Scan.FilterExpression">
   *     Filter expressions for scan</a>
   */
  public record Filter(String expression, Map<String, AttributeValue> values) {
    public Filter {
      values = Map.copyOf(values);
    }
  }

  /** {@code increase.ttl_delete}. */
  public enum TtlDeletes {
    /** They are deleted in the target too. */
    PROPAGATE,
    /** They stay in the target. */
    SKIP
  }

  public ReadOptions withFilter(Filter given) {
    return new ReadOptions(Optional.of(given), scanLimit, recordsLimit, ttlDeletes);
  }

  public ReadOptions withScanLimit(int items) {
    return new ReadOptions(filter, OptionalInt.of(items), recordsLimit, ttlDeletes);
  }

  public ReadOptions withRecordsLimit(int records) {
    return new ReadOptions(filter, scanLimit, OptionalInt.of(records), ttlDeletes);
  }

  public ReadOptions withTtlDeletes(TtlDeletes policy) {
    return new ReadOptions(filter, scanLimit, recordsLimit, policy);
  }

  private static void requirePositive(String name, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException(name + " " + limit);
    }
  }
}
