package io.nimoshake.core.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.Split.ExportFile;
import io.nimoshake.core.model.Split.ScanSegment;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.WriteMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CopyPlanTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final List<Command> commands = new ArrayList<>();
  private final PlanOutput out = new PlanOutput("t", commands::add);

  @Test
  void withoutSegmentsItIsOver() {
    assertTrue(new CopyPlan(out, 0).isOver());
  }

  @Test
  void itIsOverWithItsLastSegment() {
    CopyPlan copy = new CopyPlan(out, 2);
    durable(copy, 1, Position.END);
    assertFalse(copy.isOver());
    durable(copy, 0, Position.END);
    assertTrue(copy.isOver());
  }

  @Test
  void progressMayWaitAndTheEndOfASegmentMayNot() {
    CopyPlan copy = new CopyPlan(out, 1);
    durable(copy, 0, Position.after("k"));
    durable(copy, 0, Position.END);
    assertEquals(
        List.of(
            new Command.Save(saved(0, 1, Position.after("k")), false),
            new Command.Save(saved(0, 1, Position.END), true)),
        commands);
  }

  @Test
  void afterARestartOnlyWhatIsLeftIsRead() {
    CopyPlan copy = new CopyPlan(out, 3);
    copy.restore(saved(0, 3, Position.END));
    copy.restore(saved(1, 3, Position.after("k")));
    copy.startAll(WriteMode.COPY_REPLACE);
    assertEquals(
        List.of(start(1, 3, Position.after("k")), start(2, 3, Position.BEGINNING)), commands);
    assertFalse(copy.isOver());
  }

  /** Each open file has a connection and buffers, and an export may have thousands. */
  @Test
  void onlySomeFilesOfAnExportAreReadAtATime() {
    CopyPlan copy =
        CopyPlan.of(
            new OfTable(
                "t",
                Phase.COPYING,
                Optional.empty(),
                List.of(),
                40,
                true,
                false,
                Optional.of("export")),
            out);
    copy.restore(
        new OfSplit(
            new ExportFile("t", "export", 0, 40), Position.END, Optional.empty(), Instant.EPOCH));
    copy.startAll(WriteMode.COPY_IF_ABSENT);
    assertEquals(16, started().size());
    assertEquals(new ExportFile("t", "export", 1, 40), started().get(0));
    durable(copy, 3, Position.after("7"));
    assertEquals(16, started().size());
    for (int file = 1; file < 40; file++) {
      assertFalse(copy.isOver());
      durable(copy, file, Position.END);
      assertEquals(Math.min(16 + file, 39), started().size());
    }
    assertTrue(copy.isOver());
    assertEquals(39, started().stream().distinct().count());
  }

  private List<Split> started() {
    return commands.stream()
        .filter(command -> command instanceof Command.StartSplit)
        .map(command -> ((Command.StartSplit) command).split())
        .toList();
  }

  @Test
  void itKnowsItsOwnSplitsOnly() {
    CopyPlan copy = new CopyPlan(out, 2);
    assertTrue(copy.segment("segment-1-of-2").isPresent());
    assertTrue(copy.segment("segment-1-of-3").isEmpty());
    assertTrue(copy.segment("shard-1").isEmpty());
  }

  private static void durable(CopyPlan copy, int index, Position position) {
    CopyPlan.Segment segment = List.copyOf(copy.segments()).get(index);
    copy.onDurable(
        segment, new Event.Durable("t", segment.split.id(), position, Optional.empty(), NOW));
  }

  private static OfSplit saved(int index, int total, Position position) {
    return new OfSplit(new ScanSegment("t", index, total), position, Optional.empty(), NOW);
  }

  private static Command start(int index, int total, Position from) {
    return new Command.StartSplit(new ScanSegment("t", index, total), from, WriteMode.COPY_REPLACE);
  }
}
