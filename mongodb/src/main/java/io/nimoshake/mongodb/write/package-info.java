/**
 * Writes collections. {@link io.nimoshake.mongodb.write.MongoTarget} is the entry. It uses {@link
 * io.nimoshake.mongodb.write.CollectionLifecycle} to create, finish and replace collections, and
 * {@link io.nimoshake.mongodb.write.BatchWriter} to write items. {@link
 * io.nimoshake.mongodb.write.TableLayout} says how the items of a table lie in its collection, and
 * {@link io.nimoshake.mongodb.write.LayoutFinder} finds that out.
 */
package io.nimoshake.mongodb.write;
