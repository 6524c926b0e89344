package io.nimoshake.testkit.sim;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What the promises know of one table. */
final class SimKnown {
  private static final Duration MARGIN = Duration.ofMinutes(5);

  final String table;

  /** Version that stored shard positions say the target has reached. */
  final Map<String, Long> covered = new HashMap<>();

  /** By segment: what its reader has read and its stored position does not cover yet. */
  final Map<String, TreeMap<String, Long>> scanned = new HashMap<>();

  /** By shard: how many records its stored position covers. */
  final Map<String, Integer> coveredRecords = new HashMap<>();

  final Map<String, Position> positions = new HashMap<>();
  final Map<String, Split.StreamShard> shards = new HashMap<>();

  /** Files of incremental exports that were ever in the store. */
  final Set<String> files = new HashSet<>();

  /** Shards that are not in the store any more, as they had ended. */
  final Set<String> forgotten = new HashSet<>();

  boolean hasEnded(String shard) {
    return forgotten.contains(shard) || positions.get(shard) instanceof Position.End;
  }

  Optional<OfTable> entry = Optional.empty();

  SimKnown(String table) {
    this.table = table;
  }

  static SimFailure broken(String table, String what) {
    return new SimFailure(table + ": " + what);
  }

  /** Whether a record is to be written: those older than the copy are not. */
  boolean counts(SimShard.Rec rec) {
    return !rec.time().isBefore(ignoreBefore());
  }

  Instant ignoreBefore() {
    return entry.flatMap(OfTable::started).map(at -> at.minus(MARGIN)).orElse(Instant.MAX);
  }

  /** Whether the stored checkpoint says that a new copy begins. */
  boolean beginsAnew() {
    return entry.filter(SimKnown::beginsAnew).isPresent();
  }

  static boolean beginsAnew(OfTable entry) {
    return entry.beside()
        && entry.phase() == Phase.COPYING
        && entry.segments() == 0
        && entry.export().isEmpty();
  }

  boolean isBackfilled() {
    return entry.flatMap(OfTable::backfill).isPresent();
  }
}
