package io.nimoshake.core.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.ScanSegment;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfSync;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.CheckpointEntry.SplitForgotten;
import io.nimoshake.core.port.CheckpointEntry.TableForgotten;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CheckpointTest {
  private final Checkpoint checkpoint = new Checkpoint();

  private static OfSplit split(String table, int index, Position position) {
    return new OfSplit(new ScanSegment(table, index, 4), position, Optional.empty(), Instant.EPOCH);
  }

  private static OfTable table(String name) {
    return new OfTable(name, Phase.COPYING, Optional.empty(), List.of(), 4, true, false);
  }

  private void apply(CheckpointEntry... entries) {
    List.of(entries).forEach(checkpoint::apply);
  }

  @Test
  void theLastEntryOfASubjectCountsAtItsOwnPlace() {
    apply(
        table("t"),
        split("t", 0, Position.BEGINNING),
        split("t", 1, Position.BEGINNING),
        split("t", 0, Position.END),
        table("t").withPhase(Phase.FINISHING),
        new OfSync(false));
    assertEquals(
        List.of(
            split("t", 1, Position.BEGINNING),
            split("t", 0, Position.END),
            table("t").withPhase(Phase.FINISHING),
            new OfSync(false)),
        checkpoint.entries());
  }

  @Test
  void whatIsForgottenIsGone() {
    apply(table("t"), split("t", 0, Position.END), table("u"), split("u", 0, Position.END));
    apply(new SplitForgotten("t", "segment-0-of-4"), new TableForgotten("u"));
    assertEquals(List.of(table("t")), checkpoint.entries());
  }

  @Test
  void whatItHoldsMakesTheSameAgain() {
    apply(table("t"), split("t", 2, Position.after("k")), table("u"), new OfSync(true));
    Checkpoint again = new Checkpoint();
    again.apply(checkpoint.entries());
    assertEquals(checkpoint.entries(), again.entries());
  }
}
