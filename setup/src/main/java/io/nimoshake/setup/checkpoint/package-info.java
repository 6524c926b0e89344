/**
 * The checkpoint in files ({@code checkpoint.type = file}). It holds the same documents as the one
 * in MongoDB, so both are taken over from the Go tool, and back, in the same way.
 */
package io.nimoshake.setup.checkpoint;
