/** The sample items that benchmarks copy and decode. */
package io.nimoshake.bench.items;
