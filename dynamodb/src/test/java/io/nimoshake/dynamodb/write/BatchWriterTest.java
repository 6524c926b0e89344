package io.nimoshake.dynamodb.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.dynamodb.source.FakeService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is sent, and what becomes of it, where a real server cannot be brought to such answers. */
class BatchWriterTest {
  private static final String WRITE = "BatchWriteItem";
  private static final TableSchema TABLE =
      new TableSchema(
          "t", new KeyAttribute("id", KeyAttribute.Type.N), Optional.empty(), List.of(), 0, 0);

  private FakeService service;
  private DynamoTarget target;

  @BeforeEach
  void open() throws Exception {
    service = new FakeService();
    target = new DynamoTarget(new DynamoTargetSettings(service.settings(), true));
  }

  @AfterEach
  void close() {
    target.close();
    service.close();
  }

  @Test
  void itemsAreSentAsTheyCame() throws Fault {
    service.answer(WRITE, "{\"UnprocessedItems\":{}}");
    String item = "{\"id\": {\"N\":\"1.0\"},\"a\\u00e4\":{\"S\":\"\\u00e4\\/\"}}";

    write(List.of(put("1", item), delete("2")));

    assertEquals(
        List.of(
            "{\"RequestItems\":{\"t\":["
                + "{\"PutRequest\":{\"Item\":"
                + item
                + "}},{\"DeleteRequest\":{\"Key\":{\"id\":{\"N\":\"2\"}}}}]}}"),
        service.calls(WRITE));
  }

  @Test
  void onlyWhatWasNotProcessedIsSentAgain() throws Fault {
    service
        .answer(
            WRITE,
            "{\"UnprocessedItems\":{\"t\":["
                + "{\"PutRequest\":{\"Item\":{\"v\":{\"S\":\"x\"},\"id\":{\"N\":\"10\"}}}},"
                + "{\"DeleteRequest\":{\"Key\":{\"id\":{\"N\":\"3\"}}}}]}}")
        .answer(WRITE, "{\"UnprocessedItems\":{}}");
    // 1E1 and 10 are the same key.
    List<Change> changes = List.of(put("1"), put("1E1"), delete("3"));

    Fault fault = assertThrows(Fault.Throttled.class, () -> write(changes));
    assertTrue(fault.getMessage().contains("2 of 3"), fault.getMessage());
    assertEquals(List.of(), write(changes));

    assertEquals(2, service.calls(WRITE).size());
    String second = service.calls(WRITE).get(1);
    assertTrue(!second.contains("\"1\"") && second.contains("1E1") && second.contains("\"3\""));
  }

  @Test
  void anEqualListOfAnotherTimeIsWrittenWhole() throws Fault {
    service
        .answer(
            WRITE,
            "{\"UnprocessedItems\":{\"t\":["
                + "{\"DeleteRequest\":{\"Key\":{\"id\":{\"N\":\"2\"}}}}]}}")
        .answer(WRITE, "{}");
    List<Change> changes = List.of(put("1"), delete("2"));

    assertThrows(Fault.Throttled.class, () -> write(changes));
    write(new ArrayList<>(changes));

    assertTrue(service.calls(WRITE).get(1).contains("PutRequest"));
  }

  @Test
  void anAnswerThatNamesUnknownItemsHasAllWrittenAgain() throws Fault {
    service
        .answer(
            WRITE,
            "{\"UnprocessedItems\":{\"t\":["
                + "{\"DeleteRequest\":{\"Key\":{\"id\":{\"N\":\"99\"}}}}]}}")
        .answer(WRITE, "{}");
    List<Change> changes = List.of(put("1"), put("2"));

    assertThrows(Fault.Throttled.class, () -> write(changes));
    write(changes);

    assertEquals(service.calls(WRITE).get(0), service.calls(WRITE).get(1));
  }

  @Test
  void aRefusedItemIsFoundByHalvingAndIsNotLostToALaterThrottle() throws Fault {
    String unprocessed =
        "{\"UnprocessedItems\":{\"t\":[" + "{\"PutRequest\":{\"Item\":{\"id\":{\"N\":\"3\"}}}}]}}";
    service
        .fail(WRITE, "ValidationException", "Item size has exceeded the maximum allowed size")
        .fail(WRITE, "ValidationException", "Item size has exceeded the maximum allowed size")
        .answer(WRITE, "{}") // 1
        .fail(WRITE, "ValidationException", "Item size has exceeded the maximum allowed size") // 2
        .answer(WRITE, unprocessed) // 3 and 4
        .answer(WRITE, "{}");
    List<Change> changes = List.of(put("1"), put("2"), put("3"), put("4"));

    assertThrows(Fault.Throttled.class, () -> write(changes));
    List<Rejected> rejected = write(changes);

    assertEquals(6, service.calls(WRITE).size());
    assertEquals(1, rejected.size());
    assertEquals("{\"id\":{\"N\":\"2\"}}", rejected.get(0).key());
    assertTrue(rejected.get(0).reason().contains("Item size"), rejected.get(0).reason());
  }

  @ParameterizedTest
  @CsvSource({
    "SerializationException, 400",
    "RequestEntityTooLarge, 400",
    "ItemCollectionSizeLimitExceededException, 400",
    "WhateverElse, 413"
  })
  void anItemMayBeRefusedInSeveralWays(String code, int status) throws Fault {
    service.fail(WRITE, status, code, "too much");

    List<Rejected> rejected = write(List.of(put("1")));

    assertEquals(1, rejected.size());
    assertTrue(rejected.get(0).reason().contains("too much"), rejected.get(0).reason());
  }

  /** The same list may come again for a table that was created anew. */
  @Test
  void whatWasBegunIsForgottenWhenItsTableIsPreparedAnew() throws Fault {
    service
        .answer(
            WRITE,
            "{\"UnprocessedItems\":{\"t\":["
                + "{\"DeleteRequest\":{\"Key\":{\"id\":{\"N\":\"2\"}}}}]}}")
        .answer(WRITE, "{}")
        .answer(
            "DescribeTable",
            "{\"Table\":{\"TableName\":\"t\",\"TableStatus\":\"ACTIVE\","
                + "\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"}],"
                + "\"AttributeDefinitions\":[{\"AttributeName\":\"id\",\"AttributeType\":\"N\"}]}}")
        .answer("Scan", "{\"Count\":0,\"ScannedCount\":0}");
    List<Change> changes = List.of(put("1"), delete("2"));
    assertThrows(Fault.Throttled.class, () -> write(changes));

    target.prepare(TABLE, Existing.KEEP);

    write(changes);
    assertEquals(service.calls(WRITE).get(0), service.calls(WRITE).get(1));
  }

  @Test
  void aRefusedDeleteFailsTheTable() {
    service.fail(WRITE, "ValidationException", "no");
    assertThrows(Fault.TableFailed.class, () -> write(List.of(delete("1"))));
  }

  @Test
  void throttlesAndFailuresPass() {
    service
        .fail(WRITE, "ProvisionedThroughputExceededException", "slow down")
        .fail(WRITE, 500, "InternalServerError", "oops")
        .fail(WRITE, "ResourceNotFoundException", "no such table");
    List<Change> changes = List.of(put("1"));
    assertThrows(Fault.Throttled.class, () -> write(changes));
    assertThrows(Fault.Transient.class, () -> write(changes));
    assertThrows(Fault.Unknown.class, () -> write(changes));
  }

  @Test
  void wrongCredentialsAreOneClearLine() {
    service.fail("ListTables", "UnrecognizedClientException", "The security token is invalid.");
    Fault fault = assertThrows(Fault.class, () -> target.check());
    assertInstanceOf(Fault.Fatal.class, fault);
    assertTrue(fault.getMessage().contains("UnrecognizedClientException"), fault.getMessage());
  }

  @Test
  void whoMayNotListTablesIsKnownAllTheSame() throws Fault {
    service.fail("ListTables", "AccessDeniedException", "not authorized");
    target.check();
    assertEquals(1, service.calls("ListTables").size());
  }

  private List<Rejected> write(List<Change> changes) throws Fault {
    return target.write(TABLE, changes, WriteMode.STREAM);
  }

  private static Change put(String id) {
    return put(id, "{\"id\":{\"N\":\"" + id + "\"},\"v\":{\"S\":\"x\"}}");
  }

  private static Change put(String id, String item) {
    return new Change.Upsert(key(id), Slice.utf8(item));
  }

  private static Change delete(String id) {
    return new Change.Delete(key(id));
  }

  private static ItemKey key(String id) {
    return new ItemKey(Slice.utf8("{\"id\":{\"N\":\"" + id + "\"}}"));
  }
}
