package io.nimoshake.core.port;

import java.time.Instant;

/**
 * The right to sync under an {@code id}.
 *
 * @param fence grows with every holder; a write under an older number is refused
 * @param host name of the holder's machine
 * @param pid process id there
 * @param processStarted when that process started: a pid is used again
 * @param expires after this moment anyone may take it
 */
public record Lease(long fence, String host, long pid, Instant processStarted, Instant expires) {
  public boolean sameHolder(Lease other) {
    return host.equals(other.host)
        && pid == other.pid
        && processStarted.equals(other.processStarted);
  }
}
