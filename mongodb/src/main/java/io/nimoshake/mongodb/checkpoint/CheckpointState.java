package io.nimoshake.mongodb.checkpoint;

import io.nimoshake.core.port.CheckpointEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What entries add up to, one after the other: the last of each subject, and nothing of what was
 * forgotten. Not safe for use by several threads.
 */
final class CheckpointState {
  private final Map<Subject, CheckpointEntry> kept = new LinkedHashMap<>();
  private final Set<String> forgottenTables = new LinkedHashSet<>();
  private final Set<Subject> forgottenSplits = new LinkedHashSet<>();

  /** What an entry is about; both empty for the sync itself. */
  record Subject(Optional<String> table, Optional<String> splitId) {
    static Subject of(CheckpointEntry entry) {
      if (entry instanceof CheckpointEntry.OfTable table) {
        return new Subject(Optional.of(table.table()), Optional.empty());
      }
      if (entry instanceof CheckpointEntry.OfSplit split) {
        return new Subject(Optional.of(split.split().table()), Optional.of(split.split().id()));
      }
      return new Subject(Optional.empty(), Optional.empty());
    }
  }

  CheckpointState apply(Collection<? extends CheckpointEntry> entries) {
    entries.forEach(this::apply);
    return this;
  }

  private void apply(CheckpointEntry entry) {
    if (entry instanceof CheckpointEntry.TableForgotten forgotten) {
      Optional<String> table = Optional.of(forgotten.table());
      kept.keySet().removeIf(subject -> subject.table().equals(table));
      forgottenSplits.removeIf(subject -> subject.table().equals(table));
      forgottenTables.add(forgotten.table());
    } else if (entry instanceof CheckpointEntry.SplitForgotten forgotten) {
      Subject subject =
          new Subject(Optional.of(forgotten.table()), Optional.of(forgotten.splitId()));
      kept.remove(subject);
      forgottenSplits.add(subject);
    } else {
      Subject subject = Subject.of(entry);
      forgottenSplits.remove(subject);
      kept.put(subject, entry);
    }
  }

  /** The last entry of every subject that was not forgotten since. */
  List<CheckpointEntry> entries() {
    return new ArrayList<>(kept.values());
  }

  /** What was forgotten is gone from where it was stored: nothing remains to be done about it. */
  void forgottenIsGone() {
    forgottenTables.clear();
    forgottenSplits.clear();
  }

  /** Tables whose earlier records go, before {@link #entries} are stored. */
  Set<String> forgottenTables() {
    return forgottenTables;
  }

  /** Splits whose records go. */
  Set<Subject> forgottenSplits() {
    return forgottenSplits;
  }
}
