package io.nimoshake.flink.enumerator;

import io.nimoshake.core.checkpoint.LeaseClaim;
import io.nimoshake.core.checkpoint.LeaseKeeper;
import io.nimoshake.core.checkpoint.LeasedTarget;
import io.nimoshake.core.checkpoint.ProcessIdentity;
import io.nimoshake.core.engine.PlanHost;
import io.nimoshake.core.engine.SplitRunner;
import io.nimoshake.core.engine.TableRegistry;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.Outages;
import io.nimoshake.core.flow.Retry;
import io.nimoshake.core.flow.Scheduler;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Target;
import io.nimoshake.flink.ports.SyncPorts;
import io.nimoshake.flink.wire.PlanState;
import io.nimoshake.setup.Closer;
import io.nimoshake.setup.LiveDirection;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the sync of a job: opens the connections, waits for the lease, starts the plan's host. All
 * of it is retried and runs on the scheduler.
 */
final class JobStart {
  private static final Logger LOG = LoggerFactory.getLogger(JobStart.class);

  /** The time between two looks at a lease that another process holds. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  /** Hears how the start goes. */
  interface Listener {
    /** Whether the job is ending, so that nothing is to be started any more. */
    boolean isClosed();

    /** The host is made and starts now: it may post events from now on. */
    void starting(PlanHost host);

    /** The host runs. */
    void started(PlanHost host, Ports open);

    /** The sync cannot start. */
    void failed(Fault fault);
  }

  /**
   * The connections of the enumerator.
   *
   * @param outages which of them do not work now
   */
  record Ports(Source source, Target target, CheckpointStore store, Outages outages) {}

  private final SyncPorts ports;
  private final PlanState restored;
  private final String jobId;
  private final Scheduler scheduler;
  private final Closer closer;
  private final SplitRunner splits;
  private final Listener listener;
  private final Outages outages;
  private final TableRegistry registry;
  private final Retry connecting;
  private final Retry starting;

  /** Made when the store is open. */
  private Optional<LeaseClaim> claim = Optional.empty();

  private boolean waiting;

  /**
   * @param restored what Flink has kept of an earlier run
   * @param closer gets what is opened
   */
  JobStart(
      SyncPorts ports,
      PlanState restored,
      String jobId,
      Scheduler scheduler,
      Closer closer,
      SplitRunner splits,
      Listener listener) {
    this.ports = ports;
    this.restored = restored;
    this.jobId = jobId;
    this.scheduler = scheduler;
    this.closer = closer;
    this.splits = splits;
    this.listener = listener;
    this.outages = new Outages(scheduler.control());
    this.registry = new TableRegistry(table -> TableLimits.none(), Optional.of(outages));
    this.connecting = retry("connecting");
    this.starting = retry("taking the lease and loading the checkpoint");
  }

  private Retry retry(String activity) {
    return new Retry(registry.sync().activity(activity), RetryPolicy.DEFAULT, scheduler);
  }

  void begin() {
    connecting.run(this::connect, new Connected(), scheduler);
  }

  private Ports connect() throws Fault {
    try {
      ports.check();
      Ports open =
          new Ports(
              closer.keep(ports.openSource()),
              closer.keep(ports.openTarget()),
              closer.keep(ports.openCheckpoints()),
              outages);
      open.source().failedCalls().listen(outages);
      open.target().failedCalls().listen(outages);
      open.store().failedCalls().listen(outages);
      return open;
    } catch (Fault f) {
      closer.close();
      throw f;
    }
  }

  private final class Connected extends Step<Ports> {
    @Override
    public void succeeded(Ports open) {
      if (isStopped()) {
        closer.close();
      } else {
        start(open);
      }
    }
  }

  private void start(Ports open) {
    starting.run(() -> tryToStart(open), new Started(open), scheduler);
  }

  private final class Started extends Step<Optional<PlanHost>> {
    private final Ports open;

    Started(Ports open) {
      this.open = open;
    }

    @Override
    public void succeeded(Optional<PlanHost> host) {
      if (host.isPresent()) {
        listener.started(host.get(), open);
      } else {
        scheduler.after(LOOK_AGAIN, () -> start(open));
      }
    }
  }

  private abstract class Step<T> implements Retry.Outcome<T> {
    @Override
    public boolean isStopped() {
      return listener.isClosed();
    }

    @Override
    public void failed(Fault fault) {
      listener.failed(fault);
    }
  }

  /** The running host; empty while another process may hold the lease. */
  private Optional<PlanHost> tryToStart(Ports open) throws Fault {
    if (claim.isEmpty()) {
      claim =
          Optional.of(
              new LeaseClaim(
                  open.store(),
                  ports.options().leaseDuration(),
                  scheduler,
                  ProcessIdentity.ofThisProcess("flink job " + jobId)));
    }
    LeaseClaim.Attempt attempt = claim.get().attempt();
    if (attempt instanceof LeaseClaim.Attempt.Acquired acquired) {
      return startOrRelease(open, acquired.keeper());
    }
    waitFor((LeaseClaim.Attempt.HeldBy) attempt);
    return Optional.empty();
  }

  private void waitFor(LeaseClaim.Attempt.HeldBy held) throws Fault.Fatal {
    String holder = "process " + held.other().pid() + " on " + held.other().host();
    if (held.alive()) {
      throw new Fault.Fatal(
          "id "
              + ports.id()
              + " is already running as "
              + holder
              + ": stop it first, or choose another id");
    }
    if (!waiting) {
      waiting = true;
      LOG.info(
          "id {} is held by {}; waiting to see whether it is still running", ports.id(), holder);
    }
  }

  /** A start that fails gives the lease back, so that no other process has to wait for it. */
  private Optional<PlanHost> startOrRelease(Ports open, LeaseKeeper lease) throws Fault {
    try {
      if (listener.isClosed()) {
        lease.release();
        return Optional.empty();
      }
      return Optional.of(startHost(open, lease));
    } catch (Fault f) {
      try {
        lease.release();
      } catch (Fault notReleased) {
        f.addSuppressed(notReleased);
      }
      throw f;
    }
  }

  private PlanHost startHost(Ports open, LeaseKeeper lease) throws Fault {
    CheckpointStore store = open.store();
    ports.takeOver(open.source(), open.target(), store, lease.fence());
    boolean storeKnows = store.load().stream().anyMatch(JobStart::isOfATable);
    boolean flinkKnows = restored.entries().stream().anyMatch(JobStart::isOfATable);
    if (flinkKnows && !storeKnows) {
      LOG.warn(
          "the checkpoint store is empty: the sync resumes from the state that Flink has kept");
      store.save(lease.fence(), restored.entries());
    }
    LiveDirection.requireForward(store, ports.id());
    LOG.info(
        "id {} begins {}",
        ports.id(),
        storeKnows
            ? "at its checkpoint"
            : flinkKnows ? "at the state that Flink has kept" : "with a new copy");
    PlanHost host =
        new PlanHost(
            ports.options(),
            open.source(),
            new LeasedTarget(open.target(), lease),
            store,
            lease,
            scheduler,
            registry,
            splits);
    listener.starting(host);
    host.start();
    return host;
  }

  private static boolean isOfATable(CheckpointEntry entry) {
    return entry instanceof CheckpointEntry.OfTable || entry instanceof CheckpointEntry.OfSplit;
  }
}
