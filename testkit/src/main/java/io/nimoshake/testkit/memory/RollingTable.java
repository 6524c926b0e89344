package io.nimoshake.testkit.memory;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.testkit.sim.SimHost;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An empty table whose stream has some lines of shards. Each shard has one record, of an item of
 * its own. {@link #rollTo} closes the last shard of each line and opens its child, again and again.
 * Safe for use by several threads.
 */
public final class RollingTable implements SimHost.World {
  private static final String NAME = "rolling";
  private static final String ARN = "arn:rolling";

  private final int lines;
  private final CheckpointStore store = new MemoryStore();
  private final Set<ItemKey> written = ConcurrentHashMap.newKeySet();

  /** How often each line has rolled over. Its shards with smaller numbers are closed. */
  private volatile int rolls;

  /**
   * @param lines number of shards that are open at any time
   */
  public RollingTable(int lines) {
    this.lines = lines;
  }

  /** Lets each line roll over until it has done so {@code times} times. */
  public void rollTo(int times) {
    rolls = times;
  }

  /** Whether the record of every shard was written. */
  public boolean isAllWritten() {
    return written.size() == lines * (rolls + 1);
  }

  @Override
  public SyncOptions options() {
    return SyncOptions.defaults();
  }

  @Override
  public Source openSource() {
    return new Tables();
  }

  @Override
  public Target openTarget() {
    return new Collections();
  }

  @Override
  public CheckpointStore openCheckpoints() {
    return store;
  }

  @Override
  public CompletableFuture<Void> closed() {
    return CompletableFuture.completedFuture(null);
  }

  private static String shardId(int line, int number) {
    return "shard-" + line + "-" + number;
  }

  private static int number(String shardId) {
    return Integer.parseInt(shardId.substring(shardId.lastIndexOf('-') + 1));
  }

  private final class Tables extends OneTableSource {
    Tables() {
      super(NAME, ARN);
    }

    @Override
    protected List<ShardInfo> shards() {
      int last = rolls;
      List<ShardInfo> all = new ArrayList<>();
      for (int line = 0; line < lines; line++) {
        for (int number = 0; number <= last; number++) {
          all.add(
              new ShardInfo(
                  shardId(line, number),
                  number == 0 ? Set.of() : Set.of(shardId(line, number - 1)),
                  number < last ? Optional.of("1") : Optional.empty()));
        }
      }
      return all;
    }

    @Override
    public SplitReader open(Split split, Position from) {
      return split instanceof Split.StreamShard shard
          ? new ShardReader(shard, from)
          : new EmptySegment();
    }
  }

  private static final class EmptySegment implements SplitReader {
    @Override
    public ChangeBatch read() {
      return ChangeBatch.builder().build(Position.END);
    }

    @Override
    public void close() {}
  }

  private final class ShardReader implements SplitReader {
    private final Split.StreamShard shard;
    private Position position;

    ShardReader(Split.StreamShard shard, Position from) {
      this.shard = shard;
      this.position = from;
    }

    @Override
    public ChangeBatch read() {
      boolean closed = number(shard.id()) < rolls;
      Instant now = Instant.now();
      ChangeBatch.Builder page = ChangeBatch.builder(shard).begun(now).small();
      if (position instanceof Position.Beginning) {
        Slice key = Slice.utf8(shard.id());
        page.add(new Change.Upsert(new ItemKey(key), key), now);
      }
      position = closed ? Position.END : Position.after("1");
      return page.build(position);
    }

    @Override
    public void close() {}
  }

  private final class Collections implements Target {
    @Override
    public Capabilities capabilities() {
      return new Capabilities(true, 1000, 1 << 20, true);
    }

    @Override
    public Prepared prepare(TableSchema table, Existing existing) {
      return new Prepared(true);
    }

    @Override
    public List<Rejected> write(TableSchema table, List<Change> changes, WriteMode mode) {
      changes.forEach(change -> written.add(change.key()));
      return List.of();
    }

    @Override
    public void purgeTombstones(TableSchema table) {}

    @Override
    public void finish(TableSchema table) {}

    @Override
    public void swapIn(TableSchema table) {}

    @Override
    public void close() {}
  }
}
