/**
 * DynamoDB Streams with the shape that DynamoDB Local never shows: shards that split and roll over,
 * paged and lagging listings, short-lived iterators, empty pages, trimmed data.
 */
package io.nimoshake.testkit.stream;
