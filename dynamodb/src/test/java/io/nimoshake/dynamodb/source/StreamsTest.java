package io.nimoshake.dynamodb.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.Source.ShardInfo;
import io.nimoshake.core.port.Source.ShardListing;
import io.nimoshake.core.port.Source.StreamHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/** Streams and their shards, in DynamoDB Local and as AWS answers. */
class StreamsTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @Test
  void aStreamIsEnabledOnceAndKnownFromThenOn() throws Exception {
    try (LocalTables tables = new LocalTables("streams1");
        DynamoSource source = source("streams1")) {
      tables.create("table", "S");
      assertEquals(Optional.empty(), source.currentStream("table"));

      StreamHandle stream = enabled(source, "table");

      assertTrue(stream.open());
      assertTrue(Duration.between(stream.serviceTime(), Instant.now()).abs().toSeconds() < 60);
      assertEquals(stream.arn(), enabled(source, "table").arn());
      assertEquals(stream.arn(), source.currentStream("table").orElseThrow().arn());
      assertEquals(
          StreamViewType.NEW_AND_OLD_IMAGES,
          tables
              .client()
              .describeTable(request -> request.tableName("table"))
              .table()
              .streamSpecification()
              .streamViewType());
    }
  }

  @Test
  void aStreamThatIsThereIsLeftAsItIs() throws Exception {
    try (LocalTables tables = new LocalTables("streams2");
        DynamoSource source = source("streams2")) {
      String arn = tables.createStreamed("table", StreamViewType.KEYS_ONLY);

      assertEquals(arn, source.ensureStream("table").orElseThrow().arn());
    }
  }

  @Test
  void aDisabledStreamIsClosedAndItsSuccessorHasAnArnOfItsOwn() throws Exception {
    try (LocalTables tables = new LocalTables("streams3");
        DynamoSource source = source("streams3")) {
      String first = tables.createStreamed("table", StreamViewType.NEW_IMAGE);
      tables.put("table", LocalTables.item("a", "1"));
      tables
          .client()
          .updateTable(
              request ->
                  request.tableName("table").streamSpecification(s -> s.streamEnabled(false)));

      Awaitility.await()
          .atMost(LIMIT)
          .until(() -> source.currentStream("table").filter(StreamHandle::open).isEmpty());
      ShardListing listing = source.listShards("table", first, Optional.empty());
      assertFalse(listing.open());
      assertEquals(1, listing.shards().size());
      assertFalse(enabled(source, "table").arn().equals(first));
    }
  }

  @Test
  void aListingTooLongForOnePageIsComplete() throws Exception {
    try (FakeService fake = new FakeService();
        DynamoSource source = Decoders.source(fake.settings(), ReadOptions.ALL)) {
      fake.answer("DescribeStream", stream("ENABLED", "s2", shard("s1", null), shard("s2", "s1")))
          .answer("DescribeStream", stream("ENABLED", null, shard("s3", "s2")));

      ShardListing listing = source.listShards("table", "arn", Optional.empty());

      assertEquals(
          List.of("s1", "s2", "s3"), listing.shards().stream().map(ShardInfo::shardId).toList());
      assertEquals(Set.of("s1"), listing.shards().get(1).parents());
      assertTrue(listing.complete());
      assertTrue(listing.open());
      assertFalse(fake.calls().get(0).contains("ExclusiveStartShardId"));
      assertTrue(fake.calls().get(1).contains("\"ExclusiveStartShardId\":\"s2\""));
    }
  }

  @Test
  void onlyChildrenAreListedWhereTheServiceCanFilter() throws Exception {
    try (FakeService fake = new FakeService();
        DynamoSource source = Decoders.source(fake.settings(), ReadOptions.ALL)) {
      fake.answer("DescribeStream", stream("ENABLED", null, shard("s2", "s1"), shard("s3", "s1")));

      ShardListing listing = source.listShards("table", "arn", Optional.of("s1"));

      assertFalse(listing.complete());
      assertEquals(2, listing.shards().size());
      assertTrue(fake.calls().get(0).contains("CHILD_SHARDS"));
      assertTrue(fake.calls().get(0).contains("\"ShardId\":\"s1\""));
    }
  }

  @Test
  void aFilterThatIsPassedOverGivesTheWholeListing() throws Exception {
    try (FakeService fake = new FakeService();
        DynamoSource source = Decoders.source(fake.settings(), ReadOptions.ALL)) {
      fake.answer("DescribeStream", stream("ENABLED", null, shard("s1", null), shard("s2", "s1")));

      ShardListing listing = source.listShards("table", "arn", Optional.of("s1"));

      assertTrue(listing.complete());
      assertEquals(2, listing.shards().size());
      assertEquals(1, fake.calls().size());
    }
  }

  /** DynamoDB Local accepts the filter but finds no shard. */
  @Test
  void aFilterThatFindsNothingGivesTheWholeListing() throws Exception {
    try (LocalTables tables = new LocalTables("streams4");
        DynamoSource source = source("streams4")) {
      String arn = tables.createStreamed("table", StreamViewType.NEW_IMAGE);
      tables.put("table", LocalTables.item("a", "1"));
      String shard = source.listShards("table", arn, Optional.empty()).shards().get(0).shardId();
      Servers.local().rollShards();
      tables.put("table", LocalTables.item("a", "2"));

      ShardListing listing = source.listShards("table", arn, Optional.of(shard));

      assertTrue(listing.complete());
      assertEquals(2, listing.shards().size());
    }
  }

  @Test
  void aFilterThatIsRefusedIsNotTriedAgain() throws Exception {
    try (FakeService fake = new FakeService();
        DynamoSource source = Decoders.source(fake.settings(), ReadOptions.ALL)) {
      fake.fail("DescribeStream", "ValidationException", "no ShardFilter here")
          .answer("DescribeStream", stream("ENABLED", null, shard("s2", "s1")));

      ShardListing listing = source.listShards("table", "arn", Optional.of("s1"));
      source.listShards("table", "arn", Optional.of("s1"));

      assertTrue(listing.complete());
      assertEquals(3, fake.calls().size());
      assertFalse(fake.calls().get(2).contains("ShardFilter"));
    }
  }

  @Test
  void aThrottledFilterIsNoReasonToListEverything() throws Exception {
    try (FakeService fake = new FakeService();
        DynamoSource source = Decoders.source(fake.settings(), ReadOptions.ALL)) {
      fake.fail("DescribeStream", "ThrottlingException", "slow down");

      assertThrows(
          Fault.Throttled.class, () -> source.listShards("table", "arn", Optional.of("s1")));
      assertEquals(1, fake.calls().size());
    }
  }

  @Test
  void aStreamThatTheServiceDoesNotKnowIsReported() throws Exception {
    try (FakeService fake = new FakeService();
        DynamoSource source = Decoders.source(fake.settings(), ReadOptions.ALL)) {
      fake.fail("DescribeStream", "ResourceNotFoundException", "no such stream")
          .answer("DescribeStream", stream("ENABLED", null, shard("s1", null)));

      Fault.StreamGone gone =
          assertThrows(
              Fault.StreamGone.class, () -> source.listShards("table", "arn", Optional.of("s1")));

      assertEquals(
          "cannot list the shards of stream arn of table table: ResourceNotFoundException (no such"
              + " stream)",
          gone.getMessage());
      assertEquals(1, source.listShards("table", "arn", Optional.empty()).shards().size());
    }
  }

  /** While the caller waits, the message names the status that it waits for. */
  @Test
  void aStreamThatIsNotYetEnabledIsWaitedForAndTheStatusIsNamed() throws Exception {
    try (FakeService fake = new FakeService();
        DynamoSource source = Decoders.source(fake.settings(), ReadOptions.ALL)) {
      String unstreamed = Decoders.TABLE.replaceFirst(",\"StreamSpec.*", "}}");
      fake.answer("DescribeTable", unstreamed)
          .answer("DescribeTable", unstreamed)
          .answer("DescribeTable", unstreamed.replace("ACTIVE", "UPDATING"))
          .answer("DescribeTable", unstreamed.replace("ACTIVE", "CREATING"))
          .answer("DescribeTable", Decoders.TABLE)
          .fail("UpdateTable", "ResourceInUseException", "being changed")
          .answer("UpdateTable", "{}")
          .fail("DescribeStream", "ResourceNotFoundException", "no such stream")
          .answer("DescribeStream", stream("ENABLING", null))
          .answer("DescribeStream", stream("DISABLING", null))
          .answer("DescribeStream", stream("ENABLED", null));

      assertWaiting(source, "ResourceInUseException (being changed)");
      assertEquals(Optional.empty(), source.ensureStream("table"));
      assertWaiting(source, "waiting for table table to be ACTIVE: its status is UPDATING");
      assertWaiting(source, "waiting for table table to be ACTIVE: its status is CREATING");
      assertWaiting(source, "the service does not know it yet");
      assertWaiting(source, "to be ENABLED: its status is ENABLING");
      assertWaiting(source, "to be ENABLED: its status is DISABLING");
      assertEquals("arn", source.ensureStream("table").orElseThrow().arn());
      assertEquals(2, fake.calls("UpdateTable").size());
    }
  }

  private static void assertWaiting(DynamoSource source, String status) {
    Fault.Transient waiting =
        assertThrows(Fault.Transient.class, () -> source.ensureStream("table"));
    assertTrue(waiting.getMessage().endsWith(status), waiting.getMessage());
  }

  @Test
  void aTableThatCannotGetAStreamFailsAndTheStatusIsNamed() throws Exception {
    String unstreamed = Decoders.TABLE.replaceFirst(",\"StreamSpec.*", "}}");
    for (String status : List.of("ARCHIVED", "INACCESSIBLE_ENCRYPTION_CREDENTIALS")) {
      try (FakeService fake = new FakeService();
          DynamoSource source = Decoders.source(fake.settings(), ReadOptions.ALL)) {
        fake.answer("DescribeTable", unstreamed.replace("ACTIVE", status));

        Fault.TableFailed failed =
            assertThrows(Fault.TableFailed.class, () -> source.ensureStream("table"));

        assertTrue(failed.getMessage().contains("its status is " + status), failed.getMessage());
        assertEquals(0, fake.calls("UpdateTable").size());
      }
    }
  }

  private static StreamHandle enabled(DynamoSource source, String table) {
    return Awaitility.await()
        .atMost(LIMIT)
        .until(() -> source.ensureStream(table), Optional::isPresent)
        .get();
  }

  private static DynamoSource source(String accessKey) throws Fault {
    return Decoders.source(Servers.local(accessKey), ReadOptions.ALL);
  }

  private static String stream(String status, String last, String... shards) {
    String tail = last == null ? "" : ",\"LastEvaluatedShardId\":\"" + last + "\"";
    return "{\"StreamDescription\":{\"StreamArn\":\"arn\",\"StreamStatus\":\"%s\",\"Shards\":[%s]%s}}"
        .formatted(status, String.join(",", shards), tail);
  }

  private static String shard(String id, String parent) {
    String of = parent == null ? "" : ",\"ParentShardId\":\"" + parent + "\"";
    return "{\"ShardId\":\"" + id + "\"" + of + "}";
  }
}
