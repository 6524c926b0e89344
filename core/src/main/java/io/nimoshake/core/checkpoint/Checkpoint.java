package io.nimoshake.core.checkpoint;

import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.SplitForgotten;
import io.nimoshake.core.port.CheckpointEntry.Subject;
import io.nimoshake.core.port.CheckpointEntry.TableForgotten;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The state that checkpoint entries make when they are applied one after the other: the last entry
 * of each subject, without the subjects that were forgotten. Not safe for use by several threads.
 */
public final class Checkpoint {
  private final Map<Subject, CheckpointEntry> entries = new LinkedHashMap<>();
  private final Set<String> forgottenTables = new LinkedHashSet<>();
  private final Set<Subject> forgottenSplits = new LinkedHashSet<>();

  /** The checkpoint that these entries make, in this order. */
  public static Checkpoint of(Collection<? extends CheckpointEntry> entries) {
    return new Checkpoint().apply(entries);
  }

  /** Applies entries in their order. */
  public Checkpoint apply(Collection<? extends CheckpointEntry> next) {
    next.forEach(this::apply);
    return this;
  }

  /** Applies one entry. */
  public void apply(CheckpointEntry entry) {
    Subject subject = entry.subject();
    // Removed first, so that the new entry comes after the entries that it relies on.
    entries.remove(subject);
    if (entry instanceof TableForgotten) {
      Optional<String> table = subject.table();
      entries.keySet().removeIf(other -> other.table().equals(table));
      forgottenSplits.removeIf(other -> other.table().equals(table));
      forgottenTables.add(table.orElseThrow());
    } else if (entry instanceof SplitForgotten) {
      forgottenSplits.add(subject);
    } else {
      forgottenSplits.remove(subject);
      entries.put(subject, entry);
    }
  }

  /** The last entry of every subject that was not forgotten since. */
  public List<CheckpointEntry> entries() {
    return new ArrayList<>(entries.values());
  }

  /** Tables whose earlier records are to be removed before {@link #entries} are stored. */
  public Set<String> forgottenTables() {
    return forgottenTables;
  }

  /** Splits whose records are to be removed. */
  public Set<Subject> forgottenSplits() {
    return forgottenSplits;
  }

  /** A store has removed the records of what was forgotten: nothing is left to be removed. */
  public void removedForgotten() {
    forgottenTables.clear();
    forgottenSplits.clear();
  }
}
