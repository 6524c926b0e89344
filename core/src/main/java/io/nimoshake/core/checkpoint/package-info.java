/**
 * How far each split is durable, and who may write it. {@link
 * io.nimoshake.core.checkpoint.Checkpoint} says what entries add up to, {@link
 * io.nimoshake.core.checkpoint.CheckpointWriter} saves them in order, {@link
 * io.nimoshake.core.checkpoint.LeaseKeeper} holds the lease that lets one process at a time do so.
 */
package io.nimoshake.core.checkpoint;
