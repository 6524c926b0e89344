package io.nimoshake.dynamodb.write;

import io.nimoshake.dynamodb.client.DynamoSettings;

/**
 * Settings of a DynamoDB-compatible target.
 *
 * @param service how to reach it
 * @param userIndexes {@code full.enable_index.user}: create the source's secondary indexes
 */
public record DynamoTargetSettings(DynamoSettings service, boolean userIndexes) {}
