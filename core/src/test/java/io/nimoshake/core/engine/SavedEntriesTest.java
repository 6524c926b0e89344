package io.nimoshake.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.core.checkpoint.Checkpoint;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfSync;
import io.nimoshake.core.port.CheckpointEntry.SplitForgotten;
import io.nimoshake.core.port.CheckpointEntry.TableForgotten;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SavedEntriesTest {
  private final Checkpoint checkpoint = new Checkpoint();
  private final SavedEntries saved = new SavedEntries(checkpoint);

  private void save(CheckpointEntry entry) {
    saved.note(List.of(new Command.Save(entry, false), new Command.ListTables()));
  }

  private static OfSplit segment(int index) {
    return new OfSplit(
        new Split.ScanSegment("t", index, 1_001), Position.END, Optional.empty(), Instant.EPOCH);
  }

  /** A sync runs for months, and its shards live for hours. */
  @Test
  void whatIsForgottenTakesNoMemory() {
    saved.restore(List.of(new TableForgotten("u"), segment(1_000)));
    for (int index = 0; index < 1_000; index++) {
      save(segment(index));
      save(new SplitForgotten("t", segment(index).split().id()));
    }
    assertEquals(List.of(segment(1_000)), saved.entries());
    assertEquals(Set.of(), checkpoint.forgottenSplits());
    save(new TableForgotten("t"));
    save(new OfSync(true));
    assertEquals(List.of(new OfSync(true)), saved.entries());
    assertEquals(Set.of(), checkpoint.forgottenTables());
  }
}
