package io.nimoshake.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.program.Text;
import io.nimoshake.app.progress.Bars;
import io.nimoshake.app.progress.ProgressText;
import io.nimoshake.app.progress.ShownState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** The answer of /api/v1/status as lines for people. */
public final class StatusText {
  private StatusText() {}

  /** The lines, none longer than this number of columns as far as bars go. */
  public static List<String> lines(JsonNode status, int columns) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            "%s, id %s, process %d, since %s: %s",
            status.path("version").asText(),
            status.path("id").asText(),
            status.path("pid").asLong(),
            status.path("started").asText(),
            health(status)));
    lines.add("  from " + status.path("source").asText() + " to " + status.path("target").asText());
    if (status.path("not_ready").isTextual()) {
      lines.add("  not ready: " + status.path("not_ready").asText());
    }
    status.path("problems").forEach(problem -> lines.add("  ! " + problem.asText()));
    status.path("retrying").forEach(failure -> lines.add("  retrying: " + failure.asText()));
    long rejected = status.at("/totals/rejected").asLong();
    if (rejected > 0) {
      JsonNode file = status.path("dead_letter_file");
      lines.add(
          "  ! "
              + Text.count(rejected, "rejected item")
              + (file.isTextual() ? " left out, see " + file.asText() : ""));
    }
    List<Bars.Row> rows = new ArrayList<>();
    status.path("tables").forEach(table -> rows.add(line(table).row()));
    if (rows.size() > 1) {
      rows.add(total(status.path("totals")));
    }
    lines.addAll(Bars.lines(rows, columns));
    for (JsonNode table : status.path("tables")) {
      if (table.path("awaits").isTextual()) {
        lines.add(
            "  " + table.path("name").asText() + " waits for " + table.path("awaits").asText());
      }
    }
    status.path("tables").forEach(table -> addBackfill(table, lines));
    return lines;
  }

  /** What /api/v1/cutover answers: the cut-over that is under way, and the last checks. */
  static List<String> cutOver(JsonNode cutOver) {
    List<String> lines = new ArrayList<>();
    if (cutOver.hasNonNull("freeze")) {
      lines.add(
          "  cut-over: "
              + cutOver.path("state").asText()
              + ", nothing is written since "
              + cutOver.path("freeze").asText());
    }
    long oldest = 0;
    int checked = 0;
    List<String> unclean = new ArrayList<>();
    for (JsonNode check : cutOver.path("checks")) {
      oldest = Math.max(oldest, check.path("age_seconds").asLong());
      checked += check.hasNonNull("ended") ? 1 : 0;
      if (check.hasNonNull("in_the_way")) {
        unclean.add(
            "  ! " + check.path("table").asText() + ": " + check.path("in_the_way").asText());
      }
    }
    if (checked > 0) {
      lines.add(
          String.format(
              "  last check: %d of %s, the oldest %s ago",
              checked,
              Text.count(cutOver.path("checks").size(), "table"),
              Text.duration(Duration.ofSeconds(oldest))));
    }
    if (checked == 0 && !cutOver.path("checks").isEmpty()) {
      lines.add("  never checked: nimo-shake check compares both sides");
    }
    lines.addAll(unclean);
    return lines;
  }

  private static void addBackfill(JsonNode table, List<String> lines) {
    JsonNode backfill = table.path("backfill");
    if (backfill.isObject()) {
      lines.add(
          "  "
              + table.path("name").asText()
              + ": the changes since "
              + backfill.path("from").asText()
              + " are backfilled, because "
              + backfill.path("cause").asText());
    }
  }

  private static String health(JsonNode status) {
    return status.path("stopping").asBoolean() ? "stopping" : status.path("health").asText();
  }

  private static Bars.Row total(JsonNode totals) {
    return ProgressText.total(
        totals.path("progress").asDouble(),
        totals.path("copied").asLong(),
        totals.path("changes").asLong(),
        totals.path("copy_rate").asDouble() + totals.path("stream_rate").asDouble(),
        seconds(totals.path("seconds_left")));
  }

  private static OptionalLong seconds(JsonNode number) {
    return number.isNumber() ? OptionalLong.of(number.asLong()) : OptionalLong.empty();
  }

  /** The same as the bars of a terminal. */
  private static ProgressText.Line line(JsonNode table) {
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
        seconds(table.path("seconds_left")),
        lag.isNumber() ? OptionalDouble.of(lag.asDouble()) : OptionalDouble.empty(),
        table.path("retries").asLong() + table.path("throttles").asLong(),
        Optional.ofNullable(table.at("/backfill/progress").asText(null)));
  }
}
