package io.nimoshake.core.port;

import java.time.Instant;

/**
 * The right to sync under an {@code id}.
 *
 * @param fence grows with every holder; a write under an older number is refused
 * @param host name of the holder's machine, for people; where several may hold leases in one
 *     process, followed by a slash and what tells them apart
 * @param kernel names the kernel and the process ids that the holder sees: processes with the same
 *     one can look at each other. Empty where that is not known: a host name proves nothing, as two
 *     containers or two machines may have the same
 * @param pid process id there
 * @param processStarted when that process started: a pid is used again
 * @param expires when it runs out, by the holder's clock; {@link Instant#EPOCH} once it is given
 *     back
 */
public record Lease(
    long fence, String host, String kernel, long pid, Instant processStarted, Instant expires) {
  /** A lease of which it is not known where its holder runs. */
  public Lease(long fence, String host, long pid, Instant processStarted, Instant expires) {
    this(fence, host, "", pid, processStarted, expires);
  }

  /** The same lease until another moment. */
  public Lease until(Instant moment) {
    return new Lease(fence, host, kernel, pid, processStarted, moment);
  }

  /** The same holder under another number. */
  public Lease withFence(long number) {
    return new Lease(number, host, kernel, pid, processStarted, expires);
  }

  /** Whether its holder has given it back. */
  public boolean isGivenBack() {
    return expires.equals(Instant.EPOCH);
  }

  /** Whether both holders run where each could see the other's process. */
  public boolean sameKernel(Lease other) {
    return !kernel.isEmpty() && kernel.equals(other.kernel);
  }

  public boolean sameHolder(Lease other) {
    return host.equals(other.host)
        && kernel.equals(other.kernel)
        && pid == other.pid
        && processStarted.equals(other.processStarted);
  }
}
