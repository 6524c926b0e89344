package io.nimoshake.testkit.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** One enabling of a table's stream: a tree of shards that grows while changes are made. */
final class SimStream {
  static final int HASHES = 256;
  private static final long FIRST_SEQUENCE = 1_000_000;
  private static final Duration RETENTION = Duration.ofHours(24);

  final String arn;

  /** Whether it takes records. */
  boolean open = true;

  private long closedNanos;
  final Map<String, SimShard> shards = new LinkedHashMap<>();
  private final SimLoop loop;
  private final Set<String> vanished = new HashSet<>();
  private long sequence = FIRST_SEQUENCE;

  /**
   * @param trimmedParents whether its first shards continue shards that nobody can list any more
   */
  SimStream(String arn, int firstShards, boolean trimmedParents, SimLoop loop) {
    this.arn = arn;
    this.loop = loop;
    for (int i = 0; i < firstShards; i++) {
      Set<String> parents = trimmedParents ? Set.of("trimmed-" + i) : Set.of();
      add(parents, HASHES * i / firstShards, HASHES * (i + 1) / firstShards);
    }
  }

  private SimShard add(Set<String> parents, int fromHash, int toHash) {
    String id = arn + ":shard-" + shards.size();
    SimShard shard = new SimShard(id, parents, fromHash, toHash, loop.nanoTime());
    shards.put(id, shard);
    return shard;
  }

  /** It takes no records any more; all its shards are closed and can be read for a day. */
  void disable() {
    openShards().forEach(this::close);
    open = false;
    closedNanos = loop.nanoTime();
  }

  /** Whether not even its shards are listed any more. */
  boolean isGone() {
    return !open && loop.nanoTime() - closedNanos > RETENTION.toNanos();
  }

  /** Whether it is closed, and has been long enough that all know. */
  boolean isKnownToBeClosed(long lagNanos) {
    return !open && loop.nanoTime() - closedNanos > lagNanos;
  }

  SimShard shard(String id) {
    SimShard shard = shards.get(id);
    if (shard == null) {
      throw new SimFailure("there is no shard " + id);
    }
    return shard;
  }

  /** Lets expire what is too old by the service's clock. */
  void trim(Instant serviceTime) {
    Instant before = serviceTime.minus(RETENTION);
    long closedBefore = loop.nanoTime() - RETENTION.toNanos();
    for (SimShard shard : shards.values()) {
      if (!vanished.contains(shard.id) && shard.trim(before, closedBefore)) {
        vanished.add(shard.id);
        loop.trace("source: " + shard.id + " vanishes");
      }
    }
  }

  /** Whether any record has expired. */
  boolean hasExpired() {
    return !vanished.isEmpty() || shards.values().stream().anyMatch(shard -> shard.trimmed > 0);
  }

  boolean hasVanished(String id) {
    return vanished.contains(id);
  }

  SimShard ownerOf(int hash) {
    for (SimShard shard : shards.values()) {
      if (!shard.closed && shard.owns(hash)) {
        return shard;
      }
    }
    throw new IllegalStateException("no shard owns " + hash);
  }

  long nextSequence() {
    sequence += 1 + loop.random().between(0, 3);
    return sequence;
  }

  List<SimShard> openShards() {
    return shards.values().stream().filter(shard -> !shard.closed).toList();
  }

  /** Splits, merges or rolls over an open shard. */
  void reshard() {
    List<SimShard> open = openShards();
    SimShard shard = loop.random().pick(open);
    int choice = loop.random().between(0, 2);
    if (choice == 0 && shard.toHash - shard.fromHash > 1) {
      int middle = loop.random().between(shard.fromHash + 1, shard.toHash - 1);
      close(shard);
      add(Set.of(shard.id), shard.fromHash, middle);
      add(Set.of(shard.id), middle, shard.toHash);
    } else if (choice == 1 && open.size() > 1) {
      List<SimShard> byHash = new ArrayList<>(open);
      byHash.sort((a, b) -> Integer.compare(a.fromHash, b.fromHash));
      int left = loop.random().between(0, byHash.size() - 2);
      SimShard one = byHash.get(left);
      SimShard other = byHash.get(left + 1);
      close(one);
      close(other);
      add(new TreeSet<>(Set.of(one.id, other.id)), one.fromHash, other.toHash);
    } else {
      close(shard);
      add(Set.of(shard.id), shard.fromHash, shard.toHash);
    }
  }

  private void close(SimShard shard) {
    shard.close(nextSequence(), loop.nanoTime());
    loop.trace("source: " + shard.id + " closes");
  }
}
