package io.nimoshake.dynamodb.source;

import io.nimoshake.dynamodb.convert.JsonFilter;
import io.nimoshake.dynamodb.filter.InvalidFilterException;
import io.nimoshake.dynamodb.filter.ItemFilter;
import io.nimoshake.dynamodb.filter.Value;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;

/**
 * Which items are read, and how many a call.
 *
 * @param filter the items to read; empty: all
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
   * A filter expression with its names and values, as Scan takes them. Items that do not pass are
   * read and billed all the same.
   *
   * @param names attribute name by placeholder, such as {@code #name}
   * @param values value by placeholder, such as {@code :name}
   * @param ofStreams whether it applies to the records of streams too, and not only to the copy
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html#Scan.FilterExpression">
   *     Filter expressions for scan</a>
   */
  public record Filter(
      String expression,
      Map<String, String> names,
      Map<String, AttributeValue> values,
      boolean ofStreams) {
    public Filter {
      names = Map.copyOf(names);
      values = Map.copyOf(values);
    }

    /**
     * The same filter for items that are in memory.
     *
     * @throws InvalidFilterException if the service would refuse the expression
     */
    public ItemFilter parse() throws InvalidFilterException {
      return ItemFilter.parse(
          expression,
          names,
          values.entrySet().stream()
              .collect(Collectors.toMap(Map.Entry::getKey, entry -> Value.of(entry.getValue()))));
    }

    /** Makes a Scan return only items that pass. */
    void applyTo(ScanRequest.Builder request) {
      request.filterExpression(expression);
      if (!names.isEmpty()) {
        request.expressionAttributeNames(names);
      }
      if (!values.isEmpty()) {
        request.expressionAttributeValues(values);
      }
    }
  }

  /**
   * The filter for records of streams, for one reader.
   *
   * @throws IllegalArgumentException if the expression is not valid
   */
  Optional<JsonFilter> streamFilter() {
    return filter.isPresent() && filter.get().ofStreams() ? copyFilter() : Optional.empty();
  }

  /**
   * The filter for items of a copy that the service does not filter, for one reader.
   *
   * @throws IllegalArgumentException if the expression is not valid
   */
  Optional<JsonFilter> copyFilter() {
    try {
      return filter.isPresent()
          ? Optional.of(new JsonFilter(filter.get().parse()))
          : Optional.empty();
    } catch (InvalidFilterException e) {
      throw new IllegalArgumentException("the filter expression " + e.getMessage(), e);
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

  /** With the same filter for the copy, and none for streams and for items looked up by key. */
  public ReadOptions filteringCopiesOnly() {
    return filter
        .map(given -> new Filter(given.expression(), given.names(), given.values(), false))
        .map(this::withFilter)
        .orElse(this);
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
