package io.nimoshake.testkit.export;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Answers GetObject of Amazon S3 with the files of a directory, which is a bucket. The bucket is
 * part of the path. Signatures are not checked.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html">Amazon S3 API
 *     Reference, GetObject</a>
 */
public final class ObjectServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final String bucket;
  private final Path directory;

  private ObjectServer(HttpServer server, String bucket, Path directory) {
    this.server = server;
    this.bucket = bucket;
    this.directory = directory;
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Starts a server on any free port. */
  public static ObjectServer start(String bucket, Path directory) {
    try {
      return new ObjectServer(
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0),
          bucket,
          directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String prefix = "/" + bucket + "/";
      if (!path.startsWith(prefix)) {
        error(exchange, "NoSuchBucket");
        return;
      }
      Path file = directory.resolve(path.substring(prefix.length()));
      if (!Files.isRegularFile(file)) {
        error(exchange, "NoSuchKey");
        return;
      }
      exchange.sendResponseHeaders(200, Files.size(file) == 0 ? -1 : Files.size(file));
      Files.copy(file, exchange.getResponseBody());
    }
  }

  private static void error(HttpExchange exchange, String code) throws IOException {
    byte[] body =
        ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>"
                + code
                + "</Code><Message>it does not exist</Message></Error>")
            .getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/xml");
    exchange.sendResponseHeaders(404, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
