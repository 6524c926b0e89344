package io.nimoshake.mongodb.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.testkit.canned.ScriptedMongo;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the MongoDB Manual says of change streams, and the server of the other tests does not do:
 * scripted answers that follow the manual.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/reference/change-events/">MongoDB Manual,
 *     Change Events</a>
 */
class DocumentedStreamsTest {
  private static final String INSERT =
      """
      {_id: {_data: "82A1"}, operationType: "insert", ns: {db: "shop", coll: "orders"},
       clusterTime: {$timestamp: {t: 1700000000, i: 3}},
       wallTime: {$date: "2023-11-14T22:13:20.250Z"},
       documentKey: {region: "eu", _id: "a"}, fullDocument: {_id: "a", n: 1}}
      """;

  /** As MongoDB 4.2 and newer write the end of a batch without an event, at 1700000009. */
  private static final String IDLE_TOKEN = "826553F109000000012B0229296E04";

  private final Queue<BsonDocument> replies = new ConcurrentLinkedQueue<>();
  private final ScriptedMongo server =
      ScriptedMongo.start(
          command ->
              command.containsKey("find")
                  ? cursor("firstBatch", 0)
                  : Optional.ofNullable(replies.poll()).orElseGet(() -> batch("82FF")));
  private final ReadChanges changes =
      new ReadChanges(server.uri(), token("8200"), "orders", "archive");

  @AfterEach
  void close() {
    changes.close();
    server.close();
  }

  @Test
  void watchesTheDatabaseForTheCollectionsOfTheTable() throws Fault {
    opened();
    changes.read();
    BsonDocument command = server.commands().get(0);
    assertEquals(1, command.getInt32("aggregate").getValue());
    BsonArray pipeline = command.getArray("pipeline");
    BsonDocument options = pipeline.get(0).asDocument().getDocument("$changeStream");
    assertEquals(BsonDocument.parse("{_data: '8200'}"), options.getDocument("startAfter"));
    assertEquals(new BsonString("updateLookup"), options.get("fullDocument"));
    String match = pipeline.get(1).asDocument().toJson();
    assertTrue(match.contains("{\"ns.coll\": {\"$in\": [\"orders\", \"archive\"]}}"), match);
    assertTrue(match.contains("{\"to.coll\": {\"$in\": [\"orders\", \"archive\"]}}"), match);
  }

  @Test
  void startsAtTheOperationTimeOfTheCutOver() throws Fault {
    opened();
    changes.position =
        Position.after("{\"startAtOperationTime\": {\"$timestamp\": {\"t\": 5, \"i\": 2}}}");
    changes.restart();
    changes.read();
    assertTrue(
        server.commands().get(0).toJson().contains("\"startAtOperationTime\""),
        server.commands().get(0).toJson());
  }

  @Test
  void anEventHasTheTimeOfItsWallClock() throws Fault {
    opened(INSERT);
    ChangeBatch page = changes.read();
    assertEquals(Optional.of(Instant.parse("2023-11-14T22:13:20.250Z")), page.newestRecord());
    assertEquals("a={\"n\": 1} in orders", ReadChanges.text(page.changes().get(0)));
  }

  @Test
  void beforeMongoDb6ItHasTheTimeOfTheCluster() throws Fault {
    opened(INSERT.replaceAll("(?s)wallTime:.*?\\},", ""));
    assertEquals(Optional.of(Instant.ofEpochSecond(1_700_000_000L)), changes.read().newestRecord());
  }

  /** Then the driver has the token of the last event. */
  @Test
  void aServerWithoutBatchTokensIsFollowedByThoseOfEvents() throws Fault {
    BsonDocument reply = cursor("firstBatch", 7, INSERT);
    replies.add(reply);
    changes.read();
    assertEquals(token("82A1"), changes.position);
  }

  @Test
  void theTokenOfTheBatchIsNewerThanThatOfItsLastEvent() throws Fault {
    opened(INSERT);
    changes.read();
    assertEquals(token("82B0"), changes.position);
  }

  /** Else an idle stream would never rest, as the token moves with every write of others. */
  @Test
  void theTokenOfAnEmptyBatchCountsNowAndThen() throws Fault {
    opened();
    assertEquals(token("8200"), changes.read().position());
    replies.add(batch("82B1"));
    assertEquals(token("8200"), changes.read().position());
    changes.minutesPass(2);
    replies.add(batch("82B2"));
    assertEquals(token("82B2"), changes.read().position());
    replies.add(batch("82B3"));
    assertEquals(token("82B2"), changes.read().position());
  }

  /** An answer may be empty because the server, or a shard of it, has not looked further yet. */
  @Test
  void anEmptyAnswerSaysHowFarTheStreamWasRead() throws Fault {
    opened();
    assertEquals(Optional.empty(), changes.read().begun());
    replies.add(batch(IDLE_TOKEN));
    assertEquals(Optional.of(Instant.ofEpochSecond(1_700_000_009L)), changes.read().begun());
  }

  @Test
  void tokensOfAnotherFormSayNothing() throws Fault {
    opened(INSERT);
    changes.read();
    replies.add(batch(IDLE_TOKEN));
    assertEquals(Optional.empty(), changes.read().begun(), "its time was not that of its event");
  }

  @Test
  void tokensOfEventsHaveTheirTime() throws Fault {
    opened(INSERT.replace("82A1", "826553F1000000000346645F69640000"));
    changes.read();
    replies.add(batch(IDLE_TOKEN));
    assertEquals(Optional.of(Instant.ofEpochSecond(1_700_000_009L)), changes.read().begun());
  }

  @Test
  void anUpdateWhoseLookupFindsNothingIsADelete() throws Fault {
    opened(
        """
        {_id: {_data: "82A1"}, operationType: "update", ns: {db: "shop", coll: "orders"},
         documentKey: {_id: "a"}, fullDocument: null,
         updateDescription: {updatedFields: {n: 2}, removedFields: []}}
        """);
    assertEquals("a gone", ReadChanges.text(changes.read().changes().get(0)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "operationType: 'invalidate'",
        "operationType: 'dropDatabase', ns: {db: 'shop'}",
        "operationType: 'drop', ns: {db: 'shop', coll: 'orders'}",
        "operationType: 'rename', ns: {db: 'shop', coll: 'orders'}, to: {db: 'x', coll: 'y'}"
      })
  void whatEndsTheStreamIsAGap(String event) throws Fault {
    replies.add(
        cursor("firstBatch", 7, INSERT, "{_id: {_data: '82A2'}, " + event + "}")
            .append("postBatchResumeToken", BsonDocument.parse("{_data: '82A2'}")));
    assertEquals(1, changes.read().changes().size());
    assertEquals(token("82A1"), changes.position);
    assertThrows(Fault.Gap.class, changes::read);
  }

  /** ChangeStreamHistoryLost, ChangeStreamFatalError. */
  @ParameterizedTest
  @ValueSource(ints = {286, 280})
  void aTokenThatIsRefusedIsLeftToThePlan(int code) throws Fault {
    replies.add(refusal(code, ""));
    Fault.StreamGone gone = assertThrows(Fault.StreamGone.class, changes::read);
    assertEquals(code == 280, gone.isForeign());
    opened(INSERT);
    assertEquals(1, changes.read().changes().size());
  }

  /** InvalidResumeToken: a copy from the wrong server would overwrite DynamoDB. */
  @Test
  void aTokenOfAnotherServerFailsTheTable() {
    replies.add(refusal(260, ""));
    Fault.TableFailed failed = assertThrows(Fault.TableFailed.class, changes::read);
    assertTrue(failed.getMessage().contains("is not one of this MongoDB"), failed.getMessage());
  }

  @Test
  void aServerThatStepsDownLosesNothing() throws Fault {
    opened(INSERT);
    changes.read();
    replies.add(refusal(189, "ResumableChangeStreamError"));
    opened(INSERT.replace("82A1", "82B1").replace("\"a\"", "\"b\""));
    assertEquals("b={\"n\": 1} in orders", ReadChanges.text(changes.read().changes().get(0)));
    List<BsonDocument> commands = server.commands();
    assertTrue(commands.get(commands.size() - 1).toJson().contains("82B0"));
  }

  @Test
  void afterAFaultTheStreamIsOpenedAtTheLastPage() throws Fault {
    opened(INSERT);
    changes.read();
    replies.add(refusal(50, ""));
    assertThrows(Fault.Transient.class, changes::read);
    opened();
    changes.read();
    BsonDocument last =
        server.commands().stream()
            .filter(command -> command.containsKey("aggregate"))
            .reduce((first, second) -> second)
            .orElseThrow();
    assertTrue(last.toJson().contains("\"startAfter\": {\"_data\": \"82B0\"}"), last.toJson());
  }

  @Test
  void aUserWhoMayNotReadStreamsIsTold() {
    replies.add(refusal(13, ""));
    assertThrows(Fault.Fatal.class, changes::read);
  }

  // --- generated ids -------------------------------------------------------------------------

  private static final String DELETE =
      """
      {_id: {_data: "82A3"}, operationType: "delete", ns: {db: "shop", coll: "orders"},
       documentKey: {_id: {$oid: "0123456789abcdef01234567"}}}
      """;

  private ReadChanges byAttributes() {
    return new ReadChanges(server.uri(), token("8200"), true, place -> false, "orders");
  }

  @Test
  void aDeleteIsFoundByItsPreImage() throws Fault {
    opened(DELETE.replaceFirst("\\}\\s*$", ", fullDocumentBeforeChange: {_id: 1, id: 'a'}}"));
    try (ReadChanges reader = byAttributes()) {
      assertEquals("a gone", ReadChanges.text(reader.read().changes().get(0)));
      assertTrue(server.commands().get(0).toJson().contains("\"fullDocumentBeforeChange\""));
    }
  }

  @Test
  void aDocumentThatBecomesAnotherItemTakesBothWithIt() throws Fault {
    opened(
        """
        {_id: {_data: "82A1"}, operationType: "replace", ns: {db: "shop", coll: "orders"},
         documentKey: {_id: 1}, fullDocument: {_id: 1, id: "b"},
         fullDocumentBeforeChange: {_id: 1, id: "a"}}
        """);
    try (ReadChanges reader = byAttributes()) {
      assertEquals(
          List.of("a gone", "b={\"id\": \"b\"} in orders"),
          reader.read().changes().stream().map(ReadChanges::text).toList());
    }
  }

  @Test
  void aDeleteWithoutPreImageIsAGap() {
    opened(DELETE);
    try (ReadChanges reader = byAttributes()) {
      Fault.Gap gap = assertThrows(Fault.Gap.class, reader::read);
      assertTrue(gap.what().contains("pre-image"), gap.what());
    }
  }

  @Test
  void generatedIdsNeedPreImages() throws Fault {
    assertTrue(preImages("{}").get(0).contains("collMod: \"orders\""));
    assertEquals(List.of(), preImages("{changeStreamPreAndPostImages: {enabled: true}}"));
  }

  private static List<String> preImages(String options) throws Fault {
    String index = "{v: 2, key: {id: 1}, name: 'id_1', unique: true}";
    try (ScriptedMongo mongo =
        ScriptedMongo.start(
            command ->
                switch (command.getFirstKey()) {
                  case "listCollections" ->
                      cursor("firstBatch", 0, "{name: 'orders', options: " + options + "}");
                  case "listIndexes" -> cursor("firstBatch", 0, index);
                  default -> cursor("firstBatch", 0);
                })) {
      return PreImages.problems(
          WayBackFixture.settings(mongo.uri()), Mapping.NONE, List.of(ReadChanges.ORDERS));
    }
  }

  // --- the oplog -----------------------------------------------------------------------------

  @Test
  void theOplogReachesBackToItsFirstEntry() throws Fault {
    Queue<BsonDocument> answers = new ArrayDeque<>();
    answers.add(cursor("firstBatch", 0, "{ts: {$timestamp: {t: 1700000000, i: 1}}}"));
    answers.add(cursor("firstBatch", 0));
    answers.add(refusal(13, ""));
    answers.add(refusal(189, ""));
    try (ScriptedMongo mongo = ScriptedMongo.start(command -> answers.remove());
        MongoClient client =
            MongoClients.create(mongo.uri().replace("/?", "/?retryReads=false&"))) {
      Oplog oplog = new Oplog(client);
      assertEquals(Optional.of(Instant.ofEpochSecond(1_700_000_000L)), oplog.oldest("x"));
      assertEquals(Optional.empty(), oplog.oldest("x"));
      assertEquals(Optional.empty(), oplog.oldest("x"));
      assertThrows(Fault.Transient.class, () -> oplog.oldest("x"));
    }
  }

  // --- answers -------------------------------------------------------------------------------

  private static Position token(String data) {
    return Position.after("{\"startAfter\": {\"_data\": \"" + data + "\"}}");
  }

  /** The answer to the command that opens a stream. */
  private void opened(String... events) {
    BsonDocument reply = cursor("firstBatch", 7, events);
    reply
        .getDocument("cursor")
        .append("postBatchResumeToken", BsonDocument.parse("{_data: '82B0'}"));
    replies.add(reply);
  }

  private static BsonDocument batch(String token, String... events) {
    BsonDocument reply = cursor("nextBatch", 7, events);
    reply
        .getDocument("cursor")
        .append("postBatchResumeToken", new BsonDocument("_data", new BsonString(token)));
    return reply;
  }

  private static BsonDocument cursor(String batch, long id, String... events) {
    BsonArray documents = new BsonArray();
    for (String event : events) {
      documents.add(BsonDocument.parse(event));
    }
    return BsonDocument.parse("{ok: 1.0}")
        .append(
            "cursor",
            new BsonDocument("id", new BsonInt64(id))
                .append("ns", new BsonString("shop.$cmd.aggregate"))
                .append(batch, documents));
  }

  private static BsonDocument refusal(int code, String label) {
    assertNotEquals(0, code);
    return BsonDocument.parse(
        "{ok: 0.0, errmsg: 'no', code: "
            + code
            + ", codeName: 'X', errorLabels: ["
            + (label.isEmpty() ? "" : "'" + label + "'")
            + "]}");
  }
}
