package io.nimoshake.app.cutover;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.program.Text;
import io.nimoshake.app.progress.ShownState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether a sync is ready to be cut over: what is in its way, a line each. */
public final class Readiness {
  /**
   * Something that is in the way.
   *
   * @param mayPass whether it may be over in a moment, without any help
   */
  public record Problem(String text, boolean mayPass) {
    private static Problem lasting(String text) {
      return new Problem(text, false);
    }

    private static Problem passing(String text) {
      return new Problem(text, true);
    }
  }

  /** A table that is behind by more than this would keep the applications waiting. */
  private static final double MOST_LAG_SECONDS = 60;

  private static final int CHECKS_SHOWN = 10;

  private Readiness() {}

  /**
   * @param status what /api/v1/status answers
   * @param cutOver what /api/v1/cutover answers
   */
  public static List<Problem> problems(JsonNode status, JsonNode cutOver, Accepted accepted) {
    List<Problem> problems = new ArrayList<>();
    if (status.path("stopping").asBoolean()) {
      problems.add(Problem.lasting("the sync is stopping"));
    }
    if (!status.path("healthy").asBoolean()) {
      status.path("problems").forEach(problem -> problems.add(Problem.lasting(problem.asText())));
    }
    if (status.path("tables").isEmpty()) {
      problems.add(Problem.lasting("the sync knows no table"));
    }
    for (JsonNode table : status.path("tables")) {
      ofTable(table).ifPresent(problems::add);
    }
    deadLetters(cutOver, accepted.deadLetters())
        .forEach(problem -> problems.add(Problem.lasting(problem)));
    if (!accepted.differences()) {
      for (JsonNode check : cutOver.path("checks")) {
        if (check.hasNonNull("in_the_way")) {
          problems.add(Problem.lasting(unclean(check)));
        }
      }
    }
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
                + " and not in "
                + (cutOver.path("direction").asText().equals("back") ? "DynamoDB" : "the target")
                + ": mend and replay them, or give --accept-dead-letters");
  }

  private static String unclean(JsonNode check) {
    return "table "
        + check.path("table").asText()
        + ": "
        + check.path("in_the_way").asText()
        + "; mend what differs, then compare every item with nimo-shake check, or give"
        + " --accept-differences";
  }

  /**
   * What is known of the comparisons of each table, a line each.
   *
   * @param cutOver what /api/v1/cutover answers
   */
  static List<String> checks(JsonNode cutOver) {
    List<String> lines = new ArrayList<>();
    for (JsonNode check : cutOver.path("checks")) {
      lines.add(
          "table "
              + check.path("table").asText()
              + ": "
              + (check.hasNonNull("text")
                  ? "last check " + ago(check) + ": " + check.path("text").asText()
                  : "never checked"));
    }
    int more = lines.size() - CHECKS_SHOWN;
    return more > 0
        ? Stream.concat(
                lines.stream().limit(CHECKS_SHOWN), Stream.of("and " + more + " tables more"))
            .toList()
        : lines;
  }

  private static String ago(JsonNode check) {
    long seconds = check.path("age_seconds").asLong();
    return seconds == 0 ? "just now" : Text.duration(Duration.ofSeconds(seconds)) + " ago";
  }

  private static Optional<Problem> ofTable(JsonNode table) {
    ShownState state = ShownState.ofKey(table.path("state").asText());
    return switch (state) {
      case FOLLOWING, CAUGHT_UP -> behind(table);
      case RETRYING ->
          Optional.of(Problem.passing(name(table) + "calls for it fail and are tried again"));
      case FAILED ->
          Optional.of(
              Problem.lasting(name(table) + "it has failed: " + table.path("failure").asText()));
      case PAUSED ->
          Optional.of(
              Problem.lasting(name(table) + "it is paused: nimo-shake resume lets it go on"));
      case WAITING, PREPARING, COPYING, FINISHING, SWAPPING, BACKFILLING, STOPPING ->
          Optional.of(
              Problem.lasting(name(table) + "it is not followed yet: it is " + state.text()));
      // It was deleted in the source: nobody writes to it.
      case DONE -> Optional.empty();
    };
  }

  /** Between the end of a shard and the listing of its children no lag is known. */
  private static Optional<Problem> behind(JsonNode table) {
    JsonNode lag = table.path("lag_seconds");
    if (!lag.isNumber()) {
      return Optional.of(Problem.passing(name(table) + "it is not known yet how far it is behind"));
    }
    return lag.asDouble() > MOST_LAG_SECONDS
        ? Optional.of(
            Problem.passing(name(table) + "it is " + Math.round(lag.asDouble()) + " s behind"))
        : Optional.empty();
  }

  private static String name(JsonNode table) {
    return "table " + table.path("name").asText() + ": ";
  }
}
