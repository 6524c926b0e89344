/**
 * The checkpoint in MongoDB. {@link io.nimoshake.mongodb.checkpoint.CheckpointDocuments} turns
 * entries into documents and back; their field names and types are those of the Go tool. {@link
 * io.nimoshake.mongodb.checkpoint.MongoCheckpointStore} stores them in order and under a lease.
 */
package io.nimoshake.mongodb.checkpoint;
