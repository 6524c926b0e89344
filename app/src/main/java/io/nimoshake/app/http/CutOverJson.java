package io.nimoshake.app.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.nimoshake.app.progress.CutOvers;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.PlanView.SplitState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A cut-over or a return, as /api/v1/cutover answers it. {@code state} is "none", "waiting",
 * "drained", "recorded" or "stored".
 *
 * @param direction "forward" or "back": which way the sync goes; null before it has started
 * @param deadLetters the dead letter file; null if no rejected item is in it
 * @param wayBack whether it was begun with a way back; null if none is under way
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record CutOverJson(
    String state,
    String direction,
    String freeze,
    @JsonProperty("counts_from") String countsFrom,
    @JsonProperty("service_time") String serviceTime,
    Integer restarts,
    @JsonProperty("late_write") LateWrite lateWrite,
    List<Missing> missing,
    List<Table> tables,
    @JsonProperty("dead_letters") String deadLetters,
    @JsonProperty("way_back") Boolean wayBack) {

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
   * @param running the cut-overs of the sync; empty before it has started
   */
  static CutOverJson of(Optional<CutOvers> running, SyncView view) {
    List<Table> tables = view.tables().stream().map(CutOverJson::table).toList();
    String deadLetters = running.flatMap(CutOvers::deadLetters).map(Path::toString).orElse(null);
    String direction = running.map(of -> of.goesBack() ? "back" : "forward").orElse(null);
    Optional<PlanView.CutOver> state = running.flatMap(CutOvers::state);
    if (state.isEmpty()) {
      return new CutOverJson(
          "none", direction, null, null, null, null, null, null, tables, deadLetters, null);
    }
    PlanView.CutOver now = state.get();
    return new CutOverJson(
        switch (now.stage()) {
          case WAITING -> now.isDrained() ? "drained" : "waiting";
          case RECORDED, STORED -> now.stage().name().toLowerCase(Locale.ROOT);
        },
        direction,
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
        running.map(CutOvers::hasWayBack).orElse(null));
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
