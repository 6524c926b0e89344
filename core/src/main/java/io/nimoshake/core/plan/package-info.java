/**
 * Decides what a sync does next. {@link io.nimoshake.core.plan.SyncPlan} turns events into
 * commands. It does no I/O and knows neither clock nor threads, so every host (this program, a
 * Flink job, the simulator) makes the same decisions from the same events. The files in {@code
 * core/src/test/resources/transcripts} show its decisions case by case.
 */
package io.nimoshake.core.plan;
