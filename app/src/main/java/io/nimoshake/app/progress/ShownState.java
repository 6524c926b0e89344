package io.nimoshake.app.progress;

import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.plan.TableState;
import java.util.Locale;

/**
 * The state of a table under the one name that the log, the API, the page, the metrics, the
 * terminal and {@code status} all show. It is the state of the plan, but a table that is paused is
 * shown as paused.
 */
public enum ShownState {
  WAITING,
  PREPARING,
  COPYING,
  FINISHING,
  SWAPPING,
  FOLLOWING,
  /** A person has paused it: nothing of it is read or written. */
  PAUSED,
  STOPPING,
  DONE,
  FAILED;

  /** The state of a table now. */
  public static ShownState of(TableView table) {
    TableState state = table.plan().state();
    return state.isOver() || table.limits().gate().isOpen() ? of(state) : PAUSED;
  }

  private static ShownState of(TableState state) {
    return switch (state) {
      case WAITING -> WAITING;
      case PREPARING -> PREPARING;
      case COPYING -> COPYING;
      case FINISHING -> FINISHING;
      case SWAPPING -> SWAPPING;
      case FOLLOWING -> FOLLOWING;
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
