package io.nimoshake.core.checkpoint;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.Retry;
import io.nimoshake.core.flow.Scheduler;
import io.nimoshake.core.flow.SyncStats;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.Subject;
import io.nimoshake.core.port.CheckpointStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Saves the plan's entries: changes of state at once, progress within an interval. One save at a
 * time.
 *
 * <p>If a save would have several entries for one subject, only the last of them is stored, in the
 * place of the last. So it comes after every entry that it relies on, for example the end of a
 * parent. Two kinds of entry are never replaced: one that says that a split exists, and one that
 * says that something is forgotten. Shards that were listed later, or a new copy of the table, rely
 * on them. The next entry for the same subject then goes into the next save. So no save has two
 * entries for a subject, and a save that is repeated after half of it was stored undoes nothing.
 */
public final class CheckpointWriter {
  /** The entries of one save, and whom to call when it is stored. */
  private static final class Batch {
    final Map<Subject, CheckpointEntry> entries = new LinkedHashMap<>();
    final List<Runnable> waiting = new ArrayList<>();
  }

  private final CheckpointStore store;
  private final LongSupplier fence;
  private final Scheduler scheduler;
  private final Duration interval;
  private final Retry retry;
  private final Consumer<Fault> onFatal;

  /** Number of successful saves. */
  private final AtomicLong saves = new AtomicLong();

  private final ArrayDeque<Batch> pending = new ArrayDeque<>();

  /** The save that is under way or will be tried again; null if there is none. */
  private Batch saving;

  private boolean timerSet;
  private boolean urgent;

  public CheckpointWriter(
      CheckpointStore store,
      LongSupplier fence,
      Scheduler scheduler,
      Duration interval,
      RetryPolicy retryPolicy,
      SyncStats stats,
      Consumer<Fault> onFatal) {
    this.store = store;
    this.fence = fence;
    this.scheduler = scheduler;
    this.interval = interval;
    this.retry = new Retry(stats.activity("saving the checkpoint"), retryPolicy, scheduler);
    this.onFatal = onFatal;
  }

  public long saves() {
    return saves.get();
  }

  public void add(CheckpointEntry entry, boolean soon) {
    synchronized (this) {
      Subject subject = entry.subject();
      if (entry instanceof CheckpointEntry.TableForgotten) {
        for (Batch batch : pending) {
          batch.entries.keySet().removeIf(other -> other.table().equals(subject.table()));
        }
      }
      Batch last = pending.peekLast();
      if (last == null || keepsItsPlace(last.entries.get(subject))) {
        last = new Batch();
        pending.add(last);
      }
      last.entries.remove(subject);
      last.entries.put(subject, entry);
      urgent |= soon;
    }
    scheduleSave();
  }

  /** Calls back when all entries given before are stored; never if that fails for good. */
  public void flush(Runnable stored) {
    synchronized (this) {
      Batch last = pending.isEmpty() ? saving : pending.peekLast();
      if (last != null) {
        last.waiting.add(stored);
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
      if (saving == null && !pending.isEmpty()) {
        if (urgent) {
          saving = pending.poll();
          urgent = !pending.isEmpty();
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
      urgent |= !pending.isEmpty();
    }
    scheduleSave();
  }

  /** Saves the batch that is under way, and retries until the store has it. */
  private void save() {
    Batch batch;
    synchronized (this) {
      batch = saving;
    }
    retry.run(
        Retry.Call.of(() -> save(batch)),
        new Retry.Outcome<Void>() {
          @Override
          public void succeeded(Void nothing) {
            onSaved(batch);
          }

          @Override
          public void failed(Fault fault) {
            onFatal.accept(fault);
          }
        },
        scheduler);
  }

  private void save(Batch batch) throws Fault {
    if (!batch.entries.isEmpty()) {
      store.save(fence.getAsLong(), List.copyOf(batch.entries.values()));
      saves.incrementAndGet();
    }
  }

  private void onSaved(Batch batch) {
    List<Runnable> done;
    synchronized (this) {
      saving = null;
      done = List.copyOf(batch.waiting);
    }
    done.forEach(Runnable::run);
    scheduleSave();
  }

  private static boolean keepsItsPlace(CheckpointEntry entry) {
    return entry instanceof CheckpointEntry.SplitForgotten
        || entry instanceof CheckpointEntry.TableForgotten
        || entry instanceof CheckpointEntry.OfSplit split
            && split.position() instanceof Position.Beginning;
  }
}
