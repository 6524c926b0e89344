package io.nimoshake.core.plan;

import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.SplitForgotten;
import io.nimoshake.core.port.Source.StreamHandle;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the checkpoint says after a return, so that a sync from DynamoDB may follow: each table is
 * copied, and its stream counts from a moment of DynamoDB's clock at which everything had arrived
 * and nobody was told to switch yet. The shards of the time before the cut-over are forgotten. The
 * stream is read anew, and of it the records of the way back do not count, except those of the last
 * minutes.
 *
 * <p>Those are written to MongoDB again. That brings no older state back for good: a stream has the
 * changes of an item in their order, and the last of them is the state that DynamoDB had at the
 * return. What the applications write to DynamoDB since then comes after it.
 */
final class Returned {
  private final Map<String, OfTable> tables = new LinkedHashMap<>();
  private final List<StreamShard> shards = new ArrayList<>();

  /** Takes an entry of the checkpoint. */
  void restore(CheckpointEntry entry) {
    if (entry instanceof OfTable table) {
      tables.put(table.table(), table);
    } else if (entry instanceof OfSplit split && split.split() instanceof StreamShard shard) {
      shards.add(shard);
    }
  }

  /**
   * What is to be saved, in this order. If only a beginning of it is stored, the way back goes on.
   *
   * @param streams the open stream of each table; one without a stream is left as it was
   * @param direction says that the sync has returned
   */
  List<CheckpointEntry> entries(Map<String, StreamHandle> streams, OfDirection direction) {
    List<CheckpointEntry> entries = new ArrayList<>();
    for (StreamShard shard : shards) {
      if (streams.containsKey(shard.table()) && tables.containsKey(shard.table())) {
        entries.add(new SplitForgotten(shard.table(), shard.id()));
      }
    }
    streams.forEach(
        (name, stream) -> {
          OfTable table = tables.get(name);
          if (table != null) {
            entries.add(table.followedFrom(stream.serviceTime(), stream.arn()));
          }
        });
    entries.add(direction);
    return entries;
  }
}
