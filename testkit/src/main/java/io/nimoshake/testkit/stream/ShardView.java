package io.nimoshake.testkit.stream;

import java.util.Optional;

/**
 * A virtual shard, for tests to look at.
 *
 * @param generation 0 for the first shard, else one more than its parent's
 * @param open whether it still takes records
 * @param records how many it took
 * @param readToItsEnd whether a reader has been told that there is no more, or has all of its
 *     records
 */
public record ShardView(
    String shardId,
    Optional<String> parent,
    int generation,
    boolean open,
    int records,
    boolean readToItsEnd) {}
