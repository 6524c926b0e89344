package io.nimoshake.plugin;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An index of a collection.
 *
 * @param keys fields and 1, -1, {@code hashed}, {@code text} or {@code 2dsphere}, in order
 * @param name empty: MongoDB names it
 * @param expireAfterSeconds for an index that makes documents expire
 */
public record Index(
    Map<String, Object> keys,
    Optional<String> name,
    boolean unique,
    boolean sparse,
    OptionalLong expireAfterSeconds) {
  public Index {
    // In order: the order of the fields matters.
    keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
  }

  /** An ascending index on these fields. */
  public static Index on(String... fields) {
    Map<String, Object> keys = new LinkedHashMap<>();
    for (String field : fields) {
      keys.put(field, 1);
    }
    return new Index(keys, Optional.empty(), false, false, OptionalLong.empty());
  }

  public Index asUnique() {
    return new Index(keys, name, true, sparse, expireAfterSeconds);
  }

  public Index expiringAfter(long seconds) {
    return new Index(keys, name, unique, sparse, OptionalLong.of(seconds));
  }
}
