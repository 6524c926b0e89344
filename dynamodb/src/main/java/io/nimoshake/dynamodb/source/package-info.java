/**
 * DynamoDB as the {@link io.nimoshake.core.port.Source} of a sync. Segments are read with Scan,
 * shards with GetRecords.
 */
package io.nimoshake.dynamodb.source;
