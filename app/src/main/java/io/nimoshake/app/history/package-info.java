/** What comparisons of both sides have found, kept beside the checkpoint for the cut-over. */
package io.nimoshake.app.history;
