package io.nimoshake.app.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * Who may ask what. With a token only its bearers, save for health. Without one only this machine,
 * and of its browsers only pages of our own: the Host header must be a loopback name, so that no
 * other name can be made to point here; and what changes something must come as JSON and not from
 * the page of another origin.
 */
final class Guard {
  private final Optional<String> token;

  Guard(Optional<String> token) {
    this.token = token;
  }

  /** Why a request is refused, as status and reason. */
  record Refusal(int status, String reason) {}

  Optional<Refusal> check(HttpExchange exchange, boolean open) {
    Headers headers = exchange.getRequestHeaders();
    if (token.isPresent()) {
      return open || bears(headers.getFirst("Authorization"))
          ? changeFromElsewhere(exchange)
          : Optional.of(new Refusal(401, "a bearer token is needed"));
    }
    String host = headers.getFirst("Host");
    if (host == null || !isLoopback(hostName(host))) {
      return Optional.of(new Refusal(403, "the Host header is not this machine's loopback"));
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
      return Optional.of(new Refusal(415, "the body must be application/json"));
    }
    String origin = headers.getFirst("Origin");
    if (origin != null && !origin.equals("http://" + headers.getFirst("Host"))) {
      return Optional.of(new Refusal(403, "requests of other origins are refused"));
    }
    return Optional.empty();
  }

  private boolean bears(String authorization) {
    if (authorization == null || !authorization.startsWith("Bearer ")) {
      return false;
    }
    // In a time that does not tell how much of it was right.
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

  /** Whether only this machine can reach an address. */
  static boolean isLoopback(InetAddress address) {
    return address.isLoopbackAddress();
  }
}
