package io.nimoshake.core.flow;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Page;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
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
 *            UNDER_WAY -- empty page, final fault, or life is not RUNNING --> IDLE
 *            UNDER_WAY -- retryable fault --> WAITING
 *            UNDER_WAY -- the whole sync ends and waits no longer --> ABANDONED --> IDLE
 *
 *   Writing  IDLE -- the page ahead is taken --> UNDER_WAY -- durable, failed or aborted --> IDLE
 *
 *   Life     RUNNING -- a read or write has failed, or the last page is durable --> ENDING
 *            RUNNING, ENDING -- stop --> STOPPING
 *            ENDING, STOPPING -- neither a read nor a write is under way --> OVER
 * </pre>
 *
 * Whoever makes life OVER drops the page ahead, closes the reader and tells the listener. So the
 * listener hears of the end when no call of the split is under way, and may have it opened again. A
 * read that returns while life is not RUNNING drops its page.
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
    /** The reader is in use, but nobody waits for it: the read closes it when it returns. */
    ABANDONED
  }

  private enum Writing {
    IDLE,
    UNDER_WAY
  }

  private enum Life {
    RUNNING,
    /** Nothing new is begun; what is under way comes to its end. */
    ENDING,
    /** The same, and a write that waits is given up. */
    STOPPING,
    /** The listener has heard how it ended. */
    OVER
  }

  private final Split split;
  private final WriteMode copyMode;
  private final TableFlow table;
  private final Scheduler scheduler;
  private final SplitListener listener;
  private final PageAccount pages;
  private final IdlePolling polling;
  private final ReadTurn turn;
  private final Retry reads;

  /** Used only by the read under way, and to close it when none is. */
  private final PageReader reader;

  private Position readTo;

  // Guarded by this.
  private Reading reading = Reading.IDLE;
  private Writing writing = Writing.IDLE;
  private Life life = Life.RUNNING;

  /** Set while reading is AHEAD. */
  private ChangeBatch ahead;

  /** Where the last durable page ended. */
  private Position writtenTo;

  /** How long to wait before the read after the page ahead. */
  private Duration pause = Duration.ZERO;

  /** Tells the listener how it ended; set when life is no longer RUNNING. */
  private Runnable tellEnd = () -> {};

  public SplitPipeline(
      Split split, Position from, WriteMode mode, TableFlow table, SplitListener listener) {
    this.split = split;
    this.copyMode = mode;
    this.table = table;
    this.scheduler = table.scheduler();
    this.listener = listener;
    this.pages = new PageAccount(split, table);
    this.polling = new IdlePolling(split);
    this.turn = new ReadTurn(split, table, pages, polling, this::read);
    this.reader = new PageReader(split, from, table);
    this.readTo = from;
    this.writtenTo = from;
    TableStats stats = table.stats();
    this.reads = new Retry(Activity.reading(split, stats), table.retryPolicy(), scheduler);
  }

  public Split split() {
    return split;
  }

  public void start() {
    requestRead(Duration.ZERO);
  }

  /**
   * Begins nothing new, lets the read and the write under way come to their end, then tells the
   * listener.
   */
  public void stop() {
    synchronized (this) {
      switch (life) {
        case RUNNING -> {
          life = Life.STOPPING;
          tellEnd = this::tellStopped;
        }
        case ENDING -> life = Life.STOPPING;
        case STOPPING, OVER -> {
          return;
        }
      }
    }
    endIfIdle();
  }

  /** Once it ends, no longer waits for the read under way. Only for the end of the whole sync. */
  public void abandonRead() {
    synchronized (this) {
      if (reading == Reading.UNDER_WAY && life != Life.RUNNING) {
        reading = Reading.ABANDONED;
      }
    }
    endIfIdle();
  }

  private void tellStopped() {
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
    turn.awaitAfter(delay);
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
      page = reader.read();
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
    table.freeze().read(split, page);
    Duration wait =
        idle
            ? table.freeze().pause(polling.next(scheduler.nanoTime()))
            : polling.afterRecords(page, asked, scheduler.now());
    boolean running;
    boolean allWritten;
    synchronized (this) {
      running = life == Life.RUNNING;
      allWritten = writing == Writing.IDLE;
      if (running) {
        reading = idle ? Reading.IDLE : Reading.AHEAD;
      }
      if (running && !idle) {
        ahead = page;
        pause = allWritten ? wait : Duration.ZERO;
        pages.inFlight(page);
      }
    }
    if (idle || !running) {
      pages.drop(page);
    }
    if (running && !wait.isZero()) {
      pages.readToEnd(asked);
    }
    if (!running) {
      readReturned();
    } else if (idle) {
      if (allWritten && table.freeze().counts(page)) {
        listener.readEmpty(split, page.begun().orElseThrow());
      }
      if (allWritten && polling.isToBeTold()) {
        // The clock of this host may be ahead. What is missing after a gap would begin too late.
        listener.caughtUp(split, page.begun().orElse(asked));
      }
      requestRead(wait);
    } else {
      writeNext();
    }
  }

  private void onReadFault(Fault fault) {
    Retry.Verdict verdict = reads.failed(fault);
    boolean retry = verdict.pause().isPresent();
    boolean running;
    synchronized (this) {
      running = life == Life.RUNNING;
      if (running && retry) {
        reading = Reading.WAITING;
      } else if (running) {
        end(() -> listener.failed(split, verdict.fault()));
      }
    }
    if (running && retry) {
      pages.failing();
      turn.awaitAfter(verdict.pause().get());
    } else {
      readReturned();
    }
  }

  /** The read under way was the last one. */
  private void readReturned() {
    boolean abandoned;
    synchronized (this) {
      abandoned = reading == Reading.ABANDONED && life == Life.OVER;
      reading = Reading.IDLE;
    }
    if (abandoned) {
      reader.close();
    } else {
      endIfIdle();
    }
  }

  // --- write ---------------------------------------------------------------------------------

  private void writeNext() {
    ChangeBatch page;
    Position pageFrom;
    Duration wait;
    synchronized (this) {
      if (life != Life.RUNNING || writing != Writing.IDLE || reading != Reading.AHEAD) {
        return;
      }
      page = ahead;
      pageFrom = writtenTo;
      ahead = null;
      wait = pause;
      reading = page.isEnd() ? Reading.ENDED : Reading.IDLE;
      writing = Writing.UNDER_WAY;
    }
    requestRead(wait);
    PageWrite write = new PageWrite(page, pageFrom);
    if (page.changes().isEmpty() && !table.writer().takesEmptyPages()) {
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
    private final Position pageFrom;

    PageWrite(ChangeBatch page, Position pageFrom) {
      this.page = page;
      this.pageFrom = pageFrom;
    }

    void begin() {
      Page written = new Page(split, pageFrom, page.position(), page.changes());
      table.writer().write(written, copyMode, SplitPipeline.this::isStopping, this);
    }

    @Override
    public void durable() {
      pages.landed(page);
      // Before the next write may begin, or the listener could hear of it first.
      listener.durable(split, page.position(), page.newestRecord(), page.begun());
      boolean next;
      synchronized (SplitPipeline.this) {
        writing = Writing.IDLE;
        writtenTo = page.position();
        if (page.isEnd()) {
          // The listener knows by the position.
          end(() -> {});
        }
        next = life == Life.RUNNING;
      }
      if (next) {
        // Off this stack: pages without changes could follow each other in an endless recursion.
        scheduler.execute(SplitPipeline.this::writeOrRead);
      } else {
        endIfIdle();
      }
    }

    @Override
    public void failed(Fault fault) {
      over(() -> listener.failed(split, fault));
    }

    @Override
    public void aborted() {
      over(SplitPipeline.this::tellStopped);
    }

    private void over(Runnable tell) {
      pages.landed(page);
      synchronized (SplitPipeline.this) {
        writing = Writing.IDLE;
        end(tell);
      }
      endIfIdle();
    }
  }

  private synchronized boolean isStopping() {
    return life == Life.STOPPING;
  }

  // --- the end -------------------------------------------------------------------------------

  /**
   * Begins nothing new from now on. What is told last counts: a write that fails tells more than
   * the stop before it. Called with the lock held.
   */
  private void end(Runnable tell) {
    life = life == Life.RUNNING ? Life.ENDING : life;
    tellEnd = tell;
  }

  /** Drops the page ahead, closes the reader and tells the listener, if nothing is under way. */
  private void endIfIdle() {
    ChangeBatch unwritten;
    boolean close;
    synchronized (this) {
      boolean ending = life == Life.ENDING || life == Life.STOPPING;
      if (!ending || reading == Reading.UNDER_WAY || writing == Writing.UNDER_WAY) {
        return;
      }
      life = Life.OVER;
      unwritten = ahead;
      ahead = null;
      close = reading != Reading.ABANDONED;
    }
    pages.over();
    if (unwritten != null) {
      pages.landed(unwritten);
    }
    if (close) {
      reader.close();
    }
    tellEnd.run();
  }
}
