package io.nimoshake.mongodb.client;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoClient;
import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.FailedCalls.Call;
import io.nimoshake.core.fault.FailedCalls.Kind;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.mongodb.SharedMongo;
import io.nimoshake.testkit.fault.FaultProxy;
import io.nimoshake.testkit.fault.TcpFault;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What fails is counted, whether or not the caller hears of it. */
class FailureListenerTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @RegisterExtension static final SharedMongo MONGO = new SharedMongo();

  private final FailedCalls failed = new FailedCalls();
  private FaultProxy proxy;
  private MongoClient client;

  @BeforeEach
  void start() throws Fault {
    URI server = URI.create(MONGO.uri());
    proxy = FaultProxy.to(server.getHost(), server.getPort());
    // No look at the server comes between a reset and the command that is to meet it.
    client = open(Duration.ofHours(1));
    find();
  }

  @AfterEach
  void stop() {
    client.close();
    proxy.close();
  }

  private MongoClient open(Duration looks) throws Fault {
    return MongoConnection.open(
        "mongodb://127.0.0.1:" + proxy.port() + "/?heartbeatFrequencyMS=" + looks.toMillis(),
        failed);
  }

  private void find() {
    client.getDatabase("failures").getCollection("some").find().first();
  }

  private long count(String operation, Kind kind) {
    return failed.counts().getOrDefault(new Call(operation, kind), 0L);
  }

  @Test
  void countsNothingWhereNothingFails() {
    assertEquals(Map.of(), failed.counts());
  }

  @Test
  void countsACommandThatTheDriverRepeatsByItself() {
    proxy.resetAll();
    find();
    assertEquals(1, count("find", Kind.CONNECTION), failed.counts()::toString);
    assertEquals(0, count("connect", Kind.CONNECTION), failed.counts()::toString);
  }

  @Test
  void countsWhatTheServerRefuses() {
    assertThrows(
        MongoCommandException.class,
        () -> client.getDatabase("failures").runCommand(new Document("noSuchCommand", 1)));
    assertEquals(Map.of(new Call("noSuchCommand", Kind.REFUSED), 1L), failed.counts());
  }

  @Test
  void countsAConnectionThatNeverCameToBe() throws Fault {
    // The first is the one that looks at the server, the second the first for commands.
    proxy.onNextConnections(
        new TcpFault.Delay(Duration.ZERO), new TcpFault.Reset(TcpFault.Side.REPLY, 4));
    client.close();
    client = open(Duration.ofHours(1));
    find();
    assertEquals(1, count("connect", Kind.CONNECTION), failed.counts()::toString);
  }

  @Test
  void countsLooksAtAServerThatIsDown() throws Fault {
    client.close();
    client = open(Duration.ofMillis(500));
    proxy.down();
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertNotEquals(0, count("heartbeat", Kind.CONNECTION), failed.counts()::toString));
  }
}
