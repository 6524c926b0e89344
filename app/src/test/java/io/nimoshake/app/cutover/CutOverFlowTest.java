package io.nimoshake.app.cutover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.nimoshake.app.check.CheckResult;
import io.nimoshake.app.check.TableResult;
import io.nimoshake.app.cutover.CutOverResult.Outcome;
import io.nimoshake.app.remote.NoSuchSyncException;
import io.nimoshake.app.remote.SyncClient;
import io.nimoshake.setup.SyncIdentity;
import io.nimoshake.setup.config.Configuration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the flow asks of a sync, and what it makes of the answers. The sync is played here. */
class CutOverFlowTest {
  @TempDir Path directory;

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final ExecutorService workers = Executors.newCachedThreadPool();
  private HttpServer server;
  private SyncIdentity identity;
  private CutOverFlow flow;
  private Runnable duringFinish = () -> {};
  private boolean rejectsInTheDrain;
  private volatile String state = "none";
  private volatile String freeze = "2026-01-01T00:00:00Z";
  private volatile String lateWrite = "";
  private volatile String direction = "forward";
  private volatile String deadLetters = "";
  private volatile String checks = "";
  private boolean acceptDifferences;

  /** States of the table in the next answers; it is followed after that. */
  private final Deque<String> states = new ConcurrentLinkedDeque<>();

  private final List<String> told = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(workers);
    server.start();
    flow = flow(false);
  }

  @AfterEach
  void stop() {
    server.stop(0);
    workers.shutdownNow();
  }

  private CutOverFlow flow(boolean acceptDeadLetters) throws Exception {
    return flow(acceptDeadLetters, Optional.empty());
  }

  private CutOverFlow flow(boolean acceptDeadLetters, Optional<CutOverFlow.Comparison> comparison)
      throws Exception {
    Configuration configuration =
        Configuration.load(
            Optional.empty(),
            Map.of(),
            List.of(
                "id=played",
                "target.address=mongodb://127.0.0.1",
                "pid_path=" + directory,
                "full_sync.http_port=0",
                "incr_sync.http_port=" + server.getAddress().getPort()));
    identity = SyncIdentity.of(configuration);
    return new CutOverFlow(
        SyncClient.of(configuration),
        new CutOverOptions(
            Turn.CUT_OVER,
            Optional.empty(),
            new Accepted(acceptDeadLetters, acceptDifferences),
            false,
            false,
            Duration.ofSeconds(20)),
        () -> true,
        comparison,
        told::add);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (exchange.getRequestMethod().equals("POST")) {
      asked.add(path.substring(path.lastIndexOf('/') + 1) + " " + body);
    }
    String answer;
    if (path.endsWith("/status")) {
      answer =
          "{\"id\":\"%s\",\"fingerprint\":\"%s\",\"healthy\":true,\"tables\":[{\"name\":\"t\","
                  .formatted(identity.id(), identity.fingerprint())
              + "\"state\":\"%s\",\"rejected\":3}]}".formatted(nextState());
    } else {
      change(path, body);
      answer =
          "{\"direction\":\""
              + direction
              + "\",\"state\":\""
              + state
              + "\",\"freeze\":\""
              + freeze
              + "\""
              + lateWrite
              + deadLetters
              + checks
              + "}";
    }
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private String nextState() {
    String next = states.poll();
    return next == null ? "following\",\"lag_seconds\":1,\"x\":\"" : next;
  }

  private void change(String path, String body) {
    if (path.endsWith("/freeze")) {
      state = "drained";
      deadLetters = rejectsInTheDrain ? ",\"dead_letters\":\"x.jsonl\"" : deadLetters;
    } else if (path.endsWith("/finish")) {
      state = body.contains(freeze) ? "stored" : state;
      duringFinish.run();
    } else if (path.endsWith("/abort") && !state.equals("stored")) {
      state = "none";
    }
  }

  @Test
  void aSyncThatGoesBackIsNotCutOver() throws Exception {
    direction = "back";
    CutOverResult result = flow.run();
    assertEquals(
        List.of(
            "this sync goes back to DynamoDB: nimo-shake return switches the applications back"),
        result.missing());
    assertEquals(List.of(), asked);
  }

  @Test
  void itemsThatWereReplayedAreNotInTheWay() throws Exception {
    assertEquals(List.of(), flow.problems());
    assertEquals(Outcome.CUT_OVER, flow.run().outcome());
  }

  /** A call fails for a while, and a shard has ended whose children are not listed yet. */
  @Test
  void whatPassesIsWaitedFor() throws Exception {
    states.addAll(List.of("retrying", "following"));
    assertEquals(Outcome.CUT_OVER, flow.run().outcome());
    assertEquals("not ready yet: table t: calls for it fail and are tried again", told.get(0));
    assertEquals("ready: every table is followed", told.get(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"copying", "backfilling", "stopping"})
  void aTableThatIsNotFollowedIsInTheWay(String other) throws Exception {
    states.add(other);
    CutOverResult result = flow.run();
    assertEquals(List.of("table t: it is not followed yet: it is " + other), result.missing());
    assertEquals(List.of(), asked, "nobody was asked to stop writing");
  }

  @Test
  void itemsThatAnEarlierRunHasRejectedAreInTheWay() throws Exception {
    deadLetters = ",\"dead_letters\":\"x.jsonl\"";
    CutOverResult result = flow.run();
    assertEquals(Outcome.NOT_CUT_OVER, result.outcome());
    assertTrue(result.missing().toString().contains("in x.jsonl"), result::toString);
    assertEquals(List.of(), asked);
    assertEquals(Outcome.CUT_OVER, flow(true).run().outcome());
    assertTrue(asked.toString().contains("\"accept_dead_letters\":true"), asked::toString);
  }

  @Test
  void rejectedItemsAreNamedWithTheSideThatLacksThem() throws Exception {
    ObjectMapper json = new ObjectMapper();
    String letters = "{\"dead_letters\":\"x.jsonl\",\"direction\":";
    String forward =
        Readiness.deadLetters(json.readTree(letters + "\"forward\"}"), false).toString();
    assertTrue(forward.contains("not in the target"), forward);
    String back = Readiness.deadLetters(json.readTree(letters + "\"back\"}"), false).toString();
    assertTrue(back.contains("not in DynamoDB"), back);
  }

  @Test
  void aCheckThatFoundDifferencesIsInTheWayAndTheOthersAreTold() throws Exception {
    checks = ",\"checks\":[{\"table\":\"u\"},{\"table\":\"t\",\"age_seconds\":754,\"text\":\"x\"";
    final String found = ",\"in_the_way\":\"the check of 12:00: 3 differences\"}]";
    final String equal = ",\"all_equal\":\"2026-01-01\"}]";
    String some = checks;
    checks = some + found;
    CutOverResult result = flow.run();
    assertTrue(result.missing().get(0).contains("table t: the check of 12:00: 3 differences"));
    assertEquals(List.of(), asked);
    acceptDifferences = true;
    assertEquals(List.of(), flow(false).problems());
    acceptDifferences = false;
    checks = some + equal;
    assertEquals(Outcome.CUT_OVER, flow(false).run().outcome());
    assertTrue(told.contains("table u: never checked"), told::toString);
    assertTrue(told.contains("table t: last check 12 min 34 s ago: x"), told::toString);
  }

  @Test
  void nobodyIsToldToSwitchIfItIsCalledOffWhileItIsRecorded() throws Exception {
    duringFinish =
        () -> {
          try {
            flow.abort();
          } catch (NoSuchSyncException e) {
            throw new IllegalStateException(e);
          }
        };
    CutOverResult result = flow.run();
    assertEquals(Outcome.CALLED_OFF_TOO_LATE, result.outcome());
    List<String> lines = new CutOverReport(Turn.CUT_OVER, "played", "MongoDB", result).lines();
    assertTrue(lines.toString().contains("--abort undoes it"), lines::toString);
    assertEquals("Do not switch.", lines.get(lines.size() - 1));
    assertEquals("abort {}", asked.get(asked.size() - 1));
  }

  /** Both sides were compared for a freeze time that does not hold any more. */
  @Test
  void aWriteDuringTheComparisonIsToldAndComparedOnceMore() throws Exception {
    List<String> compared = new CopyOnWriteArrayList<>();
    flow =
        flow(
            false,
            Optional.of(
                () -> {
                  if (compared.isEmpty()) {
                    freeze = "2026-01-01T00:00:09Z";
                    lateWrite =
                        ",\"late_write\":{\"table\":\"t\",\"key\":\"k\",\"created\":\"2026-01-01T00:00:09Z\"}";
                  }
                  compared.add(freeze);
                  return new CheckResult(List.of(), List.of(), Duration.ZERO);
                }));
    assertEquals(Outcome.CUT_OVER, flow.run().outcome());
    assertEquals(2, compared.size());
    List<String> finishes = asked.stream().filter(line -> line.startsWith("finish")).toList();
    assertTrue(finishes.get(0).contains("00:00:00Z"), finishes::toString);
    assertTrue(finishes.get(1).contains("00:00:09Z"), finishes::toString);
    assertTrue(
        told.stream().anyMatch(line -> line.contains("still being written to: table t, key k")),
        told::toString);
  }

  @Test
  void aTableThatCouldNotBeComparedIsNotToldToDiffer() throws Exception {
    TableResult table =
        new TableResult(
            "t",
            Optional.empty(),
            3,
            3,
            0,
            0,
            0,
            0,
            2,
            List.of(),
            0,
            List.of(),
            List.of(),
            Optional.empty(),
            Duration.ZERO);
    CheckResult unsettled = new CheckResult(List.of(table), List.of(), Duration.ZERO);
    CutOverResult result = flow(false, Optional.of(() -> unsettled)).run();
    assertEquals(Outcome.NOT_CUT_OVER, result.outcome());
    assertEquals("not all could be compared", result.why());
    assertEquals(
        List.of("table t: 2 items could not be compared, see nimo-shake check"), result.missing());
  }

  @Test
  void anItemThatIsRejectedInTheDrainIsInTheWay() throws Exception {
    rejectsInTheDrain = true;
    CutOverResult result = flow.run();
    assertEquals(Outcome.NOT_CUT_OVER, result.outcome());
    assertTrue(result.missing().toString().contains("in x.jsonl"), result::toString);
    assertFalse(asked.toString().contains("finish"), asked::toString);
    assertEquals("none", state);
  }
}
