package io.nimoshake.testkit.fault;

import static io.nimoshake.testkit.fault.MongoFault.CUT_AFTER;
import static io.nimoshake.testkit.fault.MongoFault.CUT_BEFORE;
import static io.nimoshake.testkit.fault.MongoFault.HALF_REPLY;
import static io.nimoshake.testkit.fault.MongoFault.NO_REPLY;
import static io.nimoshake.testkit.fault.MongoFault.answer;
import static io.nimoshake.testkit.fault.MongoFault.code;
import static io.nimoshake.testkit.fault.MongoFault.delay;
import static io.nimoshake.testkit.fault.MongoFault.edit;
import static io.nimoshake.testkit.fault.MongoFault.writeConcernError;
import static io.nimoshake.testkit.fault.MongoFault.writeError;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoSocketException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import io.nimoshake.testkit.server.MongoServer;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Between the driver and a real server. */
class MongoFaultProxyTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static MongoServer server;
  private static MongoClient direct;

  private MongoFaultProxy proxy;
  private MongoClient client;
  private MongoCollection<Document> orders;

  /** Behind the proxy's back. */
  private MongoCollection<Document> stored;

  @BeforeAll
  static void startServer() {
    server = MongoServer.start();
    direct = MongoClients.create(server.uri());
  }

  @AfterAll
  static void stopServer() {
    direct.close();
    server.close();
  }

  @BeforeEach
  void start() {
    proxy = MongoFaultProxy.to("127.0.0.1", server.port());
    client = MongoClients.create(proxy.uri());
    orders = client.getDatabase("db").getCollection("orders");
    stored = direct.getDatabase("db").getCollection("orders");
    stored.drop();
  }

  @AfterEach
  void stop() {
    client.close();
    proxy.close();
  }

  @Test
  void passesEverythingOnByDefault() {
    List<Document> many = IntStream.range(0, 3_000).mapToObj(i -> order(i)).toList();
    orders.insertMany(many);

    // More than one batch, so that getMore is among the commands.
    assertEquals(many, orders.find().batchSize(1_000).into(new ArrayList<>()));
    assertTrue(proxy.calls("insert") > 0);
    assertTrue(proxy.calls("getMore") > 0);
    assertTrue(proxy.calls(MongoCommand.HELLO) > 0);
    assertEquals(Map.of(), proxy.injected());
  }

  @Test
  void answersWithACodeAndLabelsAndTheServerSeesNothing() {
    Injection once =
        proxy
            .fail("insert")
            .times(1)
            .with(code(91, "ShutdownInProgress").labels("RetryableWriteError"));

    MongoException refused = assertThrows(MongoException.class, () -> orders.insertOne(order(1)));

    assertEquals(91, refused.getCode());
    assertTrue(refused.hasErrorLabel("RetryableWriteError"));
    assertEquals(0, stored.countDocuments());
    orders.insertOne(order(1));
    assertEquals(1, stored.countDocuments());
    assertEquals(1, once.count());
    assertEquals(Map.of("code_91", 1L), proxy.injected());
  }

  @Test
  void looksLikeAPrimaryThatStepsDown() {
    proxy.fail("insert").once().with(code(10107, "NotWritablePrimary"));

    assertThrows(MongoNotPrimaryException.class, () -> orders.insertOne(order(1)));
  }

  @Test
  void tellsOfAFailureAfterTheEffect() {
    proxy.fail("insert").with(code(189, "PrimarySteppedDown").message("gone").afterEffect());

    MongoException refused = assertThrows(MongoException.class, () -> orders.insertOne(order(1)));

    assertEquals(189, refused.getCode());
    assertTrue(refused.getMessage().contains("gone"), refused.getMessage());
    assertEquals(1, stored.countDocuments());
  }

  @Test
  void strikesOnlyTheNth() {
    proxy.fail("insert").nth(2).with(code(1, "InternalError"));

    orders.insertOne(order(1));
    assertThrows(MongoException.class, () -> orders.insertOne(order(2)));
    orders.insertOne(order(3));

    assertEquals(2, stored.countDocuments());
  }

  @Test
  void strikesOnlyCommandsOfACollection() {
    proxy.fail("insert").collection("db", "orders").with(code(8, "UnknownError"));
    proxy.fail("find").database("other").with(code(8, "UnknownError"));

    client.getDatabase("db").getCollection("other").insertOne(order(1));
    client.getDatabase("other").getCollection("orders").insertOne(order(1));
    assertThrows(MongoException.class, () -> orders.insertOne(order(1)));
    assertEquals(List.of(), orders.find().into(new ArrayList<>()));
    assertThrows(
        MongoException.class,
        () -> client.getDatabase("other").getCollection("any").find().first());
    assertEquals(Map.of("code_8", 2L), proxy.injected());
  }

  @Test
  void strikesOnlyCommandsOfWhichAConditionIsTrue() {
    proxy
        .fail("insert")
        .where(command -> command.document().getArray("documents").size() > 1)
        .with(code(1, "InternalError"));

    orders.insertOne(order(1));
    assertThrows(MongoException.class, () -> orders.insertMany(List.of(order(2), order(3))));
  }

  @Test
  void aRuleForAnyCommandLeavesTheGreetingAlone() {
    proxy.fail(MongoFaultProxy.ANY).with(code(1, "InternalError"));

    assertEquals(1, assertThrows(MongoException.class, () -> orders.find().first()).getCode());
    assertEquals(1, assertThrows(MongoException.class, () -> orders.insertOne(order(1))).getCode());
  }

  /** Inserts orders 0, 1 and 2, of which some are refused. */
  private MongoBulkWriteException failedInsertInAnyOrder() {
    List<Document> documents = List.of(order(0), order(1), order(2));
    return assertThrows(
        MongoBulkWriteException.class,
        () -> orders.insertMany(documents, new InsertManyOptions().ordered(false)));
  }

  @Test
  void refusesOneOfSeveralDocuments() {
    proxy.fail("insert").once().with(writeError(1, 121, "no way"));

    MongoBulkWriteException failed = failedInsertInAnyOrder();

    assertEquals(1, failed.getWriteErrors().size());
    assertEquals(1, failed.getWriteErrors().get(0).getIndex());
    assertEquals(121, failed.getWriteErrors().get(0).getCode());
    assertEquals("no way", failed.getWriteErrors().get(0).getMessage());
    assertEquals(2, failed.getWriteResult().getInsertedCount());
    assertEquals(List.of(order(0), order(2)), stored.find().into(new ArrayList<>()));
    assertEquals(Map.of("write_error_121", 1L), proxy.injected());
  }

  @Test
  void anOrderedCommandEndsAtTheRefusedStatement() {
    proxy.fail("insert").once().with(writeError(1, 121, "no"));

    assertThrows(
        MongoBulkWriteException.class,
        () -> orders.insertMany(List.of(order(0), order(1), order(2))));

    assertEquals(List.of(order(0)), stored.find().into(new ArrayList<>()));
  }

  @Test
  void theServersOwnErrorsKeepTheirPlaces() {
    orders.insertOne(order(2));
    proxy.fail("insert").once().with(writeError(0, 121, "no"));

    MongoBulkWriteException failed = failedInsertInAnyOrder();

    assertEquals(
        List.of("0 121", "2 11000"),
        failed.getWriteErrors().stream()
            .map(error -> error.getIndex() + " " + error.getCode())
            .toList());
  }

  @Test
  void refusesTheOnlyStatement() {
    proxy.fail("update").once().with(writeError(5, 11000, "E11000 duplicate key"));

    MongoBulkWriteException failed =
        assertThrows(
            MongoBulkWriteException.class,
            () ->
                orders.bulkWrite(
                    List.of(
                        new UpdateOneModel<>(
                            Filters.eq(1),
                            Updates.set("a", 1),
                            new UpdateOptions().upsert(true)))));

    assertEquals(0, failed.getWriteErrors().get(0).getIndex());
    assertEquals(0, stored.countDocuments());
  }

  @Test
  void onlyWritesHaveStatementsToRefuse() {
    RefusedStatement refused =
        RefusedStatement.of(
            new Document("delete", "c").append("deletes", List.of(new Document())).toBsonDocument(),
            0);
    assertTrue(refused.isOnlyOne());
    assertThrows(
        IllegalArgumentException.class,
        () -> RefusedStatement.of(new Document("find", "c").toBsonDocument(), 0));
  }

  @Test
  void carriesOutAndSaysThatItIsNotReplicated() {
    proxy
        .fail("insert")
        .once()
        .with(writeConcernError(64, "WriteConcernTimeout").labels("RetryableWriteError"));

    MongoException failed = assertThrows(MongoException.class, () -> orders.insertOne(order(1)));

    assertEquals(64, failed.getCode());
    assertTrue(failed.hasErrorLabel("RetryableWriteError"));
    assertEquals(1, stored.countDocuments());
    assertEquals(Map.of("write_concern_error_64", 1L), proxy.injected());
  }

  @Test
  void cutsBeforeTheEffect() {
    proxy.fail("insert").once().with(CUT_BEFORE);

    assertThrows(MongoSocketException.class, () -> orders.insertOne(order(1)));

    assertEquals(0, stored.countDocuments());
    assertEquals(Map.of("cut_before", 1L), proxy.injected());
  }

  @Test
  void cutsAfterTheEffect() {
    proxy.fail("insert").times(1).with(CUT_AFTER);
    proxy.fail("insert").times(1).with(HALF_REPLY);

    assertThrows(MongoSocketException.class, () -> orders.insertOne(order(1)));
    assertThrows(MongoSocketException.class, () -> orders.insertOne(order(2)));

    assertEquals(2, stored.countDocuments());
    assertEquals(Map.of("cut_after", 1L, "half_reply", 1L), proxy.injected());
  }

  @Test
  void neverReplies() {
    proxy.fail("insert").once().with(NO_REPLY);

    CompletableFuture<?> insert = CompletableFuture.runAsync(() -> orders.insertOne(order(1)));

    await().atMost(LIMIT).until(() -> stored.countDocuments() == 1);
    await().atMost(LIMIT).until(() -> proxy.injected().equals(Map.of("no_reply", 1L)));
    assertFalse(insert.isDone(), insert::toString);
    proxy.cutAll();
    CompletionException failure = assertThrows(CompletionException.class, insert::join);
    assertInstanceOf(MongoSocketException.class, failure.getCause());
  }

  @Test
  void delays() {
    Duration delay = Duration.ofMillis(30);
    proxy.fail("insert").once().with(delay(delay));

    long begin = System.nanoTime();
    orders.insertOne(order(1));

    assertTrue(System.nanoTime() - begin >= delay.toNanos());
    assertEquals(Map.of("delay", 1L), proxy.injected());
  }

  @Test
  void repliesWithWhatTheTestSays() {
    proxy
        .fail("createIndexes")
        .once()
        .with(
            answer(
                "building",
                "{ok: 0, code: 12587, codeName: 'BackgroundOperationInProgressForNamespace',"
                    + " errmsg: 'busy'}"));
    proxy.fail("count").with(edit("one_more", reply -> reply.put("n", new BsonInt32(7))));
    proxy
        .fail(MongoCommand.HELLO)
        .with(edit("set", reply -> reply.put("setName", new BsonString("rs0"))));

    MongoCommandException busy =
        assertThrows(MongoCommandException.class, () -> orders.createIndex(new Document("a", 1)));

    assertEquals("BackgroundOperationInProgressForNamespace", busy.getErrorCodeName());
    assertEquals(7, orders.estimatedDocumentCount());
    try (MongoClient later = MongoClients.create(proxy.uri())) {
      later.getDatabase("db").getCollection("orders").find().first();
    }
    assertTrue(proxy.injected().get("set") > 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "SCRAM-SHA-1", "SCRAM-SHA-256"})
  void answersTheHandshakeForAServerWithoutUsers(String mechanism) {
    proxy.requireUser("joe", "secret");
    String options = mechanism.isEmpty() ? "" : "/?authMechanism=" + mechanism;

    try (MongoClient joe = MongoClients.create(proxy.uri() + options)) {
      joe.getDatabase("db").getCollection("orders").insertOne(order(1));
    }

    assertEquals(1, stored.countDocuments());
    assertTrue(proxy.calls("saslContinue") > 0);
  }

  @Test
  void refusesWrongPasswordsAndStrangers() {
    proxy.requireUser("joe", "secret");

    try (MongoClient wrong = MongoClients.create(proxy.uri().replace("secret", "guess"))) {
      MongoSecurityException refused =
          assertThrows(
              MongoSecurityException.class,
              () -> wrong.getDatabase("db").getCollection("orders").find().first());
      assertEquals(18, assertInstanceOf(MongoException.class, refused.getCause()).getCode());
    }
    try (MongoClient stranger = MongoClients.create("mongodb://127.0.0.1:" + proxy.port())) {
      MongoException refused =
          assertThrows(
              MongoException.class,
              () -> stranger.getDatabase("db").getCollection("orders").find().first());
      assertEquals(13, refused.getCode());
    }
  }

  @Test
  void cutsTheHandshake() {
    proxy.requireUser("joe", "secret");
    proxy.fail("saslContinue").once().with(CUT_BEFORE);
    proxy.fail("saslStart").nth(2).with(code(91, "ShutdownInProgress"));

    // Or the driver repeats a write whose handshake failed.
    try (MongoClient joe = MongoClients.create(proxy.uri() + "/?retryWrites=false")) {
      MongoCollection<Document> there = joe.getDatabase("db").getCollection("orders");
      MongoException cut = assertThrows(MongoException.class, () -> there.insertOne(order(1)));
      assertInstanceOf(MongoSocketException.class, cut.getCause());
      assertThrows(MongoException.class, () -> there.insertOne(order(1)));
      there.insertOne(order(1));
    }
    assertEquals(1, stored.countDocuments());
    assertEquals(Map.of("cut_before", 1L, "code_91", 1L), proxy.injected());
  }

  @Test
  void aSeedStrikesTheSameCommandsAgain() {
    List<Boolean> once = struck(7);

    assertEquals(once, struck(7));
    assertNotEquals(once, struck(8));
    assertTrue(once.contains(true) && once.contains(false), once.toString());
  }

  private List<Boolean> struck(long seed) {
    try (MongoFaultProxy seeded = MongoFaultProxy.to("127.0.0.1", server.port())) {
      seeded.fail("count").randomly(seed, 0.5).with(code(424242, "Unheard"));
      try (MongoClient caller = MongoClients.create(seeded.uri())) {
        return IntStream.range(0, 20).mapToObj(call -> isStruck(caller)).toList();
      }
    }
  }

  private static boolean isStruck(MongoClient caller) {
    try {
      caller.getDatabase("db").getCollection("orders").estimatedDocumentCount();
      return false;
    } catch (MongoCommandException e) {
      return true;
    }
  }

  @Test
  void stopsOnDemand() {
    Injection one = proxy.fail("insert").with(code(1, "InternalError"));
    proxy.fail("count").with(code(1, "InternalError"));
    assertThrows(MongoException.class, () -> orders.insertOne(order(1)));

    one.stop();

    orders.insertOne(order(1));
    assertThrows(MongoException.class, () -> orders.estimatedDocumentCount());
    proxy.heal();
    assertEquals(1, orders.estimatedDocumentCount());
    assertEquals(1, one.count());
  }

  @Test
  void cutsAllConnectionsAtOnce() throws IOException {
    try (Socket idle = new Socket("127.0.0.1", proxy.port())) {
      // A reply proves that the proxy serves the connection already.
      orders.estimatedDocumentCount();

      proxy.cutAll();

      assertEquals(-1, readOrReset(idle));
    }
  }

  @Test
  void nobodyCanConnectOnceItIsClosed() throws IOException {
    orders.estimatedDocumentCount();
    try (Socket idle = new Socket("127.0.0.1", proxy.port())) {
      proxy.close();

      assertEquals(-1, readOrReset(idle));
    }
    assertThrows(IOException.class, () -> new Socket("127.0.0.1", proxy.port()).close());
  }

  private static int readOrReset(Socket socket) {
    try {
      socket.setSoTimeout((int) TimeUnit.MINUTES.toMillis(2));
      return socket.getInputStream().read();
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the connection is still open", e);
    } catch (IOException e) {
      // A reset, where the proxy had not begun to serve it.
      return -1;
    }
  }

  private static Document order(int id) {
    return new Document("_id", id).append("what", "thing");
  }
}
