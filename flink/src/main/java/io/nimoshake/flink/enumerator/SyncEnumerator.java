package io.nimoshake.flink.enumerator;

import io.nimoshake.core.checkpoint.LeaseKeeper;
import io.nimoshake.core.checkpoint.LeaseKeeper.Acquisition;
import io.nimoshake.core.engine.PlanHost;
import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.engine.SyncResult;
import io.nimoshake.core.engine.TableRegistry;
import io.nimoshake.core.engine.ThreadScheduler;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.plan.Event;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Target;
import io.nimoshake.flink.metrics.PlanMetrics;
import io.nimoshake.flink.ports.SyncPorts;
import io.nimoshake.flink.wire.AssignedSplit;
import io.nimoshake.flink.wire.Message;
import io.nimoshake.flink.wire.PlanState;
import io.nimoshake.setup.Closer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * Owns the plan of the job. What readers report at the barrier of a checkpoint counts as durable
 * when that checkpoint is complete: then the plan hears of it, lets children and the end of a copy
 * go on, and saves to the checkpoint store.
 *
 * <p>The checkpoint store is the truth. What Flink keeps is a second copy of it, at most one
 * checkpoint older, which is used when the store is empty.
 */
public final class SyncEnumerator implements SplitEnumerator<AssignedSplit, PlanState> {
  private static final Logger LOG = LoggerFactory.getLogger(SyncEnumerator.class);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
  private static final long REBALANCE_MILLIS = 10_000;
  private static final long CLOSE_SECONDS = 20;
  private static final long COORDINATOR_SECONDS = 5;
  private static final int IO_THREADS = 16;

  private final SyncPorts ports;
  private final SplitEnumeratorContext<AssignedSplit> context;
  private final PlanState restored;
  private final ThreadScheduler scheduler = new ThreadScheduler(IO_THREADS);
  private final Closer closer = new Closer();
  private final RemoteSplits splits;
  private final Message.EnumeratorHandler messages = new Messages();

  /** Reports of checkpoints that are not complete yet. Used on the coordinator's thread. */
  private final TreeMap<Long, List<Message.Progress>> reports = new TreeMap<>();

  private long lastComplete = -1;

  private volatile PlanHost host;
  private volatile PlanMetrics metrics;
  private volatile boolean started;
  private volatile boolean closed;

  /** Whether connections are being closed. */
  private volatile boolean ended;

  /** Of a lease in our way, when it was first seen. */
  private Optional<Lease> inOurWay = Optional.empty();

  public SyncEnumerator(
      SyncPorts ports, SplitEnumeratorContext<AssignedSplit> context, PlanState restored) {
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
    scheduler.execute(() -> open(1));
    context.callAsync(
        () -> true, (ok, failure) -> lookAround(), REBALANCE_MILLIS, REBALANCE_MILLIS);
  }

  private void lookAround() {
    splits.rebalance();
    if (started) {
      metrics.registerNewTables();
    }
  }

  private void open(int attempt) {
    try {
      ports.check();
      Source source = closer.keep(ports.openSource());
      Target target = closer.keep(ports.openTarget());
      CheckpointStore store = closer.keep(ports.openCheckpoints());
      if (closed) {
        closer.close();
        return;
      }
      begin(source, target, store, 1);
    } catch (Fault f) {
      closer.close();
      if (f.isRetryable()) {
        LOG.warn("cannot begin yet, trying on: {}", f.getMessage());
        scheduler.after(
            RetryPolicy.DEFAULT.delay(attempt, scheduler.random()), () -> open(attempt + 1));
      } else {
        fail(f);
      }
    }
  }

  /** Takes the lease, waiting for one that may be of a dead process to run out; then starts. */
  private void begin(Source source, Target target, CheckpointStore store, int attempt) {
    if (closed) {
      return;
    }
    SyncOptions options = ports.options();
    Duration delay = LOOK_AGAIN;
    try {
      Acquisition got =
          LeaseKeeper.acquire(
              store,
              options.leaseDuration(),
              scheduler.now(),
              LeaseKeeper.inThisProcess("flink job " + jobId()));
      if (got instanceof Acquisition.Acquired acquired) {
        startOrRelease(source, target, store, options, acquired.keeper());
        return;
      }
      refuseIfAlive(((Acquisition.HeldBy) got).other());
    } catch (Fault f) {
      if (!f.isRetryable()) {
        fail(f);
        return;
      }
      LOG.warn("cannot take the lease yet, trying on: {}", f.getMessage());
      delay = RetryPolicy.DEFAULT.delay(attempt, scheduler.random());
    }
    scheduler.after(delay, () -> begin(source, target, store, attempt + 1));
  }

  /** A lease that is renewed while we wait is of a process that lives. */
  private void refuseIfAlive(Lease other) throws Fault.Fatal {
    String holder = "process " + other.pid() + " on " + other.host();
    if (inOurWay.filter(seen -> seen.fence() == other.fence()).isEmpty()) {
      inOurWay = Optional.of(other);
      LOG.info(
          "id {} is held by {}; waiting until its lease runs out at {}",
          ports.id(),
          holder,
          other.expires());
    } else if (other.expires().isAfter(inOurWay.get().expires())) {
      throw new Fault.Fatal(
          "id "
              + ports.id()
              + " is being synced by "
              + holder
              + ": stop it first, or choose another id");
    }
  }

  /** Who is refused does not keep others waiting. */
  private void startOrRelease(
      Source source, Target target, CheckpointStore store, SyncOptions options, LeaseKeeper lease)
      throws Fault {
    try {
      start(source, target, store, options, lease);
    } catch (Fault f) {
      try {
        lease.release();
      } catch (Fault notReleased) {
        f.addSuppressed(notReleased);
      }
      throw f;
    }
  }

  private void start(
      Source source, Target target, CheckpointStore store, SyncOptions options, LeaseKeeper lease)
      throws Fault {
    if (closed) {
      lease.release();
      return;
    }
    ports.takeOver(source, target, store, lease.fence());
    boolean storeKnows = store.load().stream().anyMatch(SyncEnumerator::isOfATable);
    boolean flinkKnows = restored.entries().stream().anyMatch(SyncEnumerator::isOfATable);
    if (flinkKnows && !storeKnows) {
      LOG.warn("the checkpoint store is empty: going on from the state that Flink has kept");
      store.save(lease.fence(), restored.entries());
    }
    LOG.info(
        "id {} begins {}",
        ports.id(),
        storeKnows
            ? "where its checkpoint is"
            : flinkKnows ? "where Flink's state is" : "from the start");
    PlanHost made =
        new PlanHost(
            options,
            source,
            target,
            store,
            lease,
            scheduler,
            new TableRegistry(table -> TableLimits.none()),
            splits);
    made.done().thenAccept(result -> onCoordinator(() -> over(result)));
    host = made;
    made.start();
    // Not before: Flink keeps the first metric of a name, and another start may be needed.
    metrics = new PlanMetrics(context.metricGroup(), made);
    metrics.register();
    metrics.failedCalls("source", source.failedCalls());
    metrics.failedCalls("target", target.failedCalls());
    metrics.failedCalls("checkpoint", store.failedCalls());
    started = true;
  }

  private static boolean isOfATable(CheckpointEntry entry) {
    return entry instanceof CheckpointEntry.OfTable || entry instanceof CheckpointEntry.OfSplit;
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
   * Told when a subtask is about to be started again. Which of its splits Flink thinks it had is
   * not asked: all of them are assigned anew.
   */
  @Override
  public void addSplitsBack(List<AssignedSplit> back, int subtask) {
    splits.readerGone(subtask);
  }

  @Override
  public void handleSplitRequest(int subtask, String requesterHostname) {
    throw new IllegalStateException("readers are given splits without asking");
  }

  @Override
  public void handleSourceEvent(int subtask, SourceEvent event) {
    ((Message.Event) event).messageToEnumerator().to(messages, subtask);
  }

  /** Takes what readers say. */
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
      splits.givenBack(message.assignment(), message.position());
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

  /** Also those of earlier checkpoints that were given up: what they say was durable then. */
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

  /** Fails the job for good: starting it again would not help. */
  private static SuppressRestartsException ended(String message, Throwable cause) {
    return new SuppressRestartsException(new IllegalStateException(message, cause));
  }

  private void fail(Fault fault) {
    LOG.error("cannot go on: {}", fault.getMessage());
    onCoordinator(
        () -> {
          throw ended(fault.getMessage(), fault);
        });
  }

  private void bug(Throwable bug) {
    if (ended) {
      return; // a call under way met a closed connection
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
      LOG.warn("the checkpoint could not be saved at the end; what follows it is done again", e);
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

  /** A checkpoint that is complete just now is to be heard of before the end. */
  private void awaitCoordinator() throws InterruptedException {
    CountDownLatch reached = new CountDownLatch(1);
    try {
      context.runInCoordinatorThread(reached::countDown);
    } catch (RejectedExecutionException e) {
      return; // it has ended before us
    }
    reached.await(COORDINATOR_SECONDS, TimeUnit.SECONDS);
  }
}
