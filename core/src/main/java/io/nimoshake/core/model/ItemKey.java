package io.nimoshake.core.model;

/**
 * The primary key of an item, the unit of ordering: two changes of one key are never written in
 * parallel.
 *
 * @param encoded the key attributes and nothing else, hash key first, in the encoding of the target
 *     (a BSON document for MongoDB, a DynamoDB JSON object for DynamoDB). Equal keys of one table
 *     have equal bytes.
 */
public record ItemKey(Slice encoded) {}
