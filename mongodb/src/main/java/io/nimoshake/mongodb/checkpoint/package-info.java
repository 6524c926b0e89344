/**
 * Where checkpoints are kept: {@link io.nimoshake.mongodb.checkpoint.MongoCheckpointStore} and
 * {@link io.nimoshake.mongodb.checkpoint.FileCheckpointStore}.
 *
 * <p>The file store is here, beside the one that needs a database, because both keep the same
 * documents: those of the Go tool, whose field names and types are MongoDB's. {@link
 * io.nimoshake.mongodb.checkpoint.CheckpointDocuments} turns entries into documents and back,
 * {@link io.nimoshake.mongodb.checkpoint.CheckpointState} says what a row of entries adds up to; a
 * store only brings them to their place. The file store uses no server and of the driver only
 * documents and their JSON.
 */
package io.nimoshake.mongodb.checkpoint;
