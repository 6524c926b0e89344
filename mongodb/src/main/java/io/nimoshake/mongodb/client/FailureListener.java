package io.nimoshake.mongodb.client;

import com.mongodb.event.ClusterDescriptionChangedEvent;
import com.mongodb.event.ClusterListener;
import com.mongodb.event.CommandFailedEvent;
import com.mongodb.event.CommandListener;
import com.mongodb.event.ConnectionClosedEvent;
import com.mongodb.event.ConnectionCreatedEvent;
import com.mongodb.event.ConnectionPoolListener;
import com.mongodb.event.ConnectionReadyEvent;
import com.mongodb.event.ServerHeartbeatFailedEvent;
import com.mongodb.event.ServerMonitorListener;
import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.FailedCalls.Kind;
import io.nimoshake.core.fault.Unreachable;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Counts failed attempts, also those that the driver hides by a retry: commands, the handshake of
 * new connections (which the driver does not report as commands), and heartbeats. Says when the
 * server cannot be reached and when it can be reached again.
 *
 * @see <a
 *     href="https://www.mongodb.com/docs/drivers/java/sync/current/logging-monitoring/monitoring/">
 *     MongoDB Java driver, Monitoring</a>
 */
final class FailureListener
    implements CommandListener, ConnectionPoolListener, ServerMonitorListener, ClusterListener {
  private final FailedCalls failed;

  /**
   * Connections that are not ready yet, by the driver's own number. The id of a connection changes
   * when the server gives it a number, too.
   */
  private final Set<Long> opening = ConcurrentHashMap.newKeySet();

  private final AtomicReference<Optional<Unreachable>> missed =
      new AtomicReference<>(Optional.empty());

  FailureListener(FailedCalls failed) {
    this.failed = failed;
  }

  @Override
  public void commandFailed(CommandFailedEvent event) {
    failed.count(event.getCommandName(), MongoFaults.failureKind(event.getThrowable()));
  }

  @Override
  public void connectionCreated(ConnectionCreatedEvent event) {
    opening.add(event.getConnectionId().getLocalValue());
  }

  @Override
  public void connectionReady(ConnectionReadyEvent event) {
    opening.remove(event.getConnectionId().getLocalValue());
  }

  @Override
  public void connectionClosed(ConnectionClosedEvent event) {
    boolean neverReady = opening.remove(event.getConnectionId().getLocalValue());
    if (neverReady && event.getReason() == ConnectionClosedEvent.Reason.ERROR) {
      failed.count("connect", Kind.CONNECTION);
    }
  }

  /** Tells that no server takes writes, even while nothing is written. */
  @Override
  public void clusterDescriptionChanged(ClusterDescriptionChangedEvent event) {
    Optional<Unreachable> outage = ServerOutage.of(event.getNewDescription());
    // The members of a cluster, and so its name, may change meanwhile.
    Optional<Unreachable> before = missed.getAndSet(outage);
    before
        .filter(server -> outage.isEmpty() || !outage.get().server().equals(server.server()))
        .ifPresent(server -> failed.reached(server.server()));
    outage.ifPresent(failed::missed);
  }

  @Override
  public void serverHeartbeatFailed(ServerHeartbeatFailedEvent event) {
    failed.count("heartbeat", MongoFaults.failureKind(event.getThrowable()));
  }
}
