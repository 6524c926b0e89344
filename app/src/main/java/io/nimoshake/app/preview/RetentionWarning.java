package io.nimoshake.app.preview;

import io.nimoshake.app.program.Text;
import java.time.Duration;
import java.util.Optional;

/** Says when the changes of a stream may expire before the copy has ended. */
final class RetentionWarning {
  /** How long a stream keeps its records. */
  private static final Duration RETENTION = Duration.ofHours(24);

  /** A copy that takes longer than this comes close to the retention. */
  private static final Duration CLOSE = Duration.ofHours(18);

  private RetentionWarning() {}

  /** Why the stream of a table waits until the table is copied. */
  enum Waits {
    NOT,
    /** {@code incr_sync_parallel = false}, or existing documents are kept. */
    AS_CONFIGURED,
    /** The target cannot insert many items only where the key is absent. */
    FOR_THE_TARGET
  }

  /**
   * @param copy the shortest time that the copy takes
   */
  static Optional<String> of(Duration copy, Waits waits) {
    if (waits == Waits.NOT || copy.compareTo(CLOSE) <= 0) {
      return Optional.empty();
    }
    return Optional.of(
        "the copy takes at least "
            + Text.duration(copy)
            + ", and a stream keeps its records for "
            + RETENTION.toHours()
            + " hours: the stream waits for the copy, so changes may expire; "
            + (waits == Waits.AS_CONFIGURED
                ? "use an empty target and incr_sync_parallel = true"
                : "raise full.read.concurrency, full.document.concurrency and qps.full"));
  }
}
