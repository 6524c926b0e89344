package io.nimoshake.testkit.sim;

import io.nimoshake.core.model.Change;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** One shard as it really is: it owns the changes of a range of hashes while it is open. */
final class SimShard {
  /** One change in a shard. */
  record Rec(long sequence, String key, long version, boolean delete, Instant time) {
    Change change() {
      return delete ? SimTable.delete(key, version) : SimTable.upsert(key, version);
    }
  }

  final String id;
  final Set<String> parents;
  final int fromHash;
  final int toHash;
  final long createdNanos;
  final List<Rec> records = new ArrayList<>();
  boolean closed;
  long closedNanos;

  /** How many of its records are trimmed: they cannot be read any more. */
  int trimmed;

  long endingSequence;

  /** A listing has left it out beside its children; that happens once. */
  boolean wasHidden;

  SimShard(String id, Set<String> parents, int fromHash, int toHash, long createdNanos) {
    this.id = id;
    this.parents = new LinkedHashSet<>(parents);
    this.fromHash = fromHash;
    this.toHash = toHash;
    this.createdNanos = createdNanos;
  }

  boolean owns(int hash) {
    return fromHash <= hash && hash < toHash;
  }

  void close(long sequence, long nowNanos) {
    closed = true;
    endingSequence = sequence;
    closedNanos = nowNanos;
  }

  /** Trims what is older; true if nothing is left of it and it is not listed any more. */
  boolean trim(Instant before, long closedBeforeNanos) {
    while (trimmed < records.size() && records.get(trimmed).time().isBefore(before)) {
      trimmed++;
    }
    return closed && trimmed == records.size() && closedNanos < closedBeforeNanos;
  }

  /** Index of the first record after a sequence number. */
  int indexAfter(long sequence) {
    int from = 0;
    int to = records.size();
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (records.get(middle).sequence() <= sequence) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
}
