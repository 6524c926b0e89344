package io.nimoshake.core.checkpoint;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Holds the lease of this sync: one process per {@code id}. A holder that is dead on this host is
 * replaced at once, another one when its lease has run out.
 */
public final class LeaseKeeper {
  private final CheckpointStore store;
  private final Duration duration;
  private Lease lease;

  private LeaseKeeper(CheckpointStore store, Duration duration, Lease lease) {
    this.store = store;
    this.duration = duration;
    this.lease = lease;
  }

  /** What came of trying to get the lease. */
  public sealed interface Acquisition {
    /** It is ours. */
    record Acquired(LeaseKeeper keeper) implements Acquisition {}

    /** Another process has it. */
    record HeldBy(Lease other) implements Acquisition {}
  }

  /** Tries to get the lease for this process. */
  public static Acquisition acquire(CheckpointStore store, Duration duration, Instant now)
      throws Fault {
    return acquire(store, duration, now, thisProcess());
  }

  /**
   * Tries to get the lease.
   *
   * @param me who asks; fence and expiry of it are not looked at
   */
  public static Acquisition acquire(CheckpointStore store, Duration duration, Instant now, Lease me)
      throws Fault {
    while (true) {
      Optional<Lease> current = store.lease();
      if (current.isPresent() && isAlive(current.get(), me, now)) {
        return new Acquisition.HeldBy(current.get());
      }
      long fence = current.map(Lease::fence).orElse(0L) + 1;
      Lease mine = new Lease(fence, me.host(), me.pid(), me.processStarted(), now.plus(duration));
      if (store.replaceLease(current, Optional.of(mine))) {
        return new Acquisition.Acquired(new LeaseKeeper(store, duration, mine));
      }
    }
  }

  private static boolean isAlive(Lease holder, Lease me, Instant now) {
    if (holder.sameHolder(me) || !now.isBefore(holder.expires())) {
      return false;
    }
    if (!holder.machine().equals(me.machine())) {
      return true;
    }
    return ProcessHandle.of(holder.pid())
        .filter(ProcessHandle::isAlive)
        .map(process -> startOf(process).equals(holder.processStarted()))
        .orElse(false);
  }

  private static Lease thisProcess() {
    ProcessHandle process = ProcessHandle.current();
    return new Lease(0, hostName(), process.pid(), startOf(process), Instant.EPOCH);
  }

  /**
   * One of several possible holders in this process: it is not taken for another of them.
   *
   * @param name tells it apart; the same name asking again is the same holder
   */
  public static Lease inThisProcess(String name) {
    Lease process = thisProcess();
    return new Lease(
        0, process.host() + "/" + name, process.pid(), process.processStarted(), process.expires());
  }

  private static Instant startOf(ProcessHandle process) {
    return process.info().startInstant().orElse(Instant.EPOCH);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      // A host that cannot resolve its own name still has one lease holder at a time; it merely
      // cannot tell a dead neighbour from a dead remote one by name.
      return "localhost";
    }
  }

  /** The number under which this holder writes. */
  public synchronized long fence() {
    return lease.fence();
  }

  /** When it runs out if it is not renewed. */
  public synchronized Instant expires() {
    return lease.expires();
  }

  /** How long the lease lives without renewal. */
  public Duration duration() {
    return duration;
  }

  /** How often to renew: often enough that two renewals may fail. */
  public Duration renewEvery() {
    return duration.dividedBy(3);
  }

  /** Lets it live on from now; {@link Fault.Fatal} if another process has taken it. */
  public void renew(Instant now) throws Fault {
    Lease held;
    synchronized (this) {
      held = lease;
    }
    Lease next =
        new Lease(held.fence(), held.host(), held.pid(), held.processStarted(), now.plus(duration));
    if (!store.replaceLease(Optional.of(held), Optional.of(next))) {
      throw new Fault.Fatal("another process has taken over this sync");
    }
    synchronized (this) {
      lease = next;
    }
  }

  /** Gives it back, so that the next process need not wait. */
  public void release() throws Fault {
    Lease held;
    synchronized (this) {
      held = lease;
    }
    // Kept with its fence, expired: the next holder's number must be higher.
    Lease ended =
        new Lease(held.fence(), held.host(), held.pid(), held.processStarted(), Instant.EPOCH);
    store.replaceLease(Optional.of(held), Optional.of(ended));
  }
}
