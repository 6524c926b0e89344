/**
 * The host of a plan: carries out its commands, keeps the checkpoint and the lease. Where splits
 * run is behind {@link io.nimoshake.core.engine.SplitRunner}; {@link
 * io.nimoshake.core.engine.SyncEngine} runs them in this process.
 */
package io.nimoshake.core.engine;
