package io.nimoshake.testkit.wire;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTP server on a free loopback port that hands each call to a handler, which may pass it on to
 * the real server. One thread a call; a handler may block.
 */
public final class Gateway implements AutoCloseable {
  /** Decides on a call. An {@link IOException} closes the client's connection unanswered. */
  @FunctionalInterface
  public interface Handler {
    /** Called by many threads at a time. */
    Reply handle(Call call, Upstream upstream) throws IOException, InterruptedException;
  }

  /** The real server. */
  @FunctionalInterface
  public interface Upstream {
    /** Passes the call on, as it is, and returns what the server answered. */
    Answer forward(Call call) throws IOException, InterruptedException;
  }

  // HttpClient sets these itself and refuses to be given them.
  private static final Set<String> NOT_FORWARDED =
      Set.of("connection", "content-length", "date", "expect", "host", "upgrade");
  private static final Set<String> NOT_RETURNED =
      Set.of(":status", "connection", "content-length", "date", "transfer-encoding");

  private final HttpServer server;
  private final ExecutorService threads;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI upstream;
  private final Handler handler;

  private Gateway(HttpServer server, ExecutorService threads, URI upstream, Handler handler) {
    this.server = server;
    this.threads = threads;
    this.upstream = upstream;
    this.handler = handler;
  }

  /** Starts one; it listens when this returns. */
  public static Gateway start(URI upstream, Handler handler) {
    // Or each small answer waits 40 ms for the client's delayed ACK. Read once by the JDK.
    if (System.getProperty("sun.net.httpserver.nodelay") == null) {
      System.setProperty("sun.net.httpserver.nodelay", "true");
    }
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      ExecutorService threads =
          Executors.newCachedThreadPool(
              task -> {
                Thread thread = new Thread(task, "gateway");
                thread.setDaemon(true);
                return thread;
              });
      Gateway gateway = new Gateway(server, threads, upstream, handler);
      server.setExecutor(threads);
      server.createContext("/", gateway::serve);
      server.start();
      return gateway;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where clients are to connect. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange) {
    // Closing without an answer, or within one, closes the connection: that is what None and Half
    // rely on.
    try (exchange) {
      String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      Call call =
          new Call(
              target == null ? "" : target,
              Map.copyOf(exchange.getRequestHeaders()),
              exchange.getRequestBody().readAllBytes());
      Reply reply = handler.handle(call, this::forward);
      if (reply instanceof Reply.Whole whole) {
        send(exchange, whole.answer(), whole.answer().body().length);
      } else if (reply instanceof Reply.Half half) {
        send(exchange, half.answer(), half.answer().body().length / 2);
      }
    } catch (IOException e) {
      // Either side is gone; closing the exchange tells the client.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(HttpExchange exchange, Answer answer, int bytes) throws IOException {
    answer
        .headers()
        .forEach(
            (name, values) -> {
              if (!NOT_RETURNED.contains(name.toLowerCase(Locale.ROOT))) {
                exchange.getResponseHeaders().put(name, List.copyOf(values));
              }
            });
    int length = answer.body().length;
    exchange.sendResponseHeaders(answer.status(), length == 0 ? -1 : length);
    OutputStream out = exchange.getResponseBody();
    out.write(answer.body(), 0, bytes);
    out.flush();
  }

  private Answer forward(Call call) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(upstream).POST(HttpRequest.BodyPublishers.ofByteArray(call.body()));
    call.headers()
        .forEach(
            (name, values) -> {
              String lower = name.toLowerCase(Locale.ROOT);
              if (!NOT_FORWARDED.contains(lower) && !lower.equals("x-amz-target")) {
                values.forEach(value -> request.header(name, value));
              }
            });
    request.header("X-Amz-Target", call.target());
    HttpResponse<byte[]> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    return new Answer(response.statusCode(), response.headers().map(), response.body());
  }
}
