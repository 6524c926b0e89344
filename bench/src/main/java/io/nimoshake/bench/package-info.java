/** The benchmark suite. It is run by hand; see docs/benchmarks.md. */
package io.nimoshake.bench;
