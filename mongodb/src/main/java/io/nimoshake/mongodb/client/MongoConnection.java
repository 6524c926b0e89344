package io.nimoshake.mongodb.client;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.ReadPreference;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.connection.ServerDescription;
import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bson.BsonTimestamp;
import org.bson.Document;

/**
 * Opens clients as this program needs them. A majority acknowledges writes and the primary answers
 * reads, whatever the address says, because a checkpoint must never be ahead of the data.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/reference/write-concern/">MongoDB Manual, Write
 *     Concern</a>
 */
public final class MongoConnection {
  /**
   * How long a call looks for a server that takes writes, if the address does not say. Short, so
   * that an outage is seen within seconds; the call is tried again.
   */
  private static final Duration SERVER_SELECTION = Duration.ofSeconds(2);

  /** How often an idle server is asked whether it is there, if the address does not say. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(2);

  /** How long a call waits for its reply, if the address does not say. */
  private static final Duration ANSWER = Duration.ofSeconds(60);

  private MongoConnection() {}

  /**
   * A client for {@code uri}. Nothing is connected yet, but for {@code mongodb+srv} the name server
   * is asked.
   *
   * @throws Fault.Fatal if the address is malformed
   * @throws Fault.Transient if the name server does not answer
   */
  public static MongoClient open(String uri) throws Fault {
    return MongoClients.create(settings(uri).build());
  }

  /** The same, and counts failed attempts. That makes every command a little more expensive. */
  public static MongoClient open(String uri, FailedCalls failed) throws Fault {
    FailureListener listener = new FailureListener(failed);
    return MongoClients.create(
        settings(uri)
            .addCommandListener(listener)
            .applyToConnectionPoolSettings(pool -> pool.addConnectionPoolListener(listener))
            .applyToServerSettings(server -> server.addServerMonitorListener(listener))
            .applyToClusterSettings(cluster -> cluster.addClusterListener(listener))
            .build());
  }

  /**
   * The same, for commands that take long.
   *
   * @param answer how long a call waits for its reply, whatever the address says
   */
  public static MongoClient open(String uri, Duration answer) throws Fault {
    return MongoClients.create(
        settings(uri)
            .applyToSocketSettings(
                socket -> socket.readTimeout((int) answer.toMillis(), TimeUnit.MILLISECONDS))
            .build());
  }

  private static MongoClientSettings.Builder settings(String uri) throws Fault {
    ConnectionString address = parse(uri);
    Integer asked = address.getServerSelectionTimeout();
    Duration selection = asked == null ? SERVER_SELECTION : Duration.ofMillis(asked);
    return settings(address, selection, ANSWER);
  }

  private static MongoClientSettings.Builder settings(
      ConnectionString address, Duration serverSelection, Duration answer) {
    return MongoClientSettings.builder()
        .applyConnectionString(address)
        .applicationName("nimo-shake")
        .writeConcern(WriteConcern.MAJORITY)
        .readPreference(ReadPreference.primary())
        .applyToClusterSettings(
            cluster ->
                cluster.serverSelectionTimeout(serverSelection.toMillis(), TimeUnit.MILLISECONDS))
        .applyToServerSettings(
            server -> {
              if (address.getHeartbeatFrequency() == null) {
                server.heartbeatFrequency(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
              }
            })
        .applyToSocketSettings(
            socket -> {
              if (address.getSocketTimeout() == null) {
                socket.readTimeout((int) answer.toMillis(), TimeUnit.MILLISECONDS);
              }
            });
  }

  /**
   * Checks at start-up that the server answers, shows the database to the user and, if asked for,
   * is sharded.
   *
   * @param what begins the message: "target" or "checkpoint"
   * @param timeout how long to look for the server
   * @throws Fault if not; the message is one line. It is a {@link Fault.Fatal} unless another try
   *     may succeed
   */
  public static void check(
      String what, String uri, String database, boolean sharded, Duration timeout) throws Fault {
    ConnectionString address = parse(uri);
    String where = what + " MongoDB at " + String.join(",", address.getHosts());
    try (MongoClient client = MongoClients.create(settings(address, timeout, timeout).build())) {
      try {
        client.getDatabase(database).runCommand(new Document("ping", 1));
        client.getDatabase(database).listCollectionNames().first();
        if (sharded && !isRouter(client)) {
          throw new Fault.Fatal(
              where
                  + " is not sharded (no mongos answers there), but target.mongodb.type ="
                  + " sharding; set it to replica");
        }
      } catch (MongoTimeoutException e) {
        throw new Fault.Transient(
            where + " does not answer within " + timeout.toMillis() + " ms" + reason(client), e);
      } catch (MongoException e) {
        Fault fault = MongoFaults.of(e, where);
        throw fault.isRetryable() ? fault : new Fault.Fatal(fault.getMessage(), e);
      }
    }
  }

  private static ConnectionString parse(String uri) throws Fault {
    Optional<String> problem = MongoAddress.problem(uri);
    if (problem.isPresent()) {
      throw new Fault.Fatal("MongoDB address: " + problem.get());
    }
    try {
      return new ConnectionString(uri);
    } catch (IllegalArgumentException e) {
      // the cause is left out, because its message may quote the address with its secrets
      throw new Fault.Fatal("MongoDB address: " + MongoFaults.redact(e.getMessage()));
    } catch (MongoException e) {
      throw MongoFaults.of(e, "MongoDB address");
    }
  }

  /**
   * Whether the server is a router (mongos) of a sharded cluster.
   *
   * @see <a href="https://www.mongodb.com/docs/manual/reference/command/hello/">hello</a>
   */
  public static boolean isRouter(MongoClient client) {
    return "isdbgrid".equals(hello(client).getString("msg"));
  }

  /**
   * The newest version of the wire protocol that the server speaks: 13 for MongoDB 5.0, 17 for 6.0.
   *
   * @see <a href="https://github.com/mongodb/mongo/blob/master/src/mongo/db/wire_version.h">MongoDB
   *     server, wire_version.h</a>
   */
  public static int wireVersion(MongoClient client) {
    return hello(client).getInteger("maxWireVersion", 0);
  }

  /**
   * The clock of the server and of its cluster, whichever is later. Every change that was
   * acknowledged before this call is not newer.
   */
  public static Instant serverTime(MongoClient client) {
    Document answer = hello(client);
    Date now = answer.getDate("localTime");
    // Every MongoDB says it, but what only speaks its protocol may not.
    Instant time = now == null ? Instant.now() : now.toInstant();
    if (answer.get("operationTime") instanceof BsonTimestamp operation) {
      Instant ofCluster = Instant.ofEpochSecond(Integer.toUnsignedLong(operation.getTime()));
      return ofCluster.isAfter(time) ? ofCluster : time;
    }
    return time;
  }

  /** Servers before 4.4.2 know {@code hello} only under its older name. */
  private static Document hello(MongoClient client) {
    try {
      return client.getDatabase("admin").runCommand(new Document("hello", 1));
    } catch (MongoCommandException e) {
      if (e.getErrorCode() != ErrorCodes.COMMAND_NOT_FOUND) {
        throw e;
      }
      return client.getDatabase("admin").runCommand(new Document("isMaster", 1));
    }
  }

  /** The innermost reason why no server can be reached, if the driver knows it. */
  private static String reason(MongoClient client) {
    for (ServerDescription server : client.getClusterDescription().getServerDescriptions()) {
      Throwable cause = server.getException();
      while (cause != null && cause.getCause() != null) {
        cause = cause.getCause();
      }
      if (cause != null) {
        return ": " + MongoFaults.redact(cause.getMessage());
      }
    }
    return "";
  }
}
