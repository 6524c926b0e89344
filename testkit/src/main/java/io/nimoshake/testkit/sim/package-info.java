/**
 * The simulator: the real engine, plan and pipelines against a source, a target and a checkpoint
 * store in memory, on one thread and in virtual time. A seed decides everything, so a run that
 * fails can be repeated exactly.
 */
package io.nimoshake.testkit.sim;
