package io.nimoshake.dynamodb.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.Fault.SplitGone.Answer;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.port.SplitReader;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers of a shard that DynamoDB Local never gives. */
class ShardReaderFaultTest {
  private FakeService fake;
  private DynamoSource source;

  @BeforeEach
  void start() throws Exception {
    fake = new FakeService().answer("DescribeTable", Decoders.TABLE);
    source = Decoders.source(fake.settings(), ReadOptions.ALL);
  }

  @AfterEach
  void stop() {
    source.close();
    fake.close();
  }

  @Test
  void anExpiredIteratorIsReplacedAfterTheLastRecordRead() throws Exception {
    fake.answer("GetShardIterator", iterator("i1"))
        .answer("GetShardIterator", iterator("i2"))
        .answer("GetRecords", page("i1b", record("a", 7)))
        .fail("GetRecords", "ExpiredIteratorException", "Iterator expired")
        .answer("GetRecords", page("i3", record("b", 8)));
    SplitReader reader = open(Optional.empty(), Position.BEGINNING);

    assertEquals(List.of("+a=1"), LocalTables.texts(reader.read()));
    assertEquals(List.of("+b=1"), LocalTables.texts(reader.read()));

    List<String> taken = fake.calls("GetShardIterator");
    assertTrue(taken.get(0).contains("TRIM_HORIZON"));
    assertTrue(taken.get(1).contains("AFTER_SEQUENCE_NUMBER"));
    assertTrue(taken.get(1).contains("\"SequenceNumber\":\"7\""));
    assertEquals(
        List.of("i1", "i1b", "i2"),
        fake.calls("GetRecords").stream().map(call -> call.split("\"")[3]).toList());
  }

  @Test
  void anIteratorThatKeepsExpiringIsTriedAgainLater() {
    fake.answer("GetShardIterator", iterator("i1"))
        .fail("GetRecords", "ExpiredIteratorException", "Iterator expired");

    assertThrows(Fault.Transient.class, () -> open(Optional.empty(), Position.after("3")).read());
    assertEquals(2, fake.calls("GetRecords").size());
  }

  @Test
  void theLastPageMayHoldRecordsAndAnEmptyOneIsNotTheLast() throws Exception {
    fake.answer("GetShardIterator", iterator("i1"))
        .answer("GetRecords", page("i2"))
        .answer("GetRecords", page(null, record("a", 7)));
    SplitReader reader = open(Optional.empty(), Position.after("3"));

    ChangeBatch empty = reader.read();
    ChangeBatch last = reader.read();

    assertTrue(empty.isIdle(Position.after("3")));
    assertTrue(last.isEnd());
    assertEquals(List.of("+a=1"), LocalTables.texts(last));
    assertTrue(reader.read().isEnd());
    assertEquals(2, fake.calls("GetRecords").size());
  }

  @Test
  void afterAFaultTheSamePageIsAskedForAgain() throws Exception {
    fake.answer("GetShardIterator", iterator("i1"))
        .answer("GetRecords", page("i2", record("a", 7)))
        .fail("GetRecords", "LimitExceededException", "too fast")
        .fail("GetRecords", 500, "InternalServerError", "oops")
        .answer("GetRecords", page("i3", record("b", 8)));
    SplitReader reader = open(Optional.empty(), Position.BEGINNING);
    reader.read();

    assertThrows(Fault.Throttled.class, reader::read);
    assertThrows(Fault.Transient.class, reader::read);
    assertEquals(List.of("+b=1"), LocalTables.texts(reader.read()));
    assertEquals(1, fake.calls("GetShardIterator").size());
  }

  /** An open shard may be unknown to some of the service's hosts just after a roll-over. */
  @Test
  void oneAnswerThatTheShardIsUnknownIsAskedAgain() throws Exception {
    fake.fail("GetShardIterator", "ResourceNotFoundException", "Shard does not exist")
        .answer("GetShardIterator", iterator("i1"))
        .answer("GetRecords", page("i2", record("a", 7)));

    assertEquals(
        List.of("+a=1"), LocalTables.texts(open(Optional.empty(), Position.BEGINNING).read()));
  }

  @Test
  void anUnknownShardIsReportedAndIsReadWhenTheServiceKnowsItAgain() throws Exception {
    fake.fail("GetShardIterator", "ResourceNotFoundException", "Shard does not exist")
        .fail("GetShardIterator", "ResourceNotFoundException", "Shard does not exist")
        .answer("GetShardIterator", iterator("i1"))
        .answer("GetRecords", page("i2", record("a", 7)));
    SplitReader reader = open(Optional.empty(), Position.BEGINNING);

    Fault.SplitGone gone = assertThrows(Fault.SplitGone.class, reader::read);

    assertEquals(Answer.NOT_FOUND, gone.answer());
    assertEquals(
        "cannot read shard shardId-1 of table table: ResourceNotFoundException (Shard does not"
            + " exist)",
        gone.getMessage());
    assertEquals(List.of("+a=1"), LocalTables.texts(reader.read()));
  }

  @Test
  void aShardThatIsUnknownWithItsIteratorIsReportedToo() throws Exception {
    fake.answer("GetShardIterator", iterator("i1"))
        .fail("GetShardIterator", "ResourceNotFoundException", "Shard does not exist")
        .fail("GetRecords", "ResourceNotFoundException", "Invalid ShardId in ShardIterator");

    Fault.SplitGone gone =
        assertThrows(
            Fault.SplitGone.class, () -> open(Optional.of("9"), Position.after("8")).read());

    assertEquals(Answer.NOT_FOUND, gone.answer());
  }

  /** The reader must not decide from one answer, whatever is known of the shard. */
  @Test
  void anUnknownShardNeverEndsByItself() {
    fake.fail("GetShardIterator", "ResourceNotFoundException", "Shard does not exist");
    Instant afterItsRecords = Instant.now().minusSeconds(3600);
    for (Position from : List.of(Position.BEGINNING, Position.after("8"))) {
      for (Optional<String> end : List.of(Optional.of("9"), Optional.<String>empty())) {
        assertThrows(Fault.SplitGone.class, () -> open(end, from, afterItsRecords).read());
      }
    }
  }

  @Test
  void trimmedDataBeforeAnythingWasReadIsReadFromTheOldestThatIsLeft() throws Exception {
    fake.answer("GetShardIterator", iterator("i1"))
        .fail("GetRecords", "TrimmedDataAccessException", "trimmed")
        .answer("GetRecords", page("i2", record("a", 7)));

    assertEquals(
        List.of("+a=1"), LocalTables.texts(open(Optional.empty(), Position.BEGINNING).read()));
    assertEquals(2, fake.calls("GetShardIterator").size());
  }

  @Test
  void aShardThatStaysTrimmedIsReportedAfterSomeFreshIterators() throws Exception {
    fake.answer("GetShardIterator", iterator("i1"))
        .fail("GetRecords", "TrimmedDataAccessException", "trimmed");
    for (Position from : List.of(Position.BEGINNING, Position.after("8"))) {
      SplitReader reader = open(Optional.of("9"), from);
      int before = fake.calls("GetShardIterator").size();

      for (int tries = 2; tries < ShardReader.TRIMMED_ITERATORS; tries++) {
        assertThrows(Fault.Transient.class, reader::read);
      }
      Fault.SplitGone gone = assertThrows(Fault.SplitGone.class, reader::read);

      assertEquals(Answer.TRIMMED, gone.answer());
      assertEquals(ShardReader.TRIMMED_ITERATORS, fake.calls("GetShardIterator").size() - before);
    }
  }

  /** DynamoDB Local answers like this for expired records. */
  @Test
  void aKnownShardThatCannotBeReadIsTrimmed() throws Exception {
    fake.answer("GetShardIterator", iterator("i1"))
        .fail("GetRecords", "ResourceNotFoundException", "Invalid ShardId in ShardIterator");
    for (Position from : List.of(Position.BEGINNING, Position.after("8"))) {
      SplitReader reader = open(Optional.of("9"), from);

      for (int tries = 2; tries < ShardReader.TRIMMED_ITERATORS; tries++) {
        assertThrows(Fault.Transient.class, reader::read);
      }
      assertEquals(Answer.TRIMMED, assertThrows(Fault.SplitGone.class, reader::read).answer());
    }
  }

  @Test
  void anUnknownPositionInAKnownShardIsTrimmed() throws Exception {
    for (int tries = 1; tries <= ShardReader.TRIMMED_ITERATORS; tries++) {
      fake.fail("GetShardIterator", "ResourceNotFoundException", "no such sequence number")
          .answer("GetShardIterator", iterator("i1"));
    }
    SplitReader reader = open(Optional.of("9"), Position.after("8"));

    for (int tries = 2; tries < ShardReader.TRIMMED_ITERATORS; tries++) {
      assertThrows(Fault.Transient.class, reader::read);
    }
    assertEquals(Answer.TRIMMED, assertThrows(Fault.SplitGone.class, reader::read).answer());
    List<String> asked = fake.calls("GetShardIterator");
    for (int i = 0; i < asked.size(); i++) {
      assertTrue(
          asked.get(i).contains(i % 2 == 0 ? "AFTER_SEQUENCE_NUMBER" : "TRIM_HORIZON"),
          asked.get(i));
    }
  }

  @Test
  void aPageThatIsReadEndsTheCountOfTrimmedIterators() throws Exception {
    fake.answer("GetShardIterator", iterator("i1"));
    for (int round = 0; round < 3; round++) {
      fake.fail("GetRecords", "TrimmedDataAccessException", "trimmed")
          .fail("GetRecords", "TrimmedDataAccessException", "trimmed")
          .answer("GetRecords", page("i2", record("a", 7)));
    }
    SplitReader reader = open(Optional.empty(), Position.BEGINNING);

    for (int round = 0; round < 3; round++) {
      assertThrows(Fault.Transient.class, reader::read);
      assertEquals(List.of("+a=1"), LocalTables.texts(reader.read()));
    }
  }

  /** A position whose record has expired is refused by GetShardIterator. */
  @Test
  void aTrimmedPositionIsReported() throws Exception {
    fake.fail("GetShardIterator", "TrimmedDataAccessException", "trimmed");
    SplitReader reader = open(Optional.empty(), Position.after("8"));

    for (int tries = 2; tries < ShardReader.TRIMMED_ITERATORS; tries++) {
      assertThrows(Fault.Transient.class, reader::read);
    }
    assertEquals(Answer.TRIMMED, assertThrows(Fault.SplitGone.class, reader::read).answer());
  }

  @Test
  void anUnknownErrorIsRetried() throws Exception {
    fake.answer("GetShardIterator", iterator("i1"))
        .fail("GetRecords", "NobodyKnowsThisException", "odd")
        .answer("GetRecords", page("i2", record("a", 7)));
    SplitReader reader = open(Optional.empty(), Position.BEGINNING);

    assertTrue(assertThrows(Fault.Unknown.class, reader::read).isRetryable());
    assertEquals(List.of("+a=1"), LocalTables.texts(reader.read()));
  }

  @Test
  void aShardReadToItsEndingSequenceNumberIsOverEvenIfItIsGone() throws Exception {
    fake.fail("GetShardIterator", "ResourceNotFoundException", "no such shard");

    assertTrue(open(Optional.of("9"), Position.after("9")).read().isEnd());
  }

  @Test
  void anEmptyAnswerAtTheEndOfAClosedShardProvesNothing() throws Exception {
    fake.answer("GetShardIterator", iterator("probe"))
        .answer("GetShardIterator", iterator("i1"))
        .answer("GetRecords", page("p2"))
        .answer("GetRecords", page(null, record("a", 9)));
    Instant ignoreBefore = Instant.ofEpochSecond(1_600_000_000);

    ChangeBatch page = open(Optional.of("9"), Position.BEGINNING, ignoreBefore).read();

    assertTrue(page.isEnd());
    assertEquals(List.of("+a=1"), LocalTables.texts(page));
    assertTrue(fake.calls("GetShardIterator").get(0).contains("AT_SEQUENCE_NUMBER"));
    assertTrue(fake.calls("GetShardIterator").get(1).contains("TRIM_HORIZON"));
  }

  @Test
  void aShardThatIsGoneOnWithIsNotProbed() throws Exception {
    fake.answer("GetShardIterator", iterator("i1"))
        .answer("GetRecords", page(null, record("a", 9)));
    Instant ignoreBefore = Instant.now();

    ChangeBatch page = open(Optional.of("9"), Position.after("8"), ignoreBefore).read();

    assertEquals(1, page.skipped());
    assertEquals(1, fake.calls("GetShardIterator").size());
  }

  @Test
  void deletesByTimeToLiveArePropagatedUnlessTheUserSaysSo() throws Exception {
    String expired =
        "{\"eventName\":\"REMOVE\",\"userIdentity\":{\"Type\":\"Service\","
            + "\"PrincipalId\":\"dynamodb.amazonaws.com\"},\"dynamodb\":{\"Keys\":{\"h\":{\"S\":"
            + "\"a\"}},\"SequenceNumber\":\"5\",\"ApproximateCreationDateTime\":1700000005}}";
    fake.answer("GetShardIterator", iterator("i1")).answer("GetRecords", page("i2", expired));

    assertEquals(
        List.of("-a"), LocalTables.texts(open(Optional.empty(), Position.BEGINNING).read()));
    try (DynamoSource skipping =
        Decoders.source(
            fake.settings(), ReadOptions.ALL.withTtlDeletes(ReadOptions.TtlDeletes.SKIP))) {
      ChangeBatch page =
          skipping.open(shard(Optional.empty(), Instant.MIN), Position.BEGINNING).read();
      assertEquals(List.of(), page.changes());
      assertEquals(1, page.skipped());
      assertEquals(Position.after("5"), page.position());
    }
  }

  @Test
  void itemsThatCannotBeReadBackLeaveThePageUnread() throws Exception {
    String keysOnly = withoutImage(record("a", 7));
    String item = "{\"h\":{\"S\":\"a\"},\"v\":{\"S\":\"now\"}}";
    String unprocessed =
        "{\"Responses\":{},\"UnprocessedKeys\":{\"table\":{\"Keys\":[{\"h\":{\"S\":\"a\"}}]}}}";
    fake.answer("GetShardIterator", iterator("i1"))
        .answer("GetRecords", page("i2", keysOnly))
        .answer("BatchGetItem", unprocessed)
        .answer("BatchGetItem", "{\"Responses\":{\"table\":[" + item + "]}}");
    SplitReader reader = open(Optional.empty(), Position.BEGINNING);

    assertThrows(Fault.Throttled.class, reader::read);
    ChangeBatch page = reader.read();

    assertEquals(List.of("+a=now"), LocalTables.texts(page));
    assertTrue(fake.calls("BatchGetItem").get(0).contains("\"ConsistentRead\":true"));
    assertTrue(fake.calls("GetRecords").get(1).contains("\"i1\""));
  }

  @Test
  void aNumberIsTheSameKeyHoweverItIsWritten() throws Exception {
    String numbers = Decoders.TABLE.replace("\"AttributeType\":\"S\"", "\"AttributeType\":\"N\"");
    String inStream = "{\"h\":{\"N\":\"150\"}}";
    String inTable = "{\"h\":{\"N\":\"1.5E2\"}}";
    try (FakeService service = new FakeService();
        DynamoSource reader = Decoders.source(service.settings(), ReadOptions.ALL)) {
      service
          .answer("DescribeTable", numbers)
          .answer("GetShardIterator", iterator("i1"))
          .answer(
              "GetRecords",
              page("i2", withoutImage(record("a", 7)).replace("{\"h\":{\"S\":\"a\"}}", inStream)))
          .answer("BatchGetItem", "{\"Responses\":{\"table\":[" + inTable + "]}}");

      ChangeBatch page =
          reader.open(shard(Optional.empty(), Instant.MIN), Position.BEGINNING).read();

      assertEquals(1, page.changes().size());
      assertInstanceOf(Change.Upsert.class, page.changes().get(0));
    }
  }

  @Test
  void aTableThatIsGoneWhenItemsAreReadBackIsNoGap() {
    fake.answer("GetShardIterator", iterator("i1"))
        .answer("GetRecords", page("i2", withoutImage(record("a", 7))))
        .fail("BatchGetItem", "ResourceNotFoundException", "no table");

    Fault fault =
        assertThrows(Fault.class, () -> open(Optional.empty(), Position.BEGINNING).read());
    assertInstanceOf(Fault.TableFailed.class, fault);
  }

  private SplitReader open(Optional<String> ending, Position from) throws Fault {
    return open(ending, from, Instant.MIN);
  }

  private SplitReader open(Optional<String> ending, Position from, Instant ignoreBefore)
      throws Fault {
    return source.open(shard(ending, ignoreBefore), from);
  }

  private static StreamShard shard(Optional<String> ending, Instant ignoreBefore) {
    return new StreamShard("table", "arn", "shardId-1", Set.of(), ending, ignoreBefore);
  }

  private static String iterator(String iterator) {
    return "{\"ShardIterator\":\"" + iterator + "\"}";
  }

  private static String page(String next, String... records) {
    String tail = next == null ? "" : ",\"NextShardIterator\":\"" + next + "\"";
    return "{\"Records\":[" + String.join(",", records) + "]" + tail + "}";
  }

  private static String record(String key, int sequenceNumber) {
    return """
        {"eventName":"MODIFY","dynamodb":{"ApproximateCreationDateTime":%d,
        "Keys":{"h":{"S":"%s"}},"NewImage":{"h":{"S":"%s"},"v":{"S":"1"}},
        "SequenceNumber":"%d"}}"""
        .formatted(1_700_000_000 + sequenceNumber, key, key, sequenceNumber);
  }

  /** The record as a KEYS_ONLY stream gives it. */
  private static String withoutImage(String record) {
    return record.replaceFirst("\"NewImage\":.*?\\}\\},", "");
  }
}
