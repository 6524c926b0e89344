package io.nimoshake.mongodb.write;

import static io.nimoshake.testkit.fault.MongoFault.CUT_AFTER;
import static io.nimoshake.testkit.fault.MongoFault.CUT_BEFORE;
import static io.nimoshake.testkit.fault.MongoFault.NO_REPLY;
import static io.nimoshake.testkit.fault.MongoFault.code;
import static io.nimoshake.testkit.fault.MongoFault.writeConcernError;
import static io.nimoshake.testkit.fault.MongoFault.writeError;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoException;
import com.mongodb.MongoSocketReadTimeoutException;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.mongodb.SharedMongo;
import io.nimoshake.mongodb.client.MongoFaults;
import io.nimoshake.testkit.fault.MongoFault;
import io.nimoshake.testkit.fault.MongoFaultProxy;
import io.nimoshake.testkit.memory.DocumentBytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Inserts into a real server, through a proxy that lets some fail. */
class InsertCommandTest {
  @RegisterExtension static final SharedMongo MONGO = new SharedMongo();

  private static final String COLLECTION = "people";

  private final MongoFaultProxy proxy = MONGO.faultProxy();
  private final ConcurrentLinkedQueue<BsonDocument> sent = new ConcurrentLinkedQueue<>();
  private final MongoClient client = MongoClients.create(settings(Duration.ZERO));
  private final MongoDatabase database =
      client.getDatabase(MONGO.freshDatabase().getName()).withWriteConcern(WriteConcern.MAJORITY);
  private final InsertCommand inserts = new InsertCommand(database, COLLECTION);

  /** A read time-out of zero is none. */
  private MongoClientSettings settings(Duration readTimeout) {
    CommandListener listener =
        new CommandListener() {
          @Override
          public void commandStarted(CommandStartedEvent event) {
            if (event.getCommandName().equals("insert")) {
              sent.add(event.getCommand().clone());
            }
          }
        };
    return MongoClientSettings.builder()
        .applyConnectionString(new ConnectionString(proxy.uri()))
        .applyToSocketSettings(
            socket -> socket.readTimeout((int) readTimeout.toMillis(), TimeUnit.MILLISECONDS))
        .addCommandListener(listener)
        .build();
  }

  @AfterEach
  void close() {
    client.close();
    proxy.close();
  }

  @Test
  void everyDocumentArrivesAsItIs() {
    List<BsonDocument> documents = IntStream.range(0, 1_000).mapToObj(this::document).toList();
    assertEquals(List.of(), insert(documents));
    assertEquals(documents, stored());
  }

  @Test
  void oneCommandHasTheDocumentsAndTheWriteConcern() {
    insert(List.of(document(0), document(1)));
    assertEquals(1, sent.size());
    BsonDocument command = sent.peek();
    assertEquals(new BsonString(COLLECTION), command.get("insert"));
    assertEquals(false, command.getBoolean("ordered").getValue());
    assertEquals("majority", command.getDocument("writeConcern").getString("w").getValue());
    assertEquals(
        List.of(document(0), document(1)),
        command.getArray("documents").stream().map(each -> each.asDocument()).toList());
  }

  @Test
  void theOthersAreInsertedAndThoseThatExistAreReturned() {
    insert(List.of(document(0), document(11), document(120)));
    assertEquals(
        List.of(0, 11, 120), insert(IntStream.range(0, 130).mapToObj(this::document).toList()));
    assertEquals(130, stored().size());
  }

  @Test
  void aRefusedDocumentIsReturned() {
    proxy.fail("insert").once().with(writeError(1, 121, "Document failed validation"));
    assertEquals(List.of(1), insert(List.of(document(0), document(1), document(2))));
  }

  static Stream<MongoFault> commandsThatFail() {
    return Stream.of(
        code(10, "InvalidLength"),
        code(10107, "NotWritablePrimary"),
        code(1, "InternalError"),
        writeConcernError(64, "WriteConcernTimeout"),
        CUT_BEFORE,
        CUT_AFTER);
  }

  @ParameterizedTest
  @MethodSource("commandsThatFail")
  void allDocumentsOfAFailedCommandAreReturned(MongoFault fault) {
    insert(List.of(document(9)));
    proxy.fail("insert").once().with(fault);
    assertEquals(List.of(0, 1), insert(List.of(document(0), document(1))));
  }

  @Test
  void whoeverWaitedForAnAnswerInVainDoesNotWaitTwice() {
    insert(List.of(document(9)));
    proxy.fail("insert").once().with(NO_REPLY);
    try (MongoClient impatient = MongoClients.create(settings(Duration.ofSeconds(3)))) {
      InsertCommand hasty =
          new InsertCommand(impatient.getDatabase(database.getName()), COLLECTION);
      assertThrows(
          MongoSocketReadTimeoutException.class, () -> insert(hasty, List.of(document(0))));
    }
  }

  static Stream<MongoFault> overloads() {
    return Stream.of(
        code(462, "IngressRequestRateLimitExceeded"),
        code(16500, "TooManyRequests"),
        writeError(0, 16500, "TooManyRequests"));
  }

  @ParameterizedTest
  @MethodSource("overloads")
  void aServerThatHasTooMuchToDoIsNotAskedAgainAtOnce(MongoFault fault) {
    insert(List.of(document(9)));
    proxy.fail("insert").once().with(fault);
    MongoException e = assertThrows(MongoException.class, () -> insert(List.of(document(0))));
    assertInstanceOf(Fault.Throttled.class, MongoFaults.of(e, "write"));
  }

  @Test
  void nothingIsNotSent() {
    assertEquals(List.of(), insert(List.of()));
    assertEquals(0, sent.size());
  }

  @Test
  void moreThanACommandMayHaveIsNotSent() {
    BsonBinary half = new BsonBinary(new byte[8 * 1024 * 1024]);
    List<BsonDocument> documents =
        List.of(document(0).append("b", half), document(1).append("b", half));
    assertEquals(List.of(0, 1), insert(documents));
    assertEquals(0, sent.size());
  }

  private List<Integer> insert(List<BsonDocument> documents) {
    return insert(inserts, documents);
  }

  private static List<Integer> insert(InsertCommand inserts, List<BsonDocument> documents) {
    List<BsonSplice.Pair> raw = new ArrayList<>();
    for (BsonDocument document : documents) {
      BsonDocument id = new BsonDocument("_id", document.get("_id"));
      BsonDocument others = document.clone();
      others.remove("_id");
      raw.add(new BsonSplice.Pair(DocumentBytes.of(id).copy(), DocumentBytes.of(others)));
    }
    return inserts.insert(raw).stream().map(InsertCommand.Left::index).toList();
  }

  private BsonDocument document(int number) {
    return new BsonDocument("_id", new BsonInt32(number))
        .append("text", new BsonString("é" + number));
  }

  private List<BsonDocument> stored() {
    return database
        .getCollection(COLLECTION, BsonDocument.class)
        .find()
        .sort(new BsonDocument("_id", new BsonInt32(1)))
        .into(new ArrayList<>());
  }
}
