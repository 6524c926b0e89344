/**
 * The host of a plan. {@link io.nimoshake.core.engine.PlanHost} tells the plan what happens, {@link
 * io.nimoshake.core.engine.HostCommands} carries out its commands, {@link
 * io.nimoshake.core.engine.TableHost} keeps the state of one table. A {@link
 * io.nimoshake.core.engine.SplitRunner} runs the splits; {@link
 * io.nimoshake.core.engine.LocalSplits} does so in this process.
 */
package io.nimoshake.core.engine;
