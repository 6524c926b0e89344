package io.nimoshake.app.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import io.nimoshake.app.program.SecretFree;
import io.nimoshake.setup.config.Redaction;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * One request and its answer. No answer holds a secret, and none is kept by caches. An answer to
 * HEAD has the headers of the answer to GET and no body.
 */
final class Exchange {
  static final String JSON_TYPE = "application/json; charset=utf-8";
  static final String TEXT_TYPE = "text/plain; charset=utf-8";

  private static final int LARGEST_BODY_BYTES = 64 << 10;

  /**
   * A key that is given twice, or text after the end, is a mistake that must not be carried out.
   */
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final HttpExchange http;
  private final Redaction redaction;
  private final Query query;

  Exchange(HttpExchange http, Redaction redaction) {
    this.http = http;
    this.redaction = redaction;
    this.query = Query.of(http.getRequestURI());
  }

  /** What an answer says, as it would be sent. */
  static JsonNode tree(Object answer) {
    return JSON.valueToTree(answer);
  }

  String path() {
    return http.getRequestURI().getPath();
  }

  Query query() {
    return query;
  }

  /** GET, POST or another; GET also for HEAD. */
  String method() {
    return isHead() ? "GET" : http.getRequestMethod();
  }

  boolean isHead() {
    return http.getRequestMethod().equals("HEAD");
  }

  /** The first header with this name, or null. */
  String header(String name) {
    return http.getRequestHeaders().getFirst(name);
  }

  void setHeader(String name, String value) {
    http.getResponseHeaders().set(name, value);
  }

  /** The body as JSON; an empty body is an empty object. */
  JsonNode body() throws IOException, HttpError {
    byte[] body;
    try (InputStream in = http.getRequestBody()) {
      body = in.readNBytes(LARGEST_BODY_BYTES + 1);
    }
    if (body.length > LARGEST_BODY_BYTES) {
      throw new HttpError(413, "the body is larger than " + LARGEST_BODY_BYTES + " bytes");
    }
    try {
      return body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw HttpError.badRequest("the body is not JSON, or has a key twice");
    }
  }

  void json(int status, Object value) throws IOException {
    send(status, JSON_TYPE, SecretFree.json(redaction, JSON.writeValueAsString(value)));
  }

  void text(int status, String text) throws IOException {
    send(status, TEXT_TYPE, redaction.apply(text));
  }

  void metrics(String type, String metrics) throws IOException {
    send(200, type, SecretFree.metrics(redaction, metrics));
  }

  private void send(int status, String type, String text) throws IOException {
    bytes(status, type, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Says why a request is refused: as JSON on a path that answers JSON, else as a line of text. */
  void refuse(HttpError error, boolean json) throws IOException {
    if (json) {
      json(error.status(), Map.of("error", error.getMessage()));
    } else {
      text(error.status(), error.getMessage() + "\n");
    }
  }

  void bytes(int status, String type, byte[] content) throws IOException {
    setHeaders(type);
    if (isHead()) {
      // The JDK's server wants it so: for HEAD the length is a header that the handler sets itself.
      setHeader("Content-Length", String.valueOf(content.length));
      http.sendResponseHeaders(status, -1);
      return;
    }
    http.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
    try (OutputStream out = http.getResponseBody()) {
      out.write(content);
    }
  }

  /** Begins server-sent events. */
  OutputStream events() throws IOException {
    setHeaders("text/event-stream; charset=utf-8");
    http.sendResponseHeaders(200, isHead() ? -1 : 0);
    return http.getResponseBody();
  }

  /** Sends one event. */
  void event(OutputStream out, Object value) throws IOException {
    String event = "data: " + SecretFree.json(redaction, JSON.writeValueAsString(value)) + "\n\n";
    out.write(event.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private void setHeaders(String type) {
    setHeader("Content-Type", type);
    setHeader("Cache-Control", "no-store");
    setHeader("X-Content-Type-Options", "nosniff");
    setHeader("Referrer-Policy", "no-referrer");
  }
}
