package io.nimoshake.mongodb.client;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.mongodb.MongoException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.client.MongoClient;
import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.Reachability;
import io.nimoshake.core.fault.Unreachable;
import io.nimoshake.mongodb.SharedMongo;
import io.nimoshake.testkit.fault.FaultProxy;
import io.nimoshake.testkit.wire.FreePort;
import java.net.URI;
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
      MongoException e =
          assertThrows(
              MongoException.class,
              () -> client.getDatabase("shop").runCommand(new Document("ping", 1)));
      Fault fault = MongoFaults.of(e, "write to shop.orders");
      String server = "MongoDB at 127.0.0.1:" + port;
      assertEquals(
          Optional.of(new Unreachable(server, "refuses connections")), fault.unreachable());
      assertEquals("write to shop.orders: " + server + " refuses connections", fault.getMessage());
    }
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
