package io.nimoshake.core.flow;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.core.port.WriteMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The path of an item: one split is read, written, and reported durable, in order. A batch is not
 * written before the one ahead of it is durable; the next page is read meanwhile, one ahead.
 *
 * <p>Waits in no thread: an idle shard costs a timer. All state is guarded by this object's lock,
 * which is never held over a call to anything else.
 */
public final class SplitPipeline {
  /** Told what happens, on any thread, one call at a time. */
  public interface Listener {
    /** Everything up to this position is durable; after {@link Position#END} nothing follows. */
    void durable(Split split, Position position, Optional<Instant> recordTime);

    /**
     * A shard had nothing new for a while: all that was made before a moment is durable, but for
     * what clocks and delays of the service hide. Called now and then while it stays so.
     */
    default void caughtUp(Split split, Instant at) {}

    /** The split cannot go on; nothing follows. */
    void failed(Split split, Fault fault);

    /** It was stopped and no write of it is under way; nothing follows. */
    void stopped(Split split);
  }

  /** A first guess; a page of 1 MB of items is rarely larger than this in memory. */
  private static final long FIRST_PAGE_BYTES = 1 << 20;

  private static final long LEAST_PAGE_BYTES = 16 << 10;

  /** A page lies in memory as the answer, as items, and as what a driver sends of it. */
  private static final int COPIES = 3;

  private final Split split;
  private final Position from;
  private final WriteMode copyMode;
  private final Source source;
  private final ChangeWriter writer;
  private final DeadLetters deadLetters;
  private final MemoryBudget memory;
  private final TableLimits limits;
  private final Scheduler scheduler;
  private final TableStats stats;
  private final TableStats.Kind kind;
  private final Listener listener;
  private final IdlePolling polling = new IdlePolling();
  private final Retry reads;

  /** Used only by the one read under way. */
  private SplitReader reader;

  private Position readTo;
  private long expectedBytes = COPIES * FIRST_PAGE_BYTES;

  // Guarded by this.
  private boolean reading;
  private boolean readUnderWay;
  private boolean endRead;
  private boolean writing;
  private ChangeBatch next;
  private Fault fault;
  private boolean stopping;
  private boolean over;

  public SplitPipeline(
      Split split, Position from, WriteMode mode, TableFlow table, Listener listener) {
    this.split = split;
    this.from = from;
    this.copyMode = mode;
    this.source = table.source();
    this.writer = table.writer();
    this.deadLetters = table.deadLetters();
    this.memory = table.memory();
    this.limits = table.limits();
    this.scheduler = table.scheduler();
    this.stats = table.stats();
    this.kind = stats.of(split);
    this.listener = listener;
    this.readTo = from;
    this.reads =
        new Retry(
            Activity.ofTable(split.table(), "reading " + split.id(), stats.reading, stats.failures),
            table.retryPolicy(),
            scheduler);
  }

  public Split split() {
    return split;
  }

  public void start() {
    requestRead(Duration.ZERO);
  }

  /** Lets the write under way come to its end, begins nothing new, then tells the listener. */
  public void stop() {
    boolean now;
    synchronized (this) {
      if (over || stopping) {
        return;
      }
      stopping = true;
      now = !writing;
      over = now;
    }
    if (now) {
      closeUnlessReading();
      listener.stopped(split);
    }
  }

  // --- read ----------------------------------------------------------------------------------

  private void requestRead(Duration delay) {
    synchronized (this) {
      if (over || stopping || reading || endRead || next != null || fault != null) {
        return;
      }
      reading = true;
    }
    waitThen(delay, () -> limits.gate().pass(this::waitForRate));
  }

  private void waitForRate() {
    long nanos = limits.beforeRead(split, scheduler.nanoTime());
    waitThen(Duration.ofNanos(nanos), this::waitForMemory);
  }

  private void waitForMemory() {
    long bytes = expectedBytes;
    memory.acquire(bytes, () -> scheduler.execute(() -> read(bytes)));
  }

  private void waitThen(Duration delay, Runnable then) {
    if (delay.isZero()) {
      then.run();
    } else {
      scheduler.after(delay, then);
    }
  }

  private void read(long heldBytes) {
    boolean wanted;
    synchronized (this) {
      wanted = !over && !stopping;
      readUnderWay = wanted;
      reading = wanted;
    }
    if (!wanted) {
      memory.release(heldBytes);
      return;
    }
    ChangeBatch batch;
    Instant asked = scheduler.now();
    try {
      if (reader == null) {
        reader = source.open(split, from);
      }
      batch = reader.read();
      if (!batch.rejected().isEmpty()) {
        stats.countRejected(kind, batch.rejected(), scheduler.now());
        deadLetters.accept(batch.rejected());
      }
    } catch (Fault f) {
      memory.release(heldBytes);
      onReadFault(f);
      return;
    }
    reads.succeeded();
    memory.adjust(heldBytes, footprint(batch));
    expectedBytes = Math.max(LEAST_PAGE_BYTES, footprint(batch));
    onRead(batch, asked);
  }

  private void onRead(ChangeBatch batch, Instant asked) {
    count(batch);
    boolean idle = batch.isIdle(readTo);
    readTo = batch.position();
    boolean dropped;
    boolean allWritten;
    synchronized (this) {
      allWritten = !writing;
      reading = false;
      readUnderWay = false;
      endRead = batch.isEnd();
      dropped = over || stopping;
      if (!dropped && !idle) {
        next = batch;
        kind.inFlight.add(batch.changes().size());
      }
    }
    if (dropped || idle) {
      memory.release(footprint(batch));
    }
    if (dropped) {
      closeUnlessReading();
    } else if (idle) {
      Duration wait = polling.next(scheduler.nanoTime());
      if (allWritten && polling.isToBeTold()) {
        listener.caughtUp(split, asked);
      }
      requestRead(wait);
    } else {
      polling.reset();
      writeNext();
    }
  }

  private void onReadFault(Fault f) {
    Retry.Verdict verdict = reads.failed(f);
    boolean report = false;
    boolean retry = false;
    synchronized (this) {
      readUnderWay = false;
      if (!over && !stopping) {
        retry = verdict.pause().isPresent();
        if (!retry) {
          reading = false;
          fault = verdict.fault();
          report = !writing;
          over = report;
        }
      }
    }
    if (retry) {
      scheduler.after(verdict.pause().get(), this::waitForMemory);
    } else {
      closeUnlessReading();
      if (report) {
        listener.failed(split, verdict.fault());
      }
    }
  }

  // --- write ---------------------------------------------------------------------------------

  private void writeNext() {
    ChangeBatch batch;
    synchronized (this) {
      if (over || stopping || writing || next == null) {
        return;
      }
      batch = next;
      next = null;
      writing = true;
    }
    requestRead(Duration.ZERO);
    WriteOutcome outcome = new WriteOutcome(batch);
    if (batch.changes().isEmpty()) {
      outcome.durable();
    } else {
      // A paused table writes nothing either: what was read ahead waits at the gate.
      limits.gate().pass(() -> write(batch, outcome));
    }
  }

  private void write(ChangeBatch batch, WriteOutcome outcome) {
    writer.write(split, batch.changes(), copyMode, this::isStopping, outcome);
  }

  private final class WriteOutcome implements ChangeWriter.Outcome {
    private final ChangeBatch batch;

    WriteOutcome(ChangeBatch batch) {
      this.batch = batch;
    }

    @Override
    public void durable() {
      release(batch);
      // Before the next write may begin, or the listener could hear of it first.
      listener.durable(split, batch.position(), batch.newestRecord());
      boolean end = batch.isEnd();
      Fault readFault;
      boolean stopped;
      synchronized (SplitPipeline.this) {
        writing = false;
        readFault = fault;
        stopped = stopping && !end;
        over |= end || stopped || readFault != null;
      }
      if (end) {
        closeUnlessReading();
      } else if (stopped) {
        closeUnlessReading();
        listener.stopped(split);
      } else if (readFault != null) {
        listener.failed(split, readFault);
      } else {
        // Off this stack: an endless run of pages without changes must not be an endless recursion.
        scheduler.execute(SplitPipeline.this::writeOrRead);
      }
    }

    @Override
    public void failed(Fault f) {
      end();
      listener.failed(split, f);
    }

    @Override
    public void aborted() {
      end();
      listener.stopped(split);
    }

    private void end() {
      release(batch);
      synchronized (SplitPipeline.this) {
        writing = false;
        over = true;
      }
      closeUnlessReading();
    }
  }

  private void writeOrRead() {
    writeNext();
    requestRead(Duration.ZERO);
  }

  private synchronized boolean isStopping() {
    return stopping;
  }

  // --- the end -------------------------------------------------------------------------------

  /** Closes the reader, unless a read is under way: then that read does so when it returns. */
  private void closeUnlessReading() {
    ChangeBatch unwritten;
    boolean close;
    synchronized (this) {
      unwritten = next;
      next = null;
      close = !readUnderWay;
    }
    if (unwritten != null) {
      release(unwritten);
    }
    if (close && reader != null) {
      reader.close();
    }
  }

  private void release(ChangeBatch batch) {
    memory.release(footprint(batch));
    kind.inFlight.add(-batch.changes().size());
  }

  private void count(ChangeBatch batch) {
    kind.read.add(batch.itemsRead());
    kind.scanned.add(batch.itemsScanned());
    kind.readBytes.add(batch.bytes());
    kind.coalesced.add(batch.coalesced());
    kind.skipped.add(batch.skipped());
    kind.capacityMilliUnits.add((long) (batch.capacityUnits() * 1000));
    limits.afterRead(split, batch.capacityUnits(), scheduler.nanoTime());
  }

  /** Bytes of memory that a page takes on its way. */
  private static long footprint(ChangeBatch batch) {
    return COPIES * batch.bytes();
  }
}
