package io.nimoshake.core;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Page;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.Split.ScanSegment;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.model.TableSchema;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Small things that tests need. */
public final class Samples {
  private Samples() {}

  public static TableSchema table(String name) {
    return new TableSchema(
        name, new KeyAttribute("k", KeyAttribute.Type.S), Optional.empty(), List.of(), 7, 1000);
  }

  public static StreamShard shard(String id) {
    return new StreamShard("t", "arn", id, Set.of(), Optional.empty(), Instant.MIN);
  }

  public static ScanSegment segment(int index, int total) {
    return new ScanSegment("t", index, total);
  }

  /** An upsert of as many bytes as are said, with its key. */
  public static Change upsert(String key, int bytes) {
    return new Change.Upsert(
        new ItemKey(Slice.utf8(key)), Slice.of(new byte[bytes - key.length()]));
  }

  /** The only page of a split. */
  public static Page written(Split split, List<Change> changes) {
    return new Page(split, Position.BEGINNING, Position.END, changes);
  }

  /** A page of upserts of ten bytes each. */
  public static ChangeBatch page(Position to, String... keys) {
    ChangeBatch.Builder page = ChangeBatch.builder();
    for (String key : keys) {
      page.add(upsert(key, 10));
    }
    return page.build(to);
  }
}
