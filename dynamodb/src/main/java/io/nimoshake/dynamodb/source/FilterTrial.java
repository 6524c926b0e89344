package io.nimoshake.dynamodb.source;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.dynamodb.client.Faults;
import io.nimoshake.dynamodb.filter.InvalidFilterException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.Select;

/**
 * What became of a filter that was tried with the first items of a table.
 *
 * @param read how many items were read
 * @param passed how many of them passed
 */
public record FilterTrial(int read, int passed) {
  /**
   * Tries a filter with one page.
   *
   * @param items the most items to read; each costs read capacity
   * @throws InvalidFilterException if the service refuses it; the message has the service's reason
   * @throws Fault if the page cannot be read for another reason
   */
  public static FilterTrial of(
      DynamoDbClient client, String table, ReadOptions.Filter filter, int items)
      throws Fault, InvalidFilterException {
    ScanRequest.Builder request =
        ScanRequest.builder().tableName(table).limit(items).select(Select.COUNT);
    filter.applyTo(request);
    try {
      ScanResponse page = client.scan(request.build());
      return new FilterTrial(page.scannedCount(), page.count());
    } catch (DynamoDbException e) {
      if (Faults.code(e).equals("ValidationException")) {
        throw new InvalidFilterException(
            "is refused by table " + table + ": " + Faults.describe(e));
      }
      throw Faults.ofTable("scan table " + table + " with the filter", e);
    } catch (SdkException e) {
      throw Faults.ofTable("scan table " + table + " with the filter", e);
    }
  }
}
