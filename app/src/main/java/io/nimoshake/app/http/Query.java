package io.nimoshake.app.http;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The part of an address after the question mark; of a name that is given twice, the last. */
final class Query {
  private final Map<String, String> values = new HashMap<>();

  private Query() {}

  static Query of(URI uri) {
    Query query = new Query();
    String text = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    for (String part : text.split("&")) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        query.values.put(decoded(part.substring(0, equals)), decoded(part.substring(equals + 1)));
      }
    }
    return query;
  }

  private static String decoded(String text) {
    // A URI that was parsed has no percent sign that is not followed by two digits.
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
  }
}
