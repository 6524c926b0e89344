package io.nimoshake.testkit.sim;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What must hold at every step. Told of everything that reaches the target and the store; throws
 * {@link SimFailure} at the step that breaks a promise.
 */
final class SimPromises {
  private static final Duration MARGIN = Duration.ofMinutes(5);

  /** What is known of one table. */
  private static final class Known {
    /** Version of the last write of a key, whether put or delete. */
    final Map<String, Long> last = new HashMap<>();

    /** Version that stored shard positions say the target has reached. */
    final Map<String, Long> covered = new HashMap<>();

    /** Newest version of a key that a copy write has brought, inserted or not. */
    final Map<String, Long> copied = new HashMap<>();

    /** By segment: what was read and is not covered by its stored position yet. */
    final Map<String, TreeMap<String, Long>> scanned = new HashMap<>();

    /** By shard: how many records its stored position covers. */
    final Map<String, Integer> coveredRecords = new HashMap<>();

    final Map<String, Position> positions = new HashMap<>();
    Optional<OfTable> entry = Optional.empty();
  }

  private final Map<String, Known> tables = new HashMap<>();
  private SimSource source;
  private Predicate<String> hasTombstone = table -> false;

  void watch(SimSource of, Predicate<String> tombstones) {
    source = of;
    hasTombstone = tombstones;
  }

  private Known known(String table) {
    return tables.computeIfAbsent(table, name -> new Known());
  }

  private static SimFailure broken(String table, String what) {
    return new SimFailure(table + ": " + what);
  }

  // --- reads -----------------------------------------------------------------------------------

  /** A segment is read from its stored position: what was read beyond it before does not count. */
  void segmentOpened(Split.ScanSegment split) {
    known(split.table()).scanned.remove(split.id());
  }

  void scanned(Split.ScanSegment split, String key, long version) {
    known(split.table())
        .scanned
        .computeIfAbsent(split.id(), id -> new TreeMap<>())
        .put(key, version);
  }

  /** A shard may be read only when all its parents hold is in the target. */
  void shardOpened(SimTable table, Split.StreamShard split) {
    Known known = known(table.name);
    for (String id : split.parents()) {
      SimShard parent = table.stream.orElseThrow().shards.get(id);
      if (parent == null) {
        continue;
      }
      for (SimShard.Rec rec : parent.records) {
        if (counts(rec, known) && known.last.getOrDefault(rec.key(), -1L) < rec.version()) {
          throw broken(
              table.name,
              split.id() + " is read before its parent's " + rec.key() + "@" + rec.version());
        }
      }
    }
  }

  /** Whether a record is to be written: those older than the copy are not. */
  private static boolean counts(SimShard.Rec rec, Known known) {
    return !rec.time().isBefore(ignoreBefore(known));
  }

  private static Instant ignoreBefore(Known known) {
    OfTable entry = known.entry.orElse(null);
    if (entry == null || entry.started().isEmpty()) {
      return Instant.MAX;
    }
    return entry.segments() > 0 ? entry.started().get().minus(MARGIN) : entry.started().get();
  }

  // --- writes ----------------------------------------------------------------------------------

  void copied(String table, String key, long version) {
    known(table).copied.merge(key, version, Math::max);
  }

  void written(String table, String key, long version) {
    Known known = known(table);
    known.last.put(key, version);
    long covered = known.covered.getOrDefault(key, 0L);
    if (version < covered) {
      throw broken(
          table, key + "@" + version + " overwrites what is stored as reached, @" + covered);
    }
  }

  void tombstone(String table, String key) {
    if (isCopied(table)) {
      throw broken(table, "a tombstone of " + key + " after the copy");
    }
  }

  private boolean isCopied(String table) {
    return known(table).entry.map(e -> e.phase() == Phase.COPIED).orElse(false);
  }

  /** The collection is dropped or renamed away. */
  void emptied(String table) {
    Known known = known(table);
    if (known.entry.isPresent()) {
      throw broken(table, "dropped or renamed while the checkpoint relies on it");
    }
    tables.remove(table);
  }

  // --- checkpoints -----------------------------------------------------------------------------

  void stored(CheckpointEntry entry) {
    if (entry instanceof OfTable table) {
      stored(table);
    } else if (entry instanceof OfSplit split) {
      stored(split);
    } else if (entry instanceof CheckpointEntry.SplitForgotten split) {
      known(split.table()).positions.remove(split.splitId());
    } else if (entry instanceof CheckpointEntry.TableForgotten table) {
      Known known = known(table.table());
      known.entry = Optional.empty();
      known.covered.clear();
      known.scanned.clear();
      known.coveredRecords.clear();
      known.positions.clear();
    }
  }

  private void stored(OfTable table) {
    Known known = known(table.table());
    known.entry = Optional.of(table);
    if (table.phase() == Phase.COPYING) {
      return;
    }
    for (int i = 0; i < table.segments(); i++) {
      String id = new Split.ScanSegment(table.table(), i, table.segments()).id();
      if (!(known.positions.get(id) instanceof Position.End)) {
        throw broken(table.table(), "stored as " + table.phase() + " before the end of " + id);
      }
    }
    if (table.phase() == Phase.COPIED && hasTombstone.test(table.table())) {
      throw broken(table.table(), "stored as copied with a tombstone left");
    }
  }

  private void stored(OfSplit entry) {
    Known known = known(entry.split().table());
    Position before = known.positions.getOrDefault(entry.split().id(), Position.BEGINNING);
    if (entry.split() instanceof Split.StreamShard shard) {
      storedShard(known, shard, entry.position());
    } else {
      storedSegment(known, entry.split(), before, entry.position());
    }
    known.positions.put(entry.split().id(), entry.position());
  }

  private void storedSegment(Known known, Split split, Position before, Position position) {
    if (isBehind(before, position)) {
      throw broken(split.table(), split.id() + " goes back from " + before + " to " + position);
    }
    TreeMap<String, Long> scanned = known.scanned.getOrDefault(split.id(), new TreeMap<>());
    Map<String, Long> now =
        position instanceof Position.After after
            ? scanned.headMap(after.token(), true)
            : position instanceof Position.End ? scanned : new TreeMap<>();
    now.forEach(
        (key, version) -> {
          if (known.copied.getOrDefault(key, -1L) < version) {
            throw broken(
                split.table(),
                split.id() + " is stored at " + position + " without " + key + "@" + version);
          }
        });
    now.clear();
  }

  private static boolean isBehind(Position before, Position position) {
    if (before instanceof Position.End) {
      return !(position instanceof Position.End);
    }
    return before instanceof Position.After a
        && (position instanceof Position.Beginning
            || position instanceof Position.After b && b.token().compareTo(a.token()) < 0);
  }

  private void storedShard(Known known, Split.StreamShard split, Position position) {
    String table = split.table();
    SimShard shard = source.table(table).stream.orElseThrow().shard(split.shardId());
    if (known.entry.isPresent() && !split.ignoreBefore().equals(ignoreBefore(known))) {
      throw broken(table, split.id() + " leaves out records before " + split.ignoreBefore());
    }
    int covers = 0;
    if (position instanceof Position.After after) {
      covers = shard.indexAfter(Long.parseLong(after.token()));
    } else if (position instanceof Position.End) {
      covers = shard.records.size();
      if (!shard.closed) {
        throw broken(table, "the end of " + split.id() + " is stored while it is open");
      }
    }
    int covered = known.coveredRecords.getOrDefault(split.id(), 0);
    if (covers < covered) {
      throw broken(table, split.id() + " goes back from " + covered + " records to " + covers);
    }
    if (!(position instanceof Position.Beginning)) {
      parentsEnded(known, split);
    }
    for (SimShard.Rec rec : shard.records.subList(covered, covers)) {
      cover(known, split, rec);
    }
    known.coveredRecords.put(split.id(), covers);
  }

  private void parentsEnded(Known known, Split.StreamShard split) {
    for (String parent : split.parents()) {
      boolean exists = source.table(split.table()).stream.orElseThrow().shards.containsKey(parent);
      if (exists && !(known.positions.get(parent) instanceof Position.End)) {
        throw broken(
            split.table(), split.id() + " is stored ahead of the end of its parent " + parent);
      }
    }
  }

  private void cover(Known known, Split.StreamShard split, SimShard.Rec rec) {
    if (!counts(rec, known)) {
      return;
    }
    if (known.last.getOrDefault(rec.key(), -1L) < rec.version()) {
      throw broken(
          split.table(),
          split.id()
              + " is stored ahead of the target, without "
              + rec.key()
              + "@"
              + rec.version());
    }
    known.covered.merge(rec.key(), rec.version(), Math::max);
  }

  // --- the end ---------------------------------------------------------------------------------

  /** Whether the stored checkpoint says that nothing is left to be read of this table. */
  boolean isCaughtUp(SimTable table, boolean stream) {
    Known known = known(table.name);
    if (!isCopied(table.name)) {
      return false;
    }
    if (!stream) {
      return true;
    }
    List<SimShard> shards = List.copyOf(table.stream.orElseThrow().shards.values());
    for (SimShard shard : shards) {
      boolean ended = known.positions.get(shard.id) instanceof Position.End;
      int covered = known.coveredRecords.getOrDefault(shard.id, 0);
      if (shard.closed ? !ended : covered < shard.records.size()) {
        return false;
      }
    }
    return true;
  }
}
