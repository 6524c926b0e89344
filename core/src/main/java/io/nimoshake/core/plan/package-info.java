/**
 * What is to be done next. {@link io.nimoshake.core.plan.SyncPlan} turns events into commands; it
 * does no I/O, knows no clock and no threads, so that every host (this program, a Flink job, the
 * simulator) makes the same decisions from the same events.
 */
package io.nimoshake.core.plan;
