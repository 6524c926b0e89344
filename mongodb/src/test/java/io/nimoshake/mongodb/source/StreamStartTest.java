package io.nimoshake.mongodb.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.testkit.canned.ScriptedMongo;
import io.nimoshake.testkit.server.MongoServer;
import org.bson.BsonDocument;
import org.bson.BsonTimestamp;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamStartTest {
  private static final String NO_TOKEN =
      """
      {cursor: {firstBatch: [], id: {$numberLong: "0"}, ns: "shop.$cmd.aggregate"}, ok: 1.0}
      """;

  @Test
  void everyLaterChangeComesAfterIt() throws Fault {
    try (MongoServer server = MongoServer.startWithChangeStreams(256);
        MongoClient client = MongoClients.create(server.uri())) {
      MongoDatabase database = client.getDatabase("shop");
      database.getCollection("orders").insertOne(new Document("_id", "before"));
      String token = StreamStart.now(server.uri(), "shop");
      database.getCollection("orders").insertOne(new Document("_id", "after"));
      StreamPosition.Token start = (StreamPosition.Token) StreamPosition.parse(token);
      try (var changes = database.watch().startAfter(start.resumeToken()).cursor()) {
        assertEquals("after", changes.next().getFullDocument().get("_id"));
      }
    }
  }

  @Test
  void prefersTheTokenThatTheServerGives() throws Fault {
    String reply =
        """
        {cursor: {firstBatch: [], id: {$numberLong: "7"}, ns: "shop.$cmd.aggregate",
                  postBatchResumeToken: {_data: "8263"}},
         operationTime: {$timestamp: {t: 5, i: 2}}, ok: 1.0}
        """;
    try (ScriptedMongo server = ScriptedMongo.start(command -> BsonDocument.parse(reply))) {
      String token = StreamStart.now(server.uri(), "shop");
      assertEquals("{\"startAfter\": {\"_data\": \"8263\"}}", token);
      BsonDocument asked = server.commands().get(0);
      assertEquals(
          BsonDocument.parse("{aggregate: 1, pipeline: [{$changeStream: {}}]}").entrySet(),
          asked.entrySet().stream()
              .filter(entry -> entry.getKey().matches("aggregate|pipeline"))
              .collect(java.util.stream.Collectors.toSet()));
    }
  }

  @Test
  void takesTheOperationTimeOfAServerWithoutToken() throws Fault {
    BsonDocument reply =
        BsonDocument.parse(NO_TOKEN).append("operationTime", new BsonTimestamp(5, 2));
    try (ScriptedMongo server = ScriptedMongo.start(command -> reply)) {
      String token = StreamStart.now(server.uri(), "shop");
      assertEquals("{\"startAtOperationTime\": {\"$timestamp\": {\"t\": 5, \"i\": 2}}}", token);
      assertEquals(new StreamPosition.Time(new BsonTimestamp(5, 2)), StreamPosition.parse(token));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "40573, a standalone server",
    "13, Grant the user the role read on database shop",
    "40324, MongoDB 4.2 or newer",
    "59, MongoDB 4.2 or newer"
  })
  void saysWhatWouldBeRight(int code, String advice) {
    BsonDocument refusal =
        BsonDocument.parse("{ok: 0.0, errmsg: 'no', code: " + code + ", codeName: 'X'}");
    try (ScriptedMongo server = ScriptedMongo.start(command -> refusal)) {
      Fault.Fatal fault =
          assertThrows(Fault.Fatal.class, () -> StreamStart.now(server.uri(), "shop"));
      assertTrue(fault.getMessage().contains(advice), fault.getMessage());
    }
  }

  @Test
  void aServerThatGivesNeitherHasNoChangeStreams() {
    try (ScriptedMongo server = ScriptedMongo.start(command -> BsonDocument.parse(NO_TOKEN))) {
      Fault.Fatal fault =
          assertThrows(Fault.Fatal.class, () -> StreamStart.now(server.uri(), "shop"));
      assertTrue(fault.getMessage().contains("MongoDB 4.2 or newer"), fault.getMessage());
    }
  }

  @Test
  void aPassingErrorMayPass() {
    BsonDocument refusal =
        BsonDocument.parse("{ok: 0.0, errmsg: 'no', code: 189, codeName: 'PrimarySteppedDown'}");
    try (ScriptedMongo server = ScriptedMongo.start(command -> refusal)) {
      assertThrows(Fault.Transient.class, () -> StreamStart.now(server.uri(), "shop"));
    }
  }

  @Test
  void refusesATextThatIsNoPosition() {
    assertThrows(IllegalArgumentException.class, () -> StreamPosition.parse("{}"));
    assertThrows(IllegalArgumentException.class, () -> StreamPosition.parse("49590"));
  }
}
