package io.nimoshake.app.sync;

import io.nimoshake.app.progress.Fraction;
import io.nimoshake.app.progress.Lag;
import io.nimoshake.app.progress.ProgressText;
import io.nimoshake.app.progress.Rates;
import io.nimoshake.app.progress.SyncMonitor;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.plan.TableState;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs when a table comes into another state, and how far all of it is: every minute, and more
 * often at first.
 */
final class ProgressLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProgressLog.class);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration REPORT = Duration.ofMinutes(1);

  /** When to report besides, after the start. */
  private static final long[] EARLY_SECONDS = {5, 15, 30};

  /** Tables named in a report; where more are copied, those that take longest. */
  private static final int NAMED = 5;

  private final SyncMonitor monitor;
  private final ScheduledExecutorService timer;

  // Used by the timer's thread only.
  private final Map<String, TableState> states = new HashMap<>();
  private final Set<String> filterTold = new HashSet<>();
  private final Rates rates = new Rates();
  private long lastWritten;
  private long lastNanos = System.nanoTime();
  private boolean copied;

  private ProgressLog(SyncMonitor monitor) {
    this.monitor = monitor;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "nimo-shake-progress");
              thread.setDaemon(true);
              return thread;
            });
  }

  static ProgressLog start(SyncMonitor monitor) {
    ProgressLog log = new ProgressLog(monitor);
    log.timer.scheduleWithFixedDelay(log::look, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
    log.timer.scheduleAtFixedRate(
        log::report, REPORT.toSeconds(), REPORT.toSeconds(), TimeUnit.SECONDS);
    for (long seconds : EARLY_SECONDS) {
      log.timer.schedule(log::report, seconds, TimeUnit.SECONDS);
    }
    return log;
  }

  private void look() {
    SyncView now = monitor.view();
    rates.look(now, System.nanoTime());
    for (TableView table : now.tables()) {
      TableState state = table.plan().state();
      if (states.put(table.name(), state) != state) {
        LOG.info("table {}: {}", table.name(), describe(table));
      }
      if (isPastCopy(state) && filterTold.add(table.name())) {
        tellFilter(table);
      }
    }
    if (now.copied() && !copied && !now.tables().isEmpty()) {
      copied = true;
      LOG.info("every table is copied");
    }
  }

  private static boolean isPastCopy(TableState state) {
    return switch (state) {
      case FINISHING, SWAPPING, FOLLOWING, DONE -> true;
      default -> false;
    };
  }

  /** A filter that lets nothing through is more often a mistake than meant. */
  private static void tellFilter(TableView table) {
    long scanned = table.stats().copy.scanned.sum();
    long kept = table.stats().copy.read.sum();
    if (kept == 0 && scanned > 0) {
      LOG.warn(
          "table {}: full.read.filter_expression let nothing through: {} items scanned, 0 kept",
          table.name(),
          scanned);
    } else if (kept < scanned) {
      LOG.info(
          "table {}: full.read.filter_expression: {} items scanned, {} kept",
          table.name(),
          scanned,
          kept);
    }
  }

  /** Tables of which the filter let nothing through, with the items that were scanned. */
  static List<String> filteredAway(SyncView view) {
    return view.tables().stream()
        .filter(table -> table.stats().copy.read.sum() == 0)
        .filter(table -> table.stats().copy.scanned.sum() > 0)
        .map(table -> table.name() + " (" + table.stats().copy.scanned.sum() + ")")
        .toList();
  }

  private static String describe(TableView table) {
    long items = table.stats().copy.written.sum();
    return switch (table.plan().state()) {
      case WAITING -> "waits for its turn";
      case PREPARING -> "is being prepared";
      case COPYING ->
          "is being copied, about "
              + table.approximateItems().orElse(0L)
              + " items in "
              + table.plan().splits().size()
              + " splits";
      case FINISHING -> "is copied, " + items + " items in this run; building indexes";
      case SWAPPING -> "its new copy takes the place of the old one";
      case FOLLOWING -> "its stream is followed";
      case DONE -> "is done";
      case STOPPING -> "its readers are being stopped, to copy it again";
      case FAILED ->
          "has failed: " + table.plan().failure().map(Throwable::getMessage).orElse("unknown");
    };
  }

  private void report() {
    SyncView now = monitor.view();
    long read = 0;
    long written = 0;
    long retries = 0;
    for (TableView table : now.tables()) {
      TableStats stats = table.stats();
      read += stats.copy.read.sum() + stats.stream.read.sum();
      written += stats.copy.written.sum() + stats.stream.written.sum();
      retries += stats.retries() + stats.throttles();
    }
    long nanos = System.nanoTime();
    // As the Go tool's line: counts are totals, tps is that of the time since the last line.
    LOG.info(
        "get={}, write_success={}, tps={}, ckpt_times={}, retries={}, lag={}{}",
        read,
        written,
        Math.round((written - lastWritten) * 1e9 / Math.max(1, nanos - lastNanos)),
        monitor.checkpointSaves(),
        retries,
        now.tables().stream()
            .flatMap(table -> Lag.of(table, Instant.now()).stream())
            .max(Duration::compareTo)
            .map(lag -> lag.toMillis() + "ms")
            .orElse("-"),
        copies(now));
    lastWritten = written;
    lastNanos = nanos;
  }

  /** How far the tables are that are being copied. */
  private String copies(SyncView now) {
    return now.tables().stream()
        .filter(table -> table.plan().state() == TableState.COPYING)
        .sorted(Comparator.comparingDouble(Fraction::of))
        .limit(NAMED)
        .map(
            table -> {
              OptionalLong left = rates.secondsLeft(table);
              return String.format(
                  Locale.ROOT,
                  "; %s %.0f%%%s",
                  table.name(),
                  Math.floor(Fraction.of(table) * 100),
                  left.isPresent() ? ", " + ProgressText.time(left.getAsLong()) + " left" : "");
            })
        .collect(Collectors.joining());
  }

  @Override
  public void close() {
    timer.shutdownNow();
    look();
  }
}
