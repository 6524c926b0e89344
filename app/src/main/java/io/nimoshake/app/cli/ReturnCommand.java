package io.nimoshake.app.cli;

import io.nimoshake.app.cutover.Accepted;
import io.nimoshake.app.cutover.CutOverOptions;
import io.nimoshake.app.cutover.Turn;
import io.nimoshake.app.cutover.UndoneCutOver;
import io.nimoshake.app.log.Logging;
import io.nimoshake.app.remote.SyncClient;
import io.nimoshake.core.engine.SyncOptions.Mode;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ConfigurationException;
import io.nimoshake.setup.config.GeneralKeys;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code return}: proves that everything is in DynamoDB again, and says when to switch back. */
@Command(
    name = "return",
    description = {
      "Proves that everything written to MongoDB is in DynamoDB, and says when to switch back.",
      "",
      "Talks to the running sync with sync_mode = back. Looks whether every table is followed, asks",
      "you to stop the applications, waits until everything that they wrote is in DynamoDB, compares",
      "both sides, and records the return in the checkpoint. Then the sync ends, and the way back",
      "does not start again. Until it is recorded, Ctrl-C calls it off.",
      "",
      "After it, start the sync with sync_mode = all, to follow the changes of DynamoDB again.",
      "",
      "Exit codes: 0 switch now, 1 not returned, the output says what is missing, 2 wrong command",
      "line or configuration, 3 the sync does not answer."
    },
    sortOptions = false)
final class ReturnCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions configuration;

  @Option(
      names = "--yes",
      description = "Do not ask: the applications do not write to MongoDB any more.")
  private boolean yes;

  @Option(
      names = "--accept-dead-letters",
      description = "Return although rejected documents are not in DynamoDB.")
  private boolean acceptDeadLetters;

  @Option(
      names = "--accept-differences",
      description =
          "Return although a check has found differences, and none of every item since has shown"
              + " that they are gone.")
  private boolean acceptDifferences;

  @Option(
      names = "--abort",
      description =
          "Call the return off. If it is done already and the sync has ended, allow the way back to"
              + " start again: do that only if no application has written to DynamoDB.")
  private boolean abort;

  @Mixin private SwitchOptions shared;

  @Mixin private HelpOption help;

  @Override
  public Integer call() throws Exception {
    CutOverOptions options =
        shared.with(Turn.RETURN, new Accepted(acceptDeadLetters, acceptDifferences), false, false);
    Optional<LastComparison> last = shared.comparison();
    if (!abort) {
      shared.requireWritableReport();
    }
    Configuration loaded = configuration.load();
    if (loaded.get(GeneralKeys.SYNC_MODE) != Mode.BACK) {
      throw new ConfigurationException(
          "sync_mode: must be back, as it is for the sync that brings the changes of MongoDB to"
              + " DynamoDB");
    }
    Logging.startQuiet();
    SyncClient sync = SyncClient.of(loaded, Duration.ofSeconds(30));
    if (abort) {
      return SwitchSteps.abort(sync, () -> UndoneCutOver.undoReturn(loaded));
    }
    return shared.report(SwitchSteps.run(loaded, sync, options, this::writersStopped, last));
  }

  private boolean writersStopped() {
    return yes || shared.areTimed() || SwitchSteps.writersStopped("MongoDB");
  }
}
