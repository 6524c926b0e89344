package io.nimoshake.app.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.nimoshake.app.remote.SyncClient;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.Lease;
import io.nimoshake.setup.SyncIdentity;
import io.nimoshake.setup.checkpoint.FileCheckpointStore;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ConfigurationException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a running sync tells about its lag, and how a busy one differs from one that is gone. */
class RunningSyncBesideTest {
  private static final Duration LONG = Duration.ofMinutes(2);

  @TempDir Path directory;

  private final CountDownLatch answer = new CountDownLatch(1);
  private volatile boolean breaksOff;
  private volatile String fingerprint;
  private HttpServer server;

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String query = exchange.getRequestURI().getQuery();
          byte[] body =
              ("{\"since\":\"2026-01-31T12:00:00Z\",\"end\":3,"
                      + (query != null && query.endsWith("from=2")
                          ? "\"next\":3,\"keys\":[\"Yw==\"],"
                          : "\"next\":2,\"keys\":[\"YQ==\",\"Yg==\"],")
                      + "\"id\":\"id\",\"fingerprint\":\""
                      + fingerprint
                      + "\",\"tables\":[{\"name\":\"t\",\"lag_seconds\":1.5},{\"name\":\"new\"}]}")
                  .getBytes(StandardCharsets.UTF_8);
          try (exchange) {
            if (breaksOff) {
              return;
            }
            answer.await();
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    fingerprint = SyncIdentity.of(configuration()).fingerprint();
    server.start();
  }

  @AfterEach
  void stop() {
    answer.countDown();
    server.stop(0);
  }

  @Test
  void tellsHowFarATableIsBehind() throws Exception {
    answer.countDown();
    try (SyncBeside sync = beside(LONG)) {
      assertEquals(Optional.of(Duration.ofMillis(1_500)), sync.lag("t"));
      assertEquals(Optional.empty(), sync.lag("new"));
      assertEquals(Optional.empty(), sync.lag("other"));
    }
  }

  @Test
  void keysThatChangedComeInParts() throws Exception {
    answer.countDown();
    List<String> keys = new ArrayList<>();
    try (SyncBeside sync = beside(LONG)) {
      SyncBeside.Changed changed =
          sync.changed("t", Instant.EPOCH, key -> keys.add(key.encoded().toUtf8()));
      assertEquals(new SyncBeside.Changed(3, Instant.parse("2026-01-31T12:00:00Z")), changed);
      assertEquals(List.of("a", "b", "c"), keys);
    }
  }

  /**
   * The limit is so short that the connection itself may time out. A busy sync must not count as
   * gone: changes that are on their way would be reported as differences.
   */
  @Test
  void aBusySyncHasNotCaughtUp() throws Exception {
    try (SyncBeside sync = beside(Duration.ofMillis(20))) {
      assertTrue(sync.lag("t").orElseThrow().compareTo(Duration.ofDays(365)) > 0);
    }
  }

  @Test
  void aSyncThatBreaksOffHasNotCaughtUp() throws Exception {
    breaksOff = true;
    try (SyncBeside sync = beside(LONG)) {
      assertTrue(sync.lag("t").orElseThrow().compareTo(Duration.ofDays(365)) > 0);
    }
  }

  @Test
  void aSyncThatIsGoneTellsNothing() throws Exception {
    server.stop(0);
    try (SyncBeside sync = beside(LONG)) {
      assertEquals(Optional.empty(), sync.lag("t"));
    }
  }

  @Test
  void anotherSyncAtTheSamePortTellsNothing() throws Exception {
    answer.countDown();
    fingerprint = "another";
    try (SyncBeside sync = beside(LONG)) {
      assertEquals(Optional.empty(), sync.lag("t"));
    }
  }

  @Test
  void theCheckpointTellsWhichTablesAreCopiedAgain() throws Exception {
    try (FileCheckpointStore store = new FileCheckpointStore(directory, "id")) {
      store.replaceLease(
          Optional.empty(), Optional.of(new Lease(1, "here", 1, Instant.EPOCH, Instant.MAX)));
      store.save(1, List.of(entry("first", false), entry("again", true)));
    }
    try (SyncBeside sync = beside(LONG)) {
      assertTrue(sync.isCopying("first"));
      assertFalse(sync.isCopyingAgain("first"));
      assertFalse(sync.isCopying("again"));
      assertTrue(sync.isCopyingAgain("again"));
      assertFalse(sync.isCopyingAgain("other"));
    }
  }

  private static OfTable entry(String table, boolean beside) {
    return new OfTable(table, Phase.COPYING, Optional.empty(), List.of(), 1, true, beside);
  }

  private SyncBeside beside(Duration limit) throws Exception {
    return new RunningSyncBeside(
        new FileCheckpointStore(directory, "id"), SyncClient.of(configuration(), limit));
  }

  private Configuration configuration() {
    try {
      return Configuration.load(
          Optional.empty(),
          Map.of(),
          List.of(
              "id=id",
              "target.address=mongodb://127.0.0.1",
              "pid_path=" + directory,
              "full_sync.http_port=" + server.getAddress().getPort(),
              "incr_sync.http_port=0"));
    } catch (ConfigurationException e) {
      throw new IllegalStateException(e);
    }
  }
}
