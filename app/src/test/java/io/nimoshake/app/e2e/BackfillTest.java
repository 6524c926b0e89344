package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.testkit.export.ExportEndpoint;
import io.nimoshake.testkit.export.ObjectServer;
import io.nimoshake.testkit.fault.HttpFault;
import io.nimoshake.testkit.fault.HttpFaultProxy;
import io.nimoshake.testkit.fault.Injection;
import io.nimoshake.testkit.fault.MongoFault;
import io.nimoshake.testkit.fault.MongoFaultProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalTime;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * Gaps of days are backfilled from incremental exports. With {@code -Dbackfill.items=200000
 * -Dbackfill.changes=20000} as large as a user would have them.
 */
class BackfillTest {
  private static final Shape SHAPE = Shape.S_N;
  private static final int ITEMS = Integer.getInteger("backfill.items", 2_000);
  private static final int CHANGES = Integer.getInteger("backfill.changes", 400);
  private static final int HOURS_A_PART = 12;

  /** Both servers keep all items in memory. */
  private static final int HEAP_MEGABYTES = 768 + ITEMS / 80;

  /** Of each wait: servers of tests are slow. */
  private static final Duration LIMIT = BothSides.LIMIT.plusMillis(10L * ITEMS);

  @TempDir Path directory;

  /** Starts what is tested. */
  Sync start(Path conf) throws Exception {
    return RunningSync.start(conf);
  }

  /** Everything that a user has: both sides, the bucket, and what may go wrong with them. */
  private final class World implements AutoCloseable {
    final Servers servers = Servers.withHeap(HEAP_MEGABYTES);
    final Path bucket;
    final ObjectServer objects;
    final ExportEndpoint exports;
    final HttpFaultProxy source;
    final DynamoDbClient application;
    final Random random = new Random(7);
    final Set<Integer> changed = new HashSet<>();

    World() throws Exception {
      bucket = Files.createDirectory(directory.resolve("bucket"));
      objects = ObjectServer.start("exports", bucket);
      exports = ExportEndpoint.to(servers.dynamoServer.endpoint(), "exports", bucket, 5);
      source = HttpFaultProxy.to(exports.endpoint());
      application = servers.dynamoAt(exports.endpoint());
    }

    Path configuration(String target, String... lines) throws Exception {
      Path conf =
          servers.configuration(
              directory,
              source.endpoint(),
              target,
              "sync_mode = all",
              "on_gap = backfill",
              "export.bucket = exports",
              "export.prefix = gaps",
              "export.endpoint_url = " + objects.endpoint(),
              "export.path_style = true",
              // DynamoDB Local is slow with large pages and many segments.
              "full.read.concurrency = 1",
              "qps.full.batch_num = 500",
              "retry.gone = 2s");
      return Files.write(conf, List.of(lines), StandardOpenOption.APPEND);
    }

    /** A table that is copied and followed, and then the sync is switched off. */
    void copyAndSwitchOff(Path conf) throws Exception {
      servers.dynamo.createTable(SHAPE.definition());
      Workload.load(servers.dynamo, SHAPE, ITEMS, 1);
      say("%d items are loaded", ITEMS);
      exports.enableRecovery(SHAPE.table);
      pass(Duration.ofHours(3));
      try (Sync sync = start(conf)) {
        BothSides.awaitCopied(servers, sync, LIMIT);
        BothSides.awaitCaughtUp(servers, List.of(SHAPE), sync);
        assertEquals(0, sync.terminate(), sync::output);
      }
      say("they are copied");
    }

    /** Time passes for the source. Records of its streams expire after 24 hours. */
    void pass(Duration time) {
      servers.dynamoServer.ageStreams(time);
      exports.passTime(time);
    }

    /** Changes items, some of them every few hours. */
    void changeForHours(int hours, int changes) {
      int parts = hours / HOURS_A_PART;
      for (int part = 0; part < parts; part++) {
        change(changes / parts);
        pass(Duration.ofHours(HOURS_A_PART));
      }
    }

    /** Changes keys: new ones and old ones; puts and deletes. */
    private void change(int count) {
      for (int left = count; left > 0; left -= TableWrites.BATCH) {
        Set<Integer> numbers = new HashSet<>();
        while (numbers.size() < Math.min(left, TableWrites.BATCH)) {
          numbers.add(random.nextInt(ITEMS + ITEMS / 10));
        }
        changed.addAll(numbers);
        List<WriteRequest> writes =
            numbers.stream()
                .map(
                    number ->
                        random.nextInt(3) == 0
                            ? TableWrites.delete(SHAPE.key(number))
                            : TableWrites.put(SHAPE.item(number, random)))
                .toList();
        TableWrites.write(application, SHAPE.table, writes);
      }
    }

    /** The last change is made through the endpoint, too. */
    void assertEqualAndStop(Sync sync) throws Exception {
      int last = 1_000_001;
      changed.add(last);
      application.putItem(r -> r.tableName(SHAPE.table).item(SHAPE.item(last, random)));
      await()
          .atMost(LIMIT)
          .failFast(() -> assertTrue(sync.isAlive(), sync::output))
          .until(() -> servers.hasItem(SHAPE, last));
      BothSides.awaitEqual(servers, List.of(SHAPE), sync, LIMIT);
      BothSides.assertNoHelpersLeft(servers, List.of(SHAPE));
      assertEquals(0, sync.terminate(), sync::output);
    }

    @Override
    public void close() {
      application.close();
      source.close();
      exports.close();
      objects.close();
      servers.close();
    }
  }

  /** Starting it is enough, however often it is killed. */
  @Test
  void aGapOfThreeDaysIsBackfilledAndOnlyWhatChangedIsWritten() throws Exception {
    try (World world = new World();
        MongoFaultProxy target =
            MongoFaultProxy.to("127.0.0.1", world.servers.mongoServer.port())) {
      Path conf = world.configuration(target.uri(), "on_gap.fallback = fail");
      world.copyAndSwitchOff(conf);
      world.changeForHours(72, CHANGES);
      say("%d keys are changed within three days", world.changed.size());
      Written written = Written.by(target);
      long scans = world.source.calls("Scan");
      world.exports.hold();
      world.exports.failNext("S3AccessDenied", "for a moment");
      world.source.fail("ExportTableToPointInTime").nth(2).with(HttpFault.LIMIT_EXCEEDED);
      world.source.fail("DescribeExport").nth(2).with(HttpFault.DROP_AFTER);
      try (Sync sync = start(conf)) {
        BothSides.awaitOutput(sync, LIMIT, "are backfilled from incremental exports");
        await().atMost(LIMIT).until(() -> !world.exports.exports().isEmpty());
        sync.kill9();
      }
      world.exports.release();
      Injection stuck =
          target
              .fail("update")
              .collection(Servers.ID, SHAPE.table)
              .where(call -> written.writes.get() > CHANGES * 3 / 4)
              .with(MongoFault.NO_REPLY);
      try (Sync sync = start(conf)) {
        BothSides.awaitOutput(sync, LIMIT, "are exported: window 3 of ");
        await().atMost(LIMIT).until(() -> stuck.count() > 0);
        sync.kill9();
      }
      stuck.stop();
      say("killed after %d writes", written.writes.get());
      // More changes expire while the backfill is under way.
      world.changeForHours(36, CHANGES / 4);
      say("%d keys are changed within four and a half days", world.changed.size());
      try (Sync sync = start(conf)) {
        BothSides.awaitOutput(sync, LIMIT, "are backfilled; its stream is followed");
        say("the gap is backfilled");
        world.assertEqualAndStop(sync);
      }
      assertEquals(scans, world.source.calls("Scan"), "nothing is copied again");
      assertTrue(
          written.documents.size() <= world.changed.size(),
          () -> written.documents.size() + " of " + world.changed.size());
      say(
          "changed keys %d, documents written %d, writes %d, Scan calls after the copy %d",
          world.changed.size(),
          written.documents.size(),
          written.writes.get(),
          world.source.calls("Scan") - scans);
    }
  }

  /** Point-in-time recovery was switched off and on while the sync was off. */
  @Test
  void whatTheServiceDoesNotHaveIsLeftToTheFallback() throws Exception {
    try (World world = new World()) {
      Path conf = world.configuration(world.servers.mongoServer.uri(), "on_gap.fallback = fail");
      world.copyAndSwitchOff(conf);
      world.changeForHours(12, CHANGES);
      world.exports.disableRecovery(SHAPE.table);
      world.changeForHours(12, CHANGES);
      world.exports.enableRecovery(SHAPE.table);
      world.changeForHours(12, CHANGES);
      try (Sync sync = start(conf)) {
        assertEquals(1, sync.awaitExit(), sync::output);
        assertTrue(sync.output().contains("point-in-time recovery begins at"), sync::output);
      }
      conf = world.configuration(world.servers.mongoServer.uri());
      try (Sync sync = start(conf)) {
        BothSides.awaitOutput(sync, LIMIT, "the table is copied again");
        world.assertEqualAndStop(sync);
      }
    }
  }

  /** What a target was told to write. */
  private static final class Written {
    final Set<BsonDocument> documents = ConcurrentHashMap.newKeySet();
    final AtomicLong writes = new AtomicLong();

    static Written by(MongoFaultProxy target) {
      Written written = new Written();
      for (String command : List.of("update", "delete", "insert")) {
        target
            .fail(command)
            .collection(Servers.ID, SHAPE.table)
            .where(call -> written.see(call.document(), command))
            .with(MongoFault.CUT_BEFORE);
      }
      return written;
    }

    /** Lets everything pass. */
    private boolean see(BsonDocument call, String command) {
      String list = command.equals("insert") ? "documents" : command + "s";
      for (BsonValue write : call.getArray(list)) {
        BsonDocument document = write.asDocument();
        BsonDocument query = document.getDocument("q", document);
        documents.add(new BsonDocument("_id", query.get("_id")));
        writes.incrementAndGet();
      }
      return false;
    }
  }

  /** What a large run has to tell. */
  private static void say(String text, Object... values) {
    if (ITEMS > 10_000) {
      System.out.println(LocalTime.now().withNano(0) + " " + String.format(text, values));
    }
  }
}
