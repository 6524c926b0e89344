package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.check.CheckOptions;
import io.nimoshake.app.check.Finding;
import io.nimoshake.testkit.fault.FaultProxy;
import io.nimoshake.testkit.fault.HttpFault;
import io.nimoshake.testkit.fault.HttpFaultProxy;
import io.nimoshake.testkit.fault.TcpFault;
import io.nimoshake.testkit.wire.FreePort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The comparison beside a sync under load, with faults on both sides. {@code -Dcheck.minutes=5}
 * goes on comparing for so long; otherwise it is done once.
 */
class CheckBesideSyncTest {
  private static final int ITEMS = 400;
  private static final List<Shape> SHAPES = List.of(Shape.S, Shape.S_N);
  private static final Duration SETTLE = Duration.ofSeconds(6);
  private static final int PLANTED = 2_000_000;

  @TempDir Path directory;

  @Test
  void tellsWhatIsOnItsWayFromWhatIsWrong() throws Exception {
    try (Servers servers = Servers.shared();
        HttpFaultProxy source = HttpFaultProxy.to(servers.dynamoServer.endpoint());
        FaultProxy target = FaultProxy.to("127.0.0.1", servers.mongoServer.port())) {
      BothSides.create(servers, SHAPES, ITEMS);
      for (int number = PLANTED; number < PLANTED + 3; number++) {
        int planted = number;
        servers.dynamo.putItem(
            r -> r.tableName(Shape.S.table).item(Shape.S.item(planted, new Random(planted))));
      }
      Path conf =
          servers.configuration(
              directory,
              source.endpoint(),
              "mongodb://127.0.0.1:" + target.port(),
              "sync_mode = all");
      // the port of a sync that says how far it is behind
      Files.writeString(
          conf,
          Files.readString(conf)
              .replace("full_sync.http_port = 0", "full_sync.http_port = " + FreePort.pick()));
      try (RunningSync sync = RunningSync.start(conf)) {
        BothSides.awaitCopied(servers, sync);
        source.seeded(
            HttpFaultProxy.ANY,
            3,
            0.05,
            HttpFault.THROTTLING,
            HttpFault.INTERNAL_SERVER_ERROR,
            HttpFault.DROP_AFTER);
        target.seeded(
            3,
            0.01,
            new TcpFault.Reset(TcpFault.Side.REPLY, 10),
            new TcpFault.Delay(Duration.ofMillis(50)));
        try (Workload load = Workload.start(servers.dynamo, SHAPES, ITEMS + 100, 3)) {
          await().atMost(BothSides.LIMIT).until(() -> load.changes() > 500);
          long end =
              System.nanoTime()
                  + Duration.ofMinutes(Integer.getInteger("check.minutes", 0)).toNanos();
          int rounds = 0;
          do {
            long changes = load.changes();
            Checking check = Checking.run(conf, options(false));
            assertEquals(Set.of(), onlyReal(check), check::text);
            assertTrue(check.result().tables().stream().allMatch(t -> t.failure().isEmpty()));
            rounds++;
            System.out.printf(
                "check %d beside the sync: %s, %d changes meanwhile%n",
                rounds, check.report().get(check.report().size() - 1), load.changes() - changes);
          } while (System.nanoTime() < end);

          plant(servers);
          Checking found = Checking.run(conf, options(true));
          assertEquals(
              Set.of(
                  "by_s missing {\"hash.key\":{\"S\":\"key-2000000\"}}[ ]",
                  "by_s different {\"hash.key\":{\"S\":\"key-2000001\"}}[ text]",
                  "by_s extra {\"hash.key\":{\"S\":\"key-9999999\"}}[ ]"),
              onlyReal(found),
              found::text);
          assertEquals(3, found.result().tables().get(0).repaired(), found::text);
          Checking repaired = Checking.run(conf, options(false));
          assertEquals(Set.of(), onlyReal(repaired), repaired::text);
        }
        source.heal();
        target.heal();
        BothSides.awaitEqual(servers, SHAPES, sync);
        assertEquals(0, sync.terminate(), sync::output);
      }
      assertEquals(0, Checking.run(conf, CheckOptions.ALL).result().exitCode());
    }
  }

  private static CheckOptions options(boolean repair) {
    return new CheckOptions(List.of(), OptionalInt.empty(), Optional.of(SETTLE), repair);
  }

  /** Without items that changed too fast to be compared, which are said to be so. */
  private static Set<String> onlyReal(Checking check) {
    Set<String> lines = check.summary();
    lines.removeIf(line -> line.contains(" " + Finding.Kind.UNSETTLED + " "));
    return lines;
  }

  /** On items that the load does not touch. */
  private static void plant(Servers servers) {
    var collection = servers.collection(Shape.S.table);
    collection.deleteOne(byId("key-" + PLANTED));
    BsonDocument changed = collection.find(byId("key-" + (PLANTED + 1))).first();
    collection.replaceOne(byId("key-" + (PLANTED + 1)), changed.append("text", new BsonString("")));
    BsonDocument extra = collection.find(byId("key-" + (PLANTED + 2))).first();
    extra.put("_id", new BsonString("key-9999999"));
    extra.put(Servers.field("hash.key"), new BsonString("key-9999999"));
    collection.insertOne(extra);
  }

  private static BsonDocument byId(String key) {
    return new BsonDocument("_id", new BsonString(key));
  }
}
