/**
 * Writes collections. {@link io.nimoshake.mongodb.write.MongoTarget} is the entry. Behind it,
 * {@link io.nimoshake.mongodb.write.CollectionKeeper} makes collections, {@link
 * io.nimoshake.mongodb.write.CollectionIndexes} makes indexes, {@link
 * io.nimoshake.mongodb.write.BatchWriter} writes items, and {@link
 * io.nimoshake.mongodb.write.TableLayout} knows how the items of one table lie in their collection.
 */
package io.nimoshake.mongodb.write;
