/**
 * A DynamoDB-compatible service as the {@link io.nimoshake.core.port.Target} of a sync. {@link
 * io.nimoshake.dynamodb.write.DynamoTarget} is the entry. {@link
 * io.nimoshake.dynamodb.write.TargetTables} creates tables, {@link
 * io.nimoshake.dynamodb.write.BatchWriter} writes items. An item's JSON goes from a response into a
 * request unchanged.
 */
package io.nimoshake.dynamodb.write;
