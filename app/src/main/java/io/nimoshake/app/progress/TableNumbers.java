package io.nimoshake.app.progress;

import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.model.Split.OfCopy;
import io.nimoshake.core.model.Split.OfStream;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.PlanView.SplitState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The numbers of one table at one moment. docs/operations.md says in words what each means.
 *
 * @param table where the numbers are from
 * @param items how many items there are to copy
 * @param ofThisCopy the same for the latest copy alone; less if this run has copied the table
 *     before
 * @param copied items that the copy has read in this run and that are in the target; also those
 *     that the stream had brought before
 * @param changes changes of the stream that were written in this run
 * @param progress how much of the copy is done, from 0 to 1
 * @param segmentsDoneBefore segments that an earlier run had copied; empty if the copy began in
 *     this run
 * @param secondsLeft how long the copy will still take; empty if that is not known
 * @param lag how far the table is behind its stream; empty if that is not known
 * @param headroom time until unread changes may expire; empty if there are none
 */
public record TableNumbers(
    TableView table,
    ShownState state,
    long items,
    long ofThisCopy,
    long copied,
    long changes,
    double progress,
    Optional<Integer> segmentsDoneBefore,
    PartCounts segments,
    PartCounts shards,
    Rate rate,
    OptionalLong secondsLeft,
    Optional<Duration> lag,
    Optional<Duration> headroom,
    long retries,
    long throttles,
    long rejected) {
  /** Below this rate a copy stands still: the time it will take is not known. */
  static final double LEAST_RATE = 0.1;

  /** How many segments, or shards, are in each state. */
  public record PartCounts(long waiting, long running, long done) {
    static PartCounts of(PlanView.Table table, boolean shards) {
      long[] counts = new long[PlanView.Progress.values().length];
      for (SplitState split : table.splits()) {
        if (shards ? split.split() instanceof OfStream : split.split() instanceof OfCopy) {
          counts[split.progress().ordinal()]++;
        }
      }
      return new PartCounts(
          counts[PlanView.Progress.WAITING.ordinal()],
          counts[PlanView.Progress.RUNNING.ordinal()],
          counts[PlanView.Progress.DONE.ordinal()]);
    }

    public long total() {
      return waiting + running + done;
    }

    public long of(PlanView.Progress progress) {
      return switch (progress) {
        case WAITING -> waiting;
        case RUNNING -> running;
        case DONE -> done;
      };
    }
  }

  public String name() {
    return table.name();
  }

  /**
   * @param copiedBefore items that earlier copies of the table have written in this run
   */
  static TableNumbers of(
      TableView table,
      long copiedBefore,
      Rate rate,
      boolean waits,
      Instant at,
      Duration correction) {
    TableStats stats = table.stats();
    long copied = stats.copy.written.sum();
    long approximate = table.approximateItems().orElse(0L);
    long ofThisCopy = Math.max(approximate, copied - copiedBefore);
    double progress = Fraction.of(table, copied - copiedBefore);
    Optional<Duration> lag = Lag.of(table, at, correction);
    boolean retrying = waits || stats.failures.recent().stream().anyMatch(f -> f.isLasting(at));
    return new TableNumbers(
        table,
        ShownState.of(table, retrying, lag),
        Math.max(approximate, copied),
        ofThisCopy,
        copied,
        stats.stream.written.sum(),
        progress,
        table.plan().segmentsDoneBefore(),
        PartCounts.of(table.plan(), false),
        PartCounts.of(table.plan(), true),
        rate,
        secondsLeft(table, progress, ofThisCopy, rate.copy()),
        lag,
        table.plan().headroom(at.plus(correction)),
        stats.retries(),
        stats.throttles(),
        stats.rejected());
  }

  private static OptionalLong secondsLeft(
      TableView table, double progress, long items, double rate) {
    boolean known = progress < 1 && table.approximateItems().orElse(0L) > 0 && rate >= LEAST_RATE;
    return known && !table.plan().state().isOver()
        ? OptionalLong.of(Math.round((1 - progress) * items / rate))
        : OptionalLong.empty();
  }

  /** The backfill that is under way, or goes on soon. */
  public Optional<PlanView.Backfill> backfill() {
    return table.plan().backfill();
  }

  /** Whether its copy has ended. */
  public boolean isCopied() {
    return table.plan().state().isCopied();
  }

  /** Whether an earlier run had copied all of it. */
  public boolean isCopiedBefore() {
    return segmentsDoneBefore.isPresent() && segmentsDoneBefore.get() == segments.total();
  }
}
