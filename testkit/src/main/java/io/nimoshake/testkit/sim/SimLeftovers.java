package io.nimoshake.testkit.sim;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The exception that docs/exports.md makes for backfills: an export does not tell of an item that
 * was inserted and deleted in its window. If the target has it already, it stays there. Nothing
 * else may stay.
 */
final class SimLeftovers {
  /** By table, then by key: versions that may be left. */
  private final Map<String, Map<String, Set<Long>>> left = new HashMap<>();

  /** No change that was made after this moment was written and not saved. */
  private Instant unsavedUntil = Instant.EPOCH;

  /**
   * A process was killed, or has lost its store. What it wrote after its last save is not known.
   *
   * @param until when it writes no more, in the time of the loop, as all times here
   */
  void killed(Instant until) {
    unsavedUntil = until.isAfter(unsavedUntil) ? until : unsavedUntil;
  }

  /**
   * A window is applied.
   *
   * @param untold versions, by key, of the items that were inserted and deleted in it, and when
   *     they were made
   * @param isNamed whether the log names the window, because it begins before the moment up to
   *     which the target was written
   */
  void applied(String table, Map<String, Map<Long, Instant>> untold, boolean isNamed) {
    Map<String, Set<Long>> byKey = left.computeIfAbsent(table, name -> new HashMap<>());
    untold.forEach(
        (key, versions) ->
            versions.forEach(
                (version, made) -> {
                  if (isNamed || !made.isAfter(unsavedUntil)) {
                    byKey.computeIfAbsent(key, k -> new HashSet<>()).add(version);
                  }
                }));
  }

  /** The table is copied anew. */
  void forget(String table) {
    left.remove(table);
  }

  /** Whether a document of an item that is not there any more may be there. */
  boolean mayBe(String table, String key, long version) {
    return left.getOrDefault(table, Map.of()).getOrDefault(key, Set.of()).contains(version);
  }
}
