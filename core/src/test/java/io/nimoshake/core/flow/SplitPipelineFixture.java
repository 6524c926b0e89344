package io.nimoshake.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.FakeSource;
import io.nimoshake.core.HeldWrites;
import io.nimoshake.core.ManualScheduler;
import io.nimoshake.core.Samples;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.WriteMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/** The pipeline of a shard, with a source, writes, a memory and a time that a test moves on. */
abstract class SplitPipelineFixture {
  static final Fault DOWN = new Fault.Transient("connection refused", null);
  static final Fault DENIED = new Fault.TableFailed("access denied", null);
  static final Split SHARD = Samples.shard("s");

  final ManualScheduler time = new ManualScheduler();
  final FakeSource source = new FakeSource();
  final HeldWrites writes = new HeldWrites();
  final MemoryBudget memory = new MemoryBudget(64 << 20);
  final MemoryBudget.Share share = memory.share();
  final Permits reads = new Permits(2);
  final TableStats stats = new TableStats();
  final FreezeWatch freeze = new FreezeWatch();
  final List<Rejected> putAside = new ArrayList<>();
  final List<String> told = new ArrayList<>();
  final List<Optional<Instant>> durableBegun = new ArrayList<>();
  Instant caughtUpAt = Instant.MIN;
  TableLimits limits = TableLimits.none();
  DeadLetters deadLetters = putAside::addAll;
  SplitPipeline pipeline;

  void start(Object... pages) {
    source.pages("s", pages);
    TableFlow flow =
        new TableFlow(
            source,
            writes,
            deadLetters,
            share,
            reads,
            limits,
            freeze,
            time,
            RetryPolicy.DEFAULT,
            stats);
    pipeline =
        new SplitPipeline(SHARD, Position.BEGINNING, WriteMode.COPY_REPLACE, flow, new Told());
    pipeline.start();
    time.run();
  }

  private final class Told implements SplitListener {
    @Override
    public void durable(
        Split split, Position position, Optional<Instant> recordTime, Optional<Instant> begun) {
      durableBegun.add(begun);
      told.add(position instanceof Position.After after ? "durable " + after.token() : "end");
    }

    @Override
    public void caughtUp(Split split, Instant at) {
      told.add("caught up");
      caughtUpAt = at;
    }

    @Override
    public void readEmpty(Split split, Instant begun) {
      told.add("read empty");
    }

    @Override
    public void failed(Split split, Fault fault) {
      told.add("failed: " + fault.getMessage());
    }

    @Override
    public void stopped(Split split) {
      told.add("stopped");
    }
  }

  static ChangeBatch page(int number) {
    return Samples.page(Position.after(number + ""), "k" + number);
  }

  static ChangeBatch lastPage() {
    return Samples.page(Position.END, "last");
  }

  void durable() {
    writes.durable();
    time.run();
  }

  /** However it ended: the reader is closed, the memory free, nothing in flight, nothing to do. */
  void assertOver(String... heard) {
    time.pass(Duration.ofMinutes(1));
    assertEquals(List.of(heard), told);
    assertEquals(0, source.openReaders());
    assertEquals(0, memory.heldBytes());
    assertEquals(0, stats.stream.inFlight.sum());
    assertTrue(time.isIdle());
  }

  @AfterEach
  void readersWereUsedRightly() {
    assertEquals(List.of(), source.broken());
  }
}
