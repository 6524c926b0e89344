package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import io.nimoshake.app.cli.CommandLineInterface;
import io.nimoshake.app.cutover.Accepted;
import io.nimoshake.app.cutover.CutOverFlow;
import io.nimoshake.app.cutover.CutOverOptions;
import io.nimoshake.app.cutover.CutOverReport;
import io.nimoshake.app.cutover.CutOverResult;
import io.nimoshake.app.cutover.CutOverResult.Outcome;
import io.nimoshake.app.cutover.Turn;
import io.nimoshake.app.cutover.UndoneCutOver;
import io.nimoshake.app.remote.SyncClient;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.testkit.wire.FreePort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * There and back again: copied, cut over, changed in MongoDB while the program is killed, returned,
 * and followed from DynamoDB once more.
 */
class ReturnTest {
  /** The changes of the whole test: as many as issue 18 asks for with the property. */
  private static final int CHANGES = Integer.getInteger("nimoshake.back.changes", 600);

  private static final int KILLS = Integer.getInteger("nimoshake.back.kills", 1);
  private static final int ITEMS = 350;
  private static final int RICH = 20;
  private static final List<Shape> SHAPES = List.of(Shape.S, Shape.N, Shape.S_B);

  /** Its items are changed in one field only, so that the rest must come back as it was. */
  private static final Shape KEPT = Shape.S_N;

  private static final List<Shape> ALL = List.of(Shape.S, Shape.N, Shape.S_B, KEPT);

  @TempDir Path directory;

  private final List<String> told = new CopyOnWriteArrayList<>();
  private Path conf;

  private void configure(Servers servers, String mode) throws Exception {
    conf =
        servers.configuration(
            directory, "sync_mode = " + mode, "incr_sync.http_port = " + FreePort.pick());
  }

  private Configuration configuration() throws Exception {
    return Configuration.load(Optional.of(conf), Map.of(), List.of());
  }

  private CutOverFlow flow(Turn turn) throws Exception {
    return new CutOverFlow(
        SyncClient.of(configuration(), BothSides.LIMIT),
        new CutOverOptions(
            turn,
            Optional.empty(),
            Accepted.NOTHING,
            false,
            turn == Turn.CUT_OVER,
            BothSides.LIMIT),
        () -> true,
        Optional.empty(),
        told::add);
  }

  private void awaitReady(RunningSync sync, Turn turn) throws Exception {
    CutOverFlow flow = flow(turn);
    await()
        .atMost(BothSides.LIMIT)
        .ignoreExceptions()
        .failFast(() -> assertTrue(sync.isAlive(), sync::output))
        .until(() -> flow.problems().isEmpty());
  }

  /** An item with what MongoDB does not have: sets, and a number of 38 digits. */
  private static Map<String, AttributeValue> rich(int number) {
    Map<String, AttributeValue> item = new HashMap<>(KEPT.item(number, new Random(number)));
    item.put("long", AttributeValue.fromN("12345678901234567890123456789012345678"));
    item.put("small", AttributeValue.fromN("-0.00000000000000000000000000000000000000000001"));
    item.put("empty", AttributeValue.fromS(""));
    item.put("nothing in it", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[0])));
    item.put("bytes", AttributeValue.fromBs(List.of(SdkBytes.fromUtf8String("x"))));
    item.put(
        "deep",
        AttributeValue.fromL(
            List.of(
                AttributeValue.fromNs(List.of("1", "1E+100")), AttributeValue.fromL(List.of()))));
    return item;
  }

  @Test
  void everythingComesBackAndGoesOnFromThere() throws Exception {
    Random random = new Random(18);
    try (Servers servers = Servers.withChangeStreams()) {
      BothSides.create(servers, ALL, ITEMS);
      for (int i = 0; i < RICH; i++) {
        Map<String, AttributeValue> item = rich(i);
        servers.dynamo.putItem(r -> r.tableName(KEPT.table).item(item));
      }
      final List<Map<String, AttributeValue>> before = kept(servers);
      configure(servers, "all");
      try (RunningSync sync = RunningSync.start(conf)) {
        awaitReady(sync, Turn.CUT_OVER);
        assertEquals(Outcome.CUT_OVER, flow(Turn.CUT_OVER).run().outcome(), told::toString);
        assertEquals(0, sync.awaitExit(), sync::output);
      }
      goBack(servers, random);
      before.forEach(item -> item.put("changed", AttributeValue.fromS("in MongoDB")));
      assertEquals(before, kept(servers));
      theWayBackDoesNotStartAgain();
      followAgain(servers);
    }
  }

  private void goBack(Servers servers, Random random) throws Exception {
    configure(servers, "back");
    for (int kill = 0; kill <= KILLS; kill++) {
      try (RunningSync sync = RunningSync.start(conf)) {
        for (int i = 0; i < CHANGES / (KILLS + 1); i++) {
          WayBackTest.change(servers, SHAPES.get(random.nextInt(SHAPES.size())), random);
        }
        if (kill < KILLS) {
          sync.awaitStarted();
          sync.kill9();
        } else {
          servers
              .collection(KEPT.table)
              .updateMany(Filters.empty(), Updates.set("changed", "in MongoDB"));
          switchBack(servers, sync);
        }
      }
    }
  }

  /** A writer goes on for a while after it was said that none does. */
  private void switchBack(Servers servers, RunningSync sync) throws Exception {
    awaitReady(sync, Turn.RETURN);
    CutOverFlow flow = flow(Turn.RETURN);
    CompletableFuture<CutOverResult> turn =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return flow.run();
              } catch (Exception e) {
                // Whatever it is, the test fails by it.
                throw new IllegalStateException(e);
              }
            });
    int[] writes = {0};
    await()
        .atMost(BothSides.LIMIT)
        .failFast(() -> assertFalse(turn.isDone(), () -> told + " " + turn))
        .until(
            () -> {
              servers
                  .collection(Shape.S.table)
                  .updateMany(Filters.empty(), Updates.set("late", writes[0]++));
              return told.stream().anyMatch(line -> line.contains("still being written to"));
            });
    CutOverResult result = turn.get();
    BothSides.assertEqual(servers, ALL);
    assertEquals(Outcome.CUT_OVER, result.outcome(), result::toString);
    List<String> lines = new CutOverReport(Turn.RETURN, "e2e", "DynamoDB", result).lines();
    assertEquals(
        "Everything written before "
            + result.freeze().orElseThrow()
            + " is in DynamoDB: switch now",
        lines.get(lines.size() - 1));
    assertEquals(0, sync.awaitExit(), sync::output);
    assertTrue(sync.output().contains("ended: returned"), sync::output);
    assertTrue(told.stream().anyMatch(line -> line.contains("key {")), told::toString);
  }

  private static List<Map<String, AttributeValue>> kept(Servers servers) {
    List<Map<String, AttributeValue>> items = new ArrayList<>();
    for (int number = 0; number < RICH; number++) {
      Map<String, AttributeValue> key = KEPT.key(number);
      items.add(
          new HashMap<>(
              servers
                  .dynamo
                  .getItem(r -> r.tableName(KEPT.table).key(key).consistentRead(true))
                  .item()));
    }
    return items;
  }

  private void theWayBackDoesNotStartAgain() throws Exception {
    try (RunningSync again = RunningSync.start(conf)) {
      assertTrue(again.awaitExit() > 1, again::output);
      assertTrue(again.output().contains("set sync_mode = all"), again::output);
    }
    assertTrue(UndoneCutOver.undoReturn(configuration()).contains("may start again"));
    try (RunningSync again = RunningSync.start(conf)) {
      awaitReady(again, Turn.RETURN);
      assertEquals(
          0, CommandLineInterface.run(new String[] {"return", "--conf", conf + "", "--yes"}));
      assertEquals(0, again.awaitExit(), again::output);
    }
  }

  /** Nothing is copied, and what the way back has written does no harm. */
  private void followAgain(Servers servers) throws Exception {
    try (Workload load = Workload.start(servers.dynamo, ALL, ITEMS, 4)) {
      await().atMost(BothSides.LIMIT).until(() -> load.changes() > 300);
    }
    configure(servers, "all");
    try (RunningSync sync = RunningSync.start(conf)) {
      BothSides.awaitCaughtUp(servers, ALL, sync);
      BothSides.awaitEqual(servers, ALL, sync);
      assertFalse(sync.output().contains("copying"), sync::output);
      assertEquals(0, sync.terminate(), sync::output);
    }
  }
}
