package io.nimoshake.testkit.wire;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An HTTP server on a free loopback port that hands each call to a handler, which may pass it on to
 * the real server. Each connection has a thread of its own; a handler may block.
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
      Set.of(":status", "connection", "content-length", "transfer-encoding");

  private final SocketServer server;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI upstream;
  private final Handler handler;

  private Gateway(URI upstream, Handler handler) {
    this.upstream = upstream;
    this.handler = handler;
    this.server = SocketServer.start("gateway", this::serve);
  }

  /** Starts one; it listens when this returns. */
  public static Gateway start(URI upstream, Handler handler) {
    return new Gateway(upstream, handler);
  }

  /** Where clients are to connect. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  @Override
  public void close() {
    server.close();
  }

  private void serve(Socket socket) throws IOException, InterruptedException {
    HttpConnection connection = new HttpConnection(socket);
    for (Optional<HttpConnection.Request> next = connection.next();
        next.isPresent();
        next = connection.next()) {
      HttpConnection.Request request = next.get();
      Call call = new Call(request.target(), request.headers(), request.body());
      Reply reply = handler.handle(call, this::forward);
      boolean wanted = request.header("Connection").filter("close"::equalsIgnoreCase).isEmpty();
      // Returning closes the connection: without an answer, or within one.
      if (!send(connection, reply) || !wanted) {
        return;
      }
    }
  }

  /** Whether the connection can be used again. */
  private static boolean send(HttpConnection connection, Reply reply) throws IOException {
    if (reply instanceof Reply.Whole whole) {
      send(connection, whole.answer(), whole.answer().body().length);
      return true;
    }
    if (reply instanceof Reply.Half half) {
      send(connection, half.answer(), half.answer().body().length / 2);
    }
    return false;
  }

  private static void send(HttpConnection connection, Answer answer, int bytes) throws IOException {
    StringBuilder headers = new StringBuilder();
    boolean dated = false;
    for (Map.Entry<String, List<String>> header : answer.headers().entrySet()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      dated |= name.equals(Answer.DATE);
      if (!NOT_RETURNED.contains(name)) {
        header.getValue().forEach(value -> line(headers, header.getKey(), value));
      }
    }
    if (!dated) {
      line(headers, Answer.DATE, date(ZonedDateTime.now(ZoneOffset.UTC)));
    }
    connection.answer(
        answer.status(), headers.toString(), answer.body(), answer.body().length, bytes);
  }

  private static void line(StringBuilder headers, String name, String value) {
    headers.append(name).append(": ").append(value).append("\r\n");
  }

  /** A time as the Date header has it. */
  public static String date(ZonedDateTime time) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(time.withZoneSameInstant(ZoneOffset.UTC));
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
