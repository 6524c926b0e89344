package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.testkit.fault.FaultProxy;
import io.nimoshake.testkit.fault.HttpFault;
import io.nimoshake.testkit.fault.HttpFaultProxy;
import io.nimoshake.testkit.fault.TcpFault;
import io.nimoshake.testkit.wire.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Minutes of mixed load on real servers behind proxies that injure every tenth call, with kill -9
 * between: only with {@code -Dsoak.minutes=N}. Prints what was done, injected and counted.
 */
@EnabledIfSystemProperty(named = "soak.minutes", matches = "\\d+")
class SoakTest {
  private static final int ITEMS = 2_000;
  private static final List<Shape> SHAPES = List.of(Shape.S, Shape.S_N, Shape.N);
  private static final Duration LIFE = Duration.ofSeconds(30);

  @TempDir Path directory;

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void staysEqualThroughFaultsAndKills() throws Exception {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(Long.getLong("soak.minutes"));
    int port = FreePort.pick();
    int kills = 0;
    FailureCount total = FailureCount.NONE;
    try (Servers servers = new Servers();
        HttpFaultProxy source = HttpFaultProxy.to(servers.dynamoServer.endpoint());
        FaultProxy target = FaultProxy.to("127.0.0.1", servers.mongoServer.port())) {
      BothSides.create(servers, SHAPES, ITEMS);
      Path conf =
          servers.configuration(
              directory,
              source.endpoint(),
              "mongodb://127.0.0.1:" + target.port(),
              "sync_mode = all");
      String text = Files.readString(conf);
      Files.writeString(
          conf, text.replace("incr_sync.http_port = 0", "incr_sync.http_port = " + port));
      long changes;
      try (Workload load = Workload.start(servers.dynamo, SHAPES, ITEMS + 200, 17)) {
        while (System.nanoTime() < end) {
          FailureCount before = FailureCount.injected(source.injected(), target.injected());
          try (RunningSync sync = RunningSync.start(conf)) {
            sync.awaitStarted();
            injure(source, target, kills);
            long from = load.changes();
            long lifeEnd = System.nanoTime() + LIFE.toNanos();
            await()
                .atMost(BothSides.LIMIT)
                .pollInterval(Duration.ofMillis(500))
                .failFast(() -> assertTrue(sync.isAlive(), sync::output))
                .until(() -> System.nanoTime() > lifeEnd && load.changes() > from + 500);
            heal(source, target);
            FailureCount injected =
                FailureCount.injected(source.injected(), target.injected()).minus(before);
            FailureCount counted = awaitCounted(port, injected);
            total = total.plus(injected);
            System.out.printf(
                "life %d: %d changes, failures injected %s, counted %s%n",
                kills + 1, load.changes() - from, injected, counted);
            // Killed among faults, not in the quiet that the counting takes.
            injure(source, target, -1 - kills);
            long again = source.calls(HttpFaultProxy.ANY);
            await()
                .atMost(BothSides.LIMIT)
                .until(() -> source.calls(HttpFaultProxy.ANY) > again + 50);
            assertTrue(sync.isAlive(), sync::output);
            sync.kill9();
            kills++;
          }
          heal(source, target);
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
          "soak: %d changes, %d kills, injected at the source %s, at the target %s;"
              + " of %s every one was counted; equal at the end%n",
          changes, kills, source.injected(), target.injected(), total);
    }
  }

  /** The program's count of failed calls, once it holds all that were injected. */
  private FailureCount awaitCounted(int port, FailureCount injected) throws Exception {
    AtomicReference<FailureCount> counted = new AtomicReference<>();
    await()
        .atMost(BothSides.LIMIT)
        .untilAsserted(
            () -> {
              counted.set(FailureCount.ofMetrics(metrics(port)));
              assertTrue(
                  counted.get().holds(injected),
                  () -> "injected " + injected + ", counted " + counted.get());
            });
    return counted.get();
  }

  private static void heal(HttpFaultProxy source, FaultProxy target) {
    source.heal();
    target.heal();
  }

  private static void injure(HttpFaultProxy source, FaultProxy target, long seed) {
    source.seeded(
        HttpFaultProxy.ANY,
        seed,
        0.1,
        HttpFault.THROTTLING,
        HttpFault.PROVISIONED_THROUGHPUT_EXCEEDED,
        HttpFault.LIMIT_EXCEEDED,
        HttpFault.INTERNAL_SERVER_ERROR,
        HttpFault.SERVICE_UNAVAILABLE,
        HttpFault.DROP_BEFORE,
        HttpFault.DROP_AFTER,
        HttpFault.HALF_ANSWER,
        new HttpFault.Delay(Duration.ofMillis(100)));
    target.seeded(
        seed,
        0.02,
        new TcpFault.Reset(TcpFault.Side.REPLY, 10),
        new TcpFault.Cut(TcpFault.Side.REQUEST, 100),
        new TcpFault.HalfReply(),
        new TcpFault.Delay(Duration.ofMillis(50)));
  }

  private String metrics(int port) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  /** Failed calls, by who failed them and how. */
  private record FailureCount(long throttled, long serverErrors, long broken, long atTarget) {
    static final FailureCount NONE = new FailureCount(0, 0, 0, 0);

    static FailureCount injected(Map<String, Long> source, Map<String, Long> target) {
      return new FailureCount(
          sum(
              source,
              HttpFault.THROTTLING,
              HttpFault.PROVISIONED_THROUGHPUT_EXCEEDED,
              HttpFault.LIMIT_EXCEEDED),
          sum(source, HttpFault.INTERNAL_SERVER_ERROR, HttpFault.SERVICE_UNAVAILABLE),
          sum(source, HttpFault.DROP_BEFORE, HttpFault.DROP_AFTER, HttpFault.HALF_ANSWER),
          target.entrySet().stream()
              .filter(entry -> !entry.getKey().equals("delay"))
              .mapToLong(Map.Entry::getValue)
              .sum());
    }

    private static long sum(Map<String, Long> injected, HttpFault... faults) {
      return Stream.of(faults).mapToLong(fault -> injected.getOrDefault(fault.kind(), 0L)).sum();
    }

    static FailureCount ofMetrics(String text) {
      String source = "server=\"source\"";
      return new FailureCount(
          sum(text, source, "kind=\"throttled\""),
          sum(text, source, "kind=\"server_error\""),
          sum(text, source, "kind=\"connection\"") + sum(text, source, "kind=\"unreadable\""),
          sum(text, "server=\"target\"", "") + sum(text, "server=\"checkpoint\"", ""));
    }

    private static long sum(String metrics, String server, String kind) {
      return metrics
          .lines()
          .filter(line -> line.startsWith("nimoshake_failed_calls_total{"))
          .filter(line -> line.contains(server) && line.contains(kind))
          .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    }

    FailureCount plus(FailureCount other) {
      return new FailureCount(
          throttled + other.throttled,
          serverErrors + other.serverErrors,
          broken + other.broken,
          atTarget + other.atTarget);
    }

    FailureCount minus(FailureCount other) {
      return new FailureCount(
          throttled - other.throttled,
          serverErrors - other.serverErrors,
          broken - other.broken,
          atTarget - other.atTarget);
    }

    /**
     * Whether this counts as many failures of the source's calls, and no fewer of the target's: one
     * broken connection there can fail more than one call.
     */
    boolean holds(FailureCount injected) {
      return throttled == injected.throttled
          && serverErrors == injected.serverErrors
          && broken == injected.broken
          && atTarget >= injected.atTarget;
    }
  }
}
