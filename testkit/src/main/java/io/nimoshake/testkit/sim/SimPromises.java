package io.nimoshake.testkit.sim;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.Backfill;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.CheckpointEntry.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What must hold at every step. Told of everything that reaches the target and the store; throws
 * {@link SimFailure} at the step that breaks a promise.
 */
final class SimPromises {
  private static final Duration MARGIN = Duration.ofMinutes(5);

  /** What is known of one table. */
  private static final class Known {
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
  }

  private final Map<String, Known> tables = new HashMap<>();
  private SimSource source;
  private SimTarget target;

  void watch(SimSource reads, SimTarget writes) {
    source = reads;
    target = writes;
  }

  /** The collection of which the stored checkpoint of a table speaks. */
  private SimTarget.Content content(String table) {
    boolean beside = known(table).entry.map(OfTable::beside).orElse(false);
    return beside ? target.besideOrCollection(table) : target.collection(table);
  }

  private Known known(String table) {
    return tables.computeIfAbsent(table, name -> new Known());
  }

  private static SimFailure broken(String table, String what) {
    return new SimFailure(table + ": " + what);
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
    Known known = known(table.name);
    for (String id : split.parents()) {
      SimShard parent = table.stream(split.streamArn()).shards.get(id);
      if (parent == null) {
        continue;
      }
      Map<String, Long> last = content(table.name).last;
      for (SimShard.Rec rec : parent.records) {
        if (counts(rec, known) && last.getOrDefault(rec.key(), -1L) < rec.version()) {
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
    return entry.started().get().minus(MARGIN);
  }

  // --- writes ----------------------------------------------------------------------------------

  void written(String table, String key, long version) {
    Known known = known(table);
    long covered = known.covered.getOrDefault(key, 0L);
    if (version < covered) {
      throw broken(
          table, key + "@" + version + " overwrites what is stored as reached, @" + covered);
    }
  }

  void tombstone(String table, String key) {
    if (known(table).entry.map(e -> e.phase().isCopied()).orElse(false)) {
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

  /** A new place beside the collection is made. */
  void emptiedBeside(String table) {
    if (known(table).entry.map(entry -> entry.beside() && !beginsAnew(entry)).orElse(false)) {
      throw broken(table, "the copy beside is dropped while the checkpoint relies on it");
    }
  }

  /** The collection beside takes its place. */
  void swapped(String table) {
    if (!known(table).entry.map(entry -> entry.phase() == Phase.SWAPPING).orElse(false)) {
      throw broken(table, "swapped in before the checkpoint says so");
    }
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
      Known known = known(table.table());
      known.entry = Optional.empty();
      known.covered.clear();
      known.scanned.clear();
      known.coveredRecords.clear();
      known.positions.clear();
    }
  }

  private void forgotten(CheckpointEntry.SplitForgotten split) {
    Known known = known(split.table());
    boolean anew =
        known.entry.filter(entry -> beginsAnew(entry) || isBackfilled(entry)).isPresent()
            || known.files.contains(split.splitId());
    Position position = known.positions.remove(split.splitId());
    if (position != null && !anew) {
      if (!(position instanceof Position.End)) {
        // Its end was reached long after all before it had expired, and never stored by itself.
        Split.StreamShard shard = known.shards.get(split.splitId());
        if (shard == null || !stream(shard).hasVanished(shard.shardId())) {
          throw broken(split.table(), split.splitId() + " is forgotten before its end");
        }
        storedShard(known, shard, Position.END);
      }
      known.forgotten.add(split.splitId());
    }
  }

  private static boolean beginsAnew(OfTable entry) {
    return entry.beside() && entry.phase() == Phase.COPYING && entry.segments() == 0;
  }

  private static boolean isBackfilled(OfTable entry) {
    return entry.backfill().isPresent();
  }

  /** The checkpoint says that a gap is backfilled, or that a window of that is applied. */
  private void storedBackfill(Known known, OfTable table) {
    Optional<Backfill> before = known.entry.flatMap(OfTable::backfill);
    Optional<Backfill> now = table.backfill();
    if (before.isEmpty() && now.isPresent()) {
      if (!source.table(table.table()).hasLostChanges()) {
        throw broken(table.table(), "is backfilled although no change of it was lost");
      }
      known.covered.clear();
      known.coveredRecords.clear();
      known.forgotten.clear();
    }
    boolean windowApplied =
        before.isPresent()
            && !beginsAnew(table)
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
        storedFile(file, Position.END);
      }
    }
  }

  private void stored(OfTable table) {
    Known known = known(table.table());
    storedBackfill(known, table);
    if (known.entry.filter(SimPromises::beginsAnew).isPresent()
        && !beginsAnew(table)
        && !known.positions.isEmpty()) {
      throw broken(table.table(), "copied anew with splits of before: " + known.positions);
    }
    if (beginsAnew(table)) {
      if (!source.table(table.table()).hasLostChanges()) {
        throw broken(table.table(), "is copied again although no change of it was lost");
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
      String id = new Split.ScanSegment(table.table(), i, table.segments()).id();
      if (!(known.positions.get(id) instanceof Position.End)) {
        throw broken(table.table(), "stored as " + table.phase() + " before the end of " + id);
      }
    }
    if (table.phase() == Phase.COPIED && content(table.table()).hasTombstone()) {
      throw broken(table.table(), "stored as copied with a tombstone left");
    }
  }

  private void stored(OfSplit entry) {
    Known known = known(entry.split().table());
    Position before = known.positions.getOrDefault(entry.split().id(), Position.BEGINNING);
    boolean shardOfBefore =
        entry.split() instanceof Split.StreamShard
            && known.entry.filter(SimPromises::isBackfilled).isPresent();
    if (shardOfBefore || known.entry.filter(SimPromises::beginsAnew).isPresent()) {
      // Of what was given up, by a save repeated after half of it was stored: it says
      // nothing, and is forgotten before the new copy begins.
      known.positions.put(entry.split().id(), entry.position());
      return;
    }
    if (entry.split() instanceof Split.StreamShard shard) {
      known.shards.put(shard.id(), shard);
      storedShard(known, shard, entry.position());
    } else if (entry.split() instanceof Split.ChangeFile file) {
      known.files.add(file.id());
      storedFile(file, entry.position());
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
    Map<String, Long> copied = content(split.table()).copied;
    now.forEach(
        (key, version) -> {
          if (copied.getOrDefault(key, -1L) < version) {
            throw broken(
                split.table(),
                split.id() + " is stored at " + position + " without " + key + "@" + version);
          }
        });
    now.clear();
  }

  private void storedFile(Split.ChangeFile file, Position position) {
    List<SimShard.Rec> changes = source.changesOf(file);
    int covers =
        position instanceof Position.After after
            ? Integer.parseInt(after.token())
            : position instanceof Position.End ? changes.size() : 0;
    for (SimShard.Rec change : changes.subList(0, covers)) {
      if (content(file.table()).newest.getOrDefault(change.key(), -1L) < change.version()) {
        throw broken(
            file.table(),
            file.id()
                + " is stored ahead of the target, without "
                + change.key()
                + "@"
                + change.version());
      }
    }
  }

  private static boolean isBehind(Position before, Position position) {
    if (before instanceof Position.End) {
      return !(position instanceof Position.End);
    }
    return before instanceof Position.After a
        && (position instanceof Position.Beginning
            || position instanceof Position.After b && b.token().compareTo(a.token()) < 0);
  }

  private SimStream stream(Split.StreamShard shard) {
    return source.table(shard.table()).stream(shard.streamArn());
  }

  private void storedShard(Known known, Split.StreamShard split, Position position) {
    String table = split.table();
    SimShard shard = stream(split).shard(split.shardId());
    // A copy that was given up before its first save says nothing of its splits.
    boolean counts = known.entry.isPresent() && !beginsAnew(known.entry.get());
    if (counts && !split.ignoreBefore().equals(ignoreBefore(known))) {
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
      SimStream stream = stream(split);
      boolean exists = stream.shards.containsKey(parent) && !stream.hasVanished(parent);
      if (exists && !known.hasEnded(parent)) {
        throw broken(
            split.table(), split.id() + " is stored ahead of the end of its parent " + parent);
      }
    }
  }

  private void cover(Known known, Split.StreamShard split, SimShard.Rec rec) {
    if (!counts(rec, known)) {
      return;
    }
    if (content(split.table()).last.getOrDefault(rec.key(), -1L) < rec.version()) {
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
    Known known = known(table.name);
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
  private static boolean isLost(Known known, SimShard shard, int covered) {
    return covered < shard.trimmed
        && !known.hasEnded(shard.id)
        && shard.records.subList(covered, shard.trimmed).stream().anyMatch(r -> counts(r, known));
  }
}
