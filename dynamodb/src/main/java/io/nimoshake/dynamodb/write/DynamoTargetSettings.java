package io.nimoshake.dynamodb.write;

import io.nimoshake.dynamodb.client.DynamoSettings;

/**
 * A DynamoDB-compatible target.
 *
 * @param service how to reach it
 * @param userIndexes {@code full.enable_index.user}: tables get the secondary indexes of the source
 */
public record DynamoTargetSettings(DynamoSettings service, boolean userIndexes) {}
