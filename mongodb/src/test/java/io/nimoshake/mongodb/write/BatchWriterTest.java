package io.nimoshake.mongodb.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoNamespace;
import com.mongodb.ServerAddress;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.bulk.WriteConcernError;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.ReplaceOneModel;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.port.WriteMode;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.Test;

/** What becomes of the errors a server gives for single operations, by a server that plays them. */
class BatchWriterTest {
  private static final String RACE =
      "E11000 duplicate key error collection: db.c index: _id_ dup key: { _id: \"b\" }";

  /** The ids of each bulk write, in order. */
  private final List<List<String>> calls = new ArrayList<>();

  /** What the next bulk writes answer; success when there are no more. */
  private final Deque<List<BulkWriteError>> answers = new ArrayDeque<>();

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
    assertThrows(Fault.Transient.class, this::write);
    assertTrue(calls.size() < 20, calls.size() + " calls");
  }

  @Test
  void rejectedAndRacedItemsOfOneBatchAreKeptApart() throws Fault {
    answers.add(List.of(error(121, "Document failed validation", 0), error(11000, RACE, 2)));
    answers.add(List.of(error(2, "bad value", 0)));
    List<Rejected> rejected = write();
    assertEquals(List.of(List.of("a", "b", "c"), List.of("c")), calls);
    assertEquals(
        List.of("{\"id\": \"a\"} Document failed validation", "{\"id\": \"c\"} bad value"),
        rejected.stream().map(item -> item.key() + " " + item.reason()).toList());
  }

  @Test
  void anErrorThatIsNotTheDocumentsIsTheFaultItMeans() {
    answers.add(List.of(error(121, "validation", 0), error(10107, "not primary", 1)));
    assertThrows(Fault.Transient.class, this::write);
    answers.add(List.of(error(13, "not authorized", 0)));
    assertThrows(Fault.Fatal.class, this::write);
    answers.add(List.of(error(424242, "never heard of", 0)));
    assertThrows(Fault.TableFailed.class, this::write);
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

  private List<Rejected> write() throws Fault {
    return new BatchWriter("orders", TableLayout.byKey(false), collection(), Clock.systemUTC())
        .write(List.of(upsert("a"), upsert("b"), upsert("c")), WriteMode.STREAM);
  }

  private static Change upsert(String id) {
    ByteBuffer buffer = RawBsonDocument.parse("{id: '" + id + "'}").getByteBuffer().asNIO();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return new Change.Upsert(new ItemKey(Slice.of(bytes)), Slice.of(bytes));
  }

  private static BulkWriteError error(int code, String message, int index) {
    return new BulkWriteError(code, message, new BsonDocument(), index);
  }

  @SuppressWarnings("unchecked")
  private MongoCollection<RawBsonDocument> collection() {
    return (MongoCollection<RawBsonDocument>)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {MongoCollection.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "bulkWrite" ->
                      bulkWrite((List<ReplaceOneModel<RawBsonDocument>>) arguments[0]);
                  case "getNamespace" -> new MongoNamespace("db.c");
                  default -> throw new UnsupportedOperationException(method.toString());
                });
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
