package io.nimoshake.core.engine;

import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a store holds once everything applied is stored. In memory, for a host that keeps a second
 * copy of the checkpoint. Not thread-safe.
 */
final class CheckpointMirror {
  private static final class Table {
    Optional<OfTable> entry = Optional.empty();

    /** In the order in which their last entries came. */
    final Map<String, OfSplit> splits = new LinkedHashMap<>();
  }

  private final Map<String, Table> tables = new LinkedHashMap<>();
  private Optional<CheckpointEntry.OfSync> sync = Optional.empty();

  void apply(CheckpointEntry entry) {
    if (entry instanceof OfSplit split) {
      Map<String, OfSplit> splits = table(split.split().table()).splits;
      // Removed first: its place is that of the last entry, after the end of its parents.
      splits.remove(split.split().id());
      splits.put(split.split().id(), split);
    } else if (entry instanceof OfTable table) {
      table(table.table()).entry = Optional.of(table);
    } else if (entry instanceof CheckpointEntry.SplitForgotten split) {
      table(split.table()).splits.remove(split.splitId());
    } else if (entry instanceof CheckpointEntry.TableForgotten table) {
      tables.remove(table.table());
    } else if (entry instanceof CheckpointEntry.OfSync s) {
      sync = Optional.of(s);
    }
  }

  private Table table(String name) {
    return tables.computeIfAbsent(name, n -> new Table());
  }

  /** Everything, as a store would load it. */
  List<CheckpointEntry> entries() {
    List<CheckpointEntry> all = new ArrayList<>();
    sync.ifPresent(all::add);
    for (Table table : tables.values()) {
      table.entry.ifPresent(all::add);
      all.addAll(table.splits.values());
    }
    return all;
  }
}
