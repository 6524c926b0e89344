/** Benchmarks of whole processes against real servers: the copy, and the lag of the stream. */
package io.nimoshake.bench.whole;
