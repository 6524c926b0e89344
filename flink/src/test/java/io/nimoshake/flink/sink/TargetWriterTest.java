package io.nimoshake.flink.sink;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.Unreachable;
import io.nimoshake.core.flow.ChangeWriter.Outcome;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.flink.CapturedLog;
import io.nimoshake.flink.MemoryPorts;
import io.nimoshake.flink.wire.TablePlace;
import io.nimoshake.flink.wire.WriteRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.OperatorIOMetricGroup;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.metrics.groups.InternalSinkWriterMetricGroup;
import org.apache.flink.runtime.metrics.groups.UnregisteredMetricGroups;
import org.junit.jupiter.api.Test;

class TargetWriterTest {
  private static final TableSchema TABLE =
      new TableSchema(
          "t", new KeyAttribute("k", KeyAttribute.Type.S), Optional.empty(), List.of(), 0, 0);

  /** Of every wait for what must come: reached only if it never does. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final List<String> told = new CopyOnWriteArrayList<>();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch mayEnd = new CountDownLatch(1);
  private volatile Fault fault;
  private volatile RuntimeException bug;

  private final MemoryPorts ports =
      new MemoryPorts() {
        private static final long serialVersionUID = 1;

        @Override
        protected List<Rejected> write(List<Change> changes, WriteMode mode) throws Fault {
          begun.countDown();
          awaitUninterruptibly(mayEnd);
          if (fault != null) {
            throw fault;
          } else if (bug != null) {
            throw bug;
          }
          done.add("write " + mode);
          return List.of();
        }
      };

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // As a call on the wire: it ends when it ends.
      }
    }
  }

  private final Outcome outcome =
      new Outcome() {
        @Override
        public void durable() {
          told.add("durable");
        }

        @Override
        public void failed(Fault cause) {
          told.add("failed " + cause.getMessage());
        }

        @Override
        public void aborted() {
          told.add("aborted");
        }
      };

  private final SinkWriterMetricGroup metrics =
      InternalSinkWriterMetricGroup.wrap(
          UnregisteredMetricGroups.createUnregisteredOperatorMetricGroup());

  private TargetWriter writer() throws Fault {
    return new TargetWriter(ports, metrics);
  }

  private WriteRequest request(TablePlace place, boolean handled) {
    Change change = new Change.Delete(new ItemKey(Slice.utf8("k")));
    return new WriteRequest(
        place,
        WriteMode.STREAM_WITH_TOMBSTONES,
        false,
        List.of(change),
        handled ? Optional.of(new WriteRequest.Handle(() -> false, outcome)) : Optional.empty());
  }

  private WriteRequest request() {
    return request(new TablePlace(TABLE, 1, false), true);
  }

  private static void awaitWaiting(Thread thread) {
    await().atMost(LIMIT).until(() -> thread.getState().name().contains("WAITING"));
  }

  @Test
  void anOutageIsToldOnceAndCounted() throws Exception {
    mayEnd.countDown();
    fault =
        new Fault.Transient(
            "cannot write", new Unreachable("MongoDB at h:27017", "refuses connections"), null);
    try (CapturedLog log = new CapturedLog();
        TargetWriter writer = writer()) {
      writer.write(request(), null);
      await().atMost(LIMIT).until(() -> log.text().contains("since"));
      fault = null;
      await().atMost(LIMIT).until(() -> told.contains("durable"));
      List<String> lines = log.text().lines().filter(line -> line.contains("MongoDB")).toList();
      assertEquals(2, lines.size(), log.text());
      assertTrue(
          lines
              .get(0)
              .matches("WARN MongoDB at h:27017 refuses connections since .*; 1 table waits"),
          lines.get(0));
      assertTrue(lines.get(1).matches("INFO MongoDB at h:27017 answers again after .*"));
    }
  }

  @Test
  void aFlushWaitsForTheWriteUnderWay() throws Exception {
    TargetWriter writer = writer();
    writer.write(request(), null);
    begun.await();
    Thread flush =
        new Thread(
            () -> {
              try {
                writer.flush(false);
                told.add("flushed");
              } catch (IOException | InterruptedException e) {
                told.add(e.toString());
              }
            });
    flush.start();
    awaitWaiting(flush);
    assertEquals(List.of(), told);
    mayEnd.countDown();
    flush.join();
    assertEquals(List.of("durable", "flushed"), told);
    assertEquals(List.of("prepare RESUME", "write STREAM_WITH_TOMBSTONES"), ports.done);
    writer.close();
  }

  /** It must not meet a write of the task that takes this one's place. */
  @Test
  void theEndWaitsForTheWriteOnTheWireEvenIfInterrupted() throws Exception {
    TargetWriter writer = writer();
    writer.write(request(), null);
    begun.await();
    Thread end =
        new Thread(
            () -> {
              writer.close();
              told.add("ended, interrupted: " + Thread.currentThread().isInterrupted());
            });
    end.start();
    awaitWaiting(end);
    end.interrupt();
    awaitWaiting(end);
    assertEquals(List.of(), told);
    mayEnd.countDown();
    end.join();
    assertEquals(List.of("durable", "ended, interrupted: true"), told);
  }

  @Test
  void aTableThatFailsIsItsReadersAffair() throws Exception {
    fault = new Fault.TableFailed("no room", null);
    mayEnd.countDown();
    TargetWriter writer = writer();
    writer.write(request(), null);
    writer.flush(false);
    assertEquals(List.of("failed no room"), told);
    writer.close();
  }

  /** It never says what became of it, and the task must not wait for that for ever. */
  @Test
  void aWriteThatEndsInABugEndsTheTask() throws Exception {
    bug = new IllegalStateException("a bug of the test");
    mayEnd.countDown();
    TargetWriter writer = writer();
    writer.write(request(), null);
    IOException failed = assertThrows(IOException.class, () -> writer.flush(false));
    assertTrue(failed.getMessage().contains("a bug of the test"));
    assertEnds(writer);
  }

  private static void assertEnds(TargetWriter writer) {
    Thread end = new Thread(writer::close);
    end.setDaemon(true);
    end.start();
    await().atMost(Duration.ofMinutes(5)).until(() -> !end.isAlive());
  }

  /** Metrics without room for another table. */
  private final class FullMetrics extends UnregisteredMetricsGroup
      implements SinkWriterMetricGroup {
    @Override
    public MetricGroup addGroup(String key, String value) {
      if (key.equals("table")) {
        throw new IllegalStateException("a bug of the test");
      }
      return super.addGroup(key, value);
    }

    @Override
    public MetricGroup addGroup(String name) {
      return this;
    }

    @Override
    public OperatorIOMetricGroup getIOMetricGroup() {
      return metrics.getIOMetricGroup();
    }

    @Override
    public Counter getNumRecordsOutErrorsCounter() {
      return metrics.getNumRecordsOutErrorsCounter();
    }

    @Override
    public Counter getNumRecordsSendErrorsCounter() {
      return metrics.getNumRecordsSendErrorsCounter();
    }

    @Override
    public Counter getNumRecordsSendCounter() {
      return metrics.getNumRecordsSendCounter();
    }

    @Override
    public Counter getNumBytesSendCounter() {
      return metrics.getNumBytesSendCounter();
    }

    @Override
    public void setCurrentSendTimeGauge(Gauge<Long> gauge) {
      metrics.setCurrentSendTimeGauge(gauge);
    }
  }

  @Test
  void flinksOwnCountersCountItemsWhenTheyAreDurable() throws Exception {
    TargetWriter writer = writer();
    Change upsert = new Change.Upsert(new ItemKey(Slice.utf8("k")), Slice.utf8("document"));
    Change delete = new Change.Delete(new ItemKey(Slice.utf8("l")));
    writer.write(
        new WriteRequest(
            new TablePlace(TABLE, 1, false),
            WriteMode.STREAM,
            false,
            List.of(upsert, delete),
            Optional.of(new WriteRequest.Handle(() -> false, outcome))),
        null);
    // Flink itself counts the page as one.
    assertEquals(1, metrics.getIOMetricGroup().getNumRecordsInCounter().getCount());
    assertEquals(10, metrics.getIOMetricGroup().getNumBytesInCounter().getCount());
    assertEquals(0, metrics.getNumRecordsSendCounter().getCount());
    mayEnd.countDown();
    writer.flush(false);
    assertEquals(2, metrics.getNumRecordsSendCounter().getCount());
    assertEquals(10, metrics.getNumBytesSendCounter().getCount());
    assertEnds(writer);
  }

  @Test
  void aWriteThatCannotBeginEndsTheTask() throws Exception {
    TargetWriter writer = new TargetWriter(ports, new FullMetrics());
    assertThrows(IllegalStateException.class, () -> writer.write(request(), null));
    assertEnds(writer);
  }

  @Test
  void withoutAReaderInTheSameTaskAFaultEndsTheTask() throws Exception {
    fault = new Fault.TableFailed("no room", null);
    mayEnd.countDown();
    TargetWriter writer = writer();
    writer.write(request(new TablePlace(TABLE, 1, false), false), null);
    IOException failed = assertThrows(IOException.class, () -> writer.flush(false));
    assertTrue(failed.getMessage().contains("no room"));
    writer.close();
  }

  @Test
  void findsOutAnewWhereATableLiesWhenItWasPreparedAnew() throws Exception {
    mayEnd.countDown();
    TargetWriter writer = writer();
    writer.write(request(new TablePlace(TABLE, 1, true), true), null);
    writer.flush(false);
    writer.write(request(new TablePlace(TABLE, 1, true), true), null);
    writer.flush(false);
    writer.write(request(new TablePlace(TABLE, 2, false), true), null);
    writer.flush(false);
    assertEquals(
        List.of(
            "prepare RESUME_BESIDE",
            "write STREAM_WITH_TOMBSTONES",
            "write STREAM_WITH_TOMBSTONES",
            "prepare RESUME",
            "write STREAM_WITH_TOMBSTONES"),
        ports.done);
    writer.close();
  }
}
