package io.nimoshake.app.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.nimoshake.app.progress.SyncNumbers;
import io.nimoshake.app.progress.TableNumbers;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.PlanView.SplitState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The answers of the Go tool on /progress and /metric, with its field names and formats. */
final class GoAnswers {
  private GoAnswers() {}

  /** {@code /progress}: the copy. */
  record Progress(
      @JsonProperty("progress") String progress,
      @JsonProperty("total_collection_number") int total,
      @JsonProperty("finished_collection_number") int finished,
      @JsonProperty("processing_collection_number") int processing,
      @JsonProperty("wait_collection_number") int waiting,
      @JsonProperty("collection_metric") Map<String, String> collections) {}

  /** {@code /metric}: the stream. */
  record Metric(
      @JsonProperty("records_get") long read,
      @JsonProperty("records_write") long written,
      @JsonProperty("checkpoint_times") long checkpoints,
      @JsonProperty("checkpoint_update_times") Map<String, Map<String, Shard>> shards,
      @JsonProperty("error") String error) {}

  /**
   * One shard that is read. The Go tool misspells the annotation of its last field, so that its
   * JSON has the name of the variable instead. Both names are given here.
   */
  record Shard(
      @JsonProperty("update_time") String updateTime,
      @JsonProperty("sync_approximate_time") String recordTime,
      @JsonProperty("father_shard_id") String parent,
      @JsonProperty("sequence_number") String sequenceNumber,
      @JsonProperty("SequenceNumber") String sameSequenceNumber) {}

  static Progress progress(SyncNumbers numbers) {
    int finished = 0;
    int processing = 0;
    int waiting = 0;
    Map<String, String> collections = new TreeMap<>();
    for (TableNumbers table : numbers.tables()) {
      switch (table.table().plan().state()) {
        case WAITING, PREPARING, STOPPING -> waiting++;
        case COPYING, FINISHING, SWAPPING -> processing++;
        case FOLLOWING, BACKFILLING, DONE -> finished++;
        // The Go tool ends when a table fails, so it has no number for it.
        case FAILED -> {}
      }
      collections.put(table.name(), progressOf(table));
    }
    int total = numbers.tables().size();
    return new Progress(
        total == 0 ? "-%" : percent(finished / (double) total),
        total,
        finished,
        processing,
        waiting,
        collections);
  }

  private static String progressOf(TableNumbers table) {
    if (table.table().plan().state().isBeforeCopy()) {
      return "-";
    }
    long total = table.table().approximateItems().orElse(0L);
    // The Go tool has no resuming: what an earlier run had copied is shown as if this run had.
    long done = table.isCopiedBefore() ? table.items() : table.copied();
    String share = table.progress() == 1 ? "100%" : percent(table.progress());
    return share + " (" + done + "/" + total + ")";
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f%%", 100 * share);
  }

  static Metric metric(SyncNumbers numbers, long checkpointSaves) {
    long read = 0;
    Map<String, Map<String, Shard>> shards = new TreeMap<>();
    StringBuilder errors = new StringBuilder();
    for (TableView table : numbers.view().tables()) {
      read += table.stats().stream.read.sum();
      Map<String, Shard> running = new TreeMap<>();
      for (SplitState split : table.plan().splits()) {
        if (split.split() instanceof StreamShard shard
            && split.progress() == PlanView.Progress.RUNNING) {
          running.put(shard.shardId(), shard(split, shard));
        }
      }
      shards.put(table.name(), running);
      table
          .plan()
          .failure()
          .ifPresent(
              fault ->
                  errors
                      .append(errors.isEmpty() ? "" : "; ")
                      .append(table.name())
                      .append(": ")
                      .append(fault.getMessage()));
    }
    return new Metric(read, numbers.totals().changes(), checkpointSaves, shards, errors.toString());
  }

  private static Shard shard(SplitState split, StreamShard shard) {
    String sequenceNumber =
        split.position() instanceof Position.After after
            ? after.token()
            : split.position() instanceof Position.At at ? at.token() : "";
    return new Shard(
        time(split.updated()),
        split.recordTime().map(GoAnswers::time).orElse(""),
        shard.parents().stream().sorted().findFirst().orElse(""),
        sequenceNumber,
        sequenceNumber);
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
