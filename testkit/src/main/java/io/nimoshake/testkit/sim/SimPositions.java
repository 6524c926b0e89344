package io.nimoshake.testkit.sim;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.testkit.sim.SimTarget.Content;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the stored position of a split promises: everything before it is in the target, it never
 * goes back, and no shard is ahead of the end of its parents. Throws {@link SimFailure} at a
 * position that breaks it.
 */
final class SimPositions {
  private final SimSource source;
  private final SimTarget target;

  SimPositions(SimSource source, SimTarget target) {
    this.source = source;
    this.target = target;
  }

  /** The collection of which the stored checkpoint of a table speaks. */
  Content content(SimKnown known) {
    boolean beside = known.entry.map(OfTable::beside).orElse(false);
    return beside ? target.besideOrCollection(known.table) : target.collection(known.table);
  }

  SimStream stream(Split.StreamShard shard) {
    return source.table(shard.table()).stream(shard.streamArn());
  }

  void segment(SimKnown known, Split split, Position before, Position position) {
    if (isBehind(before, position)) {
      throw SimKnown.broken(
          split.table(), split.id() + " goes back from " + before + " to " + position);
    }
    TreeMap<String, Long> scanned = known.scanned.getOrDefault(split.id(), new TreeMap<>());
    Map<String, Long> now =
        position instanceof Position.After after
            ? scanned.headMap(after.token(), true)
            : position instanceof Position.End ? scanned : new TreeMap<>();
    Map<String, Long> copied = content(known).copied;
    now.forEach(
        (key, version) -> {
          if (copied.getOrDefault(key, -1L) < version) {
            throw SimKnown.broken(
                split.table(),
                split.id() + " is stored at " + position + " without " + key + "@" + version);
          }
        });
    now.clear();
  }

  private static int lines(Position position, int all) {
    return position instanceof Position.After after
        ? Integer.parseInt(after.token())
        : position instanceof Position.End ? all : 0;
  }

  void file(SimKnown known, Split.ExportFile file, Position position) {
    List<SimCopies.Item> items = source.itemsOf(file);
    for (SimCopies.Item item : items.subList(0, lines(position, items.size()))) {
      if (content(known).copied.getOrDefault(item.key(), -1L) < item.version()) {
        throw SimKnown.broken(
            file.table(), file.id() + " is stored at " + position + " without " + item);
      }
    }
  }

  void file(SimKnown known, Split.ChangeFile file, Position position) {
    List<SimShard.Rec> changes = source.changesOf(file);
    for (SimShard.Rec change : changes.subList(0, lines(position, changes.size()))) {
      if (content(known).newest.getOrDefault(change.key(), -1L) < change.version()) {
        throw SimKnown.broken(
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

  void shard(SimKnown known, Split.StreamShard split, Position position) {
    String table = split.table();
    SimShard shard = stream(split).shard(split.shardId());
    // A copy that was given up before its first save says nothing of its splits.
    boolean counts = known.entry.isPresent() && !known.beginsAnew();
    if (counts && !split.ignoreBefore().equals(known.ignoreBefore())) {
      throw SimKnown.broken(
          table, split.id() + " leaves out records before " + split.ignoreBefore());
    }
    int covers = 0;
    if (position instanceof Position.After after) {
      covers = shard.indexAfter(Long.parseLong(after.token()));
    } else if (position instanceof Position.End) {
      covers = shard.records.size();
      if (!shard.closed) {
        throw SimKnown.broken(table, "the end of " + split.id() + " is stored while it is open");
      }
    }
    int covered = known.coveredRecords.getOrDefault(split.id(), 0);
    if (covers < covered) {
      throw SimKnown.broken(
          table, split.id() + " goes back from " + covered + " records to " + covers);
    }
    if (!(position instanceof Position.Beginning)) {
      parentsEnded(known, split);
    }
    for (SimShard.Rec rec : shard.records.subList(covered, covers)) {
      cover(known, split, rec);
    }
    known.coveredRecords.put(split.id(), covers);
  }

  private void parentsEnded(SimKnown known, Split.StreamShard split) {
    for (String parent : split.parents()) {
      SimStream stream = stream(split);
      boolean exists = stream.shards.containsKey(parent) && !stream.hasVanished(parent);
      if (exists && !known.hasEnded(parent)) {
        throw SimKnown.broken(
            split.table(), split.id() + " is stored ahead of the end of its parent " + parent);
      }
    }
  }

  private void cover(SimKnown known, Split.StreamShard split, SimShard.Rec rec) {
    if (!known.counts(rec)) {
      return;
    }
    if (content(known).last.getOrDefault(rec.key(), -1L) < rec.version()) {
      throw SimKnown.broken(
          split.table(),
          split.id()
              + " is stored ahead of the target, without "
              + rec.key()
              + "@"
              + rec.version());
    }
    known.covered.merge(rec.key(), rec.version(), Math::max);
  }
}
