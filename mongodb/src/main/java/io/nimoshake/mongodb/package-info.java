/**
 * Writes MongoDB. {@link io.nimoshake.mongodb.MongoTarget} is the door; behind it, {@link
 * io.nimoshake.mongodb.CollectionKeeper} makes collections, {@link
 * io.nimoshake.mongodb.CollectionIndexes} their indexes, {@link io.nimoshake.mongodb.BatchWriter}
 * writes items, {@link io.nimoshake.mongodb.TableLayout} knows how the items of one table lie in
 * theirs, and {@link io.nimoshake.mongodb.MongoFaults} says what an error means.
 */
package io.nimoshake.mongodb;
