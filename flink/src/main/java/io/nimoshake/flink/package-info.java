/**
 * The same sync as an Apache Flink job. The plan runs in the enumerator of a source, on the
 * JobManager; pipelines run in its readers; what they read is written by a sink that is chained to
 * them. Which split runs when, and what is durable, is decided by the same classes as in the
 * standalone program.
 */
package io.nimoshake.flink;
