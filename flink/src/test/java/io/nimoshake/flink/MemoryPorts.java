package io.nimoshake.flink;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.flink.ports.SyncPorts;
import io.nimoshake.testkit.memory.MemoryStore;
import io.nimoshake.testkit.memory.OneTableSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** One table with a stream of any number of shards, and what an enumerator does with them. */
public class MemoryPorts implements SyncPorts {
  private static final long serialVersionUID = 1;
  static final String ARN = "arn:stream";

  private final transient List<Source.ShardInfo> shards;
  public final transient MemoryStore store = new MemoryStore();
  public final transient List<String> done = new CopyOnWriteArrayList<>();

  private transient Optional<Fault> refusal = Optional.empty();

  public MemoryPorts() {
    this.shards = new CopyOnWriteArrayList<>();
  }

  public void shard(String id, boolean closed, String... parents) {
    Optional<String> ending = closed ? Optional.of("9") : Optional.empty();
    shards.add(new Source.ShardInfo(id, Set.of(parents), ending));
  }

  @Override
  public String id() {
    return "memory";
  }

  @Override
  public SyncOptions options() {
    SyncOptions d = SyncOptions.defaults();
    return new SyncOptions(
        d.mode(),
        d.streamDuringCopy(),
        d.tables(),
        d.requiredTables(),
        d.existing(),
        d.schemaOnly(),
        d.tablesAtATime(),
        OptionalInt.of(2),
        d.writersPerTable(),
        d.changesPerWrite(),
        d.onGap(),
        d.memoryBudgetBytes(),
        d.checkpointInterval(),
        d.discoveryInterval(),
        d.leaseDuration(),
        d.unknownFor(),
        d.goneAfter(),
        d.ioThreads());
  }

  @Override
  public TableLimits limits() {
    return TableLimits.none();
  }

  @Override
  public void check() {}

  public void refuseToTakeOver(Fault fault) {
    refusal = Optional.of(fault);
  }

  @Override
  public void takeOver(Source source, Target target, CheckpointStore store, long fence)
      throws Fault {
    if (refusal.isPresent()) {
      throw refusal.get();
    }
  }

  @Override
  public DeadLetters openDeadLetters() {
    return DeadLetters.FAIL;
  }

  @Override
  public CheckpointStore openCheckpoints() {
    return store;
  }

  @Override
  public Source openSource() {
    return new OneTableSource("t", ARN) {
      @Override
      protected List<ShardInfo> shards() {
        return List.copyOf(shards);
      }

      @Override
      public SplitReader open(Split split, Position from) {
        throw new UnsupportedOperationException("read by readers, of which there are none");
      }
    };
  }

  protected List<Rejected> write(List<Change> changes, WriteMode mode) throws Fault {
    throw new UnsupportedOperationException("written by sinks, of which there are none");
  }

  @Override
  public Target openTarget() {
    return new Target() {
      @Override
      public Capabilities capabilities() {
        return new Capabilities(true, 1000, 1 << 20, true);
      }

      @Override
      public Prepared prepare(TableSchema table, Existing existing) {
        done.add("prepare " + existing);
        return new Prepared(true);
      }

      @Override
      public List<Rejected> write(TableSchema table, List<Change> changes, WriteMode mode)
          throws Fault {
        return MemoryPorts.this.write(changes, mode);
      }

      @Override
      public void purgeTombstones(TableSchema table) {
        done.add("purge");
      }

      @Override
      public void finish(TableSchema table) {
        done.add("finish");
      }

      @Override
      public void swapIn(TableSchema table) {
        done.add("swap");
      }

      @Override
      public void close() {}
    };
  }
}
