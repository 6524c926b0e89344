package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.testkit.fault.HttpFaultProxy;
import io.nimoshake.testkit.wire.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Minutes of mixed load on real servers behind {@link SoakFaults}, with one table paused half of
 * the time and kill -9 between: only with {@code -Dsoak.minutes=N}. Prints what was done, injected
 * and counted.
 */
@EnabledIfSystemProperty(named = "soak.minutes", matches = "\\d+")
class SoakTest {
  private static final int ITEMS = 2_000;
  private static final List<Shape> SHAPES = List.of(Shape.S, Shape.S_N, Shape.N);
  private static final Duration LIFE = Duration.ofSeconds(30);

  @TempDir Path directory;

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port = FreePort.pick();

  @Test
  void staysEqualThroughFaultsAndKills() throws Exception {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(Long.getLong("soak.minutes"));
    int lives = 0;
    FailureCount total = FailureCount.NONE;
    try (Servers servers = new Servers();
        SoakFaults faults = new SoakFaults(servers)) {
      BothSides.create(servers, SHAPES, ITEMS);
      Path conf =
          servers.configuration(
              directory,
              faults.sourceEndpoint(),
              faults.targetUri(),
              "sync_mode = all",
              "incr_sync.http_port = " + port);
      long changes;
      try (Workload load = Workload.startAtFullSpeed(servers.dynamo, SHAPES, ITEMS + 200, 17)) {
        while (System.nanoTime() < end) {
          total = total.plus(live(conf, lives, faults, load));
          lives++;
        }
        changes = load.changes();
      }
      try (RunningSync sync = RunningSync.start(conf)) {
        BothSides.awaitCopied(servers, sync);
        BothSides.awaitCaughtUp(servers, SHAPES, sync);
        BothSides.awaitEqual(servers, SHAPES, sync);
        BothSides.assertNoHelpersLeft(servers, SHAPES);
        assertEquals(0, sync.terminate(), sync::output);
      }
      System.out.printf(
          "soak: %d changes, %d kills, injected %s; of %s every one was counted; equal at the"
              + " end%n",
          changes, lives, faults, total);
    }
  }

  /** From a start to a kill; returns what was injected and counted. */
  private FailureCount live(Path conf, int life, SoakFaults faults, Workload load)
      throws Exception {
    FailureCount before = faults.count();
    try (RunningSync sync = RunningSync.start(conf)) {
      sync.awaitStarted();
      faults.begin(life);
      String paused = SHAPES.get(life % SHAPES.size()).table;
      post("pause", paused);
      long from = load.changes();
      awaitChanges(sync, load, from + 250, LIFE.dividedBy(2));
      post("resume", paused);
      awaitChanges(sync, load, from + 500, LIFE.dividedBy(2));
      faults.end();
      FailureCount injected = faults.count().minus(before);
      FailureCount counted = awaitCounted(injected);
      System.out.printf(
          "life %d: %d changes, %s was paused, failures injected %s, counted %s%n",
          life + 1, load.changes() - from, paused, injected, counted);
      // Killed among faults, not in the quiet that the counting takes.
      faults.begin(-1 - life);
      long again = faults.source().calls(HttpFaultProxy.ANY);
      await()
          .atMost(BothSides.LIMIT)
          .until(() -> faults.source().calls(HttpFaultProxy.ANY) > again + 50);
      assertTrue(sync.isAlive(), sync::output);
      sync.kill9();
      return injected;
    } finally {
      faults.end();
    }
  }

  private static void awaitChanges(RunningSync sync, Workload load, long changes, Duration least) {
    long end = System.nanoTime() + least.toNanos();
    await()
        .atMost(BothSides.LIMIT)
        .pollInterval(Duration.ofMillis(500))
        .failFast(() -> assertTrue(sync.isAlive(), sync::output))
        .until(() -> System.nanoTime() > end && load.changes() > changes);
  }

  /** The program's count of failed calls, once it holds all that were injected. */
  private FailureCount awaitCounted(FailureCount injected) {
    AtomicReference<FailureCount> counted = new AtomicReference<>();
    await()
        .atMost(BothSides.LIMIT)
        .untilAsserted(
            () -> {
              counted.set(FailureCount.ofMetrics(get("/metrics")));
              assertTrue(
                  counted.get().holds(injected),
                  () -> "injected " + injected + ", counted " + counted.get());
            });
    return counted.get();
  }

  private String get(String path) throws IOException, InterruptedException {
    return http.send(request(path).build(), HttpResponse.BodyHandlers.ofString()).body();
  }

  private void post(String action, String table) throws IOException, InterruptedException {
    HttpRequest request =
        request("/api/v1/" + action)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"table\":\"" + table + "\"}"))
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    assertEquals(200, response.statusCode(), response::body);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }
}
