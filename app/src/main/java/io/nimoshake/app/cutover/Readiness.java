package io.nimoshake.app.cutover;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.progress.ShownState;
import java.util.ArrayList;
import java.util.List;

/** Whether a sync is ready to be cut over: what is in its way, a line each. */
final class Readiness {
  /** A table that is behind by more than this would keep the applications waiting. */
  private static final double MOST_LAG_SECONDS = 60;

  private Readiness() {}

  /**
   * @param status what /api/v1/status answers
   * @param cutOver what /api/v1/cutover answers
   */
  static List<String> problems(JsonNode status, JsonNode cutOver, boolean acceptDeadLetters) {
    List<String> problems = new ArrayList<>();
    if (status.path("stopping").asBoolean()) {
      problems.add("the sync is stopping");
    }
    if (!status.path("healthy").asBoolean()) {
      status.path("problems").forEach(problem -> problems.add(problem.asText()));
    }
    if (status.path("tables").isEmpty()) {
      problems.add("the sync knows no table");
    }
    for (JsonNode table : status.path("tables")) {
      ofTable(table, problems);
    }
    problems.addAll(deadLetters(cutOver, acceptDeadLetters));
    return problems;
  }

  /**
   * The file counts, not the numbers of this run: an earlier run may have rejected items, and a
   * replay may have brought them to the target since.
   *
   * @param cutOver what /api/v1/cutover answers
   */
  static List<String> deadLetters(JsonNode cutOver, boolean accepted) {
    return accepted || !cutOver.hasNonNull("dead_letters")
        ? List.of()
        : List.of(
            "rejected items are in "
                + cutOver.path("dead_letters").asText()
                + " and not in the target: mend and replay them, or give --accept-dead-letters");
  }

  private static void ofTable(JsonNode table, List<String> problems) {
    ShownState state = ShownState.ofKey(table.path("state").asText());
    switch (state) {
      case FOLLOWING, CAUGHT_UP -> {
        JsonNode lag = table.path("lag_seconds");
        if (!lag.isNumber()) {
          problems.add(name(table) + "it is not known yet how far it is behind");
        } else if (lag.asDouble() > MOST_LAG_SECONDS) {
          problems.add(name(table) + "it is " + Math.round(lag.asDouble()) + " s behind");
        }
      }
      case FAILED -> problems.add(name(table) + "it has failed: " + table.path("failure").asText());
      case PAUSED -> problems.add(name(table) + "it is paused: nimo-shake resume lets it go on");
      case RETRYING -> problems.add(name(table) + "calls for it fail and are tried again");
      case WAITING, PREPARING, COPYING, FINISHING, SWAPPING, STOPPING ->
          problems.add(name(table) + "it is not followed yet: " + state.text());
      case DONE -> {
        // It was deleted in the source: nobody writes to it.
      }
    }
  }

  private static String name(JsonNode table) {
    return "table " + table.path("name").asText() + ": ";
  }
}
