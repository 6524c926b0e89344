package io.nimoshake.app.http;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The query of an address. If a name is given twice, the last one counts. */
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
    // Cannot fail: the URI was parsed, so every percent sign is followed by two hex digits.
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
  }
}
