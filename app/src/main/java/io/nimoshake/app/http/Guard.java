package io.nimoshake.app.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * Decides which requests are answered.
 *
 * <p>With a token, a request must show it; only the paths of health and the files of the page are
 * open to everybody. Without a token, the Host header must be a loopback name, so that a web page
 * cannot reach this process through a host name of its own (DNS rebinding). A request that changes
 * something must be JSON and must not come from the page of another origin.
 */
final class Guard {
  private final Optional<String> token;

  Guard(Optional<String> token) {
    this.token = token;
  }

  /** The answer to a request that is refused. */
  record Refusal(int status, String reason) {}

  /**
   * Empty if the request may be answered.
   *
   * @param open whether the path is open to everybody
   */
  Optional<Refusal> check(HttpExchange exchange, boolean open) {
    Headers headers = exchange.getRequestHeaders();
    if (token.isPresent()) {
      return open || bears(headers.getFirst("Authorization"))
          ? changeFromElsewhere(exchange)
          : Optional.of(
              new Refusal(
                  401,
                  "this needs the header Authorization: Bearer TOKEN, with the value of http.token"));
    }
    String host = headers.getFirst("Host");
    if (host == null || !isLoopback(hostName(host))) {
      return Optional.of(
          new Refusal(
              403,
              "the Host header must be localhost or a loopback address, as http.token is not set"));
    }
    return changeFromElsewhere(exchange);
  }

  private static Optional<Refusal> changeFromElsewhere(HttpExchange exchange) {
    if (exchange.getRequestMethod().equals("GET")) {
      return Optional.empty();
    }
    Headers headers = exchange.getRequestHeaders();
    String type = headers.getFirst("Content-Type");
    if (type == null
        || !type.strip().toLowerCase(java.util.Locale.ROOT).startsWith("application/json")) {
      return Optional.of(new Refusal(415, "the header Content-Type must be application/json"));
    }
    String origin = headers.getFirst("Origin");
    if (origin != null && !origin.equals("http://" + headers.getFirst("Host"))) {
      return Optional.of(new Refusal(403, "a page of another origin may not change anything"));
    }
    return Optional.empty();
  }

  private boolean bears(String authorization) {
    if (authorization == null || !authorization.startsWith("Bearer ")) {
      return false;
    }
    // Constant time: how long it takes must not show how much of the token was right.
    return MessageDigest.isEqual(
        authorization.substring("Bearer ".length()).getBytes(StandardCharsets.UTF_8),
        token.orElseThrow().getBytes(StandardCharsets.UTF_8));
  }

  private static String hostName(String host) {
    if (host.startsWith("[")) {
      return host.substring(0, host.indexOf(']') + 1);
    }
    int colon = host.indexOf(':');
    return colon < 0 ? host : host.substring(0, colon);
  }

  private static boolean isLoopback(String name) {
    return name.equals("localhost") || name.equals("[::1]") || name.matches("127(\\.\\d{1,3}){3}");
  }
}
