/**
 * The checkpoint in files ({@code checkpoint.type = file}). It holds the same documents as the
 * checkpoint in MongoDB, so both exchange checkpoints with the Go tool in the same way.
 */
package io.nimoshake.setup.checkpoint;
