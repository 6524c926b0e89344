package io.nimoshake.mongodb.client;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.mongodb.MongoException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoSocketReadTimeoutException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.ServerAddress;
import com.mongodb.client.MongoClient;
import com.mongodb.connection.ClusterConnectionMode;
import com.mongodb.connection.ClusterDescription;
import com.mongodb.connection.ClusterType;
import com.mongodb.connection.ServerConnectionState;
import com.mongodb.connection.ServerDescription;
import com.mongodb.connection.ServerType;
import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.Reachability;
import io.nimoshake.core.fault.Unreachable;
import io.nimoshake.mongodb.SharedMongo;
import io.nimoshake.testkit.fault.FaultProxy;
import io.nimoshake.testkit.wire.FreePort;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ServerOutageTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @RegisterExtension static final SharedMongo MONGO = new SharedMongo();

  @Test
  void aServerThatIsNotThereIsNamedInAFewWords() throws Exception {
    int port = FreePort.pick();
    String uri = "mongodb://127.0.0.1:" + port + "/?serverSelectionTimeoutMS=300";
    try (MongoClient client = MongoConnection.open(uri)) {
      // The driver may give up before its first connection is refused. Then it does not know why.
      await().atMost(LIMIT).untilAsserted(() -> assertRefused(client, port));
    }
  }

  private static void assertRefused(MongoClient client, int port) {
    MongoException e =
        assertThrows(
            MongoException.class,
            () -> client.getDatabase("shop").runCommand(new Document("ping", 1)));
    Fault fault = MongoFaults.of(e, "write to shop.orders");
    String server = "MongoDB at 127.0.0.1:" + port;
    assertEquals(Optional.of(new Unreachable(server, "refuses connections")), fault.unreachable());
    assertEquals("write to shop.orders: " + server + " refuses connections", fault.getMessage());
  }

  @Test
  void theDriversWordsForAClusterAreUnderstood() {
    assertEquals(
        Optional.of(new Unreachable("MongoDB at a:1,b:2", "has no primary")),
        ServerOutage.of(
            new MongoTimeoutException(
                "Timed out while waiting for a server that matches WritableServerSelector. Client"
                    + " view of cluster state is {type=REPLICA_SET, servers=[{address=b:2,"
                    + " type=REPLICA_SET_SECONDARY, roundTripTime=1 ms, state=CONNECTED},"
                    + " {address=a:1, type=UNKNOWN, state=CONNECTING}]")));
    assertEquals(
        Optional.empty(), ServerOutage.of(new MongoTimeoutException("no connection is free")));
    assertEquals(
        Optional.of(new Unreachable("MongoDB at a:1", "has a host name that is not known")),
        ServerOutage.of(
            new MongoTimeoutException(
                "{address=a:1, exception={java.net.UnknownHostException: a}}, {address=a:1}")));
    assertEquals(
        Optional.of(new Unreachable("MongoDB at a:1", "does not answer")),
        ServerOutage.of(new MongoTimeoutException("{address=a:1, type=UNKNOWN}")));
  }

  @Test
  void theCauseOfABrokenConnectionSaysHow() {
    assertEquals("refuses connections", how(new ConnectException("Connection refused")));
    assertEquals("cannot be connected to", how(new ConnectException("No route to host")));
    assertEquals("has a host name that is not known", how(new UnknownHostException("a")));
    assertEquals("does not answer", how(new SocketTimeoutException("Read timed out")));
    assertEquals("closes connections", how(new IOException("Connection reset")));
    assertEquals(
        Optional.of(new Unreachable("MongoDB at a:1", "does not answer")),
        ServerOutage.of(
            new MongoSocketReadTimeoutException("read", new ServerAddress("a", 1), null)));
  }

  private static String how(IOException cause) {
    return ServerOutage.of(new MongoSocketException("m", new ServerAddress("a", 1), cause))
        .orElseThrow()
        .how();
  }

  @Test
  void aClusterWithAPrimaryIsNotMissing() {
    MongoSocketException failure =
        new MongoSocketException(
            "m", new ServerAddress("b", 2), new ConnectException("Connection refused"));
    ServerDescription down = server("b", 2).exception(failure).build();
    ServerDescription secondary = connected(ServerType.REPLICA_SET_SECONDARY);
    ServerDescription primary = connected(ServerType.REPLICA_SET_PRIMARY);
    assertEquals(Optional.empty(), ServerOutage.of(cluster(down, primary)));
    assertEquals(
        Optional.of(new Unreachable("MongoDB at a:1,b:2", "has no primary")),
        ServerOutage.of(cluster(down, secondary)));
    assertEquals(
        Optional.of(new Unreachable("MongoDB at b:2", "refuses connections")),
        ServerOutage.of(cluster(down)));
    assertEquals(Optional.empty(), ServerOutage.of(cluster(secondary)), "not known yet");
  }

  private static ServerDescription connected(ServerType type) {
    return server("a", 1).ok(true).state(ServerConnectionState.CONNECTED).type(type).build();
  }

  private static ServerDescription.Builder server(String host, int port) {
    return ServerDescription.builder()
        .address(new ServerAddress(host, port))
        .state(ServerConnectionState.CONNECTING);
  }

  private static ClusterDescription cluster(ServerDescription... servers) {
    return new ClusterDescription(
        ClusterConnectionMode.MULTIPLE, ClusterType.REPLICA_SET, List.of(servers));
  }

  /** Whether anybody calls it or not. */
  @Test
  void theDriverTellsWhenItsServerGoesAndComes() throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    FailedCalls calls = new FailedCalls();
    calls.listen(
        new Reachability() {
          @Override
          public void missed(Unreachable server) {
            told.add("missed " + server.server());
          }

          @Override
          public void reached(String server) {
            told.add("reached " + server);
          }
        });
    try (FaultProxy proxy = FaultProxy.to("127.0.0.1", URI.create(MONGO.uri()).getPort());
        MongoClient client = MongoConnection.open("mongodb://127.0.0.1:" + proxy.port(), calls)) {
      client.getDatabase("shop").runCommand(new Document("ping", 1));
      assertEquals(List.of(), told);
      String server = "MongoDB at 127.0.0.1:" + proxy.port();
      proxy.down();
      await().atMost(LIMIT).until(() -> told.contains("missed " + server));
      proxy.up();
      await().atMost(LIMIT).until(() -> told.contains("reached " + server));
    }
  }
}
