package io.nimoshake.flink.enumerator;

import io.nimoshake.core.engine.PlanHost;
import io.nimoshake.core.engine.SyncResult;
import io.nimoshake.core.engine.ThreadScheduler;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.plan.Event;
import io.nimoshake.flink.metrics.PlanMetrics;
import io.nimoshake.flink.ports.SyncPorts;
import io.nimoshake.flink.wire.Message;
import io.nimoshake.flink.wire.NoSplit;
import io.nimoshake.flink.wire.PlanState;
import io.nimoshake.setup.Closer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the plan of the job. Readers report their positions at the barrier of a Flink checkpoint.
 * When that checkpoint is complete, the positions are durable, and the plan is told: it starts
 * child shards, ends copies that are complete, and saves to the checkpoint store.
 *
 * <p>The checkpoint store is the truth. Flink's own state is a second copy of it, at most one
 * checkpoint older. It is used only if the store is empty.
 */
public final class SyncEnumerator implements SplitEnumerator<NoSplit, PlanState> {
  private static final Logger LOG = LoggerFactory.getLogger(SyncEnumerator.class);
  private static final long REBALANCE_MILLIS = 10_000;
  private static final long CLOSE_SECONDS = 20;
  private static final long COORDINATOR_SECONDS = 5;
  private static final int IO_THREADS = 16;

  private final SyncPorts ports;
  private final SplitEnumeratorContext<NoSplit> context;
  private final PlanState restored;
  private final ThreadScheduler scheduler = new ThreadScheduler(IO_THREADS);
  private final Closer closer = new Closer();
  private final RemoteSplits splits;
  private final Message.EnumeratorHandler messages = new Messages();

  /** Reports of Flink checkpoints that are not complete yet. Used on the coordinator's thread. */
  private final TreeMap<Long, List<Message.Progress>> reports = new TreeMap<>();

  private long lastComplete = -1;

  private volatile PlanHost host;
  private volatile boolean started;
  private volatile boolean closed;

  /** Whether the connections are being closed. */
  private volatile boolean ended;

  public SyncEnumerator(
      SyncPorts ports, SplitEnumeratorContext<NoSplit> context, PlanState restored) {
    this.ports = ports;
    this.context = context;
    this.restored = restored;
    this.splits = new RemoteSplits(context, this::post);
  }

  private void post(Event event) {
    host.post(event);
  }

  // --- beginning -----------------------------------------------------------------------------

  @Override
  public void start() {
    scheduler.onBug(this::bug);
    JobStart start = new JobStart(ports, restored, jobId(), scheduler, closer, splits, new Start());
    scheduler.execute(start::begin);
    scheduler.execute(JobClasses::load);
    context.callAsync(
        () -> true, (ok, failure) -> splits.rebalance(), REBALANCE_MILLIS, REBALANCE_MILLIS);
  }

  /** Keeps the host and its connections when they are open. */
  private final class Start implements JobStart.Listener {
    @Override
    public boolean isClosed() {
      return closed;
    }

    @Override
    public void starting(PlanHost made) {
      made.done().thenAccept(result -> onCoordinator(() -> over(result)));
      host = made;
    }

    @Override
    public void started(PlanHost running, JobStart.Ports open) {
      // Not earlier: Flink keeps the first metric of a name, and a start may have to be repeated.
      PlanMetrics metrics = new PlanMetrics(context.metricGroup(), running);
      metrics.register();
      metrics.failedCalls("source", open.source().failedCalls());
      metrics.failedCalls("target", open.target().failedCalls());
      metrics.failedCalls("checkpoint", open.store().failedCalls());
      metrics.outages(open.outages());
      started = true;
    }

    @Override
    public void failed(Fault fault) {
      fail(fault);
    }
  }

  private String jobId() {
    return context.metricGroup().getAllVariables().getOrDefault("<job_id>", "unknown");
  }

  // --- readers -------------------------------------------------------------------------------

  @Override
  public void addReader(int subtask) {
    splits.readerAdded(subtask);
  }

  /**
   * A subtask is about to be started again. Flink knows none of its splits: all of them are
   * assigned again.
   */
  @Override
  public void addSplitsBack(List<NoSplit> back, int subtask) {
    splits.readerGone(subtask);
  }

  @Override
  public void handleSplitRequest(int subtask, String requesterHostname) {
    throw new IllegalStateException("readers do not ask for splits");
  }

  @Override
  public void handleSourceEvent(int subtask, SourceEvent event) {
    ((Message.Event) event).messageToEnumerator().to(messages, subtask);
  }

  /** Handles the reports of readers. */
  private final class Messages implements Message.EnumeratorHandler {
    @Override
    public void progress(Message.Progress message) {
      reports.computeIfAbsent(message.checkpoint(), c -> new ArrayList<>()).add(message);
      applyReports();
    }

    @Override
    public void done(Message.Done message, int subtask) {
      splits.done(message.ticket(), subtask);
    }

    @Override
    public void givenBack(Message.GivenBack message) {
      splits.givenBack(message);
    }

    @Override
    public void splitFailed(Message.SplitFailed message) {
      splits.failed(message.assignment(), message.fault());
    }

    @Override
    public void fatal(Message.Fatal message) {
      host.fail(message.fault());
    }
  }

  // --- checkpoints ---------------------------------------------------------------------------

  @Override
  public PlanState snapshotState(long checkpointId) {
    return started ? new PlanState(host.snapshot()) : restored;
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) {
    lastComplete = Math.max(lastComplete, checkpointId);
    applyReports();
  }

  /** Applies also reports of earlier, failed checkpoints: what they name was durable then. */
  private void applyReports() {
    Map<Long, List<Message.Progress>> complete = reports.headMap(lastComplete, true);
    complete
        .values()
        .forEach(
            ofCheckpoint ->
                ofCheckpoint.forEach(
                    report -> report.reached().forEach(r -> splits.durable(r, scheduler.now()))));
    complete.clear();
  }

  // --- the end -------------------------------------------------------------------------------

  private void onCoordinator(Runnable work) {
    if (!closed) {
      context.runInCoordinatorThread(work);
    }
  }

  private void over(SyncResult result) {
    if (closed) {
      return;
    }
    if (result.fatal().isPresent()) {
      throw ended(result.fatal().get().getMessage(), result.fatal().get());
    } else if (!result.failedTables().isEmpty()) {
      throw ended(
          "these tables failed: "
              + String.join(", ", new TreeSet<>(result.failedTables().keySet())),
          result.failedTables().values().iterator().next());
    }
    splits.finish();
  }

  /** Fails the job without a restart, because a restart would not help. */
  private static SuppressRestartsException ended(String message, Throwable cause) {
    return new SuppressRestartsException(new IllegalStateException(message, cause));
  }

  private void fail(Fault fault) {
    LOG.error("the job cannot continue: {}", fault.getMessage());
    onCoordinator(
        () -> {
          throw ended(fault.getMessage(), fault);
        });
  }

  private void bug(Throwable bug) {
    if (ended) {
      return; // a running call met a closed connection
    }
    PlanHost plan = host;
    if (plan != null) {
      plan.bug(bug);
    } else {
      fail(new Fault.Fatal("unexpected failure: " + bug, bug));
    }
  }

  @Override
  public void close() {
    try {
      awaitCoordinator();
      closed = true;
      PlanHost plan = host;
      if (plan != null) {
        plan.stop();
        plan.done().get(CLOSE_SECONDS, TimeUnit.SECONDS);
      }
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn(
          "the checkpoint could not be saved at the end; the next run repeats what came after it",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      closed = true;
      ended = true;
      splits.close();
      scheduler.close();
      closer.close();
    }
  }

  /** Waits until the coordinator has handled what was queued, such as a completed checkpoint. */
  private void awaitCoordinator() throws InterruptedException {
    CountDownLatch reached = new CountDownLatch(1);
    try {
      context.runInCoordinatorThread(reached::countDown);
    } catch (RejectedExecutionException e) {
      return; // the coordinator has already ended
    }
    reached.await(COORDINATOR_SECONDS, TimeUnit.SECONDS);
  }
}
