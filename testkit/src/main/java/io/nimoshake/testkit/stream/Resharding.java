package io.nimoshake.testkit.stream;

import java.util.SplittableRandom;

/** Decides, after each record, what becomes of the shard that took it. */
@FunctionalInterface
public interface Resharding {
  /** What becomes of a shard. */
  enum Act {
    /** It goes on. */
    KEEP,
    /** It ends; two children take over half of its keys each. */
    SPLIT,
    /** It ends; one child takes over all of its keys. */
    ROLL_OVER
  }

  /**
   * Called for every record, in the stream's order, by one thread at a time.
   *
   * @param nth which record of the stream it was, from 1
   * @param shardRecords how many records the shard holds with it
   * @param openShards how many shards are open
   */
  Act after(long nth, int shardRecords, int openShards);

  /** Shards change only when told to. */
  static Resharding never() {
    return (nth, shardRecords, openShards) -> Act.KEEP;
  }

  /** A shard that holds n records is split. */
  static Resharding splitEvery(int n) {
    return (nth, shardRecords, openShards) -> shardRecords >= n ? Act.SPLIT : Act.KEEP;
  }

  /** A shard that holds n records rolls over. */
  static Resharding rollOverEvery(int n) {
    return (nth, shardRecords, openShards) -> shardRecords >= n ? Act.ROLL_OVER : Act.KEEP;
  }

  /**
   * Splits and roll-overs drawn after each record, which depend only on the seed and its number.
   */
  static Resharding seeded(long seed, double split, double rollOver) {
    return (nth, shardRecords, openShards) -> {
      double drawn = new SplittableRandom(seed * 1_000_003L + nth).nextDouble();
      if (drawn < split) {
        return Act.SPLIT;
      }
      return drawn < split + rollOver ? Act.ROLL_OVER : Act.KEEP;
    };
  }

  /** The same, but where it would split, shards roll over once that many are open. */
  default Resharding withAtMost(int mostOpenShards) {
    return (nth, shardRecords, openShards) -> {
      Act act = after(nth, shardRecords, openShards);
      return act == Act.SPLIT && openShards >= mostOpenShards ? Act.ROLL_OVER : act;
    };
  }
}
