package io.nimoshake.app.cli;

import io.nimoshake.app.remote.NoSuchSyncException;
import io.nimoshake.app.remote.SyncClient;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code pause}: a running sync stops reading and writing tables. */
@Command(
    name = "pause",
    description = {
      "Pauses tables of the running sync: it neither reads nor writes them until resume.",
      "",
      "A stream keeps its records for 24 hours, so a longer pause loses changes.",
      "Exit codes: 0 done, 2 wrong command line or configuration, 3 the sync does not answer."
    },
    sortOptions = false)
final class PauseCommand extends RemoteCommand {
  @Override
  void run(SyncClient sync) throws NoSuchSyncException {
    System.out.println("paused: " + String.join(", ", post(sync, "/api/v1/pause", Map.of())));
  }
}
