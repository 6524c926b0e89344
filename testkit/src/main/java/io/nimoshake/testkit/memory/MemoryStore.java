package io.nimoshake.testkit.memory;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keeps every entry that was ever saved, in memory. */
public final class MemoryStore implements CheckpointStore {
  private final List<CheckpointEntry> saved = new ArrayList<>();
  private Optional<Lease> lease = Optional.empty();

  @Override
  public synchronized List<CheckpointEntry> load() {
    return List.copyOf(saved);
  }

  @Override
  public synchronized void save(long fence, List<CheckpointEntry> entries) throws Fault {
    if (lease.map(Lease::fence).orElse(0L) != fence) {
      throw new Fault.Fatal("another process has taken over this sync");
    }
    saved.addAll(entries);
  }

  public synchronized void clear() {
    saved.clear();
  }

  /** The last position stored for a split. */
  public synchronized Optional<Position> position(String splitId) {
    Optional<Position> last = Optional.empty();
    for (CheckpointEntry entry : saved) {
      if (entry instanceof CheckpointEntry.OfSplit split && split.split().id().equals(splitId)) {
        last = Optional.of(split.position());
      }
    }
    return last;
  }

  @Override
  public synchronized Optional<Lease> lease() {
    return lease;
  }

  public synchronized void setLease(Lease next) {
    lease = Optional.of(next);
  }

  @Override
  public synchronized boolean replaceLease(Optional<Lease> expected, Optional<Lease> next) {
    if (!lease.map(Lease::fence).equals(expected.map(Lease::fence))) {
      return false;
    }
    lease = next;
    return true;
  }

  @Override
  public void close() {}
}
