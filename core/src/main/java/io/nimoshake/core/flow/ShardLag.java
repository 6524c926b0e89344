package io.nimoshake.core.flow;

import io.nimoshake.core.model.Split.OfStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How far one shard is behind.
 *
 * <p>A shard is caught up, and its lag is zero, when it was read to its end and everything read of
 * it is durable. Otherwise its lag is the age of the oldest record that was read and is not
 * durable; or, if there is none, the age of the moment up to which it was read. Records that are
 * older than the copy do not count.
 */
public final class ShardLag {
  /**
   * For so long an idle shard counts as read to its end: it is asked again every few seconds, or
   * more rarely if many shards share a limit.
   */
  private static final Duration FRESH = Duration.ofMinutes(1);

  /** The copy has seen what is older than its start less this: see {@code ignoreBefore}. */
  private static final Duration MARGIN = Duration.ofMinutes(5);

  private ShardLag() {}

  /**
   * The lag now.
   *
   * @param progress of its pipeline; empty if it has not begun
   * @param open whether the table may be read: it is not paused
   * @param host the time of this host's clock
   * @param correction what is to be added to times of this host's clock to have the source's
   * @param durable every change of the shard that was made before one of these moments is durable
   */
  @SafeVarargs
  public static Duration of(
      OfStream shard,
      Optional<ShardProgress.Now> progress,
      boolean open,
      Instant host,
      Duration correction,
      Optional<Instant>... durable) {
    Instant now = host.plus(correction);
    Optional<Instant> unwritten = progress.flatMap(ShardProgress.Now::oldestUnwritten);
    if (unwritten.isPresent()) {
      return age(unwritten.get(), now);
    }
    Instant ignored = shard.ignoreBefore();
    Instant complete = ignored.equals(Instant.MIN) ? Instant.EPOCH : ignored.plus(MARGIN);
    Optional<Instant> endAt = progress.flatMap(ShardProgress.Now::endAt);
    complete = later(complete, endAt.map(end -> end.plus(correction)));
    complete = later(complete, progress.flatMap(ShardProgress.Now::newestRead));
    for (Optional<Instant> moment : durable) {
      complete = later(complete, moment);
    }
    boolean caughtUp =
        progress.filter(ShardProgress.Now::readToEnd).isPresent()
            && !progress.get().failing()
            && open
            && complete.plus(FRESH).isAfter(now);
    return caughtUp ? Duration.ZERO : age(complete, now);
  }

  private static Instant later(Instant moment, Optional<Instant> other) {
    return other.filter(moment::isBefore).orElse(moment);
  }

  /** The time from a moment until now; zero if the moment is in the future. */
  public static Duration age(Instant moment, Instant now) {
    Duration age = Duration.between(moment, now);
    return age.isNegative() ? Duration.ZERO : age;
  }
}
