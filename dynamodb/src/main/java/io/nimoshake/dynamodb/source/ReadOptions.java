package io.nimoshake.dynamodb.source;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Which items are read, and how many a call.
 *
 * @param filter the copy reads only items that pass it; it does not apply to streams
 * @param scanLimit most items one Scan evaluates ({@code qps.full.batch_num}); empty: 1 MB of items
 * @param recordsLimit most records of one GetRecords ({@code qps.incr.batch_num}); empty: 1,000
 * @param ttlDeletes what happens to items that DynamoDB deleted by time to live
 */
public record ReadOptions(
    Optional<Filter> filter,
    OptionalInt scanLimit,
    OptionalInt recordsLimit,
    TtlDeletes ttlDeletes) {

  /** Reads everything, in the largest pages that the service allows. */
  public static final ReadOptions ALL =
      new ReadOptions(
          Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), TtlDeletes.PROPAGATE);

  public ReadOptions {
    scanLimit.ifPresent(limit -> requirePositive("scanLimit", limit));
    recordsLimit.ifPresent(limit -> requirePositive("recordsLimit", limit));
  }

  /**
   * A filter expression with its values, as Scan takes them. Items that do not pass are read and
   * billed all the same.
   *
   * @param values value by placeholder, such as {@code :name}
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
    /** Such items are deleted from the target too. */
    PROPAGATE,
    /** Such items stay in the target. */
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
