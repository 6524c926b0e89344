/** Benchmarks that are run by hand; see docs/benchmarks.md. */
package io.nimoshake.bench;
