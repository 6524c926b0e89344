/**
 * Tables of a DynamoDB-compatible service as the {@link io.nimoshake.core.port.Target} of a sync.
 * {@link io.nimoshake.dynamodb.write.DynamoTarget} is the door; behind it, {@link
 * io.nimoshake.dynamodb.write.TargetTables} makes tables and {@link
 * io.nimoshake.dynamodb.write.BatchWriter} writes items, whose JSON goes into requests as it came
 * out of responses.
 */
package io.nimoshake.dynamodb.write;
