/**
 * Finds a running sync on this machine and talks to its HTTP interface. A sync writes a {@link
 * io.nimoshake.app.remote.RunningFile}; {@link io.nimoshake.app.remote.SyncClient} reads it, and
 * checks that the process that answers is the sync of the configuration.
 */
package io.nimoshake.app.remote;
