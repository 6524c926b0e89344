package io.nimoshake.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.program.ExitCode;
import io.nimoshake.app.progress.Terminal;
import io.nimoshake.app.remote.NoSuchSyncException;
import io.nimoshake.app.remote.SyncClient;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code status}: asks a running sync for its state. */
@Command(
    name = "status",
    description = {
      "Shows the state of the running sync of this configuration.",
      "",
      "Exit codes: 0 healthy, 1 unhealthy, 2 wrong command line or configuration, 3 the sync does",
      "not answer."
    },
    sortOptions = false)
final class StatusCommand implements Callable<Integer> {
  private static final String CLEAR = "\u001b[H\u001b[2J";
  private static final int MOST_SECONDS = 3600;

  @Spec private CommandSpec spec;

  @Mixin private ConfigurationOptions configuration;

  @Option(names = "--json", description = "Print the answer of /api/v1/status as it is.")
  private boolean asJson;

  @Option(
      names = "--watch",
      arity = "0..1",
      fallbackValue = "2",
      paramLabel = "SECONDS",
      description = "Repeat this until interrupted, every 2 seconds or as often as given.")
  private Integer watchSeconds;

  @Mixin private HelpOption help;

  @Override
  public Integer call() throws Exception {
    if (watchSeconds != null && (watchSeconds < 1 || watchSeconds > MOST_SECONDS)) {
      throw new ParameterException(
          spec.commandLine(), "--watch: must be a number from 1 to " + MOST_SECONDS);
    }
    SyncClient sync = SyncClient.of(configuration.load());
    JsonNode status = sync.status();
    print(status, sync);
    while (watchSeconds != null) {
      TimeUnit.SECONDS.sleep(watchSeconds);
      status = sync.status();
      System.out.print(Terminal.isThere() ? CLEAR : System.lineSeparator());
      print(status, sync);
    }
    return status.path("healthy").asBoolean() ? ExitCode.DONE : ExitCode.FAILED_TABLES;
  }

  private void print(JsonNode status, SyncClient sync) throws NoSuchSyncException {
    if (asJson) {
      System.out.println(watchSeconds == null ? status.toPrettyString() : status.toString());
    } else {
      StatusText.lines(status, Terminal.columns()).forEach(System.out::println);
      StatusText.cutOver(sync.get("/api/v1/cutover")).forEach(System.out::println);
    }
  }
}
