package io.nimoshake.plugin;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * A collection of the target.
 *
 * @param ids how documents get their {@code _id}; empty: it is the whole key, as without a mapping
 * @param indexes to build when the copy ends
 */
public record Collection(String name, Optional<Ids> ids, List<Index> indexes) {
  /** With a dot and a database whose name has one byte. */
  private static final int MOST_BYTES = 253;

  /**
   * @throws IllegalArgumentException if MongoDB or nimo-shake does not allow the name
   */
  public Collection {
    problem(name)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(name + ": " + problem);
            });
    indexes = List.copyOf(indexes);
  }

  /**
   * Says why a collection of the target cannot have this name; empty if it can.
   *
   * @see <a
   *     href="https://www.mongodb.com/docs/manual/reference/limits/#mongodb-limit-Restriction-on-Collection-Names">
   *     MongoDB Manual, Limits, Restriction on Collection Names</a>
   */
  public static Optional<String> problem(String name) {
    if (name.isEmpty()) {
      return Optional.of("the name of a collection cannot be empty");
    } else if (name.contains("$")) {
      return Optional.of("the name of a collection cannot have a $");
    } else if (name.indexOf('\0') >= 0) {
      return Optional.of("the name of a collection cannot have a NUL");
    } else if (name.startsWith("system.")) {
      return Optional.of("MongoDB keeps collections named system.* for itself");
    } else if (name.contains("~")) {
      return Optional.of("names of collections with a ~ are kept for copies under way");
    } else if (name.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
      return Optional.of(
          "the names of a collection and its database have 255 bytes at most, together with a dot");
    }
    return Optional.empty();
  }

  /** A collection in which the {@code _id} is the whole key, without indexes. */
  public static Collection of(String name) {
    return new Collection(name, Optional.empty(), List.of());
  }

  public Collection with(Ids ids) {
    return new Collection(name, Optional.of(ids), indexes);
  }

  public Collection with(Index... indexes) {
    return new Collection(name, ids, List.of(indexes));
  }
}
