package io.nimoshake.app.sync;

import io.nimoshake.app.program.Text;
import io.nimoshake.app.program.Timers;
import io.nimoshake.app.progress.Observer;
import io.nimoshake.app.progress.ProgressText;
import io.nimoshake.app.progress.ShownState;
import io.nimoshake.app.progress.SyncNumbers;
import io.nimoshake.app.progress.TableNumbers;
import io.nimoshake.app.progress.Totals;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each change of a table's state, and the progress of the whole sync: every minute, and more
 * often in the first one.
 */
final class ProgressLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProgressLog.class);
  private static final Duration REPORT = Duration.ofMinutes(1);

  /** When to report in the first minute. */
  private static final long[] EARLY_SECONDS = {5, 15, 30};

  private final Observer observer;
  private final ScheduledExecutorService timer;

  // Guarded by this.
  private final Map<String, ShownState> states = new HashMap<>();
  private final Set<String> filterTold = new HashSet<>();
  private boolean copyTold;
  private boolean closed;

  private ProgressLog(Observer observer) {
    this.observer = observer;
    this.timer = Timers.daemon("nimo-shake-progress");
  }

  static ProgressLog start(Observer observer) {
    ProgressLog log = new ProgressLog(observer);
    observer.onSample(log::look);
    observer.start();
    log.timer.scheduleAtFixedRate(
        log::report, REPORT.toSeconds(), REPORT.toSeconds(), TimeUnit.SECONDS);
    for (long seconds : EARLY_SECONDS) {
      log.timer.schedule(log::report, seconds, TimeUnit.SECONDS);
    }
    return log;
  }

  private synchronized void look(SyncNumbers now) {
    if (closed) {
      return;
    }
    for (TableNumbers table : now.tables()) {
      ShownState state = table.state();
      if (isLogged(state, states.get(table.name())) && states.put(table.name(), state) != state) {
        LOG.atInfo()
            .addKeyValue("event", "table_state")
            .addKeyValue("table", table.name())
            .addKeyValue("state", state.key())
            .log("table {}: {}", table.name(), ProgressText.state(table));
      }
      if (table.progress() == 1 && filterTold.add(table.name())) {
        tellFilter(table.table());
      }
    }
    tellCopied(now.totals());
  }

  /**
   * A table that follows its stream falls behind and catches up all the time. What fails is logged
   * where it happens, with the reason.
   */
  private static boolean isLogged(ShownState state, ShownState logged) {
    return switch (state) {
      case RETRYING, FAILED -> false;
      case FOLLOWING -> logged != ShownState.CAUGHT_UP;
      case WAITING,
          PREPARING,
          COPYING,
          FINISHING,
          SWAPPING,
          BACKFILLING,
          CAUGHT_UP,
          PAUSED,
          STOPPING,
          DONE ->
          true;
    };
  }

  private void tellCopied(Totals totals) {
    boolean over =
        totals.tables() > 0 && totals.copiedTables() + totals.failedTables() == totals.tables();
    if (over && !copyTold) {
      if (totals.isCopied()) {
        LOG.info("every table is copied: {}", Text.count(totals.tables(), "table"));
      } else {
        LOG.warn(
            "the copy has ended: {} copied, {} failed",
            Text.count(totals.copiedTables(), "table"),
            totals.failedTables());
      }
    }
    copyTold = over;
  }

  /** A filter that lets nothing through is more often a mistake than meant. */
  private static void tellFilter(TableView table) {
    long scanned = table.stats().copy.scanned.sum();
    long kept = table.stats().copy.read.sum();
    boolean nothing = kept == 0 && scanned > 0;
    if (kept < scanned) {
      (nothing ? LOG.atWarn() : LOG.atInfo())
          .addKeyValue("event", "filter")
          .addKeyValue("table", table.name())
          .log(
              "table {}: full.read.filter_expression {}: {} scanned, {} kept",
              table.name(),
              nothing ? "let nothing through" : "left items out",
              Text.count(scanned, "item"),
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

  private void report() {
    LOG.info(ProgressText.report(observer.numbers(), observer.monitor().checkpointSaves()));
  }

  @Override
  public void close() {
    timer.shutdownNow();
    look(observer.numbers());
    synchronized (this) {
      closed = true;
    }
  }
}
