package io.nimoshake.app.http;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The query of an address. */
final class Query {
  private final Map<String, String> values = new TreeMap<>();
  private boolean hasNameTwice;

  private Query() {}

  static Query of(URI uri) {
    Query query = new Query();
    String text = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    for (String part : text.split("&")) {
      int equals = part.indexOf('=');
      if (!part.isEmpty()) {
        query.put(
            decoded(equals < 0 ? part : part.substring(0, equals)),
            equals < 0 ? "" : decoded(part.substring(equals + 1)));
      }
    }
    return query;
  }

  private void put(String name, String value) {
    hasNameTwice |= values.put(name, value) != null;
  }

  private static String decoded(String text) {
    // Cannot fail: the URI was parsed, so every percent sign is followed by two hex digits.
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** The value of a parameter; empty if it is absent or has no value. */
  Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
  }

  /** Refuses a query with another parameter than these: it would be ignored in silence. */
  Query allow(String... names) throws HttpError {
    if (hasNameTwice || !Set.of(names).containsAll(values.keySet())) {
      throw HttpError.badRequest(
          names.length == 0
              ? "this path takes no query parameters"
              : "the query parameters are " + String.join(", ", names) + ", each at most once");
    }
    return this;
  }
}
