package io.nimoshake.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.remote.NoSuchSyncException;
import io.nimoshake.app.remote.SyncClient;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code limits}: shows or changes the rate limits of a running sync. */
@Command(
    name = "limits",
    description = {
      "Shows or changes the rate limits of the running sync.",
      "",
      "Each table has limits of its own; 0 means no limit.",
      "A changed limit holds at once and until the process ends. To keep it, set qps.full, qps.incr",
      "or qps.full.read_capacity in the configuration.",
      "Exit codes: 0 done, 2 wrong command line or configuration, 3 the sync does not answer."
    },
    sortOptions = false)
final class LimitsCommand extends RemoteCommand {
  @Option(
      names = "--copy-calls",
      paramLabel = "N",
      description = "Scan calls a second of one table.")
  private Double copyCalls;

  @Option(
      names = "--stream-calls",
      paramLabel = "N",
      description = "GetRecords calls a second of one table.")
  private Double streamCalls;

  @Option(
      names = "--copy-capacity",
      paramLabel = "N",
      description = "Read capacity units a second that the copy of one table uses.")
  private Double copyCapacity;

  @Override
  void run(SyncClient sync) throws NoSuchSyncException {
    Map<String, Double> changes = new TreeMap<>();
    add(changes, "--copy-calls", "copy_calls", copyCalls);
    add(changes, "--stream-calls", "stream_calls", streamCalls);
    add(changes, "--copy-capacity", "copy_capacity", copyCapacity);
    if (!changes.isEmpty()) {
      post(sync, "/api/v1/limits", changes);
    }
    for (JsonNode table : selected(sync)) {
      JsonNode limits = table.path("limits");
      System.out.printf(
          Locale.ROOT,
          "%s: copy-calls %s, stream-calls %s, copy-capacity %s%n",
          table.path("name").asText(),
          text(limits.path("copy_calls")),
          text(limits.path("stream_calls")),
          text(limits.path("copy_capacity")));
    }
  }

  private void add(Map<String, Double> changes, String option, String name, Double value) {
    if (value == null) {
      return;
    }
    if (!(value >= 0 && value <= 1e9)) {
      throw usage(option + ": must be a number from 0 (no limit) to 1000000000");
    }
    changes.put(name, value);
  }

  private static String text(JsonNode limit) {
    double value = limit.asDouble();
    if (value == 0) {
      return "none";
    }
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%,.0f/s", value)
        : String.format(Locale.ROOT, "%,.2f/s", value);
  }
}
