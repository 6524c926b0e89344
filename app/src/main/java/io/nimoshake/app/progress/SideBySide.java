package io.nimoshake.app.progress;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A comparison of both sides that the sync makes itself.
 *
 * @param ended empty while it runs
 * @param equal whether everything that was compared is equal; false while it runs
 * @param counts whether it began when everything had arrived, and no record came since
 * @param lines what was found, for people
 * @param items how many items of each table were compared; empty while it runs
 */
public record SideBySide(
    Instant begun,
    Optional<Instant> ended,
    boolean equal,
    boolean counts,
    List<String> lines,
    Map<String, Long> items) {}
