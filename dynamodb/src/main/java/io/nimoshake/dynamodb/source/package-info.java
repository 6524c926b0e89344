/**
 * Tables and streams of DynamoDB as the {@link io.nimoshake.core.port.Source} of a sync: segments
 * are read by Scan, shards by GetRecords.
 */
package io.nimoshake.dynamodb.source;
