package io.nimoshake.dynamodb.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.nimoshake.dynamodb.client.DynamoClients;
import io.nimoshake.dynamodb.client.DynamoSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What a server of objects sees of a reader that stops before the end, and of one that does not.
 */
class ObjectStreamTest {
  private static final int CHUNK_BYTES = 1 << 16;

  /** More than the buffers of both sockets hold. */
  private static final int LARGE_BYTES = 64 << 20;

  /** More than the connections of a client. */
  private static final int MANY = 60;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final DynamoClients clients;
  private final S3Export export;

  /** Whether an object was sent to its end, one entry an object. */
  private final BlockingQueue<Boolean> sent = new LinkedBlockingQueue<>();

  private final List<InetSocketAddress> connections =
      Collections.synchronizedList(new ArrayList<>());

  ObjectStreamTest() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/exports/large", exchange -> send(exchange, LARGE_BYTES));
    server.createContext("/exports/small", exchange -> send(exchange, CHUNK_BYTES));
    server.setExecutor(threads);
    server.start();
    URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    clients =
        new DynamoClients(
            DynamoSettings.defaults()
                .withEndpoint(endpoint)
                .withMaxRetries(0)
                .withCredentials(new DynamoSettings.Credentials("key", "secret", Optional.empty())),
            List.of());
    export = new S3Export(clients.s3(Optional.of(endpoint), true), "exports", "");
  }

  private void send(HttpExchange exchange, int length) throws IOException {
    connections.add(exchange.getRemoteAddress());
    boolean whole = false;
    try (exchange) {
      exchange.sendResponseHeaders(200, length);
      OutputStream body = exchange.getResponseBody();
      for (int i = 0; i < length; i += CHUNK_BYTES) {
        body.write(new byte[CHUNK_BYTES]);
      }
      whole = true;
    } finally {
      sent.add(whole);
    }
  }

  @AfterEach
  void close() {
    clients.close();
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void anObjectThatIsClosedEarlyIsNotReadToItsEnd() throws Exception {
    for (int i = 0; i < MANY; i++) {
      InputStream file = i % 2 == 0 ? export.data("large") : export.manifest("large");
      file.readNBytes(1_000);
      file.close();
      file.close();
      assertFalse(sent.poll(1, TimeUnit.MINUTES), "the whole object was sent");
    }
  }

  @Test
  void anObjectThatWasReadGivesItsConnectionBack() throws Exception {
    for (int i = 0; i < 2; i++) {
      try (InputStream file = export.data("small")) {
        assertEquals(CHUNK_BYTES, file.readAllBytes().length);
      }
    }
    assertEquals(connections.get(0), connections.get(1));
  }
}
