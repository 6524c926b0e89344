package io.nimoshake.dynamodb.back;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.ReverseMapping;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.source.FakeService;
import io.nimoshake.testkit.memory.DocumentBytes;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is read and what is sent for changes of MongoDB. */
class BackTargetTest {
  private static final String READ = "BatchGetItem";
  private static final String WRITE = "BatchWriteItem";
  private static final TableSchema TABLE =
      new TableSchema(
          "t", new KeyAttribute("id", KeyAttribute.Type.S), Optional.empty(), List.of(), 0, 0);

  private FakeService service;
  private BackTarget target;

  @BeforeEach
  void open() throws Exception {
    service = new FakeService();
    target =
        new BackTarget(
            new BackSettings(
                service.settings(), ConvertOptions.DEFAULT, new AsItIs(), DateForm.ISO8601));
  }

  @AfterEach
  void close() {
    target.close();
    service.close();
  }

  /** Documents differ from items by their {@code _id} alone. */
  private static final class AsItIs implements ReverseMapping {
    @Override
    public List<String> problems(Collection<TableSchema> tables) {
      return List.of();
    }

    @Override
    public OfTable of(TableSchema table) {
      return new OfTable() {
        @Override
        public List<String> collections() {
          return List.of(table.name());
        }

        @Override
        public List<Place> of(ItemKey key) {
          throw new AssertionError("nobody asks");
        }

        @Override
        public Optional<ItemKey> keyAt(Place place) {
          throw new AssertionError("nobody asks");
        }

        @Override
        public Optional<ItemKey> keyIn(Slice document) {
          throw new AssertionError("nobody asks");
        }

        @Override
        public boolean changesDocuments() {
          return false;
        }

        @Override
        public Inverse invert(
            ItemKey key, String collection, Slice document, Optional<Slice> there) {
          throw new AssertionError("nobody asks");
        }
      };
    }
  }

  private static ItemKey key(String id) {
    return new ItemKey(DocumentBytes.of(BsonDocument.parse("{id: '" + id + "'}")));
  }

  private static Change put(String id, String fields) {
    BsonDocument document =
        BsonDocument.parse("{_id: '" + id + "', id: '" + id + "'" + fields + "}");
    return new Change.Upsert(
        key(id),
        DocumentBytes.of(BsonDocument.parse("{collection: 't'}").append("document", document)));
  }

  private List<Rejected> write(List<Change> changes) throws Fault {
    return target.write(TABLE, changes, WriteMode.STREAM);
  }

  private static String item(String id, String attributes) {
    return "{\"PutRequest\":{\"Item\":{" + attributes + "\"id\":{\"S\":\"" + id + "\"}}}}";
  }

  private static String sent(String... requests) {
    return "{\"RequestItems\":{\"t\":[" + String.join(",", requests) + "]}}";
  }

  @Test
  void nothingIsReadForADocumentThatSaysItAll() throws Fault {
    service.answer(WRITE, "{}");
    write(
        List.of(
            put("a", ", n: 1, m: {s: 'x', d: {$numberDecimal: '1.5'}}"),
            new Change.Delete(key("b"))));
    assertEquals(List.of(), service.calls(READ));
    assertEquals(
        List.of(
            sent(
                item(
                    "a",
                    "\"n\":{\"N\":\"1\"},\"m\":{\"M\":{\"s\":{\"S\":\"x\"},\"d\":{\"N\":\"1.5\"}}},"),
                "{\"DeleteRequest\":{\"Key\":{\"id\":{\"S\":\"b\"}}}}")),
        service.calls(WRITE));
  }

  @Test
  void theItemsThatAreThereAreReadConsistentlyAndTillAllAreRead() throws Fault {
    service
        .answer(
            READ,
            "{\"Responses\":{\"t\":[{\"id\":{\"S\":\"a\"},\"s\":{\"SS\":[\"x\"]}}]},"
                + "\"UnprocessedKeys\":{\"t\":{\"Keys\":[{\"id\":{\"S\":\"b\"}}]}}}")
        .answer(READ, "{\"Responses\":{\"t\":[]}}")
        .answer(WRITE, "{}");
    write(List.of(put("a", ", s: ['y']"), put("b", ", s: ['y']"), put("c", "")));
    assertEquals(2, service.calls(READ).size());
    String first = service.calls(READ).get(0);
    assertTrue(first.contains("\"ConsistentRead\":true"), first);
    assertTrue(!first.contains("\"c\""), first);
    String second = service.calls(READ).get(1);
    assertTrue(second.contains("\"b\"") && !second.contains("\"a\""), second);
    assertEquals(
        List.of(
            sent(
                item("a", "\"s\":{\"SS\":[\"y\"]},"),
                item("b", "\"s\":{\"L\":[{\"S\":\"y\"}]},"),
                item("c", ""))),
        service.calls(WRITE));
  }

  @Test
  void anAnswerWithoutItemsIsAThrottle() {
    service.answer(
        READ, "{\"Responses\":{},\"UnprocessedKeys\":{\"t\":{\"Keys\":[{\"id\":{\"S\":\"a\"}}]}}}");
    assertThrows(Fault.Throttled.class, () -> write(List.of(put("a", ", s: []"))));
    assertEquals(List.of(), service.calls(WRITE));
  }

  @Test
  void aDocumentThatNoItemCanHoldIsRejectedAndTheOthersAreWritten() throws Fault {
    service.answer(WRITE, "{}");
    List<Rejected> rejected =
        write(List.of(put("a", ", r: {$regex: 'x', $options: ''}"), put("b", "")));
    assertEquals(1, rejected.size());
    assertEquals("{\"id\":{\"S\":\"a\"}}", rejected.get(0).key());
    assertEquals("r: DynamoDB has no type for a regular expression", rejected.get(0).reason());
    assertTrue(rejected.get(0).item().contains("$regularExpression"), rejected.get(0).item());
    assertEquals(List.of(sent(item("b", ""))), service.calls(WRITE));
  }

  @Test
  void whatWasNotProcessedIsSentAgainWithoutReadingAgain() throws Fault {
    service
        .answer(READ, "{\"Responses\":{\"t\":[]}}")
        .answer(
            WRITE,
            "{\"UnprocessedItems\":{\"t\":["
                + "{\"DeleteRequest\":{\"Key\":{\"id\":{\"S\":\"b\"}}}}]}}")
        .answer(WRITE, "{}");
    List<Change> changes = List.of(put("a", ", s: []"), new Change.Delete(key("b")));
    assertThrows(Fault.Throttled.class, () -> write(changes));
    assertEquals(List.of(), write(changes));
    assertEquals(1, service.calls(READ).size());
    assertEquals(
        sent("{\"DeleteRequest\":{\"Key\":{\"id\":{\"S\":\"b\"}}}}"), service.calls(WRITE).get(1));
  }

  @Test
  void aDocumentWhoseIdIsNoKeyIsRejectedAndItsDeleteMeansNothing() throws Fault {
    ItemKey number = new ItemKey(DocumentBytes.of(BsonDocument.parse("{id: 7}")));
    Change.Upsert upsert =
        new Change.Upsert(
            number,
            DocumentBytes.of(BsonDocument.parse("{collection: 't', document: {_id: 7, id: 7}}")));
    assertEquals("no item can have this key", write(List.of(upsert)).get(0).reason());
    assertEquals(List.of(), write(List.of(new Change.Delete(number))));
    assertEquals(List.of(), service.calls(WRITE));
  }

  /** DynamoDB refuses even to read or delete an item of such a key. */
  @Test
  void aKeyThatDynamoDbDoesNotAllowIsNeverSent() throws Fault {
    service.answer(READ, "{\"Responses\":{\"t\":[]}}").answer(WRITE, "{}").answer(WRITE, "{}");
    String tooLong = "x".repeat(2049);
    List<Rejected> rejected =
        write(List.of(put("", ""), put(tooLong, ", s: ['y']"), put("a", ", s: ['y']")));
    assertEquals(
        List.of(
            "id: DynamoDB does not allow an empty key",
            "id: DynamoDB allows 2048 bytes in a partition key, and this one has 2049"),
        rejected.stream().map(Rejected::reason).toList());
    assertEquals("{\"id\":{\"S\":\"\"}}", rejected.get(0).key());
    assertEquals(
        List.of(),
        write(
            List.of(
                new Change.Delete(key("")),
                new Change.Delete(key(tooLong)),
                new Change.Delete(key("b")))));
    assertEquals(1, service.calls(READ).size());
    assertTrue(!service.calls(READ).get(0).contains("xxx"), service.calls(READ).get(0));
    assertEquals(
        List.of(
            sent(item("a", "\"s\":{\"L\":[{\"S\":\"y\"}]},")),
            sent("{\"DeleteRequest\":{\"Key\":{\"id\":{\"S\":\"b\"}}}}")),
        service.calls(WRITE));
  }
}
