package io.nimoshake.dynamodb.write;

import io.nimoshake.dynamodb.client.DynamoSettings;
import io.nimoshake.dynamodb.shape.TargetShapes;

/**
 * Settings of a DynamoDB-compatible target.
 *
 * @param service how to reach it
 * @param userIndexes {@code full.enable_index.user}: create the source's secondary indexes
 * @param shapes how tables are named, and what becomes of items
 */
public record DynamoTargetSettings(
    DynamoSettings service, boolean userIndexes, TargetShapes shapes) {
  /** Tables keep their names, and items their attributes. */
  public DynamoTargetSettings(DynamoSettings service, boolean userIndexes) {
    this(service, userIndexes, TargetShapes.SAME);
  }

  /** The same for checks, without retries of the SDK. */
  public DynamoTargetSettings withoutRetries() {
    return new DynamoTargetSettings(service.withMaxRetries(0), userIndexes, shapes);
  }
}
