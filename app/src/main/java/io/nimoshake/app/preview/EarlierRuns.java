package io.nimoshake.app.preview;

import io.nimoshake.core.engine.SyncOptions.Mode;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.plan.BackPlan;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import io.nimoshake.mongodb.checkpoint.GoCheckpoint;
import io.nimoshake.mongodb.checkpoint.GoShard;
import io.nimoshake.setup.LeaseHolder;
import io.nimoshake.setup.StartUp;
import io.nimoshake.setup.StartUp.Server;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.SyncSetup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the checkpoint says about earlier runs of the same id, and about one that is running.
 *
 * @param tables that the checkpoint knows, and that need no new copy
 * @param warnings one line each
 * @param ofGoTool whether the Go tool made them, so that the sync takes over its checkpoint
 */
record EarlierRuns(Set<String> tables, List<String> warnings, boolean ofGoTool) {
  EarlierRuns {
    tables = Set.copyOf(tables);
    warnings = List.copyOf(warnings);
  }

  /** Whether the sync continues where another one was. */
  boolean resuming() {
    return !tables.isEmpty();
  }

  /** Looks at the checkpoint. Creates nothing if there is none. */
  static EarlierRuns of(SyncSetup setup, StartUp start) throws StartUpException {
    Optional<GoCheckpoint> go =
        start.call(
            Server.CHECKPOINT, "looking for a checkpoint of the Go tool", setup::goCheckpoint);
    if (go.isPresent() && setup.options().mode() != Mode.BACK) {
      return start.call(
          Server.CHECKPOINT, "reading the checkpoint of the Go tool", () -> ofGoTool(go.get()));
    }
    List<String> warnings = new ArrayList<>();
    Optional<? extends CheckpointStore> existing =
        start.call(Server.CHECKPOINT, "setting up the checkpoint", setup::existingCheckpoints);
    List<CheckpointEntry> entries = List.of();
    if (existing.isPresent()) {
      try (CheckpointStore store = existing.get()) {
        Optional<Lease> lease =
            start.call(Server.CHECKPOINT, "reading the lease", () -> LeaseHolder.of(store));
        lease
            .map(held -> LeaseHolder.describe(setup.id(), held))
            .ifPresent(holder -> warnings.add(holder + "; a second process would refuse to start"));
        entries = start.call(Server.CHECKPOINT, "loading the checkpoint", store::load);
      }
    }
    if (setup.options().mode() == Mode.BACK) {
      BackPlan.obstacle(direction(entries))
          .ifPresent(why -> warnings.add("the sync would refuse to start: " + why));
    }
    return new EarlierRuns(tables(entries), warnings, false);
  }

  private static EarlierRuns ofGoTool(GoCheckpoint go) throws Fault {
    if (!go.copied()) {
      return new EarlierRuns(
          Set.of(),
          List.of(
              "the Go tool's checkpoint says that its copy did not finish: everything is copied"
                  + " again"),
          true);
    }
    Set<String> tables = new TreeSet<>();
    List<String> warnings = new ArrayList<>();
    for (Map.Entry<String, List<GoShard>> table : new TreeMap<>(go.tables()).entrySet()) {
      boolean copied = true;
      for (GoShard shard : table.getValue()) {
        copied &= shard.position().isPresent();
      }
      if (copied) {
        tables.add(table.getKey());
      } else {
        warnings.add(
            table.getKey()
                + ": the Go tool's checkpoint says that its copy did not finish: it must be copied"
                + " again");
      }
    }
    return new EarlierRuns(tables, warnings, true);
  }

  /** What the sync does with a table that needs no new copy. */
  String continues() {
    return ofGoTool ? "continues from the Go tool's checkpoint" : "resumes from the checkpoint";
  }

  private static Set<String> tables(List<CheckpointEntry> entries) {
    return entries.stream()
        .filter(OfTable.class::isInstance)
        .map(OfTable.class::cast)
        .map(OfTable::table)
        .collect(Collectors.toSet());
  }

  private static Optional<OfDirection> direction(List<CheckpointEntry> entries) {
    return entries.stream()
        .filter(OfDirection.class::isInstance)
        .map(OfDirection.class::cast)
        .findFirst();
  }
}
