package io.nimoshake.mapping.rule;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An index to build when the copy ends.
 *
 * @param keys fields and 1, -1, {@code hashed}, {@code text} or {@code 2dsphere}, in order
 * @param name empty for MongoDB's own
 * @param expireAfterSeconds for a TTL index
 */
public record IndexRule(
    Map<String, Object> keys,
    Optional<String> name,
    boolean unique,
    boolean sparse,
    OptionalLong expireAfterSeconds) {
  public IndexRule {
    // In order: the order of an index's fields counts.
    keys = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(keys));
  }
}
