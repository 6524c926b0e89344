package io.nimoshake.core.port;

import java.time.Instant;

/**
 * The right to sync under an {@code id}.
 *
 * @param fence grows with every holder; the store refuses a write under an older number
 * @param host name of the holder's machine; if several holders share a process, followed by a slash
 *     and what tells them apart
 * @param pid process id on that machine
 * @param processStarted when that process started, because a pid is used again
 * @param expires after this moment anyone may take the lease
 */
public record Lease(long fence, String host, long pid, Instant processStarted, Instant expires) {
  /** The machine alone. */
  public String machine() {
    int slash = host.indexOf('/');
    return slash < 0 ? host : host.substring(0, slash);
  }

  public boolean sameHolder(Lease other) {
    return host.equals(other.host)
        && pid == other.pid
        && processStarted.equals(other.processStarted);
  }
}
