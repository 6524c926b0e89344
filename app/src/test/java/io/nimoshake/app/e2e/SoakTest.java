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
import java.util.concurrent.TimeUnit;
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
    long counted = 0;
    try (Servers servers = new Servers();
        HttpFaultProxy source = HttpFaultProxy.to(servers.dynamoServer.endpoint());
        FaultProxy target = FaultProxy.to("127.0.0.1", servers.mongoServer.port())) {
      BothSides.create(servers, SHAPES, ITEMS);
      Path conf =
          servers.configuration(
              directory,
              source.endpoint(),
              "mongodb://127.0.0.1:" + target.port(),
              "sync_mode = all",
              // So that every failed call is the program's to count, not the SDK's.
              "source.session.max_retries = 0");
      String text = Files.readString(conf);
      Files.writeString(
          conf, text.replace("incr_sync.http_port = 0", "incr_sync.http_port = " + port));
      long changes;
      try (Workload load = Workload.start(servers.dynamo, SHAPES, ITEMS + 200, 17)) {
        while (System.nanoTime() < end) {
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
            long inThisLife = failedCalls(port);
            System.out.printf(
                "life %d: %d changes, %d failed calls counted%n",
                kills + 1, load.changes() - from, inThisLife);
            assertTrue(inThisLife > 0, "no failed call is counted");
            counted += inThisLife;
            assertTrue(sync.isAlive(), sync::output);
            sync.kill9();
            kills++;
          }
          source.heal();
          target.heal();
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
          "soak: %d changes, %d kills, injected at the source %s, at the target %s,"
              + " failed calls counted %d, equal at the end%n",
          changes, kills, source.injected(), target.injected(), counted);
    }
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

  /** Retries and throttles of all tables, as /metrics shows them. */
  private long failedCalls(int port) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
    String metrics = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    return metrics
        .lines()
        .filter(line -> line.matches("nimoshake_(retries|throttles)_total\\{.*"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
