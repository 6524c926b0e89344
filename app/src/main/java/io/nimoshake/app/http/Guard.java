package io.nimoshake.app.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
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

  /**
   * Lets a request pass.
   *
   * @param open whether its path is open to everybody
   * @throws HttpError if it may not be answered
   */
  void check(Exchange exchange, boolean open) throws HttpError {
    if (token.isPresent()) {
      if (!open && !showsToken(exchange.header("Authorization"))) {
        exchange.setHeader("WWW-Authenticate", "Bearer");
        throw new HttpError(
            401, "this needs the header Authorization: Bearer TOKEN, with the value of http.token");
      }
    } else {
      String host = exchange.header("Host");
      if (host == null || !isLoopback(hostName(host))) {
        throw new HttpError(
            403,
            "the Host header must be localhost or a loopback address, as http.token is not set");
      }
    }
    if (!exchange.method().equals("GET")) {
      checkChange(exchange);
    }
  }

  private static void checkChange(Exchange exchange) throws HttpError {
    String type = exchange.header("Content-Type");
    if (type == null || !type.strip().toLowerCase(Locale.ROOT).startsWith("application/json")) {
      throw new HttpError(415, "the header Content-Type must be application/json");
    }
    String origin = exchange.header("Origin");
    if (origin != null && !origin.equals("http://" + exchange.header("Host"))) {
      throw new HttpError(403, "a page of another origin may not change anything");
    }
  }

  private boolean showsToken(String authorization) {
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
