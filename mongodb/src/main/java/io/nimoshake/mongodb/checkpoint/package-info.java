/**
 * The checkpoint in MongoDB. {@link io.nimoshake.mongodb.checkpoint.MongoCheckpointStore} stores
 * entries in order and under a lease. {@link io.nimoshake.mongodb.checkpoint.LeaseDocument} is the
 * document that decides which of them count, {@link
 * io.nimoshake.mongodb.checkpoint.CheckpointRecords} are the others. {@link
 * io.nimoshake.mongodb.checkpoint.CheckpointDocuments} turns entries into documents and back, with
 * the field names and types of the Go tool.
 */
package io.nimoshake.mongodb.checkpoint;
