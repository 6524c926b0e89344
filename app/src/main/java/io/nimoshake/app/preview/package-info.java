/**
 * {@code plan}: what a sync would do, found out without doing any of it. {@link
 * io.nimoshake.app.preview.Previewer} asks both sides and makes a {@link
 * io.nimoshake.app.preview.Preview}; {@link io.nimoshake.app.preview.CopyEstimate} does the sums.
 */
package io.nimoshake.app.preview;
