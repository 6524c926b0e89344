package io.nimoshake.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.progress.ProgressText;
import io.nimoshake.app.progress.ShownState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** The answer of /api/v1/status as lines for people. */
final class StatusText {
  private StatusText() {}

  static List<String> lines(JsonNode status) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            "%s, id %s, process %d, since %s: %s",
            status.path("version").asText(),
            status.path("id").asText(),
            status.path("pid").asLong(),
            status.path("started").asText(),
            health(status)));
    for (JsonNode problem : status.path("problems")) {
      lines.add("  ! " + problem.asText());
    }
    for (JsonNode table : status.path("tables")) {
      lines.add("  " + line(table).bar());
    }
    return lines;
  }

  private static String health(JsonNode status) {
    if (status.path("stopping").asBoolean()) {
      return "stopping";
    }
    return status.path("healthy").asBoolean() ? "healthy" : "unhealthy";
  }

  /** The same as the bars of a terminal. */
  private static ProgressText.Line line(JsonNode table) {
    JsonNode left = table.path("seconds_left");
    JsonNode lag = table.path("lag_seconds");
    JsonNode resumed = table.path("resumed");
    return new ProgressText.Line(
        table.path("name").asText(),
        ShownState.ofKey(table.path("state").asText()),
        table.path("progress").asDouble(),
        table.at("/copy/written").asLong(),
        resumed.isObject()
            ? Optional.of(
                new ProgressText.Resumed(
                    resumed.path("segments_done").asLong(), resumed.path("segments").asLong()))
            : Optional.empty(),
        table.at("/stream/written").asLong(),
        table.at("/copy/rate").asDouble() + table.at("/stream/rate").asDouble(),
        left.isNumber() ? OptionalLong.of(left.asLong()) : OptionalLong.empty(),
        lag.isNumber() ? OptionalDouble.of(lag.asDouble()) : OptionalDouble.empty(),
        table.path("retries").asLong() + table.path("throttles").asLong());
  }
}
