package io.nimoshake.app.progress;

import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.plan.TableState;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * The state of a table under the one name that the log, the API, the page, the metrics, the
 * terminal and {@code status} all show. It is the state of the plan, and where that says less than
 * a person wants to know, one of {@link #PAUSED}, {@link #RETRYING} and {@link #CAUGHT_UP}.
 */
public enum ShownState {
  WAITING,
  PREPARING,
  COPYING,
  FINISHING,
  SWAPPING,
  FOLLOWING,
  BACKFILLING,
  /** It is copied, and everything in its stream is in the target. */
  CAUGHT_UP,
  /** Calls for it fail for a while now and are tried again. */
  RETRYING,
  /** A person has paused it: nothing of it is read or written. */
  PAUSED,
  STOPPING,
  DONE,
  FAILED;

  /**
   * The state of a table now.
   *
   * @param retrying whether calls for it fail for a while
   * @param lag how far it is behind its stream, if that is known
   */
  static ShownState of(TableView table, boolean retrying, Optional<Duration> lag) {
    TableState state = table.plan().state();
    if (state.isOver()) {
      return of(state);
    }
    if (!table.limits().gate().isOpen()) {
      return PAUSED;
    }
    if (retrying) {
      return RETRYING;
    }
    boolean caughtUp = state == TableState.FOLLOWING && lag.filter(Duration::isZero).isPresent();
    return caughtUp ? CAUGHT_UP : of(state);
  }

  private static ShownState of(TableState state) {
    return switch (state) {
      case WAITING -> WAITING;
      case PREPARING -> PREPARING;
      case COPYING -> COPYING;
      case FINISHING -> FINISHING;
      case SWAPPING -> SWAPPING;
      case FOLLOWING -> FOLLOWING;
      case BACKFILLING -> BACKFILLING;
      case STOPPING -> STOPPING;
      case DONE -> DONE;
      case FAILED -> FAILED;
    };
  }

  /** The name in JSON and in labels of metrics. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The state with this name in JSON. */
  public static ShownState ofKey(String key) {
    return valueOf(key.toUpperCase(Locale.ROOT));
  }

  /** The name for people. */
  public String text() {
    return key().replace('_', ' ');
  }
}
