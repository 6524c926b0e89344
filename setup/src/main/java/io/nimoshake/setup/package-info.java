/**
 * From a configuration to an open sync. {@link io.nimoshake.setup.SyncSetup} turns the
 * configuration into the settings of the other modules. {@link io.nimoshake.setup.StartUpChecks}
 * checks both sides before anything is changed. {@link io.nimoshake.setup.Connections} opens
 * source, target and checkpoint. {@link io.nimoshake.setup.Takeover} continues from a checkpoint of
 * the Go tool. The program and the Flink job use the same classes, so that a file means the same in
 * both.
 */
package io.nimoshake.setup;
