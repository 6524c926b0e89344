/**
 * Measures whole processes: copying, following, lag, restart and start. Sources and targets are
 * canned endpoints or real servers.
 */
package io.nimoshake.bench.whole;
