package io.nimoshake.app.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.nimoshake.app.progress.BackfillText;
import io.nimoshake.app.progress.Rate;
import io.nimoshake.app.progress.ShownState;
import io.nimoshake.app.progress.SyncNumbers;
import io.nimoshake.app.progress.TableNumbers;
import io.nimoshake.app.progress.TableNumbers.PartCounts;
import io.nimoshake.app.progress.Totals;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.flow.RecentFailures.Failure;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.ChangeFile;
import io.nimoshake.core.model.Split.OfStream;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.PlanView.SplitState;
import io.nimoshake.setup.SyncIdentity;
import io.nimoshake.setup.SyncRoute;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The state of a sync, as /api/v1/status answers it.
 *
 * @param fingerprint tells syncs with the same id apart, see {@link SyncIdentity}
 * @param source where items come from, in words: "DynamoDB in us-east-1"
 * @param target where they go, in words: "MongoDB at h:27017, database shop"
 * @param deadLetterFile where rejected items are written; null if a rejected item fails its table
 * @param notReady why the sync is not ready, as /readyz says it; null if it is
 * @param leaseExpires when the lease ends unless it is renewed; another process may take over then
 */
record StateJson(
    String version,
    String id,
    String fingerprint,
    String source,
    String target,
    @JsonProperty("dead_letter_file") String deadLetterFile,
    long pid,
    @JsonProperty("started") String started,
    @JsonProperty("now") String now,
    boolean copied,
    boolean stopping,
    @JsonProperty("not_ready") String notReady,
    boolean healthy,
    String health,
    List<String> problems,
    List<String> retrying,
    @JsonProperty("lease_expires") String leaseExpires,
    @JsonProperty("memory_held_bytes") long memoryHeldBytes,
    @JsonProperty("checkpoint_saves") long checkpointSaves,
    @JsonProperty("max_lag_seconds") Double maxLagSeconds,
    @JsonProperty("totals") Sums totals,
    List<Table> tables,
    List<Error> errors) {
  /** The largest number of errors in one answer. */
  private static final int ERRORS = 50;

  /** What does not change while the process runs. */
  record About(
      String version,
      SyncIdentity identity,
      SyncRoute route,
      Optional<Path> deadLetterFile,
      Instant started,
      boolean followsStreams) {
    String id() {
      return identity.id();
    }
  }

  /** The numbers of all tables together, see {@link Totals}. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Sums(
      long tables,
      Map<String, Long> states,
      @JsonProperty("copied_tables") long copiedTables,
      @JsonProperty("failed_tables") long failedTables,
      long items,
      long copied,
      long changes,
      double progress,
      @JsonProperty("copy_rate") double copyRate,
      @JsonProperty("stream_rate") double streamRate,
      @JsonProperty("seconds_left") Long secondsLeft,
      @JsonProperty("lag_seconds") @JsonInclude Double lagSeconds,
      @JsonProperty("lag_table") String lagTable,
      @JsonProperty("headroom_seconds") Double headroomSeconds,
      long retries,
      long throttles,
      long rejected) {}

  /** Changes that expired unread and are applied from exports. */
  record Backfill(
      String progress,
      String cause,
      String from,
      String applied,
      @JsonProperty("windows_done") int windowsDone,
      int windows,
      boolean exported,
      @JsonProperty("files_done") int filesDone,
      int files) {
    static Backfill of(PlanView.Backfill backfill) {
      return new Backfill(
          BackfillText.progress(backfill),
          backfill.cause(),
          backfill.from().toString(),
          backfill.applied().toString(),
          backfill.windowsDone(),
          backfill.windows(),
          backfill.exported(),
          backfill.filesDone(),
          backfill.files());
    }
  }

  /** What an earlier run had copied of a table. */
  record Resumed(
      @JsonProperty("segments_done") int segmentsDone, @JsonProperty("segments") long segments) {}

  /**
   * One table. {@code state} is one of {@link ShownState}. {@code progress} is from 0 to 1. {@code
   * lag_seconds} is null before the first record. {@code headroom_seconds} is the time until unread
   * changes may expire. {@code splits} is absent in the events.
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Table(
      String name,
      String state,
      double progress,
      long items,
      @JsonProperty("approximate_items") Long approximateItems,
      Resumed resumed,
      Backfill backfill,
      @JsonProperty("seconds_left") Long secondsLeft,
      @JsonProperty("lag_seconds") @JsonInclude Double lagSeconds,
      @JsonProperty("headroom_seconds") Double headroomSeconds,
      @JsonInclude String failure,
      @JsonInclude String awaits,
      boolean paused,
      Limits limits,
      Counts copy,
      Counts stream,
      long retries,
      long throttles,
      long rejected,
      PartCounts segments,
      PartCounts shards,
      List<Part> splits) {}

  /** Calls a second, and capacity units a second; 0 means no limit. */
  record Limits(
      @JsonProperty("copy_calls") double copyCalls,
      @JsonProperty("stream_calls") double streamCalls,
      @JsonProperty("copy_capacity") double copyCapacity) {}

  /** Counters since the process began; {@code rate} is how many changes are written a second. */
  record Counts(
      long read,
      @JsonProperty("read_bytes") long readBytes,
      long written,
      @JsonProperty("written_bytes") long writtenBytes,
      long coalesced,
      long skipped,
      double rate) {}

  /**
   * One segment or shard. {@code position} is "beginning", "end", for a segment "under way", for a
   * shard the sequence number of the last durable record.
   */
  record Part(
      String id,
      String kind,
      String state,
      String position,
      @JsonProperty("record_time") String recordTime,
      String updated,
      List<String> parents) {}

  /** Something that went wrong; {@code table} is empty if it belongs to no table. */
  record Error(
      String table,
      String activity,
      String kind,
      String message,
      String since,
      String last,
      long times,
      boolean over) {
    private static Error of(String table, Failure failure) {
      return new Error(
          table,
          failure.activity(),
          failure.kind(),
          failure.message(),
          failure.since().toString(),
          failure.last().toString(),
          failure.times(),
          failure.over());
    }
  }

  static StateJson of(
      About about,
      SyncNumbers numbers,
      Optional<String> notReady,
      Health health,
      Health.Limits limits,
      long saves,
      boolean splits) {
    SyncView view = numbers.view();
    return new StateJson(
        about.version(),
        about.id(),
        about.identity().fingerprint(),
        about.route().source(),
        about.route().target(),
        about.deadLetterFile().map(Path::toString).orElse(null),
        ProcessHandle.current().pid(),
        about.started().toString(),
        numbers.at().toString(),
        numbers.totals().isCopied(),
        view.stopping(),
        notReady.orElse(null),
        health.isHealthy(),
        health.level().key(),
        health.problems(),
        health.retrying(),
        view.leaseExpires().map(Instant::toString).orElse(null),
        view.memoryHeldBytes(),
        saves,
        limits.maxLag().map(StateJson::seconds).orElse(null),
        sums(numbers.totals()),
        numbers.tables().stream().map(table -> table(table, splits)).toList(),
        errors(view));
  }

  /** What went wrong recently, the newest first. */
  static List<Error> errors(SyncView view) {
    record Of(String table, Failure failure) {}
    List<Of> all = new ArrayList<>();
    view.failures().forEach(failure -> all.add(new Of("", failure)));
    for (TableView table : view.tables()) {
      table.stats().failures.recent().forEach(failure -> all.add(new Of(table.name(), failure)));
    }
    return all.stream()
        .sorted(Comparator.comparing((Of of) -> of.failure().last()).reversed())
        .limit(ERRORS)
        .map(of -> Error.of(of.table(), of.failure()))
        .toList();
  }

  /** The segments and shards of a table. */
  static List<Part> splits(TableView table) {
    return table.plan().splits().stream().map(StateJson::part).toList();
  }

  private static Sums sums(Totals totals) {
    Map<String, Long> states = new TreeMap<>();
    totals.states().forEach((state, count) -> states.put(state.key(), count));
    Optional<TableNumbers> behind = totals.furthestBehind();
    return new Sums(
        totals.tables(),
        states,
        totals.copiedTables(),
        totals.failedTables(),
        totals.items(),
        totals.copied(),
        totals.changes(),
        totals.progress(),
        rounded(totals.rate().copy()),
        rounded(totals.rate().stream()),
        orNull(totals.secondsLeft()),
        behind.flatMap(TableNumbers::lag).map(StateJson::seconds).orElse(null),
        behind.map(TableNumbers::name).orElse(null),
        totals.leastHeadroom().flatMap(TableNumbers::headroom).map(StateJson::seconds).orElse(null),
        totals.retries(),
        totals.throttles(),
        totals.rejected());
  }

  private static Table table(TableNumbers table, boolean splits) {
    TableView view = table.table();
    TableStats stats = view.stats();
    TableLimits limits = view.limits();
    Rate rate = table.rate();
    return new Table(
        table.name(),
        table.state().key(),
        table.progress(),
        table.items(),
        view.approximateItems().orElse(null),
        table
            .segmentsDoneBefore()
            .map(done -> new Resumed(done, table.segments().total()))
            .orElse(null),
        table.backfill().map(Backfill::of).orElse(null),
        orNull(table.secondsLeft()),
        table.lag().map(StateJson::seconds).orElse(null),
        table.headroom().map(StateJson::seconds).orElse(null),
        view.plan().failure().map(Throwable::getMessage).orElse(null),
        view.plan().awaits().orElse(null),
        !limits.gate().isOpen(),
        new Limits(
            limits.copyCalls().get(), limits.streamCalls().get(), limits.copyCapacity().get()),
        counts(stats.copy, table.copied(), rate.copy()),
        counts(stats.stream, table.changes(), rate.stream()),
        table.retries(),
        table.throttles(),
        table.rejected(),
        table.segments(),
        table.shards(),
        splits ? splits(view) : null);
  }

  private static Long orNull(OptionalLong number) {
    return number.isPresent() ? number.getAsLong() : null;
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  private static double rounded(double rate) {
    return Math.round(rate * 10) / 10.0;
  }

  private static Counts counts(TableStats.Kind kind, long written, double rate) {
    return new Counts(
        kind.read.sum(),
        kind.readBytes.sum(),
        written,
        kind.writtenBytes.sum(),
        kind.coalesced.sum(),
        kind.skipped.sum(),
        rounded(rate));
  }

  private static Part part(SplitState split) {
    boolean shard = split.split() instanceof OfStream;
    return new Part(
        split.split().id(),
        shard ? "shard" : split.split() instanceof ChangeFile ? "file" : "segment",
        split.progress().name().toLowerCase(Locale.ROOT),
        // The position of a segment is the key of an item: data of the user, not to be shown.
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
