package io.nimoshake.app.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.nimoshake.setup.checkpoint.FileCheckpointStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sync says of its lag, be it there, busy or gone. */
class RunningSyncBesideTest {
  private static final Duration LONG = Duration.ofMinutes(2);

  @TempDir Path directory;

  private final CountDownLatch answer = new CountDownLatch(1);
  private volatile boolean breaksOff;
  private HttpServer server;

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body =
              "{\"tables\":[{\"name\":\"t\",\"lag_seconds\":1.5},{\"name\":\"new\"}]}"
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
    server.start();
  }

  @AfterEach
  void stop() {
    answer.countDown();
    server.stop(0);
  }

  @Test
  void saysHowFarATableIsBehind() throws Exception {
    answer.countDown();
    try (SyncBeside sync = beside(LONG)) {
      assertEquals(Optional.of(Duration.ofMillis(1_500)), sync.lag("t"));
      assertEquals(Optional.empty(), sync.lag("new"));
      assertEquals(Optional.empty(), sync.lag("other"));
    }
  }

  /** Taken for one that is not there, changes under way would be called differences. */
  @Test
  void oneThatIsTooBusyToSayIsNotOneThatHasCaughtUp() throws Exception {
    try (SyncBeside sync = beside(Duration.ofMillis(20))) {
      assertTrue(sync.lag("t").orElseThrow().compareTo(Duration.ofDays(365)) > 0);
    }
  }

  @Test
  void oneThatBreaksOffIsNotOneThatHasCaughtUp() throws Exception {
    breaksOff = true;
    try (SyncBeside sync = beside(LONG)) {
      assertTrue(sync.lag("t").orElseThrow().compareTo(Duration.ofDays(365)) > 0);
    }
  }

  @Test
  void whereNobodyListensNobodySays() throws Exception {
    server.stop(0);
    try (SyncBeside sync = beside(LONG)) {
      assertEquals(Optional.empty(), sync.lag("t"));
    }
  }

  private SyncBeside beside(Duration limit) throws Exception {
    return new RunningSyncBeside(
        new FileCheckpointStore(directory, "id"),
        Optional.of(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/")),
        Optional.empty(),
        limit);
  }
}
