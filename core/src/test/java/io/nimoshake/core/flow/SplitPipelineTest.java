package io.nimoshake.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.Split.ScanSegment;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.core.port.WriteMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** The path of a page, step by step. */
class SplitPipelineTest {
  private static final int PAGE_BYTES = 100_000;

  private static final Split SHARD =
      new Split.StreamShard("t", "arn", "shard", Set.of(), Optional.empty(), Instant.MIN);

  /**
   * The answer, the items, and what the driver sends: seen as an exhausted heap when it was one.
   */
  private static final int COPIES = 3;

  private final ArrayDeque<Runnable> work = new ArrayDeque<>();
  private long nanos;
  private final MemoryBudget memory = new MemoryBudget(64 << 20);
  private ChangeWriter.Outcome written;
  private int caughtUp;

  @Test
  void aPageCountsAsOftenAsItLiesInMemoryUntilItIsDurable() {
    start(new ScanSegment("t", 0, 1), page(Position.END));
    runAll();
    assertEquals(COPIES * PAGE_BYTES, memory.heldBytes());
    written.durable();
    runAll();
    assertEquals(0, memory.heldBytes());
  }

  /** A page that the target does not take must not be forgotten for what comes after it. */
  @Test
  void aShardIsNotCaughtUpWithWhileAPageOfItIsWritten() {
    start(SHARD, page(Position.after("1")), nothing(Position.after("1")));
    for (int step = 0; step < 2_000; step++) {
      work.poll().run();
    }
    assertEquals(0, caughtUp);
    written.durable();
    for (int step = 0; step < 2_000; step++) {
      work.poll().run();
    }
    assertTrue(caughtUp > 0);
  }

  private void start(Split split, ChangeBatch... pages) {
    TableFlow flow =
        new TableFlow(
            new Pages(pages),
            new HeldUp(),
            DeadLetters.FAIL,
            memory,
            TableLimits.none(),
            new ByHand(),
            RetryPolicy.DEFAULT,
            new TableStats());
    new SplitPipeline(split, Position.BEGINNING, WriteMode.COPY_REPLACE, flow, new Counting())
        .start();
  }

  private static ChangeBatch page(Position to) {
    Slice document = Slice.of(new byte[PAGE_BYTES - 1]);
    Change change = new Change.Upsert(new ItemKey(Slice.utf8("k")), document);
    return ChangeBatch.builder().add(change).build(to);
  }

  private static ChangeBatch nothing(Position to) {
    return ChangeBatch.builder().build(to);
  }

  private void runAll() {
    while (!work.isEmpty()) {
      work.poll().run();
    }
  }

  /** Takes a write and does not answer. */
  private final class HeldUp implements ChangeWriter {
    @Override
    public void write(
        Split split, List<Change> changes, WriteMode mode, BooleanSupplier stop, Outcome outcome) {
      written = outcome;
    }

    @Override
    public StreamMode streamMode() {
      throw new UnsupportedOperationException();
    }
  }

  /** Runs nothing by itself; as much time passes as is waited for. */
  private final class ByHand implements Scheduler {
    @Override
    public void execute(Runnable task) {
      work.add(task);
    }

    @Override
    public void after(Duration delay, Runnable task) {
      work.add(
          () -> {
            nanos += delay.toNanos();
            task.run();
          });
    }

    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public long nanoTime() {
      return nanos;
    }

    @Override
    public double random() {
      return 0;
    }
  }

  private final class Counting implements SplitPipeline.Listener {
    @Override
    public void durable(Split split, Position position, Optional<Instant> recordTime) {}

    @Override
    public void caughtUp(Split split, Instant at) {
      caughtUp++;
    }

    @Override
    public void failed(Split split, Fault fault) {
      throw new AssertionError(fault);
    }

    @Override
    public void stopped(Split split) {}
  }

  /** A source of these pages; the last comes again and again. */
  private static final class Pages implements Source {
    private final ArrayDeque<ChangeBatch> pages;

    Pages(ChangeBatch... pages) {
      this.pages = new ArrayDeque<>(List.of(pages));
    }

    @Override
    public SplitReader open(Split split, Position from) {
      return new SplitReader() {
        @Override
        public ChangeBatch read() {
          return pages.size() > 1 ? pages.poll() : pages.peek();
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public List<String> listTables() {
      throw new UnsupportedOperationException();
    }

    @Override
    public TableSchema describe(String table) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<StreamHandle> ensureStream(String table) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<StreamHandle> currentStream(String table) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ShardListing listShards(String table, String streamArn, Optional<String> childrenOf) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
