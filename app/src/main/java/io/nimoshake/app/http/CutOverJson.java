package io.nimoshake.app.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.nimoshake.app.cutover.Readiness;
import io.nimoshake.app.history.CheckedUntil;
import io.nimoshake.app.history.MadeCheck;
import io.nimoshake.app.history.TableChecks;
import io.nimoshake.app.progress.CutOvers;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.PlanView.SplitState;
import io.nimoshake.core.plan.TableState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A cut-over, as /api/v1/cutover answers it. {@code state} is "none", "waiting", "drained",
 * "recorded" or "stored".
 *
 * @param deadLetters the dead letter file; null if no rejected item is in it
 * @param checks the last comparison of each table; null before the sync has started
 * @param problems what is in the way of a cut-over
 * @param changedSince what changed before this moment was compared by the last check of every
 *     table, and was equal; if there was none within an hour, an hour ago
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record CutOverJson(
    String state,
    String freeze,
    @JsonProperty("counts_from") String countsFrom,
    @JsonProperty("service_time") String serviceTime,
    Integer restarts,
    @JsonProperty("late_write") LateWrite lateWrite,
    List<Missing> missing,
    List<Table> tables,
    @JsonProperty("dead_letters") String deadLetters,
    List<Check> checks,
    List<Problem> problems,
    @JsonProperty("changed_since") String changedSince) {

  /** A write of somebody who has not stopped. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record LateWrite(String table, String key, String created) {}

  /** What is waited for. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Missing(String table, String shard, String reason) {}

  /** What has arrived of a table. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Table(String name, long changes, @JsonProperty("last_record") String lastRecord) {}

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
          checks.cleanOfAll().map(made -> made.ended().toString()).orElse(null),
          checks
              .inTheWay()
              .map(made -> "the check of " + made.ended() + ": " + made.text())
              .orElse(null));
    }
  }

  /** What is in the way of a cut-over. */
  record Problem(String text, @JsonProperty("may_pass") boolean mayPass) {}

  /** With what is in the way. */
  CutOverJson with(List<Readiness.Problem> found) {
    return new CutOverJson(
        state,
        freeze,
        countsFrom,
        serviceTime,
        restarts,
        lateWrite,
        missing,
        tables,
        deadLetters,
        checks,
        found.stream().map(each -> new Problem(each.text(), each.mayPass())).toList(),
        changedSince);
  }

  /**
   * @param running the cut-overs of the sync; empty before it has started
   */
  static CutOverJson of(Optional<CutOvers> running, SyncView view, Instant at) {
    List<Table> tables = view.tables().stream().map(CutOverJson::table).toList();
    String deadLetters = running.flatMap(CutOvers::deadLetters).map(Path::toString).orElse(null);
    Optional<Map<String, TableChecks>> known = running.map(of -> ofTables(of.checks(), view));
    List<Check> checks = known.map(of -> checks(of, at)).orElse(null);
    String since = known.map(of -> CheckedUntil.moment(of.values(), at).toString()).orElse(null);
    Optional<PlanView.CutOver> state = running.flatMap(CutOvers::state);
    if (state.isEmpty()) {
      return new CutOverJson(
          "none", null, null, null, null, null, null, tables, deadLetters, checks, null, since);
    }
    PlanView.CutOver now = state.get();
    return new CutOverJson(
        switch (now.stage()) {
          case WAITING -> now.isDrained() ? "drained" : "waiting";
          case RECORDED, STORED -> now.stage().name().toLowerCase(Locale.ROOT);
        },
        now.freeze().toString(),
        now.from().toString(),
        now.heard().toString(),
        now.restarts(),
        running
            .flatMap(CutOvers::lateWrite)
            .map(late -> new LateWrite(late.table(), late.key().orElse(null), text(late.created())))
            .orElse(null),
        now.missing().stream()
            .map(m -> new Missing(m.table().orElse(null), m.shardId().orElse(null), m.reason()))
            .toList(),
        tables,
        deadLetters,
        checks,
        null,
        since);
  }

  /** The comparisons of the tables that the applications may write to. */
  private static Map<String, TableChecks> ofTables(Map<String, TableChecks> known, SyncView view) {
    Map<String, TableChecks> tables = new TreeMap<>();
    for (TableView table : view.tables()) {
      if (table.plan().state() != TableState.DONE) {
        tables.put(table.name(), known.getOrDefault(table.name(), TableChecks.NONE));
      }
    }
    return tables;
  }

  private static List<Check> checks(Map<String, TableChecks> tables, Instant at) {
    return tables.entrySet().stream()
        .map(table -> Check.of(table.getKey(), table.getValue(), at))
        .toList();
  }

  private static Table table(TableView table) {
    Optional<Instant> last =
        table.plan().splits().stream()
            .map(SplitState::recordTime)
            .flatMap(Optional::stream)
            .max(Comparator.naturalOrder());
    return new Table(
        table.name(), table.stats().stream.written.sum(), last.map(CutOverJson::text).orElse(null));
  }

  private static String text(Instant time) {
    return time.toString();
  }
}
