package io.nimoshake.core.flow;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.core.port.WriteMode;
import java.time.Duration;
import java.time.Instant;

/**
 * The path of an item: one split is read, written, and reported durable, in order. A page is not
 * written before the one ahead of it is durable; the next page is read meanwhile, one ahead.
 *
 * <p>No thread waits: an idle shard costs a timer. All states are guarded by this object's lock,
 * which is never held over a call to anything else.
 *
 * <pre>
 *   Reading  IDLE -- a page is wanted --> WAITING -- gate, rate, memory, thread --> UNDER_WAY
 *            UNDER_WAY -- page --> AHEAD -- taken to be written --> IDLE, after the last page ENDED
 *            UNDER_WAY -- empty page --> IDLE
 *            UNDER_WAY -- retryable fault --> WAITING
 *            UNDER_WAY -- final fault --> FAILED
 *            UNDER_WAY -- the read returns while life is STOPPING --> IDLE
 *            UNDER_WAY -- the read returns when life is OVER --> CLOSED
 *            any other -- life is OVER --> CLOSED
 *
 *   Writing  IDLE -- the page ahead is taken --> UNDER_WAY -- durable, failed or aborted --> IDLE
 *
 *   Life     RUNNING -- stop, while a write is under way --> STOPPING -- that write ends --> OVER
 *            RUNNING -- stop, while none is --> OVER
 *            RUNNING -- the last page is durable, or a write fails --> OVER
 *            RUNNING -- a read has FAILED and what was read before is durable --> OVER
 * </pre>
 *
 * Whoever makes life OVER drops the page ahead and closes the reader. If a read is under way then,
 * that read closes the reader when it returns. A read that returns while life is not RUNNING drops
 * its page.
 */
public final class SplitPipeline {
  private enum Reading {
    IDLE,
    /** A page is wanted, and gate, rate, memory or a pause are waited for. */
    WAITING,
    /** The reader is in use. */
    UNDER_WAY,
    /** A page was read and waits for the write ahead of it. */
    AHEAD,
    /** The last page was read. */
    ENDED,
    /** Nothing more can be read. */
    FAILED,
    /** The reader is closed. */
    CLOSED
  }

  private enum Writing {
    IDLE,
    UNDER_WAY
  }

  private enum Life {
    RUNNING,
    /** Nothing new is begun; the write under way comes to its end. */
    STOPPING,
    /** The listener hears how it ended, and nothing after that. */
    OVER
  }

  private final Split split;
  private final Position from;
  private final WriteMode copyMode;
  private final TableFlow table;
  private final Scheduler scheduler;
  private final SplitListener listener;
  private final PageAccount pages;
  private final IdlePolling polling = new IdlePolling();
  private final Retry reads;

  /** Used only by the read under way, and to close it when none is. */
  private SplitReader reader;

  private Position readTo;

  // Guarded by this.
  private Reading reading = Reading.IDLE;
  private Writing writing = Writing.IDLE;
  private Life life = Life.RUNNING;

  /** Set while reading is AHEAD. */
  private ChangeBatch ahead;

  /** Set when reading has FAILED. */
  private Fault readFault;

  public SplitPipeline(
      Split split, Position from, WriteMode mode, TableFlow table, SplitListener listener) {
    this.split = split;
    this.from = from;
    this.copyMode = mode;
    this.table = table;
    this.scheduler = table.scheduler();
    this.listener = listener;
    this.pages = new PageAccount(split, table);
    this.readTo = from;
    TableStats stats = table.stats();
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
    synchronized (this) {
      if (life != Life.RUNNING) {
        return;
      }
      life = writing == Writing.UNDER_WAY ? Life.STOPPING : Life.OVER;
      if (life == Life.STOPPING) {
        return;
      }
    }
    dropAndClose();
    listener.stopped(split);
  }

  // --- read ----------------------------------------------------------------------------------

  private void requestRead(Duration delay) {
    synchronized (this) {
      if (life != Life.RUNNING || reading != Reading.IDLE) {
        return;
      }
      reading = Reading.WAITING;
    }
    waitThen(delay, this::waitForGate);
  }

  private void waitForGate() {
    if (!table.limits().gate().isOpen()) {
      polling.interrupted();
    }
    table.limits().gate().pass(this::waitForRate);
  }

  private void waitForRate() {
    long nanos = table.limits().beforeRead(split, scheduler.nanoTime());
    waitThen(Duration.ofNanos(nanos), this::waitForMemory);
  }

  private void waitForMemory() {
    pages.reserve(bytes -> scheduler.execute(() -> read(bytes)));
  }

  private void waitThen(Duration delay, Runnable then) {
    if (delay.isZero()) {
      then.run();
    } else {
      scheduler.after(delay, then);
    }
  }

  private void read(long reservedBytes) {
    boolean wanted;
    synchronized (this) {
      wanted = life == Life.RUNNING;
      reading = wanted ? Reading.UNDER_WAY : reading;
    }
    if (!wanted) {
      pages.cancel(reservedBytes);
      return;
    }
    ChangeBatch page;
    Instant asked = scheduler.now();
    try {
      if (reader == null) {
        reader = table.source().open(split, from);
      }
      page = reader.read();
      if (!page.rejected().isEmpty()) {
        table.stats().countRejected(split, page.rejected(), scheduler.now());
        table.deadLetters().accept(page.rejected());
      }
    } catch (Fault f) {
      pages.cancel(reservedBytes);
      onReadFault(f);
      return;
    }
    reads.succeeded();
    pages.read(page, reservedBytes);
    onRead(page, asked);
  }

  private void onRead(ChangeBatch page, Instant asked) {
    boolean idle = page.isIdle(readTo);
    readTo = page.position();
    Life now;
    boolean allWritten;
    synchronized (this) {
      now = readReturned(idle ? Reading.IDLE : Reading.AHEAD);
      allWritten = writing == Writing.IDLE;
      if (reading == Reading.AHEAD) {
        ahead = page;
        pages.inFlight(page);
      }
    }
    if (idle || now != Life.RUNNING) {
      pages.drop(page);
    }
    if (now == Life.OVER) {
      closeReader();
    } else if (now == Life.RUNNING && idle) {
      pollAgain(asked, allWritten);
    } else if (now == Life.RUNNING) {
      polling.reset();
      writeNext();
    }
  }

  private void pollAgain(Instant asked, boolean allWritten) {
    pages.readEmpty(asked);
    Duration wait = polling.next(scheduler.nanoTime());
    if (allWritten && polling.isToBeTold()) {
      listener.caughtUp(split, asked);
    }
    requestRead(wait);
  }

  private void onReadFault(Fault fault) {
    Retry.Verdict verdict = reads.failed(fault);
    boolean retry = verdict.pause().isPresent();
    Life now;
    boolean report;
    synchronized (this) {
      now = readReturned(retry ? Reading.WAITING : Reading.FAILED);
      report = reading == Reading.FAILED && writing == Writing.IDLE;
      if (reading == Reading.FAILED) {
        readFault = verdict.fault();
        life = report ? Life.OVER : life;
      }
    }
    if (report) {
      dropAndClose();
      listener.failed(split, verdict.fault());
    } else if (now == Life.OVER) {
      closeReader();
    } else if (now == Life.RUNNING && retry) {
      pages.failing();
      scheduler.after(verdict.pause().get(), this::waitForGate);
    }
    // Else the write under way tells the listener when it ends.
  }

  /**
   * The read under way has returned. Called with the lock held.
   *
   * @param next what reading becomes while life goes on
   * @return life as it is
   */
  private Life readReturned(Reading next) {
    reading =
        switch (life) {
          case RUNNING -> next;
          case STOPPING -> Reading.IDLE;
          case OVER -> Reading.CLOSED;
        };
    return life;
  }

  // --- write ---------------------------------------------------------------------------------

  private void writeNext() {
    ChangeBatch page;
    synchronized (this) {
      if (life != Life.RUNNING || writing != Writing.IDLE || reading != Reading.AHEAD) {
        return;
      }
      page = ahead;
      ahead = null;
      reading = page.isEnd() ? Reading.ENDED : Reading.IDLE;
      writing = Writing.UNDER_WAY;
    }
    requestRead(Duration.ZERO);
    PageWrite write = new PageWrite(page);
    if (page.changes().isEmpty()) {
      write.durable();
    } else {
      // A paused table writes nothing either: the page waits at the gate.
      table.limits().gate().pass(write::begin);
    }
  }

  private void writeOrRead() {
    writeNext();
    requestRead(Duration.ZERO);
  }

  /** The write of one page. */
  private final class PageWrite implements ChangeWriter.Outcome {
    private final ChangeBatch page;

    PageWrite(ChangeBatch page) {
      this.page = page;
    }

    void begin() {
      table.writer().write(split, page.changes(), copyMode, SplitPipeline.this::isStopping, this);
    }

    @Override
    public void durable() {
      pages.landed(page);
      // Before the next write may begin, or the listener could hear of it first.
      listener.durable(split, page.position(), page.newestRecord());
      Life before;
      Fault fault;
      boolean over;
      synchronized (SplitPipeline.this) {
        before = life;
        fault = readFault;
        over = page.isEnd() || before == Life.STOPPING || fault != null;
        writing = Writing.IDLE;
        life = over ? Life.OVER : life;
      }
      if (!over) {
        // Off this stack: pages without changes could follow each other in an endless recursion.
        scheduler.execute(SplitPipeline.this::writeOrRead);
        return;
      }
      dropAndClose();
      if (before == Life.STOPPING && !page.isEnd()) {
        listener.stopped(split);
      } else if (fault != null) {
        listener.failed(split, fault);
      }
    }

    @Override
    public void failed(Fault fault) {
      end();
      listener.failed(split, fault);
    }

    @Override
    public void aborted() {
      end();
      listener.stopped(split);
    }

    private void end() {
      pages.landed(page);
      synchronized (SplitPipeline.this) {
        writing = Writing.IDLE;
        life = Life.OVER;
      }
      dropAndClose();
    }
  }

  private synchronized boolean isStopping() {
    return life == Life.STOPPING;
  }

  // --- the end -------------------------------------------------------------------------------

  /** Life is over: drops the page ahead, and closes the reader unless a read is under way. */
  private void dropAndClose() {
    pages.over();
    ChangeBatch unwritten;
    boolean close;
    synchronized (this) {
      unwritten = ahead;
      ahead = null;
      close = reading != Reading.UNDER_WAY && reading != Reading.CLOSED;
      reading = close ? Reading.CLOSED : reading;
    }
    if (unwritten != null) {
      pages.landed(unwritten);
    }
    if (close) {
      closeReader();
    }
  }

  private void closeReader() {
    // A split that never got to its first read has none.
    if (reader != null) {
      reader.close();
    }
  }
}
