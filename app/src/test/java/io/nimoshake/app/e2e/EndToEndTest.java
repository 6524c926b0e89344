package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.testkit.fault.HttpFaultProxy;
import io.nimoshake.testkit.fault.Injection;
import io.nimoshake.testkit.fault.MongoFault;
import io.nimoshake.testkit.fault.MongoFaultProxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program against real servers, each in a process of its own, under load. The tables have
 * {@code -Dload.items} items each (2,000 where nothing is said).
 */
class EndToEndTest {
  private static final int ITEMS = Integer.getInteger("load.items", 2_000);

  @TempDir Path directory;

  @Test
  void copiesAndFollowsFourTablesWhileTheyChange() throws Exception {
    List<Shape> shapes = List.of(Shape.values());
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, shapes, ITEMS);
      Path conf =
          servers.configuration(directory, "sync_mode = all", "full.enable_index.user = true");
      try (RunningSync sync = RunningSync.start(conf)) {
        try (Workload load = Workload.start(servers.dynamo, shapes, ITEMS + 500, 7)) {
          BothSides.awaitCopied(servers, sync);
          long copied = load.changes();
          await().atMost(BothSides.LIMIT).until(() -> load.changes() > copied + 2_000);
        }
        BothSides.awaitCaughtUp(servers, shapes, sync);
        BothSides.awaitEqual(servers, shapes, sync);
        BothSides.assertNoHelpersLeft(servers, shapes);
        assertEquals(0, sync.terminate(), sync::output);
      }
    }
  }

  /** The restarts must not bring back what was deleted, nor copy again what was copied. */
  @Test
  void survivesBeingKilledTenTimes() throws Exception {
    List<Shape> shapes = List.of(Shape.S, Shape.S_N);
    Random random = new Random(11);
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, shapes, ITEMS);
      Path conf =
          servers.configuration(
              directory, "sync_mode = all", "qps.full = 20", "qps.full.batch_num = 40");
      try (Workload load = Workload.start(servers.dynamo, shapes, ITEMS + 500, 13)) {
        for (int kill = 0; kill < 10; kill++) {
          try (RunningSync sync = RunningSync.start(conf)) {
            long from = load.changes();
            int more = 100 + random.nextInt(1_500);
            await()
                .atMost(BothSides.LIMIT)
                .until(() -> load.changes() > from + more || !sync.isAlive());
            assertTrue(sync.isAlive(), sync::output);
            sync.kill9();
          }
        }
      }
      try (RunningSync sync = RunningSync.start(conf)) {
        BothSides.awaitCaughtUp(servers, shapes, sync);
        BothSides.awaitCopied(servers, sync);
        BothSides.awaitEqual(servers, shapes, sync);
        BothSides.assertNoHelpersLeft(servers, shapes);
        assertEquals(0, sync.terminate(), sync::output);
      }
    }
  }

  /** Counted at the source: what a killed run had copied is not asked for again. */
  @Test
  void aRestartReadsLittleOfWhatWasCopied() throws Exception {
    // Many more than are read in the second between two saves of the checkpoint.
    int items = 5_000;
    int pageItems = 10;
    try (Servers servers = Servers.shared();
        HttpFaultProxy proxy = HttpFaultProxy.to(servers.dynamoServer.endpoint())) {
      BothSides.create(servers, List.of(Shape.S), items);
      Path conf =
          servers.configuration(
              directory,
              proxy.endpoint(),
              servers.mongoServer.uri(),
              "sync_mode = full",
              "qps.full = 20",
              "qps.full.batch_num = " + pageItems);
      long copied;
      try (RunningSync sync = RunningSync.start(conf)) {
        await()
            .atMost(BothSides.LIMIT)
            .failFast(() -> assertTrue(sync.isAlive(), sync::output))
            .until(() -> servers.collection(Shape.S.table).countDocuments() > items * 3 / 5);
        sync.kill9();
        copied = servers.collection(Shape.S.table).countDocuments();
      }
      long scansBefore = proxy.calls("Scan");
      try (RunningSync sync = RunningSync.start(conf)) {
        assertEquals(0, sync.awaitExit(), sync::output);
      }
      long itemsReadAfter = (proxy.calls("Scan") - scansBefore) * pageItems;
      long readAgain = itemsReadAfter - (items - copied);
      // About a second's, or a few if the machine is busy: 200 are read in one.
      assertTrue(
          readAgain < copied / 3, () -> readAgain + " of " + copied + " items were read again");
      BothSides.assertEqual(servers, List.of(Shape.S));
    }
  }

  /** Who stops it waits ten seconds, and not for a server that never answers. */
  @Test
  void aWriteWithoutAnAnswerDoesNotHoldUpTheEnd() throws Exception {
    List<Shape> shapes = List.of(Shape.S);
    try (Servers servers = Servers.shared();
        MongoFaultProxy target = MongoFaultProxy.to("127.0.0.1", servers.mongoServer.port())) {
      BothSides.create(servers, shapes, 100);
      Path conf =
          servers.configuration(
              directory, servers.dynamoServer.endpoint(), target.uri(), "sync_mode = full");
      Injection stuck =
          target.fail("insert").collection(Servers.ID, Shape.S.table).with(MongoFault.NO_REPLY);
      try (RunningSync sync = RunningSync.start(conf, "-Dnimoshake.drain.millis=500")) {
        await().atMost(BothSides.LIMIT).until(() -> stuck.count() > 0);
        assertEquals(3, sync.terminate(), sync::output);
        assertTrue(
            sync.output().contains("some writes did not finish in time; the next run resumes"),
            sync::output);
      }
      stuck.stop();
      try (RunningSync sync = RunningSync.start(conf)) {
        assertEquals(0, sync.awaitExit(), sync::output);
      }
      BothSides.assertEqual(servers, shapes);
    }
  }

  @Test
  void aFullSyncEndsByItself() throws Exception {
    List<Shape> shapes = List.of(Shape.S_B, Shape.N);
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, shapes, 1_000);
      Path conf = servers.configuration(directory, "sync_mode = full");
      try (RunningSync sync = RunningSync.start(conf)) {
        assertEquals(0, sync.awaitExit(), sync::output);
      }
      BothSides.assertEqual(servers, shapes);
    }
  }
}
