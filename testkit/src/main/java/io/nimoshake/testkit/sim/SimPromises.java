package io.nimoshake.testkit.sim;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.Backfill;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.CheckpointEntry.Window;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What must hold at every step. Told of everything that reaches the target and the store; throws
 * {@link SimFailure} at the step that breaks a promise.
 */
final class SimPromises {
  private final Map<String, SimKnown> tables = new HashMap<>();
  private final SimLeftovers leftovers = new SimLeftovers();
  private SimSource source;
  private SimPositions positions;

  void watch(SimSource reads, SimTarget writes) {
    source = reads;
    positions = new SimPositions(reads, writes);
  }

  SimLeftovers leftovers() {
    return leftovers;
  }

  private SimKnown known(String table) {
    return tables.computeIfAbsent(table, SimKnown::new);
  }

  // --- reads -----------------------------------------------------------------------------------

  /**
   * A segment is read from its stored position: what was read beyond it before does not count.
   *
   * @param counts whether the reader's process has the lease, so that its positions are stored
   * @return takes what the reader reads: version by key
   */
  Map<String, Long> segmentOpened(Split.ScanSegment split, boolean counts) {
    TreeMap<String, Long> scanned = new TreeMap<>();
    if (counts) {
      known(split.table()).scanned.put(split.id(), scanned);
    }
    return scanned;
  }

  /** A shard may be read only when all its parents hold is in the target. */
  void shardOpened(SimTable table, Split.StreamShard split) {
    SimKnown known = known(table.name);
    for (String id : split.parents()) {
      SimShard parent = table.stream(split.streamArn()).shards.get(id);
      if (parent == null) {
        continue;
      }
      Map<String, Long> last = positions.content(known).last;
      for (SimShard.Rec rec : parent.records) {
        boolean isBehind = last.getOrDefault(rec.key(), -1L) < rec.version();
        boolean isUntold = source.isUntold(table.name, rec.key(), rec.version());
        if (known.counts(rec) && isBehind && !isUntold) {
          throw SimKnown.broken(
              table.name,
              split.id() + " is read before its parent's " + rec.key() + "@" + rec.version());
        }
      }
    }
  }

  // --- writes ----------------------------------------------------------------------------------

  void written(String table, String key, long version) {
    SimKnown known = known(table);
    long covered = known.covered.getOrDefault(key, 0L);
    if (version < covered) {
      throw SimKnown.broken(
          table, key + "@" + version + " overwrites what is stored as reached, @" + covered);
    }
  }

  void tombstone(String table, String key) {
    if (known(table).entry.map(e -> e.phase().isCopied()).orElse(false)) {
      throw SimKnown.broken(table, "a tombstone of " + key + " after the copy");
    }
  }

  private boolean isCopied(String table) {
    return known(table).entry.map(e -> e.phase() == Phase.COPIED).orElse(false);
  }

  /** The collection is dropped or renamed away. */
  void emptied(String table) {
    SimKnown known = known(table);
    if (known.entry.isPresent()) {
      throw SimKnown.broken(table, "dropped or renamed while the checkpoint relies on it");
    }
    tables.remove(table);
    leftovers.forget(table);
  }

  /** A new place beside the collection is made. */
  void emptiedBeside(String table) {
    if (known(table).entry.filter(OfTable::beside).isPresent() && !known(table).beginsAnew()) {
      throw SimKnown.broken(table, "the copy beside is dropped while the checkpoint relies on it");
    }
  }

  /** The collection beside takes its place. */
  void swapped(String table) {
    if (!known(table).entry.map(entry -> entry.phase() == Phase.SWAPPING).orElse(false)) {
      throw SimKnown.broken(table, "swapped in before the checkpoint says so");
    }
    leftovers.forget(table);
  }

  // --- checkpoints -----------------------------------------------------------------------------

  void stored(CheckpointEntry entry) {
    if (entry instanceof OfTable table) {
      stored(table);
    } else if (entry instanceof OfSplit split) {
      stored(split);
    } else if (entry instanceof CheckpointEntry.SplitForgotten split) {
      forgotten(split);
    } else if (entry instanceof CheckpointEntry.TableForgotten table) {
      SimKnown known = known(table.table());
      known.entry = Optional.empty();
      known.covered.clear();
      known.scanned.clear();
      known.coveredRecords.clear();
      known.positions.clear();
    }
  }

  private void forgotten(CheckpointEntry.SplitForgotten split) {
    SimKnown known = known(split.table());
    boolean anew =
        (known.beginsAnew() || known.isBackfilled()) || known.files.contains(split.splitId());
    Position position = known.positions.remove(split.splitId());
    if (position != null && !anew) {
      if (!(position instanceof Position.End)) {
        // Its end was reached long after all before it had expired, and never stored by itself.
        Split.StreamShard shard = known.shards.get(split.splitId());
        if (shard == null || !positions.stream(shard).hasVanished(shard.shardId())) {
          throw SimKnown.broken(split.table(), split.splitId() + " is forgotten before its end");
        }
        positions.shard(known, shard, Position.END);
      }
      known.forgotten.add(split.splitId());
    }
  }

  /** The checkpoint says that a gap is backfilled, or that a window of that is applied. */
  private void storedBackfill(SimKnown known, OfTable table) {
    Optional<Backfill> before = known.entry.flatMap(OfTable::backfill);
    Optional<Backfill> now = table.backfill();
    if (before.isEmpty() && now.isPresent()) {
      if (!source.table(table.table()).hasLostChanges()) {
        throw SimKnown.broken(table.table(), "is backfilled although no change of it was lost");
      }
      known.covered.clear();
      known.coveredRecords.clear();
      known.forgotten.clear();
    }
    boolean windowApplied =
        before.isPresent()
            && !SimKnown.beginsAnew(table)
            && now.filter(next -> next.windows() == before.get().windows()).isEmpty();
    if (windowApplied) {
      Window window = before.get().window().orElseThrow();
      for (int i = 0; i < window.files(); i++) {
        Split.ChangeFile file =
            new Split.ChangeFile(
                table.table(),
                before.get().windows() + 1,
                window.export().orElseThrow(),
                i,
                window.files());
        positions.file(known, file, Position.END);
      }
      leftovers.applied(
          table.table(),
          source.untold(table.table(), window.from(), window.to()),
          window.from().isBefore(before.get().written()));
    }
  }

  private void stored(OfTable table) {
    SimKnown known = known(table.table());
    storedBackfill(known, table);
    if (known.beginsAnew() && !SimKnown.beginsAnew(table) && !known.positions.isEmpty()) {
      throw SimKnown.broken(table.table(), "copied anew with splits of before: " + known.positions);
    }
    if (SimKnown.beginsAnew(table)) {
      if (!source.table(table.table()).hasLostChanges()) {
        throw SimKnown.broken(table.table(), "is copied again although no change of it was lost");
      }
      known.covered.clear();
      known.scanned.clear();
      known.coveredRecords.clear();
      known.forgotten.clear();
    }
    known.entry = Optional.of(table);
    if (table.phase() == Phase.COPYING) {
      return;
    }
    for (int i = 0; i < table.segments(); i++) {
      String id = partOf(table, i).id();
      if (!(known.positions.get(id) instanceof Position.End)) {
        throw SimKnown.broken(
            table.table(), "stored as " + table.phase() + " before the end of " + id);
      }
    }
    if (table.phase() == Phase.COPIED && positions.content(known).hasTombstone()) {
      throw SimKnown.broken(table.table(), "stored as copied with a tombstone left");
    }
  }

  private static Split partOf(OfTable table, int index) {
    return table.export().isPresent()
        ? new Split.ExportFile(table.table(), table.export().get(), index, table.segments())
        : new Split.ScanSegment(table.table(), index, table.segments());
  }

  private void stored(OfSplit entry) {
    SimKnown known = known(entry.split().table());
    Position before = known.positions.getOrDefault(entry.split().id(), Position.BEGINNING);
    boolean shardOfBefore = entry.split() instanceof Split.StreamShard && known.isBackfilled();
    if (shardOfBefore || known.beginsAnew()) {
      // Of what was given up, by a save repeated after half of it was stored: it says
      // nothing, and is forgotten before the new copy begins.
      known.positions.put(entry.split().id(), entry.position());
      return;
    }
    if (entry.split() instanceof Split.StreamShard shard) {
      known.shards.put(shard.id(), shard);
      positions.shard(known, shard, entry.position());
    } else if (entry.split() instanceof Split.ChangeFile file) {
      known.files.add(file.id());
      positions.file(known, file, entry.position());
    } else if (entry.split() instanceof Split.ExportFile file) {
      positions.file(known, file, entry.position());
    } else {
      positions.segment(known, entry.split(), before, entry.position());
    }
    known.positions.put(entry.split().id(), entry.position());
  }

  // --- the end ---------------------------------------------------------------------------------

  /** Whether all that was ever in a deleted table could be read: no stream of it was missed. */
  boolean couldBeRead(SimTable table) {
    return isCopied(table.name)
        && !table.hasUnstreamedChanges
        && table
            .stream
            .map(last -> known(table.name).entry.orElseThrow().streams().contains(last.arn))
            .orElse(false);
  }

  /** Whether the stored checkpoint says that nothing is left to be read of this table. */
  boolean isCaughtUp(SimTable table, boolean stream) {
    SimKnown known = known(table.name);
    if (!isCopied(table.name)) {
      return false;
    }
    if (!stream) {
      return true;
    }
    SimStream last = table.stream.orElse(null);
    if (last == null || !known.entry.orElseThrow().streams().contains(last.arn)) {
      return false;
    }
    for (SimShard shard : last.shards.values()) {
      // One that is gone and was begun is still to be found gone, which may be a gap.
      boolean begun = known.positions.containsKey(shard.id);
      boolean ended = known.hasEnded(shard.id) || !begun && last.hasVanished(shard.id);
      int covered = known.coveredRecords.getOrDefault(shard.id, 0);
      boolean empty = begun && Math.max(covered, shard.trimmed) == shard.records.size();
      if ((shard.closed ? !ended : !empty) || isLost(known, shard, covered)) {
        return false;
      }
    }
    return true;
  }

  /** Whether records have expired that were to be written: that is still to be found, and a gap. */
  private static boolean isLost(SimKnown known, SimShard shard, int covered) {
    return covered < shard.trimmed
        && !known.hasEnded(shard.id)
        && shard.records.subList(covered, shard.trimmed).stream().anyMatch(r -> known.counts(r));
  }
}
