package io.nimoshake.app.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.nimoshake.app.progress.ProgressText;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.plan.PlanView.SplitState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** The state of a sync as /api/v1/status gives it. */
record StateJson(
    String version,
    String id,
    @JsonProperty("started") String started,
    @JsonProperty("now") String now,
    boolean copied,
    boolean stopping,
    boolean healthy,
    List<String> problems,
    @JsonProperty("memory_held_bytes") long memoryHeldBytes,
    @JsonProperty("checkpoint_saves") long checkpointSaves,
    List<Table> tables) {

  /** What it runs as. */
  record About(String version, String id, Instant started) {}

  /** A table. {@code progress} is from 0 to 1; {@code lag_seconds} is null before any record. */
  record Table(
      String name,
      String state,
      double progress,
      @JsonProperty("approximate_items") Long approximateItems,
      @JsonProperty("lag_seconds") Double lagSeconds,
      String failure,
      boolean paused,
      Limits limits,
      Counts copy,
      Counts stream,
      long retries,
      long throttles,
      long rejected,
      List<Part> splits) {}

  /** Calls, or capacity units, a second; 0 is no limit. */
  record Limits(
      @JsonProperty("copy_calls") double copyCalls,
      @JsonProperty("stream_calls") double streamCalls,
      @JsonProperty("copy_capacity") double copyCapacity) {}

  /** Counters of this run. */
  record Counts(
      long read,
      @JsonProperty("read_bytes") long readBytes,
      long written,
      @JsonProperty("written_bytes") long writtenBytes,
      long coalesced,
      long skipped) {}

  /** A split. {@code position} is beginning, end, or the token of the last durable item. */
  record Part(
      String id,
      String kind,
      String state,
      String position,
      @JsonProperty("record_time") String recordTime,
      String updated,
      List<String> parents) {}

  static StateJson of(About about, SyncView view, Health health, long saves, Instant now) {
    return new StateJson(
        about.version(),
        about.id(),
        about.started().toString(),
        now.toString(),
        view.copied(),
        view.stopping(),
        health.isHealthy(),
        health.problems(),
        view.memoryHeldBytes(),
        saves,
        view.tables().stream().map(table -> table(table, now)).toList());
  }

  private static Table table(TableView table, Instant now) {
    TableStats stats = table.stats();
    TableLimits limits = table.limits();
    return new Table(
        table.name(),
        table.plan().state().name().toLowerCase(Locale.ROOT),
        ProgressText.fraction(table),
        table.approximateItems().orElse(null),
        Lag.of(table, now).map(StateJson::seconds).orElse(null),
        table.plan().failure().map(Throwable::getMessage).orElse(null),
        !limits.gate().isOpen(),
        new Limits(
            limits.copyCalls().get(), limits.streamCalls().get(), limits.copyCapacity().get()),
        counts(stats.copy),
        counts(stats.stream),
        stats.retries.sum(),
        stats.throttles.sum(),
        stats.rejected.sum(),
        table.plan().splits().stream().map(StateJson::part).toList());
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  private static Counts counts(TableStats.Kind kind) {
    return new Counts(
        kind.read.sum(),
        kind.readBytes.sum(),
        kind.written.sum(),
        kind.writtenBytes.sum(),
        kind.coalesced.sum(),
        kind.skipped.sum());
  }

  private static Part part(SplitState split) {
    boolean shard = split.split() instanceof StreamShard;
    return new Part(
        split.split().id(),
        shard ? "shard" : "segment",
        split.progress().name().toLowerCase(Locale.ROOT),
        // A segment's position is a key of an item, which does not belong here.
        position(split.position(), shard),
        split.recordTime().map(Instant::toString).orElse(null),
        split.updated().toString(),
        split.split() instanceof StreamShard s
            ? s.parents().stream().sorted().toList()
            : List.of());
  }

  private static String position(Position position, boolean shard) {
    if (position instanceof Position.Beginning) {
      return "beginning";
    }
    if (position instanceof Position.End) {
      return "end";
    }
    if (!shard) {
      return "under way";
    }
    return position instanceof Position.At at ? at.token() : ((Position.After) position).token();
  }
}
