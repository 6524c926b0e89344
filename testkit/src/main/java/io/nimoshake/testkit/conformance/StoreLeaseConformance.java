package io.nimoshake.testkit.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the lease in a checkpoint store must do: one process at a time has it and may save. */
abstract class StoreLeaseConformance {
  protected static final Instant NOW = Instant.parse("2026-11-23T01:02:03.456789123Z");
  protected static final Lease FIRST = lease(1, 100);
  protected static final Lease SECOND = lease(2, 200);

  protected CheckpointStore store;

  /** A new store object on the same place for all of one test, as another process would have. */
  protected abstract CheckpointStore open() throws Fault;

  @BeforeEach
  final void openStore() throws Fault {
    store = open();
  }

  @AfterEach
  final void closeStore() {
    store.close();
  }

  @Test
  void theLeaseIsReplacedOnlyWhereItIsAsExpected() throws Fault {
    assertFalse(store.replaceLease(Optional.of(FIRST), Optional.of(SECOND)));
    assertTrue(store.replaceLease(Optional.empty(), Optional.of(FIRST)));
    assertEquals(Optional.of(FIRST), store.lease());
    try (CheckpointStore other = open()) {
      assertEquals(Optional.of(FIRST), other.lease());
      assertFalse(other.replaceLease(Optional.empty(), Optional.of(SECOND)));
      assertEquals(Optional.of(FIRST), other.lease());
      assertTrue(other.replaceLease(Optional.of(FIRST), Optional.of(SECOND)));
    }
    assertEquals(Optional.of(SECOND), store.lease());
    assertFalse(store.replaceLease(Optional.of(FIRST), Optional.of(lease(3, 300))));
    assertTrue(store.replaceLease(Optional.of(SECOND), Optional.empty()));
    assertEquals(Optional.empty(), store.lease());
    assertTrue(store.replaceLease(Optional.empty(), Optional.of(FIRST)));
    assertEquals(Optional.of(FIRST), store.lease());
  }

  @Test
  void renewingTheLeaseKeepsEverything() throws Fault {
    take(FIRST);
    store.save(FIRST.fence(), List.of(table("a")));
    Lease renewed =
        new Lease(
            FIRST.fence(),
            FIRST.host(),
            FIRST.pid(),
            FIRST.processStarted(),
            FIRST.expires().plusSeconds(30));
    assertTrue(store.replaceLease(Optional.of(FIRST), Optional.of(renewed)));
    assertEquals(Optional.of(renewed), store.lease());
    store.save(FIRST.fence(), List.of(table("b")));
    assertStored(List.of(table("a"), table("b")));
  }

  @Test
  void onlyTheHolderSaves() throws Fault {
    assertThrows(Fault.Fatal.class, () -> store.save(1, List.of(table("a"))));
    take(FIRST);
    store.save(FIRST.fence(), List.of(table("a")));
    try (CheckpointStore other = open()) {
      assertTrue(other.replaceLease(Optional.of(FIRST), Optional.of(SECOND)));
      assertThrows(Fault.Fatal.class, () -> store.save(FIRST.fence(), List.of(table("late"))));
      assertEquals(Set.of(table("a")), new HashSet<>(other.load()));
      other.save(SECOND.fence(), List.of(table("b")));
      assertThrows(Fault.Fatal.class, () -> store.save(FIRST.fence(), List.of(table("late"))));
      assertThrows(Fault.Fatal.class, () -> other.save(FIRST.fence(), List.of(table("late"))));
    }
    assertStored(List.of(table("a"), table("b")));
  }

  @Test
  void afterAReleaseTheOldHolderIsOutEvenIfFencesStartAgain() throws Fault {
    take(FIRST);
    store.save(FIRST.fence(), List.of(table("a")));
    try (CheckpointStore other = open()) {
      assertTrue(other.replaceLease(Optional.of(FIRST), Optional.empty()));
      assertThrows(Fault.Fatal.class, () -> store.save(FIRST.fence(), List.of(table("late"))));
      Lease again = lease(FIRST.fence(), 300);
      assertTrue(other.replaceLease(Optional.empty(), Optional.of(again)));
      other.save(again.fence(), List.of(table("b")));
      assertThrows(Fault.Fatal.class, () -> store.save(FIRST.fence(), List.of(table("late"))));
      assertStored(List.of(table("a"), table("b")));
    }
  }

  @Test
  void ofManyWhoWantTheLeaseOneGetsIt() throws Exception {
    int processes = 6;
    List<CheckpointStore> stores = new ArrayList<>();
    for (int i = 0; i < processes; i++) {
      stores.add(open());
    }
    ExecutorService threads = Executors.newFixedThreadPool(processes);
    try {
      List<Callable<Boolean>> takers = new ArrayList<>();
      for (int i = 0; i < processes; i++) {
        CheckpointStore mine = stores.get(i);
        Lease lease = lease(1, i);
        takers.add(() -> takeInTheEnd(mine, lease));
      }
      int taken = 0;
      for (Future<Boolean> taker : threads.invokeAll(takers)) {
        taken += taker.get() ? 1 : 0;
      }
      assertEquals(1, taken);
    } finally {
      threads.shutdownNow();
      stores.forEach(CheckpointStore::close);
    }
  }

  /** A store may be busy for a moment; that is not an answer. */
  private static boolean takeInTheEnd(CheckpointStore store, Lease lease) throws Fault {
    while (true) {
      try {
        return store.replaceLease(Optional.empty(), Optional.of(lease));
      } catch (Fault.Transient busy) {
        Thread.onSpinWait();
      }
    }
  }

  protected final void take(Lease lease) throws Fault {
    assertTrue(store.replaceLease(Optional.empty(), Optional.of(lease)));
  }

  /** What is stored, as this process and as another sees it. */
  protected final void assertStored(List<? extends CheckpointEntry> expected) throws Fault {
    try (CheckpointStore other = open()) {
      for (CheckpointStore reader : List.of(store, other)) {
        List<CheckpointEntry> loaded = reader.load();
        assertEquals(new HashSet<>(expected), new HashSet<>(loaded));
        assertEquals(expected.size(), loaded.size(), "entries");
      }
    }
  }

  protected static Lease lease(long fence, long pid) {
    return new Lease(fence, "host", pid, NOW.minusSeconds(60), NOW.plusSeconds(30));
  }

  protected static OfTable table(String name) {
    return new OfTable(
        name, Phase.COPIED, Optional.of(NOW), List.of("arn:" + name), 3, true, false);
  }
}
