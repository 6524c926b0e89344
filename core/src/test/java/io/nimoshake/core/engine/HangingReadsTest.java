package io.nimoshake.core.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.Samples;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.ChangeWriter;
import io.nimoshake.core.flow.MemoryBudget;
import io.nimoshake.core.flow.StreamMode;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Page;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.plan.Event;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.core.port.WriteMode;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On real threads: one table whose source does not answer, and another one. */
class HangingReadsTest {
  private static final int IO_THREADS = 2;
  private static final int HANGING = 6;

  private final CountDownLatch answer = new CountDownLatch(1);
  private final CountDownLatch hang = new CountDownLatch(IO_THREADS);
  private final CountDownLatch worked = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicInteger hanging = new AtomicInteger();
  private final ThreadScheduler scheduler = new ThreadScheduler(IO_THREADS);
  private final LocalSplits splits =
      new LocalSplits(
          source(),
          schema -> new NoWriter(),
          DeadLetters.FAIL,
          new MemoryBudget(1 << 30),
          scheduler,
          RetryPolicy.DEFAULT,
          new TableRegistry(table -> TableLimits.none()),
          this::heard,
          fault -> {});

  /** Every page is empty. */
  private static final class NoWriter implements ChangeWriter {
    @Override
    public void write(Page page, WriteMode copyMode, BooleanSupplier stop, Outcome outcome) {
      throw new AssertionError("nothing is to be written");
    }

    @Override
    public StreamMode streamMode() {
      throw new AssertionError("there is no stream");
    }
  }

  @AfterEach
  void close() {
    answer.countDown();
    scheduler.close();
  }

  private Source source() {
    return (Source)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Source.class},
            (proxy, method, arguments) -> reader((Split) arguments[0]));
  }

  private SplitReader reader(Split split) {
    return new SplitReader() {
      @Override
      public ChangeBatch read() {
        if (split.table().equals("hangs")) {
          hanging.incrementAndGet();
          hang.countDown();
          awaitAnswer();
        }
        return ChangeBatch.builder().build(Position.END);
      }

      @Override
      public void close() {}
    };
  }

  private void awaitAnswer() {
    try {
      answer.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void heard(Event.OfSplit event) {
    if (event instanceof Event.Durable durable && durable.table().equals("answers")) {
      ended.countDown();
    }
  }

  private void start(String table, int segments) {
    splits.tablePrepared(Samples.table(table), Existing.DROP);
    for (int index = 0; index < segments; index++) {
      Split split = new Split.ScanSegment(table, index, segments);
      splits.add(new Command.StartSplit(split, Position.BEGINNING, WriteMode.COPY_REPLACE)).run();
    }
  }

  @Test
  void readsOfOneTableThatHangKeepNeitherOtherTablesNorOtherWorkWaiting()
      throws InterruptedException {
    start("hangs", HANGING);
    assertTrue(hang.await(5, TimeUnit.MINUTES));
    start("answers", 1);
    assertTrue(ended.await(5, TimeUnit.MINUTES), "the other table is read");
    scheduler.execute(worked::countDown);
    assertTrue(worked.await(5, TimeUnit.MINUTES), "other work is done");
    assertTrue(hanging.get() <= scheduler.readsOfATable(), hanging + " reads hang");
  }
}
