package io.nimoshake.app.preview;

import io.nimoshake.core.engine.SyncOptions.Mode;
import io.nimoshake.core.plan.BackPlan;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import io.nimoshake.setup.LeaseHolder;
import io.nimoshake.setup.StartUp;
import io.nimoshake.setup.StartUp.Server;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.SyncSetup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the checkpoint says about earlier runs of the same id, and about one that is running.
 *
 * @param tables that the checkpoint knows
 * @param warnings one line each
 */
record EarlierRuns(Set<String> tables, List<String> warnings) {
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
    return new EarlierRuns(tables(entries), warnings);
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
