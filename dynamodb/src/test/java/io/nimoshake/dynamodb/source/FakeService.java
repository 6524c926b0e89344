package io.nimoshake.dynamodb.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.nimoshake.dynamodb.client.DynamoSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP endpoint with scripted answers for each DynamoDB operation, for answers that a real
 * server cannot be made to give. The last answer of an operation is repeated.
 */
public final class FakeService implements AutoCloseable {
  private record Answer(int status, String body) {}

  private final HttpServer server;
  private final Map<String, Deque<Answer>> answers = new HashMap<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();

  public FakeService() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  public FakeService answer(String operation, String body) {
    return add(operation, new Answer(200, body));
  }

  public FakeService fail(String operation, String code, String message) {
    return fail(operation, 400, code, message);
  }

  public FakeService fail(String operation, int status, String code, String message) {
    String body =
        "{\"__type\":\"com.amazonaws.dynamodb.v20120810#%s\",\"message\":\"%s\"}"
            .formatted(code, message);
    return add(operation, new Answer(status, body));
  }

  public DynamoSettings settings() {
    return Servers.settings(
        URI.create("http://127.0.0.1:" + server.getAddress().getPort()), "fake");
  }

  /** Operation and body of each request, as in {@code GetRecords {"ShardIterator":"i1"}}. */
  public List<String> calls() {
    return List.copyOf(calls);
  }

  public List<String> calls(String operation) {
    return calls.stream()
        .filter(call -> call.startsWith(operation + " "))
        .map(call -> call.substring(operation.length() + 1))
        .toList();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private synchronized FakeService add(String operation, Answer answer) {
    answers.computeIfAbsent(operation, o -> new ArrayDeque<>()).add(answer);
    return this;
  }

  private synchronized Answer next(String operation) {
    Deque<Answer> left = answers.get(operation);
    if (left == null) {
      return new Answer(500, "{\"message\":\"no answer to " + operation + "\"}");
    }
    return left.size() > 1 ? left.poll() : left.peek();
  }

  private void handle(HttpExchange exchange) {
    try (exchange) {
      String target =
          Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-Amz-Target")).orElse("");
      String operation = target.substring(target.indexOf('.') + 1);
      calls.add(
          operation
              + " "
              + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      Answer answer = next(operation);
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.0");
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
