package io.nimoshake.app.progress;

import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.plan.PlanView.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The state of a sync in a line for each table. Remembers the last counts to tell rates; not for
 * use by several threads.
 */
public final class ProgressText {
  private static final int BAR_WIDTH = 24;
  private static final int NAME_WIDTH = 20;
  private static final double NANOS = 1e9;

  private final Map<String, Sample> last = new HashMap<>();

  private record Sample(long nanos, long written, double perSecond) {}

  /** A line for each table, with a bar. */
  public List<String> bars(SyncView view, long nowNanos) {
    List<String> lines = new ArrayList<>();
    for (TableView table : view.tables()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%-" + NAME_WIDTH + "s %s %-9s %s",
              shorten(table.name()),
              bar(fraction(table)),
              state(table),
              counts(table, nowNanos)));
    }
    return lines;
  }

  /** All tables in one line, for where nothing can be drawn. */
  public String line(SyncView view, long nowNanos) {
    List<String> parts = new ArrayList<>();
    for (TableView table : view.tables()) {
      parts.add(table.name() + " " + state(table) + " " + counts(table, nowNanos));
    }
    return String.join("; ", parts);
  }

  private String counts(TableView table, long nowNanos) {
    TableStats stats = table.stats();
    long copied = stats.copy.written.sum();
    long changes = stats.stream.written.sum();
    Sample before = last.get(table.name());
    double perSecond = before == null ? 0 : before.perSecond;
    if (before == null) {
      last.put(table.name(), new Sample(nowNanos, copied + changes, 0));
    } else if (nowNanos - before.nanos >= NANOS) {
      perSecond = (copied + changes - before.written) / ((nowNanos - before.nanos) / NANOS);
      last.put(table.name(), new Sample(nowNanos, copied + changes, perSecond));
    }
    return String.format(
        Locale.ROOT, "%,d copied, %,d changes, %,.0f/s", copied, changes, perSecond);
  }

  /** How much of the copy is done, as far as the source knows how many items there are. */
  public static double fraction(TableView table) {
    State state = table.plan().state();
    if (state == State.WAITING || state == State.PREPARING) {
      return 0;
    }
    if (state != State.COPYING && state != State.FAILED) {
      return 1;
    }
    long total = table.approximateItems().orElse(0L);
    long copied = table.stats().copy.written.sum();
    // The count is hours old: what is being copied is never shown as done.
    return total == 0 ? 0 : Math.min(0.99, copied / (double) total);
  }

  private static String bar(double fraction) {
    int full = (int) Math.round(fraction * BAR_WIDTH);
    return "["
        + "#".repeat(full)
        + "-".repeat(BAR_WIDTH - full)
        + String.format(Locale.ROOT, "] %3.0f%%", fraction * 100);
  }

  private static String state(TableView table) {
    return switch (table.plan().state()) {
      case WAITING -> "waiting";
      case PREPARING -> "preparing";
      case COPYING -> "copying";
      case FINISHING -> "finishing";
      case STREAMING -> "following";
      case DONE -> "done";
      case FAILED -> "FAILED";
    };
  }

  private static String shorten(String name) {
    return name.length() <= NAME_WIDTH ? name : name.substring(0, NAME_WIDTH - 1) + "~";
  }
}
