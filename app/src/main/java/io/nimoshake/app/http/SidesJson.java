package io.nimoshake.app.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.nimoshake.app.history.CheckedUntil;
import io.nimoshake.app.history.MadeCheck;
import io.nimoshake.app.history.TableChecks;
import io.nimoshake.app.progress.CutOvers;
import io.nimoshake.app.progress.SideBySide;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.TableState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is known of whether both sides are equal, as /api/v1/cutover answers it.
 *
 * @param checks the last comparison of each table that the applications may write to
 * @param changedSince what changed before this moment was compared by the last check of every
 *     table, and was equal; if there was none within an hour, an hour ago
 * @param equal whether a comparison that began when everything had arrived found both sides equal
 * @param comparison the last one that this process made; null if there was none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record SidesJson(
    List<Check> checks,
    @JsonProperty("changed_since") String changedSince,
    boolean equal,
    Comparison comparison) {

  /**
   * What is known of the comparisons of a table. Everything but its name is null if there was none.
   *
   * @param text scope and outcome, for people
   * @param allEqual when every item was last compared and equal; null if that never was
   * @param inTheWay why a cut-over does not go on; null if nothing is in the way
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Check(
      String table,
      String begun,
      String ended,
      @JsonProperty("age_seconds") Long ageSeconds,
      String scope,
      Long items,
      String outcome,
      String text,
      @JsonProperty("all_equal") String allEqual,
      @JsonProperty("in_the_way") String inTheWay) {

    static Check of(String table, TableChecks checks, Instant now) {
      Optional<MadeCheck> last = checks.last();
      return new Check(
          table,
          last.map(made -> made.begun().toString()).orElse(null),
          last.map(made -> made.ended().toString()).orElse(null),
          last.map(made -> Math.max(0, Duration.between(made.ended(), now).toSeconds()))
              .orElse(null),
          last.map(made -> made.scope().key()).orElse(null),
          last.map(MadeCheck::items).orElse(null),
          last.map(made -> made.outcome().key()).orElse(null),
          last.map(MadeCheck::text).orElse(null),
          checks
              .cleanOfAll()
              .map(made -> made.ended().truncatedTo(ChronoUnit.SECONDS).toString())
              .orElse(null),
          checks
              .inTheWay()
              .map(
                  made ->
                      "the check of "
                          + made.ended().truncatedTo(ChronoUnit.SECONDS)
                          + ": "
                          + made.text())
              .orElse(null));
    }
  }

  /**
   * A comparison of both sides that this process makes.
   *
   * @param ended null while it runs
   * @param counts whether everything had arrived when it began, and nothing came since
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Comparison(String begun, String ended, boolean equal, boolean counts, List<String> lines) {
    static Comparison of(SideBySide made) {
      return new Comparison(
          made.begun().toString(),
          made.ended().map(Instant::toString).orElse(null),
          made.equal(),
          made.counts(),
          made.lines());
    }
  }

  static SidesJson of(CutOvers running, SyncView view, Instant at) {
    Map<String, TableChecks> tables = ofTables(running.checks(), view);
    Optional<SideBySide> made = running.comparison();
    return new SidesJson(
        tables.entrySet().stream()
            .map(table -> Check.of(table.getKey(), table.getValue(), at))
            .toList(),
        CheckedUntil.moment(tables.values(), at).toString(),
        made.filter(of -> of.equal() && of.counts()).isPresent()
            || running.state().filter(now -> isEqualSince(tables, now)).isPresent(),
        made.map(Comparison::of).orElse(null));
  }

  private static Map<String, TableChecks> ofTables(Map<String, TableChecks> known, SyncView view) {
    Map<String, TableChecks> tables = new TreeMap<>();
    for (TableView table : view.tables()) {
      if (table.plan().state() != TableState.DONE) {
        tables.put(table.name(), known.getOrDefault(table.name(), TableChecks.NONE));
      }
    }
    return tables;
  }

  /** The command compares in a process of its own, after everything has arrived. */
  private static boolean isEqualSince(Map<String, TableChecks> tables, PlanView.CutOver now) {
    return !tables.isEmpty()
        && tables.values().stream()
            .allMatch(
                of ->
                    of.last()
                        .filter(last -> last.isClean() && last.begun().isAfter(now.from()))
                        .isPresent());
  }
}
