package io.nimoshake.core.plan;

import io.nimoshake.core.port.Source.ShardInfo;
import io.nimoshake.core.port.Source.ShardListing;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Shards of table {@code t} as a test writes them: {@code a}, or {@code b<a} for a child of it. */
final class GivenShards {
  private GivenShards() {}

  /** A complete listing, by a call that began at this time. */
  static Event.ShardsListed listed(Instant at, boolean open, String... shards) {
    List<ShardInfo> infos = Stream.of(shards).map(GivenShards::of).toList();
    return new Event.ShardsListed("t", "arn", new ShardListing(infos, true, open, at));
  }

  private static ShardInfo of(String shard) {
    String[] parts = shard.split("<");
    Set<String> parents = parts.length == 1 ? Set.of() : Set.of(parts[1]);
    return new ShardInfo(parts[0], parents, Optional.empty());
  }
}
