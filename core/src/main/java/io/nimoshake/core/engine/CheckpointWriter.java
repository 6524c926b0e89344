package io.nimoshake.core.engine;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.Scheduler;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves what the plan wants saved: states at once, progress within an interval, one save at a time.
 *
 * <p>Of several entries for one subject only the last is stored, at the place of the last: whatever
 * it relies on (the end of a parent) was given before it, and so is stored before it.
 */
final class CheckpointWriter {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);
  private static final int LOGGED_FROM = 3;

  private final CheckpointStore store;
  private final LongSupplier fence;
  private final Scheduler scheduler;
  private final Duration interval;
  private final Consumer<Fault> onFatal;

  /** How often a save succeeded. */
  private final AtomicLong saves = new AtomicLong();

  private Map<Object, CheckpointEntry> pending = new LinkedHashMap<>();
  private final List<Runnable> waiting = new ArrayList<>();
  private boolean saving;
  private boolean timerSet;
  private boolean urgent;
  private int attempts;

  CheckpointWriter(
      CheckpointStore store,
      LongSupplier fence,
      Scheduler scheduler,
      Duration interval,
      Consumer<Fault> onFatal) {
    this.store = store;
    this.fence = fence;
    this.scheduler = scheduler;
    this.interval = interval;
    this.onFatal = onFatal;
  }

  long saves() {
    return saves.get();
  }

  void add(CheckpointEntry entry, boolean soon) {
    synchronized (this) {
      if (entry instanceof CheckpointEntry.TableForgotten forgotten) {
        pending.values().removeIf(e -> forgotten.table().equals(tableOf(e)));
      }
      Object subject = subjectOf(entry);
      pending.remove(subject);
      pending.put(subject, entry);
      urgent |= soon;
    }
    scheduleSave();
  }

  /** Calls back when everything given before is stored; not at all if that fails for good. */
  void flush(Runnable stored) {
    synchronized (this) {
      if (saving || !pending.isEmpty()) {
        waiting.add(stored);
        urgent = true;
        stored = null;
      }
    }
    if (stored != null) {
      stored.run();
    } else {
      scheduleSave();
    }
  }

  private void scheduleSave() {
    boolean now = false;
    boolean later = false;
    synchronized (this) {
      if (!saving && !pending.isEmpty()) {
        if (urgent) {
          saving = true;
          now = true;
        } else if (!timerSet) {
          timerSet = true;
          later = true;
        }
      }
    }
    if (now) {
      scheduler.execute(this::save);
    } else if (later) {
      scheduler.after(interval, this::onTimer);
    }
  }

  private void onTimer() {
    synchronized (this) {
      timerSet = false;
      if (saving || pending.isEmpty()) {
        return;
      }
      saving = true;
    }
    save();
  }

  private void save() {
    Map<Object, CheckpointEntry> entries;
    synchronized (this) {
      entries = pending;
      pending = new LinkedHashMap<>();
      urgent = false;
    }
    try {
      store.save(fence.getAsLong(), List.copyOf(entries.values()));
      saves.incrementAndGet();
      onSaved();
    } catch (Fault f) {
      onFailed(entries, f);
    }
  }

  private void onSaved() {
    List<Runnable> done = List.of();
    synchronized (this) {
      saving = false;
      if (attempts >= LOGGED_FROM) {
        LOG.info("checkpoints are saved again after {} failed tries", attempts);
      }
      attempts = 0;
      if (pending.isEmpty()) {
        done = List.copyOf(waiting);
        waiting.clear();
      } else {
        urgent |= !waiting.isEmpty();
      }
    }
    done.forEach(Runnable::run);
    scheduleSave();
  }

  private void onFailed(Map<Object, CheckpointEntry> entries, Fault fault) {
    synchronized (this) {
      pending.forEach(
          (subject, entry) -> {
            entries.remove(subject);
            entries.put(subject, entry);
          });
      pending = entries;
      urgent = true;
      attempts++;
    }
    if (!fault.isRetryable()) {
      onFatal.accept(fault);
      return;
    }
    if (attempts == LOGGED_FROM) {
      LOG.warn("checkpoints cannot be saved, trying on: {}", fault.getMessage());
    }
    scheduler.after(RetryPolicy.DEFAULT.delay(attempts, scheduler.random()), this::save);
  }

  private static Object subjectOf(CheckpointEntry entry) {
    if (entry instanceof CheckpointEntry.OfSplit split) {
      return List.of("split", split.split().table(), split.split().id());
    } else if (entry instanceof CheckpointEntry.SplitForgotten split) {
      return List.of("split", split.table(), split.splitId());
    } else if (entry instanceof CheckpointEntry.OfTable table) {
      return List.of("table", table.table());
    } else if (entry instanceof CheckpointEntry.TableForgotten table) {
      return List.of("forgotten", table.table());
    }
    return "sync";
  }

  private static String tableOf(CheckpointEntry entry) {
    if (entry instanceof CheckpointEntry.OfSplit split) {
      return split.split().table();
    } else if (entry instanceof CheckpointEntry.SplitForgotten split) {
      return split.table();
    } else if (entry instanceof CheckpointEntry.OfTable table) {
      return table.table();
    }
    return null;
  }
}
