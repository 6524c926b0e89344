package io.nimoshake.flink.sink;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.engine.TableRegistry;
import io.nimoshake.core.engine.ThreadScheduler;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.ChangeWriter.Outcome;
import io.nimoshake.core.flow.Outages;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.flow.TableWriter;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Target;
import io.nimoshake.flink.metrics.ItemCounters;
import io.nimoshake.flink.metrics.StatsMetrics;
import io.nimoshake.flink.ports.SyncPorts;
import io.nimoshake.flink.wire.TablePlace;
import io.nimoshake.flink.wire.WriteRequest;
import io.nimoshake.setup.Closer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the requests of the reader in the same task, several at a time. Their order does not
 * count, because each split has only one request in flight.
 *
 * <p>A flush waits until all requests are written. So does the end of the task: none of its writes
 * may meet a write of the task that replaces it.
 */
final class TargetWriter implements SinkWriter<WriteRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(TargetWriter.class);
  private static final long TELL_MILLIS = 10_000;

  /** How long to wait for writes after a bug: a write that ended in it may never report its end. */
  private static final long WAIT_AFTER_BUG_MILLIS = 2_000;

  private final SyncOptions options;
  private final Closer closer = new Closer();
  private final ThreadScheduler scheduler;
  private final Target target;
  private final DeadLetters letters;
  private final StatsMetrics metrics;
  private final ItemCounters counters;
  private final SinkWriterMetricGroup group;
  private final TableRegistry registry;

  /** The last preparation of each table. Used on the task's thread. */
  private final Map<String, PreparedTable> tables = new HashMap<>();

  private final Object lock = new Object();

  // Guarded by lock.
  private int underWay;
  private long writtenItems;
  private long writtenBytes;
  private Throwable failure;
  private boolean buggy;
  private long bugNanos;

  private volatile boolean ending;

  TargetWriter(SyncPorts ports, SinkWriterMetricGroup group) throws Fault {
    this.options = ports.options();
    this.scheduler = closer.keep(new ThreadScheduler(options.ioThreads()));
    try {
      this.target = closer.keep(ports.openTarget());
      this.letters = closer.keep(ports.openDeadLetters());
    } catch (Fault | RuntimeException e) {
      closer.close();
      throw e;
    }
    Outages outages = new Outages(scheduler.control());
    target.failedCalls().listen(outages);
    this.registry = new TableRegistry(table -> TableLimits.none(), Optional.of(outages));
    this.metrics = new StatsMetrics(group);
    metrics.outages(outages);
    this.counters = new ItemCounters(group.getIOMetricGroup());
    this.group = group;
    metrics.failedCalls("target", target.failedCalls());
    scheduler.onBug(this::bug);
  }

  @Override
  public void write(WriteRequest request, Context context) throws IOException {
    throwFailure();
    counters.receives(request);
    countWritten();
    TableStats stats = registry.stats(request.place().schema().name());
    BooleanSupplier stop =
        request.handle().isEmpty()
            ? () -> ending
            : () -> ending || request.handle().get().stop().getAsBoolean();
    synchronized (lock) {
      underWay++;
    }
    try {
      table(request.place(), stats)
          .write(request, request.copied() ? stats.copy : stats.stream, stop, new Counted(request));
      // Any exception: the request is counted as in flight, and nothing else may end it.
    } catch (RuntimeException | Error e) {
      bug(e);
      throw e;
    }
  }

  private PreparedTable table(TablePlace place, TableStats stats) {
    String name = place.schema().name();
    PreparedTable table = tables.get(name);
    if (table == null || table.place().preparation() != place.preparation()) {
      if (table == null) {
        metrics.written(name, stats);
      }
      TableWriter writer =
          new TableWriter(
              place.schema(),
              target,
              letters,
              scheduler,
              options.retryPolicy(),
              stats,
              options.writersPerTable(),
              options.changesPerWrite());
      table = new PreparedTable(place, target, writer, scheduler, options.retryPolicy(), stats);
      tables.put(name, table);
    }
    return table;
  }

  /**
   * For requests without a reader in this task: a fault can only be reported by failing the task.
   */
  private final Outcome alone =
      new Outcome() {
        @Override
        public void durable() {}

        @Override
        public void failed(Fault fault) {
          fail(fault);
        }

        @Override
        public void aborted() {
          fail(new IOException("not written, because the task ends"));
        }
      };

  /** Tells Flink what has become durable. Its counters may be used on the task's thread only. */
  private void countWritten() {
    long items;
    long bytes;
    synchronized (lock) {
      items = writtenItems;
      bytes = writtenBytes;
      writtenItems = 0;
      writtenBytes = 0;
    }
    group.getNumRecordsSendCounter().inc(items);
    group.getNumBytesSendCounter().inc(bytes);
  }

  /** Counts a request as in flight until its outcome is known. */
  private final class Counted implements Outcome {
    private final Outcome outcome;
    private final int items;
    private final long bytes;

    Counted(WriteRequest request) {
      this.outcome = request.handle().map(WriteRequest.Handle::outcome).orElse(alone);
      this.items = request.changes().size();
      this.bytes = ItemCounters.bytes(request);
    }

    @Override
    public void durable() {
      outcome.durable();
      synchronized (lock) {
        writtenItems += items;
        writtenBytes += bytes;
      }
      over();
    }

    @Override
    public void failed(Fault fault) {
      outcome.failed(fault);
      over();
    }

    @Override
    public void aborted() {
      outcome.aborted();
      over();
    }

    private void over() {
      synchronized (lock) {
        underWay--;
        lock.notifyAll();
      }
    }
  }

  private void fail(Throwable cause) {
    synchronized (lock) {
      failure = failure == null ? cause : failure;
      lock.notifyAll();
    }
  }

  private void bug(Throwable bug) {
    LOG.error("unexpected failure: this is a bug", bug);
    synchronized (lock) {
      buggy = true;
      bugNanos = System.nanoTime();
    }
    fail(bug);
  }

  private void throwFailure() throws IOException {
    Throwable cause;
    synchronized (lock) {
      cause = failure;
    }
    if (cause != null) {
      throw new IOException("writing failed: " + cause.getMessage(), cause);
    }
  }

  @Override
  public void flush(boolean endOfInput) throws IOException, InterruptedException {
    synchronized (lock) {
      while (underWay > 0 && failure == null) {
        lock.wait();
      }
    }
    countWritten();
    throwFailure();
  }

  @Override
  public void close() {
    ending = true;
    boolean interrupted = false;
    long begin = System.nanoTime();
    synchronized (lock) {
      // Wait even after a failure: what is on the wire may still arrive.
      while (underWay > 0 && !hasWaitedAfterBug(begin)) {
        try {
          lock.wait(buggy ? WAIT_AFTER_BUG_MILLIS : TELL_MILLIS);
          if (underWay > 0) {
            LOG.info("waiting for {} writes in flight before the task ends", underWay);
          }
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    closer.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Gives writes on the wire the same time, whether the end or the bug came first. */
  private boolean hasWaitedAfterBug(long endNanos) {
    long since = endNanos - bugNanos > 0 ? endNanos : bugNanos;
    return buggy
        && System.nanoTime() - since >= TimeUnit.MILLISECONDS.toNanos(WAIT_AFTER_BUG_MILLIS);
  }
}
