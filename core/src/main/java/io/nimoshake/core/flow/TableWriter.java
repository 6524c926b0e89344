package io.nimoshake.core.flow;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Page;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.WriteMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * Writes the batches of one table. It cuts each batch into chunks that the target accepts, writes a
 * limited number of chunks at a time, and retries those that fail.
 */
public final class TableWriter implements ChangeWriter {
  private final TableSchema schema;
  private final Target target;
  private final DeadLetters deadLetters;
  private final Scheduler scheduler;
  private final RetryPolicy retryPolicy;
  private final TableStats stats;
  private final Activity writing;
  private final int maxChanges;
  private final int maxBytes;
  private final boolean appends;
  private final Permits permits;

  private final StreamMode streamMode = new StreamMode();

  public TableWriter(
      TableSchema schema,
      Target target,
      DeadLetters deadLetters,
      Scheduler scheduler,
      RetryPolicy retryPolicy,
      TableStats stats,
      int writers,
      int changesPerWrite) {
    this.schema = schema;
    this.target = target;
    this.deadLetters = deadLetters;
    this.scheduler = scheduler;
    this.retryPolicy = retryPolicy;
    this.stats = stats;
    this.writing = Activity.ofTable(schema.name(), "writing", stats.writing, stats.failures);
    this.maxChanges = Math.min(changesPerWrite, target.capabilities().maxChanges());
    this.maxBytes = target.capabilities().maxBytes();
    this.appends = target.capabilities().appends();
    this.permits = new Permits(writers);
  }

  @Override
  public StreamMode streamMode() {
    return streamMode;
  }

  @Override
  public void write(Page page, WriteMode copyMode, BooleanSupplier stop, Outcome outcome) {
    TableStats.Kind kind = stats.of(page.split());
    WriteMode mode = streamMode.begin(page.split(), copyMode);
    Runnable over = () -> streamMode.end(page.split(), mode);
    Batch batch = new Batch(page.changes(), mode, kind, stop, outcome, over);
    if (appends && page.split() instanceof Split.OfCopy) {
      batch.startWhole(page);
    } else {
      batch.start();
    }
  }

  @Override
  public boolean takesEmptyPages() {
    return appends;
  }

  /** Writes changes of distinct keys in this mode, whatever the mode of the table's stream is. */
  public void writeAs(
      WriteMode mode,
      List<Change> changes,
      TableStats.Kind kind,
      BooleanSupplier stop,
      Outcome outcome) {
    new Batch(changes, mode, kind, stop, outcome, () -> {}).start();
  }

  private List<List<Change>> chunks(List<Change> changes) {
    List<List<Change>> chunks = new ArrayList<>();
    int from = 0;
    long bytes = 0;
    for (int i = 0; i < changes.size(); i++) {
      int size = changes.get(i).sizeBytes();
      if (i > from && (i - from == maxChanges || bytes + size > maxBytes)) {
        chunks.add(changes.subList(from, i));
        from = i;
        bytes = 0;
      }
      bytes += size;
    }
    chunks.add(changes.subList(from, changes.size()));
    return chunks;
  }

  /** One batch under way: its chunks are written in parallel and have one outcome. */
  private final class Batch {
    private final List<Change> changes;
    private final WriteMode mode;
    private final TableStats.Kind kind;
    private final BooleanSupplier stop;
    private final Outcome outcome;
    private final Runnable over;
    private final AtomicInteger remaining = new AtomicInteger();
    private final AtomicReference<Fault> fault = new AtomicReference<>();
    private volatile boolean aborted;

    Batch(
        List<Change> changes,
        WriteMode mode,
        TableStats.Kind kind,
        BooleanSupplier stop,
        Outcome outcome,
        Runnable over) {
      this.changes = changes;
      this.mode = mode;
      this.kind = kind;
      this.stop = stop;
      this.outcome = outcome;
      this.over = over;
    }

    void start() {
      List<List<Change>> chunks = chunks(changes);
      remaining.set(chunks.size());
      for (List<Change> chunk : chunks) {
        start(new ChunkWrite(chunk, Optional.empty()));
      }
    }

    void startWhole(Page page) {
      remaining.set(1);
      start(new ChunkWrite(changes, Optional.of(page)));
    }

    private void start(ChunkWrite write) {
      Retry retry = new Retry(writing, retryPolicy, scheduler);
      permits.acquire(() -> scheduler.execute(() -> retry.run(write, write, scheduler)));
    }

    /** One write of the batch, with the rejected changes as its result. */
    private final class ChunkWrite
        implements Retry.Call<List<Rejected>>, Retry.Outcome<List<Rejected>> {
      private final List<Change> chunk;

      /** Set if the chunk is a whole page, for a target that appends. */
      private final Optional<Page> page;

      private long nanos;

      ChunkWrite(List<Change> chunk, Optional<Page> page) {
        this.chunk = chunk;
        this.page = page;
      }

      @Override
      public List<Rejected> run() throws Fault {
        long begin = scheduler.nanoTime();
        List<Rejected> rejected =
            page.isPresent()
                ? target.writePage(schema, page.get())
                : target.write(schema, chunk, mode);
        nanos = scheduler.nanoTime() - begin;
        if (!rejected.isEmpty()) {
          stats.countRejected(kind, rejected, scheduler.now());
          deadLetters.accept(rejected);
        }
        return rejected;
      }

      @Override
      public boolean isStopped() {
        return stop.getAsBoolean() || fault.get() != null;
      }

      @Override
      public void succeeded(List<Rejected> rejected) {
        count(chunk, rejected.size(), nanos);
        chunkDone();
      }

      @Override
      public void failed(Fault f) {
        fault.compareAndSet(null, f);
        chunkDone();
      }

      @Override
      public void stopped() {
        aborted = true;
        chunkDone();
      }
    }

    private void count(List<Change> chunk, int rejected, long nanos) {
      long bytes = 0;
      for (Change change : chunk) {
        bytes += change.sizeBytes();
      }
      kind.written.add(chunk.size() - rejected);
      kind.writtenBytes.add(bytes);
      kind.batches.increment();
      kind.writeLatency.record(nanos);
    }

    private void chunkDone() {
      permits.release();
      if (remaining.decrementAndGet() == 0) {
        over.run();
        if (fault.get() != null) {
          outcome.failed(fault.get());
        } else if (aborted) {
          outcome.aborted();
        } else {
          outcome.durable();
        }
      }
    }
  }
}
