package io.nimoshake.mongodb.client;

import com.mongodb.MongoException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoSocketReadTimeoutException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.connection.ClusterDescription;
import com.mongodb.connection.ServerDescription;
import io.nimoshake.core.fault.Unreachable;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Says in a few words which MongoDB cannot be reached and how that shows. The driver's own message
 * describes the whole cluster, with a stack of exceptions for each server.
 *
 * @see <a
 *     href="https://www.mongodb.com/docs/drivers/java/sync/current/connection/connection-troubleshooting/">
 *     MongoDB Java driver, Connection Troubleshooting</a>
 */
final class ServerOutage {
  /** How the driver writes a server into the message of a timeout. */
  private static final Pattern ADDRESS = Pattern.compile("address=([^,}\\s]+)");

  private ServerOutage() {}

  /** The server that an exception is about; empty if it is not about a server that is missing. */
  static Optional<Unreachable> of(MongoException e) {
    if (e instanceof MongoSocketException socket) {
      String server = server(List.of(socket.getServerAddress().toString()));
      return Optional.of(new Unreachable(server, how(socket)));
    }
    return e instanceof MongoTimeoutException ? ofSelection(e.getMessage()) : Optional.empty();
  }

  private static Optional<Unreachable> ofSelection(String message) {
    List<String> addresses =
        ADDRESS.matcher(message).results().map(match -> match.group(1)).distinct().toList();
    return addresses.isEmpty()
        ? Optional.empty()
        : Optional.of(new Unreachable(server(addresses), how(message)));
  }

  /** The cluster that has no server for writes; empty if it has one or is not known yet. */
  static Optional<Unreachable> of(ClusterDescription cluster) {
    List<ServerDescription> servers = cluster.getServerDescriptions();
    Optional<Throwable> failure =
        servers.stream()
            .flatMap(each -> Optional.ofNullable(each.getException()).stream())
            .findFirst();
    if (failure.isEmpty() || servers.stream().anyMatch(ServerDescription::isPrimary)) {
      return Optional.empty();
    }
    boolean some = servers.stream().anyMatch(ServerDescription::isOk);
    return Optional.of(
        new Unreachable(server(addresses(servers)), some ? "has no primary" : how(failure.get())));
  }

  private static List<String> addresses(List<ServerDescription> servers) {
    return servers.stream().map(server -> server.getAddress().toString()).toList();
  }

  private static String server(List<String> addresses) {
    return "MongoDB at " + addresses.stream().sorted().collect(Collectors.joining(","));
  }

  private static String how(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnknownHostException) {
        return "has a host name that is not known";
      }
      if (cause instanceof ConnectException) {
        return refused(String.valueOf(cause.getMessage()));
      }
      if (cause instanceof SocketTimeoutException
          || cause instanceof MongoSocketReadTimeoutException) {
        return "does not answer";
      }
    }
    return "closes connections";
  }

  private static String refused(String message) {
    return message.contains("refused") ? "refuses connections" : "cannot be connected to";
  }

  private static String how(String message) {
    if (message.contains("Connection refused")) {
      return "refuses connections";
    }
    if (message.contains("UnknownHostException")) {
      return "has a host name that is not known";
    }
    return message.contains("type=REPLICA_SET_SECONDARY") ? "has no primary" : "does not answer";
  }
}
