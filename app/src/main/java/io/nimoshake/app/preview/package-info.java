/**
 * The command {@code plan}: tells what a sync would do, without changing anything. {@link
 * io.nimoshake.app.preview.Previewer} asks both sides and makes a {@link
 * io.nimoshake.app.preview.Preview}. {@link io.nimoshake.setup.CopyWays} estimates cost and time.
 */
package io.nimoshake.app.preview;
