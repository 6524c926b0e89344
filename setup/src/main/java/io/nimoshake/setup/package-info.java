/**
 * What a configuration means. {@link io.nimoshake.setup.SyncSetup} turns it into the settings of
 * the other modules, {@link io.nimoshake.setup.StartUpChecks} says whether a sync may start, {@link
 * io.nimoshake.setup.Connections} opens both sides and the checkpoint, {@link
 * io.nimoshake.setup.Takeover} goes on from a checkpoint of the Go tool. The program and the Flink
 * job use the same classes, so that one file means the same in both.
 */
package io.nimoshake.setup;
