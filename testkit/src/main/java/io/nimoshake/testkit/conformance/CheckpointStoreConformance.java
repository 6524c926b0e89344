package io.nimoshake.testkit.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.Backfill;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.CheckpointEntry.OfMapping;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfSync;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.CheckpointEntry.SplitForgotten;
import io.nimoshake.core.port.CheckpointEntry.TableForgotten;
import io.nimoshake.core.port.CheckpointEntry.Window;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.testkit.fault.PortFault;
import io.nimoshake.testkit.fault.PortFaults;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link CheckpointStore} must do with entries, and with the lease. Each test starts
 * where nothing is stored.
 */
public abstract class CheckpointStoreConformance extends StoreLeaseConformance {
  /**
   * Puts documents of others in every place where the store keeps its own, among them some that
   * have the same fields; false if nobody else can put anything there.
   */
  protected boolean putForeign() {
    return false;
  }

  /** Those documents as they are now. */
  protected Set<String> foreign() {
    return Set.of();
  }

  /** Every third call fails before or after its effect, and is made again as the engine does. */
  protected static CheckpointStore underFaults(CheckpointStore store) {
    // Who loses the answer to replaceLease cannot ask again: it looks who has the lease.
    PortFaults faults =
        new PortFaults()
            .seeded(Set.of("save", "load", "lease"), 7, 0.3, PortFault.ANSWER_LOST)
            .seeded(Set.of(), 8, 0.3, PortFault.THROTTLED, PortFault.RESET);
    return PortFaults.comingAgain(CheckpointStore.class, faults.on(store));
  }

  @Test
  void nothingStoredIsEmpty() throws Fault {
    assertEquals(List.of(), store.load());
    assertEquals(Optional.empty(), store.lease());
    take(FIRST);
    assertEquals(List.of(), store.load());
  }

  @Test
  void everyEntryComesBackAsItWas() throws Fault {
    take(FIRST);
    List<CheckpointEntry> entries =
        List.of(
            new OfSync(false),
            new OfMapping("version: 1\ntables: {\"é*\": {collection: \"${name}\"}}"),
            new OfTable("a", Phase.COPYING, Optional.empty(), List.of(), 1, true, false),
            new OfTable(
                "b", Phase.FINISHING, Optional.of(NOW), List.of("arn:1", "arn:2"), 9, false, false),
            new OfTable(
                "c",
                Phase.SWAPPING,
                Optional.of(NOW.plusNanos(1)),
                List.of("arn:3"),
                4,
                true,
                true),
            new OfTable(
                "d",
                Phase.COPYING,
                Optional.of(NOW),
                List.of("arn:4"),
                3,
                true,
                false,
                Optional.of("/exports/d")),
            table("e")
                .backfilling(
                    new Backfill(
                        "lost",
                        NOW,
                        NOW,
                        NOW.plusSeconds(1),
                        NOW.plusSeconds(2),
                        0,
                        Optional.empty())),
            table("f")
                .backfilling(
                    new Backfill(
                        "lost",
                        NOW,
                        NOW.plusSeconds(900),
                        NOW.plusSeconds(2000),
                        NOW.plusSeconds(1000),
                        1,
                        Optional.of(new Window(NOW.plusSeconds(900), NOW.plusSeconds(1800))))),
            table("g")
                .backfilling(
                    new Backfill(
                        "lost",
                        NOW,
                        NOW,
                        NOW,
                        NOW,
                        2,
                        Optional.of(
                            new Window(NOW, NOW.plusSeconds(900)).exported("s3://x#arn", 3)))),
            new OfSplit(
                new Split.ChangeFile("g", 3, "s3://x#arn", 1, 3),
                Position.after("12"),
                Optional.empty(),
                NOW),
            new OfSplit(
                new Split.ExportFile("d", "/exports/d", 2, 3),
                Position.after("4711"),
                Optional.empty(),
                NOW),
            new OfSplit(
                new Split.Documents("d"),
                Position.after("{\"collection\": \"d.e\", \"_id\": {\"$minKey\": 1}}"),
                Optional.empty(),
                NOW),
            new OfSplit(new Split.Leftovers("d", 1, 2), Position.END, Optional.empty(), NOW),
            new OfSplit(
                new Split.ChangeStream("d"),
                Position.after("{\"startAfter\": {\"_data\": \"82$.\"}}"),
                Optional.of(NOW.minusSeconds(7)),
                NOW,
                Optional.of(NOW.minusSeconds(9))),
            segment("a", 0, Position.BEGINNING, Optional.empty()),
            segment("a", 1, Position.after("{\"id\":{\"S\":\"k.$\\\"\u00e9\"}}"), Optional.empty()),
            segment("a", 2, Position.END, Optional.empty()),
            shard("b", "shard-0", Position.BEGINNING, Set.of(), Optional.empty(), Instant.MIN),
            shard("b", "shard-1", Position.after("111"), Set.of("p"), Optional.of("9"), NOW),
            shard("b", "shard-2", new Position.At("222"), Set.of("q", "p"), Optional.empty(), NOW),
            shard("c", "shard-1", Position.END, Set.of("p"), Optional.of("8"), Instant.MIN),
            new OfSplit(
                streamShard("c", "shard-3", Set.of(), Optional.empty(), NOW),
                Position.after("3"),
                Optional.of(NOW.minusSeconds(7)),
                NOW),
            new OfSplit(
                streamShard("c", "shard-4", Set.of(), Optional.empty(), NOW),
                Position.BEGINNING,
                Optional.empty(),
                NOW,
                Optional.of(NOW.minusSeconds(9))));
    store.save(FIRST.fence(), entries);
    assertStored(entries);
    // A store may keep the last save in a place of its own.
    store.save(FIRST.fence(), List.of(new OfSync(false)));
    store.save(FIRST.fence(), List.of(entries.get(0)));
    assertStored(entries);
  }

  @ParameterizedTest
  @EnumSource
  void everyDirectionComesBackAsItWas(Direction direction) throws Fault {
    take(FIRST);
    OfDirection first =
        new OfDirection(direction, NOW.plusNanos(1), Optional.of("{\"_data\": \"\u00e9$.\"}"));
    store.save(FIRST.fence(), List.of(first, table("a")));
    assertStored(List.of(first, table("a")));
    OfDirection second = new OfDirection(direction, NOW, Optional.empty());
    store.save(FIRST.fence(), List.of(second));
    assertStored(List.of(second, table("a")));
    // the next save takes the place of this one, and a table that is forgotten takes only itself
    store.save(FIRST.fence(), List.of(new TableForgotten("a")));
    assertStoredForGood(List.of(second));
  }

  @Test
  void anEntryReplacesTheOneOfItsSubject() throws Fault {
    take(FIRST);
    store.save(
        FIRST.fence(),
        List.of(
            new OfSync(false),
            new OfTable("a", Phase.COPYING, Optional.empty(), List.of(), 2, true, false),
            segment("a", 0, Position.BEGINNING, Optional.empty()),
            segment("a", 0, Position.after("x"), Optional.empty()),
            shard("a", "s", Position.after("1"), Set.of(), Optional.empty(), NOW)));
    List<CheckpointEntry> last =
        List.of(
            new OfSync(true),
            new OfTable("a", Phase.COPIED, Optional.of(NOW), List.of("arn"), 2, true, false),
            segment("a", 0, Position.END, Optional.empty()),
            shard("a", "s", Position.after("2"), Set.of(), Optional.of("3"), NOW));
    store.save(FIRST.fence(), last);
    assertStored(last);
  }

  @Test
  void forgettingASplitLeavesTheOthers() throws Fault {
    take(FIRST);
    CheckpointEntry kept = shard("a", "kept", Position.END, Set.of(), Optional.empty(), NOW);
    CheckpointEntry other = shard("b", "gone", Position.END, Set.of(), Optional.empty(), NOW);
    CheckpointEntry segment = segment("a", 1, Position.END, Optional.empty());
    store.save(
        FIRST.fence(),
        List.of(
            kept,
            other,
            segment,
            segment("a", 0, Position.END, Optional.empty()),
            shard("a", "gone", Position.END, Set.of(), Optional.empty(), NOW)));
    List<CheckpointEntry> forget =
        List.of(
            new SplitForgotten("a", "gone"),
            new SplitForgotten("a", new Split.ScanSegment("a", 0, 3).id()),
            new SplitForgotten("a", "never there"));
    store.save(FIRST.fence(), forget);
    store.save(FIRST.fence(), forget);
    assertStoredForGood(List.of(kept, other, segment));
  }

  @Test
  void forgettingATableTakesItsSplits() throws Fault {
    take(FIRST);
    CheckpointEntry other = shard("b", "s", Position.END, Set.of(), Optional.empty(), NOW);
    store.save(FIRST.fence(), List.of(other, table("a"), table("b")));
    store.save(
        FIRST.fence(),
        List.of(
            segment("a", 0, Position.END, Optional.empty()),
            shard("a", "s", Position.END, Set.of(), Optional.empty(), NOW)));
    store.save(FIRST.fence(), List.of(new TableForgotten("a")));
    assertStoredForGood(List.of(other, table("b")));
  }

  @Test
  void theLastWordOfASaveCounts() throws Fault {
    take(FIRST);
    CheckpointEntry before = shard("a", "s", Position.after("1"), Set.of(), Optional.empty(), NOW);
    CheckpointEntry after = shard("a", "s", Position.after("2"), Set.of(), Optional.empty(), NOW);
    store.save(FIRST.fence(), List.of(before, table("a")));
    store.save(
        FIRST.fence(),
        List.of(
            new TableForgotten("a"),
            after,
            segment("a", 0, Position.END, Optional.empty()),
            new SplitForgotten("a", new Split.ScanSegment("a", 0, 3).id()),
            new SplitForgotten("a", "s"),
            after));
    assertStoredForGood(List.of(after));
  }

  @Test
  void thousandsOfEntriesAtOnce() throws Fault {
    take(FIRST);
    List<CheckpointEntry> entries = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      String table = "table-" + i % 20;
      entries.add(
          i % 2 == 0
              ? shard(table, "s" + i, Position.after("" + i), Set.of(), Optional.empty(), NOW)
              : new OfSplit(
                  new Split.ScanSegment(table, i, 5_000),
                  Position.after("" + i),
                  Optional.empty(),
                  NOW));
    }
    store.save(FIRST.fence(), entries);
    assertStored(entries);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status_table",
        "system.users",
        "a.b-c_d",
        "lease",
        "shard~x",
        "a-table-with-a-very-long-name-that-goes-on-and-on-and-on-and-on-and-on-and-on-and-on-and-"
            + "on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on"
      })
  void everyTableNameIsPossible(String name) throws Fault {
    take(FIRST);
    List<CheckpointEntry> entries =
        List.of(
            table(name),
            segment(name, 0, Position.after("x"), Optional.empty()),
            shard(name, "lease", Position.END, Set.of(), Optional.empty(), NOW));
    store.save(FIRST.fence(), entries);
    assertStored(entries);
    store.save(FIRST.fence(), List.of(new TableForgotten(name)));
    assertStored(List.of());
  }

  @Test
  void documentsOfOthersAreNeverTouched() throws Fault {
    assumeTrue(putForeign());
    Set<String> before = foreign();
    take(FIRST);
    store.save(FIRST.fence(), List.of(table("a"), table("b"), new OfSync(true)));
    store.save(
        FIRST.fence(),
        List.of(
            segment("a", 0, Position.after("x"), Optional.empty()),
            shard("a", "s", Position.after("1"), Set.of(), Optional.empty(), NOW)));
    try (CheckpointStore other = open()) {
      assertTrue(other.replaceLease(Optional.of(FIRST), Optional.of(SECOND)));
      other.save(SECOND.fence(), List.of(new SplitForgotten("a", "s"), new TableForgotten("b")));
      other.save(SECOND.fence(), List.of(new TableForgotten("a"), new OfSync(true)));
      assertEquals(List.of(new OfSync(true)), other.load());
    }
    assertEquals(before, foreign());
  }

  /** The same after another save, as a store may hold the last one apart. */
  private void assertStoredForGood(List<? extends CheckpointEntry> expected) throws Fault {
    assertStored(expected);
    store.save(FIRST.fence(), List.of(new OfSync(true)));
    List<CheckpointEntry> more = new ArrayList<>(expected);
    more.add(new OfSync(true));
    assertStored(more);
  }

  protected static OfSplit segment(
      String table, int index, Position position, Optional<Instant> recordTime) {
    return new OfSplit(new Split.ScanSegment(table, index, 3), position, recordTime, NOW);
  }

  protected static OfSplit shard(
      String table,
      String id,
      Position position,
      Set<String> parents,
      Optional<String> end,
      Instant ignoreBefore) {
    return new OfSplit(
        streamShard(table, id, parents, end, ignoreBefore), position, Optional.of(NOW), NOW);
  }

  protected static Split.StreamShard streamShard(
      String table, String id, Set<String> parents, Optional<String> end, Instant ignoreBefore) {
    return new Split.StreamShard(table, "arn:" + table, id, parents, end, ignoreBefore);
  }
}
