package io.nimoshake.mongodb.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoNamespace;
import com.mongodb.ServerAddress;
import com.mongodb.WriteConcern;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.bulk.WriteConcernError;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.ReplaceOneModel;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.testkit.memory.DocumentBytes;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.Test;

/** What becomes of the errors of single operations. The server is scripted. */
class BatchWriterTest {
  private static final String RACE =
      "E11000 duplicate key error collection: db.c index: _id_ dup key: { _id: \"b\" }";

  private static final TableSchema ORDERS =
      new TableSchema(
          "orders", new KeyAttribute("id", KeyAttribute.Type.S), Optional.empty(), List.of(), 0, 0);

  /** The ids of each bulk write, in order. */
  private final List<List<String>> calls = new ArrayList<>();

  /** What the next bulk writes answer; success when there are no more. */
  private final Deque<List<BulkWriteError>> answers = new ArrayDeque<>();

  /**
   * The index of the duplicate that each next upsert alone reports; success when there are no more.
   */
  private final Deque<Optional<String>> duplicates = new ArrayDeque<>();

  private WriteConcernError concern;

  @Test
  void anUpsertThatLostTheRaceIsWrittenAgainAndOnlyIt() throws Fault {
    answers.add(List.of(error(11000, RACE, 1)));
    answers.add(List.of(error(11000, RACE, 0)));
    assertEquals(List.of(), write());
    assertEquals(List.of(List.of("a", "b", "c"), List.of("b"), List.of("b")), calls);
  }

  @Test
  void aRaceThatNeverEndsIsAFaultNotALoop() {
    for (int i = 0; i < 100; i++) {
      answers.add(List.of(error(11000, RACE, 0)));
    }
    Fault fault = assertThrows(Fault.Unknown.class, this::write);
    assertTrue(fault.getMessage().contains("a duplicate key again and again"), fault.getMessage());
    assertTrue(calls.size() < 5, calls.size() + " calls");
  }

  @Test
  void rejectedAndRacedItemsOfOneBatchAreKeptApart() throws Fault {
    answers.add(List.of(error(121, "Document failed validation", 0), error(11000, RACE, 2)));
    answers.add(List.of(error(2, "bad value", 0)));
    assertEquals(
        List.of(
            "{\"id\": {\"S\": \"a\"}} Document failed validation",
            "{\"id\": {\"S\": \"c\"}} bad value"),
        rejections());
    assertEquals(List.of(List.of("a", "b", "c"), List.of("c")), calls);
  }

  @Test
  void anErrorThatIsNotTheDocumentsIsTheFaultItMeans() {
    answers.add(List.of(error(121, "validation", 0), error(10107, "not primary", 1)));
    assertThrows(Fault.Transient.class, this::write);
    answers.add(List.of(error(13, "not authorized", 0)));
    assertThrows(Fault.Fatal.class, this::write);
    answers.add(List.of(error(424242, "never heard of", 0)));
    assertThrows(Fault.Unknown.class, this::write);
  }

  @Test
  void aDuplicateOnAnotherIndexIsRejectedAtOnce() throws Fault {
    String message = "Duplicate key violation on the requested collection: Index 'u_1'";
    answers.add(List.of(error(11000, message, 1)));
    assertEquals(List.of("{\"id\": {\"S\": \"b\"}} " + message), rejections());
    assertEquals(1, calls.size());
  }

  /** Only the server's whole reply has the key pattern, so the upsert is sent alone. */
  @Test
  void theKeyPatternTellsWhatTheMessageDoesNot() throws Fault {
    answers.add(List.of(error(11000, "E11000", 0), error(11000, "E11000", 2)));
    duplicates.add(Optional.of("u"));
    duplicates.add(Optional.of("_id"));
    assertEquals(List.of("{\"id\": {\"S\": \"a\"}} E11000"), rejections());
    assertEquals(List.of(List.of("a", "b", "c"), List.of("a"), List.of("c"), List.of("c")), calls);
  }

  @Test
  void aDuplicateThatComesBackAndIsNeverNamedIsOnAnotherIndex() throws Fault {
    answers.add(List.of(error(11000, "E11000", 0), error(11000, "E11000", 2)));
    duplicates.add(Optional.empty());
    assertEquals(List.of("{\"id\": {\"S\": \"a\"}} E11000"), rejections());
    assertEquals(List.of(List.of("a", "b", "c"), List.of("a"), List.of("c"), List.of("c")), calls);
  }

  @Test
  void aTombstoneThatIsRefusedFailsTheTable() {
    answers.add(List.of(error(11000, "E11000 ... index: mail_1 dup key: { mail: null }", 0)));
    Fault fault =
        assertThrows(
            Fault.TableFailed.class,
            () ->
                writer()
                    .write(
                        List.of(new Change.Delete(upsert("a").key())),
                        WriteMode.STREAM_WITH_TOMBSTONES));
    assertTrue(fault.getMessage().contains("refuses the tombstone"), fault.getMessage());
  }

  @Test
  void withoutAMajorityNothingWasWritten() {
    concern = new WriteConcernError(64, "WriteConcernFailed", "waiting", new BsonDocument());
    answers.add(List.of());
    assertThrows(Fault.Transient.class, this::write);
  }

  @Test
  void aNameFromAVeryOldServerIsUnderstood() throws Fault {
    answers.add(
        List.of(error(11000, "E11000 duplicate key error index: db.c.$_id_  dup key: {", 1)));
    assertEquals(List.of(), write());
    assertEquals(2, calls.size());
  }

  private List<String> rejections() throws Fault {
    return write().stream()
        .map(refused -> Rejections.of(ORDERS, refused.change(), refused.reason()))
        .map(item -> item.key() + " " + item.reason())
        .toList();
  }

  private List<BatchWriter.Refused> write() throws Fault {
    return writer().write(List.of(upsert("a"), upsert("b"), upsert("c")), WriteMode.STREAM);
  }

  private BatchWriter writer() {
    return new BatchWriter(TableLayout.byKey(false), database(), "c", Clock.systemUTC());
  }

  private static Change upsert(String id) {
    Slice document = DocumentBytes.of(new Document("id", id));
    return new Change.Upsert(new ItemKey(document), document);
  }

  private static BulkWriteError error(int code, String message, int index) {
    return new BulkWriteError(code, message, new BsonDocument(), index);
  }

  private MongoDatabase database() {
    return fake(
        MongoDatabase.class,
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "getCollection" -> collection();
              case "getWriteConcern" -> WriteConcern.MAJORITY;
              case "runCommand" -> update((BsonDocument) arguments[0]);
              default -> throw new UnsupportedOperationException(method.toString());
            });
  }

  @SuppressWarnings("unchecked")
  private MongoCollection<RawBsonDocument> collection() {
    return fake(
        MongoCollection.class,
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "bulkWrite" -> bulkWrite((List<ReplaceOneModel<RawBsonDocument>>) arguments[0]);
              case "getNamespace" -> new MongoNamespace("db.c");
              default -> throw new UnsupportedOperationException(method.toString());
            });
  }

  private <T> T fake(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {type}, handler));
  }

  private Object update(BsonDocument command) {
    BsonDocument statement = command.getArray("updates").get(0).asDocument();
    calls.add(List.of(statement.getDocument("q").getString("_id").getValue()));
    if (duplicates.isEmpty()) {
      return BsonDocument.parse("{ok: 1, n: 1}");
    }
    String pattern = duplicates.poll().map(field -> ", keyPattern: {" + field + ": 1}").orElse("");
    return BsonDocument.parse(
        "{ok: 1, n: 0, writeErrors: [{index: 0, code: 11000, errmsg: 'E11000'" + pattern + "}]}");
  }

  private Object bulkWrite(List<ReplaceOneModel<RawBsonDocument>> models) {
    calls.add(
        models.stream().map(model -> model.getReplacement().getString("_id").getValue()).toList());
    List<BulkWriteError> errors = answers.poll();
    if (errors != null) {
      throw new MongoBulkWriteException(
          BulkWriteResult.unacknowledged(), errors, concern, new ServerAddress(), Set.of());
    }
    return BulkWriteResult.unacknowledged();
  }
}
