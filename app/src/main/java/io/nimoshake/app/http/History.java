package io.nimoshake.app.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nimoshake.app.progress.SyncNumbers;
import io.nimoshake.app.progress.TableNumbers;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers throughput and lag: the last 15 minutes in steps of 2 seconds, the last hour in steps
 * of 15 seconds, the last day in steps of 2 minutes. Its memory does not grow with time. Safe for
 * use by several threads.
 */
final class History {
  private static final String ALL = "";

  private final List<Ring> rings = List.of(new Ring(2, 450), new Ring(15, 240), new Ring(120, 720));

  /** Takes a sample. Call it every second. */
  synchronized void sample(SyncNumbers numbers) {
    rings.forEach(ring -> ring.sample(numbers));
  }

  /** The possible steps, in seconds. */
  List<Integer> steps() {
    return rings.stream().map(ring -> ring.stepSeconds).toList();
  }

  /**
   * The points of one step that are newer than a moment, the oldest first. Each has a time in
   * milliseconds, the changes written a second, and the largest lag in seconds or null.
   *
   * @param table the table; all tables together if empty
   * @param lags whether to add the lag of each table
   */
  synchronized ObjectNode points(
      int stepSeconds, long afterMillis, Optional<String> table, boolean lags) {
    Ring ring =
        rings.stream().filter(each -> each.stepSeconds == stepSeconds).findFirst().orElseThrow();
    return ring.points(afterMillis, table.orElse(ALL), lags);
  }

  /** The values of one table, or of all tables together, at the times of the ring. */
  private static final class Columns {
    private final float[] copy;
    private final float[] stream;
    private final float[] lag;
    private long copied;
    private long changed;
    private float worstLag = Float.NaN;

    Columns(int capacity, long copied, long changed) {
      copy = filled(capacity);
      stream = filled(capacity);
      lag = filled(capacity);
      this.copied = copied;
      this.changed = changed;
    }

    private static float[] filled(int capacity) {
      float[] values = new float[capacity];
      Arrays.fill(values, Float.NaN);
      return values;
    }

    void seeLag(float seconds) {
      worstLag = Float.isNaN(worstLag) ? seconds : Math.max(worstLag, seconds);
    }

    void add(int index, long nowCopied, long nowChanged, double elapsedSeconds) {
      copy[index] = (float) (Math.max(0, nowCopied - copied) / elapsedSeconds);
      stream[index] = (float) (Math.max(0, nowChanged - changed) / elapsedSeconds);
      lag[index] = worstLag;
      copied = nowCopied;
      changed = nowChanged;
      worstLag = Float.NaN;
    }
  }

  private static final class Ring {
    private final int stepSeconds;
    private final long[] millis;
    private final Map<String, Columns> columns = new HashMap<>();
    private long added;
    private long lastMillis = Long.MIN_VALUE;

    Ring(int stepSeconds, int capacity) {
      this.stepSeconds = stepSeconds;
      this.millis = new long[capacity];
    }

    void sample(SyncNumbers numbers) {
      long nowMillis = numbers.at().toEpochMilli();
      Columns all = columns.computeIfAbsent(ALL, name -> new Columns(millis.length, 0, 0));
      // Half a second early counts as on time: the timer of the samples is not exact.
      boolean due =
          lastMillis != Long.MIN_VALUE && nowMillis - lastMillis > stepSeconds * 1000L - 500;
      int index = (int) (added % millis.length);
      double elapsed = (nowMillis - lastMillis) / 1000.0;
      for (TableNumbers table : numbers.tables()) {
        Columns own =
            columns.computeIfAbsent(
                table.name(), name -> new Columns(millis.length, table.copied(), table.changes()));
        table
            .lag()
            .ifPresent(
                lag -> {
                  own.seeLag(lag.toMillis() / 1000f);
                  all.seeLag(lag.toMillis() / 1000f);
                });
        if (due) {
          own.add(index, table.copied(), table.changes(), elapsed);
        }
      }
      if (lastMillis == Long.MIN_VALUE) {
        all.copied = numbers.totals().copied();
        all.changed = numbers.totals().changes();
        lastMillis = nowMillis;
      } else if (due) {
        all.add(index, numbers.totals().copied(), numbers.totals().changes(), elapsed);
        millis[index] = nowMillis;
        added++;
        lastMillis = nowMillis;
      }
    }

    ObjectNode points(long afterMillis, String table, boolean lags) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      answer.put("step_seconds", stepSeconds);
      int capacity = millis.length;
      int count = (int) Math.min(added, capacity);
      int[] indexes = new int[count];
      int found = 0;
      for (long i = added - count; i < added; i++) {
        int index = (int) (i % capacity);
        if (millis[index] > afterMillis) {
          indexes[found++] = index;
        }
      }
      int[] wanted = Arrays.copyOf(indexes, found);
      ArrayNode times = answer.putArray("millis");
      for (int index : wanted) {
        times.add(millis[index]);
      }
      Columns chosen = columns.getOrDefault(table, new Columns(capacity, 0, 0));
      put(answer.putArray("copy"), chosen.copy, wanted);
      put(answer.putArray("stream"), chosen.stream, wanted);
      put(answer.putArray("lag"), chosen.lag, wanted);
      if (lags) {
        ObjectNode tables = answer.putObject("tables");
        columns.forEach(
            (name, column) -> {
              if (!name.equals(ALL)) {
                put(tables.putArray(name), column.lag, wanted);
              }
            });
      }
      return answer;
    }

    private static void put(ArrayNode array, float[] values, int[] indexes) {
      for (int index : indexes) {
        if (Float.isNaN(values[index])) {
          array.addNull();
        } else {
          array.add(Math.round(values[index] * 10) / 10.0);
        }
      }
    }
  }
}
