package io.nimoshake.app.docs;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The HTTP request of a curl command line, as far as the documentation uses curl.
 *
 * @param path with its query
 * @param body of a POST; empty for a GET
 */
public record CurlCall(
    String host, int port, String path, Map<String, String> headers, Optional<String> body) {
  static CurlCall of(List<String> arguments) {
    Map<String, String> headers = new LinkedHashMap<>();
    Optional<String> body = Optional.empty();
    Optional<URI> uri = Optional.empty();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.equals("-H")) {
        String[] header = arguments.get(++i).split(":\\s*", 2);
        headers.put(header[0], header[1]);
      } else if (argument.equals("-d")) {
        body = Optional.of(arguments.get(++i));
      } else if (argument.startsWith("-") || uri.isPresent()) {
        throw new IllegalArgumentException("no rule for " + argument);
      } else {
        uri = Optional.of(URI.create("http://" + argument));
      }
    }
    URI at = uri.orElseThrow();
    String query = at.getRawQuery() == null ? "" : "?" + at.getRawQuery();
    return new CurlCall(at.getHost(), at.getPort(), at.getRawPath() + query, headers, body);
  }

  /** All of the documentation, with where they are. */
  public static Map<DocumentedCommand, CurlCall> all() {
    Map<DocumentedCommand, CurlCall> calls = new LinkedHashMap<>();
    DocumentedCommand.all().stream()
        .filter(command -> command.program().equals("curl"))
        .forEach(command -> calls.put(command, of(command.arguments())));
    return calls;
  }

  /** The same request to another port. */
  public HttpRequest to(int otherPort) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + host + ":" + otherPort + path));
    headers.forEach(request::header);
    body.ifPresent(text -> request.POST(HttpRequest.BodyPublishers.ofString(text)));
    return request.build();
  }
}
