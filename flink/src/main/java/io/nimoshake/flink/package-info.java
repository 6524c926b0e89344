/**
 * The same sync as an Apache Flink job. The plan runs in the enumerator of a source, on the
 * JobManager. Pipelines run in the readers of the source. A sink that is chained to the readers
 * writes what they read. The same classes as in the program decide which split runs when, and what
 * is durable.
 */
package io.nimoshake.flink;
