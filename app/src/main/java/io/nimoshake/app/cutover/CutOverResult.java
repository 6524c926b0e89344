package io.nimoshake.app.cutover;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.check.CheckResult;
import io.nimoshake.app.check.TableResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a cut-over ended.
 *
 * @param why it was not done, in a few words; empty if it was
 * @param missing what was missing, a line each
 * @param waited from the freeze on
 * @param freeze everything written before this moment is in the target; empty if it was not done
 * @param tables the evidence
 */
public record CutOverResult(
    Outcome outcome,
    String why,
    List<String> missing,
    Duration waited,
    Optional<String> freeze,
    List<Table> tables) {
  /** Whether the applications may be switched. */
  public enum Outcome {
    CUT_OVER,
    NOT_CUT_OVER,
    /** It was recorded at the moment at which the operator called it off. */
    CALLED_OFF_TOO_LATE
  }

  /**
   * The evidence for one table.
   *
   * @param changes changes written in this run of the sync
   * @param lastRecord when its newest record was created
   * @param compared items that were compared after everything had arrived; empty if none were
   * @param allEqual when every item was last compared, and was equal; empty if that never was
   */
  public record Table(
      String name,
      long changes,
      Optional<String> lastRecord,
      Optional<Long> compared,
      Optional<String> allEqual) {}

  static CutOverResult notDone(String why, List<String> missing, Duration waited) {
    return new CutOverResult(
        Outcome.NOT_CUT_OVER, why, List.copyOf(missing), waited, Optional.empty(), List.of());
  }

  static CutOverResult calledOffTooLate(Turn turn, Duration waited) {
    return new CutOverResult(
        Outcome.CALLED_OFF_TOO_LATE,
        "called off",
        List.of("it is recorded already: nimo-shake " + turn.command() + " --abort undoes it"),
        waited,
        Optional.empty(),
        List.of());
  }

  /**
   * @param state what the sync answers
   */
  static CutOverResult done(JsonNode state, Optional<CheckResult> equal, Duration waited) {
    Map<String, Long> compared = new HashMap<>();
    equal.ifPresent(
        result -> {
          for (TableResult table : result.tables()) {
            compared.put(table.table(), table.items());
          }
        });
    return done(state, compared, waited);
  }

  /**
   * @param state what the sync answers
   * @param compared how many items of each table were compared, and were equal
   */
  public static CutOverResult done(JsonNode state, Map<String, Long> compared, Duration waited) {
    Map<String, String> allEqual = new HashMap<>();
    for (JsonNode check : state.path("checks")) {
      if (check.hasNonNull("all_equal")) {
        allEqual.put(check.path("table").asText(), check.path("all_equal").asText());
      }
    }
    List<Table> tables = new ArrayList<>();
    for (JsonNode table : state.path("tables")) {
      String name = table.path("name").asText();
      tables.add(
          new Table(
              name,
              table.path("changes").asLong(),
              Optional.ofNullable(table.path("last_record").asText(null)),
              Optional.ofNullable(compared.get(name)),
              Optional.ofNullable(allEqual.get(name))));
    }
    return new CutOverResult(
        Outcome.CUT_OVER,
        "",
        List.of(),
        waited,
        Optional.of(state.path("freeze").asText()),
        tables);
  }
}
