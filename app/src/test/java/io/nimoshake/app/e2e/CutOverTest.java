package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.cutover.Accepted;
import io.nimoshake.app.cutover.CutOverFlow;
import io.nimoshake.app.cutover.CutOverOptions;
import io.nimoshake.app.cutover.CutOverReport;
import io.nimoshake.app.cutover.CutOverResult;
import io.nimoshake.app.cutover.CutOverResult.Outcome;
import io.nimoshake.app.cutover.Turn;
import io.nimoshake.app.cutover.UndoneCutOver;
import io.nimoshake.app.remote.NoSuchSyncException;
import io.nimoshake.app.remote.SyncClient;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.testkit.stream.Resharding;
import io.nimoshake.testkit.stream.ReshardingEndpoint;
import io.nimoshake.testkit.stream.ReshardingOptions;
import io.nimoshake.testkit.wire.FreePort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sync on real servers is cut over. Nobody compares the sides but the test. */
class CutOverTest {
  private static final String CUTOVER = "/api/v1/cutover";
  private static final int ITEMS = Integer.getInteger("cutover.items", 300);
  private static final List<Shape> SHAPES = List.of(Shape.S, Shape.S_N, Shape.N);

  @TempDir Path directory;

  private final List<String> told = new CopyOnWriteArrayList<>();
  private Path conf;

  /** Shards split all the time, show late, and answer empty pages although there are records. */
  private static ReshardingOptions splitting() {
    return ReshardingOptions.nasty(5)
        .resharding(Resharding.seeded(5, 0.02, 0.02).withAtMost(8))
        .emptyPages(0.1)
        .timesToTheSecond(true)
        .pollEvery(Duration.ofMillis(20));
  }

  private void configure(Servers servers, ReshardingEndpoint endpoint, String... lines)
      throws Exception {
    List<String> all =
        new ArrayList<>(List.of("sync_mode = all", "incr_sync.http_port = " + FreePort.pick()));
    all.addAll(List.of(lines));
    conf =
        servers.configuration(
            directory, endpoint.endpoint(), servers.mongoServer.uri(), all.toArray(String[]::new));
  }

  private Configuration configuration() throws Exception {
    return Configuration.load(Optional.of(conf), Map.of(), List.of());
  }

  private CutOverFlow flow(Duration timeout) throws Exception {
    return new CutOverFlow(
        SyncClient.of(configuration(), BothSides.LIMIT),
        new CutOverOptions(
            Turn.CUT_OVER, Optional.empty(), Accepted.NOTHING, false, false, timeout),
        () -> true,
        Optional.empty(),
        told::add);
  }

  private CompletableFuture<CutOverResult> begin(Duration timeout) throws Exception {
    CutOverFlow flow = flow(timeout);
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return flow.run();
          } catch (Exception e) {
            // Whatever it is, the test fails by it.
            throw new IllegalStateException(e);
          }
        });
  }

  private void awaitReady(RunningSync sync) throws Exception {
    CutOverFlow flow = flow(BothSides.LIMIT);
    await()
        .atMost(BothSides.LIMIT)
        .ignoreExceptions()
        .failFast(() -> assertTrue(sync.isAlive(), sync::output))
        .until(() -> flow.problems().isEmpty());
  }

  @Test
  void isNotToldToSwitchBeforeEverythingHasArrived() throws Exception {
    try (Servers servers = Servers.shared();
        ReshardingEndpoint endpoint =
            ReshardingEndpoint.to(servers.dynamoServer.endpoint(), splitting())) {
      BothSides.create(servers, SHAPES, ITEMS);
      configure(servers, endpoint);
      try (RunningSync sync = RunningSync.start(conf)) {
        CompletableFuture<CutOverResult> cutOver;
        try (Workload load = Workload.start(servers.dynamo, SHAPES, ITEMS + 100, 3)) {
          awaitReady(sync);
          cutOver = begin(BothSides.LIMIT);
          await()
              .atMost(BothSides.LIMIT)
              .failFast(() -> assertFalse(cutOver.isDone(), () -> told + " " + cutOver))
              .until(() -> told.stream().anyMatch(line -> line.contains("still being written to")));
        }
        CutOverResult result = cutOver.get();
        BothSides.assertEqual(servers, SHAPES);
        assertEquals(Outcome.CUT_OVER, result.outcome(), result::toString);
        String last =
            new CutOverReport(Turn.CUT_OVER, "e2e", "MongoDB", result).lines().get(SHAPES.size());
        assertEquals(
            "Everything written before "
                + result.freeze().orElseThrow()
                + " is in MongoDB: switch now",
            last);
        assertEquals(0, sync.awaitExit(), sync::output);
        assertTrue(sync.output().contains("ended: cut over"), sync::output);
      }
      assertDoesNotStartAgain();
    }
  }

  private void assertDoesNotStartAgain() throws Exception {
    try (RunningSync again = RunningSync.start(conf)) {
      assertTrue(again.awaitExit() > 1, again::output);
      assertTrue(again.output().contains("was cut over: since"), again::output);
    }
    assertTrue(UndoneCutOver.undo(configuration()).contains("may start again"));
    try (RunningSync again = RunningSync.start(conf)) {
      again.awaitStarted();
      assertEquals(0, again.terminate(), again::output);
    }
  }

  @Test
  void aPausedTableIsWaitedForAndTheSyncGoesOn() throws Exception {
    try (Servers servers = Servers.shared();
        ReshardingEndpoint endpoint =
            ReshardingEndpoint.to(servers.dynamoServer.endpoint(), splitting())) {
      BothSides.create(servers, SHAPES, ITEMS);
      configure(servers, endpoint);
      try (RunningSync sync = RunningSync.start(conf)) {
        awaitReady(sync);
        SyncClient client = SyncClient.of(configuration(), BothSides.LIMIT);
        // This server has no change streams. That is said while the applications still run.
        NoSuchSyncException refused =
            assertThrows(
                NoSuchSyncException.class,
                () -> client.post(CUTOVER + "/freeze", Map.of("way_back", true)));
        assertTrue(refused.getMessage().contains("cut-over cannot begin"), refused::getMessage);
        assertEquals("none", client.get(CUTOVER).path("state").asText());
        CompletableFuture<CutOverResult> cutOver = begin(Duration.ofSeconds(25));
        await().atMost(BothSides.LIMIT).until(() -> told.size() > 1);
        client.post("/api/v1/pause", Map.of("table", Shape.N.table));
        CutOverResult result = cutOver.get();
        assertEquals(Outcome.NOT_CUT_OVER, result.outcome());
        assertTrue(result.missing().toString().contains(Shape.N.table), result::toString);
        assertEquals("none", client.get(CUTOVER).path("state").asText());
        assertTrue(
            flow(BothSides.LIMIT).problems().toString().contains("it is paused"), told::toString);
        client.post("/api/v1/resume", Map.of());
        BothSides.awaitCaughtUp(servers, SHAPES, sync);
        comparesWhatHasChanged(servers, client);
        onlyWhatWasComparedIsRecorded(client);
        assertEquals(0, sync.terminate(), sync::output);
      }
    }
  }

  /** A comparison counts for the freeze time for which it was made, and for no other one. */
  private static void onlyWhatWasComparedIsRecorded(SyncClient client) throws Exception {
    JsonNode frozen = client.post(CUTOVER + "/freeze", Map.of());
    awaitState(client, now -> now.path("state").asText().equals("drained"));
    client.post(CUTOVER + "/compare", Map.of());
    awaitState(client, now -> now.path("equal").asBoolean());
    client.post(CUTOVER + "/abort", Map.of());
    client.post(CUTOVER + "/freeze", Map.of());
    JsonNode again = awaitState(client, now -> now.path("state").asText().equals("drained"));
    assertFalse(again.path("equal").asBoolean(), again::toPrettyString);
    JsonNode answer =
        client.post(CUTOVER + "/finish", Map.of("freeze", frozen.path("freeze").asText()));
    assertEquals("drained", answer.path("state").asText(), answer::toPrettyString);
    client.post(CUTOVER + "/abort", Map.of());
  }

  private static JsonNode awaitState(SyncClient client, Predicate<JsonNode> holds) {
    return await().atMost(BothSides.LIMIT).until(() -> client.get(CUTOVER), holds);
  }

  /** As a button of the page does. */
  private static void comparesWhatHasChanged(Servers servers, SyncClient client) throws Exception {
    servers.dynamo.putItem(r -> r.tableName(Shape.S.table).item(Shape.S.item(1, new Random(77))));
    String changed = CUTOVER + "/changed?table=" + Shape.S.table;
    await().atMost(BothSides.LIMIT).until(() -> !client.get(changed).path("keys").isEmpty());
    client.post(CUTOVER + "/compare", Map.of());
    await()
        .atMost(BothSides.LIMIT)
        .until(() -> client.get(CUTOVER).path("comparison").has("ended"));
    JsonNode now = client.get(CUTOVER);
    assertTrue(now.path("comparison").path("equal").asBoolean(), now::toPrettyString);
    assertFalse(now.path("equal").asBoolean(), "nothing was frozen");
    JsonNode check = now.path("checks").get(0);
    assertEquals("changed", check.path("scope").asText(), check::toString);
    assertEquals("equal", check.path("outcome").asText(), check::toString);
    String lines = now.path("comparison").path("lines").toString();
    assertTrue(lines.contains("(1 change), then a sample"), lines);
  }

  /** Without pre-images a delete would not tell which item it was. */
  @Test
  void aTableWithoutAWayBackIsNamedBeforeTheFreeze() throws Exception {
    try (Servers servers = Servers.withChangeStreams();
        ReshardingEndpoint endpoint =
            ReshardingEndpoint.to(servers.dynamoServer.endpoint(), splitting())) {
      BothSides.create(servers, List.of(Shape.S), 20);
      configure(servers, endpoint, "target.mongodb.id = objectid");
      try (RunningSync sync = RunningSync.start(conf)) {
        awaitReady(sync);
        SyncClient client = SyncClient.of(configuration(), BothSides.LIMIT);
        NoSuchSyncException refused =
            assertThrows(
                NoSuchSyncException.class,
                () -> client.post(CUTOVER + "/freeze", Map.of("way_back", true)));
        assertTrue(
            refused.getMessage().contains("changeStreamPreAndPostImages"), refused::toString);
        assertEquals("none", client.get(CUTOVER).path("state").asText());
        assertEquals(0, sync.terminate(), sync::output);
      }
    }
  }
}
