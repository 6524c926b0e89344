package io.nimoshake.app.cli;

import io.nimoshake.app.remote.NoSuchSyncException;
import io.nimoshake.app.remote.SyncClient;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code resume}: a running sync continues with paused tables. */
@Command(
    name = "resume",
    description = {
      "Resumes paused tables of the running sync.",
      "",
      "Exit codes: 0 done, 2 wrong command line or configuration, 3 the sync does not answer."
    },
    sortOptions = false)
final class ResumeCommand extends RemoteCommand {
  @Override
  void run(SyncClient sync) throws NoSuchSyncException {
    System.out.println("resumed: " + String.join(", ", post(sync, "/api/v1/resume", Map.of())));
  }
}
