package io.nimoshake.dynamodb.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.Fault.SplitGone.Answer;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.port.Source.ShardInfo;
import io.nimoshake.core.port.Source.ShardListing;
import io.nimoshake.core.port.SplitReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/** Shards of streams in DynamoDB Local. */
class ShardReaderTest {
  private static final String TABLE = "table";

  /** A table with a stream, and a source that reads it. */
  private static final class World implements AutoCloseable {
    final LocalTables tables;
    final DynamoSource source;
    final String arn;

    World(String accessKey, StreamViewType viewType, ReadOptions options) throws Fault {
      tables = new LocalTables(accessKey);
      arn = tables.createStreamed(TABLE, viewType);
      source = Decoders.source(Servers.local(accessKey), options);
    }

    World(String accessKey) throws Fault {
      this(accessKey, StreamViewType.NEW_AND_OLD_IMAGES, ReadOptions.ALL);
    }

    void put(String key, String value) {
      tables.put(TABLE, LocalTables.item(key, value));
    }

    void delete(String key) {
      tables.delete(TABLE, LocalTables.key(key));
    }

    ShardListing listing() throws Fault {
      return source.listShards(TABLE, arn, Optional.empty());
    }

    StreamShard shard(int index) throws Fault {
      return shard(index, Instant.MIN);
    }

    StreamShard shard(int index, Instant ignoreBefore) throws Fault {
      ShardInfo info = listing().shards().get(index);
      return new StreamShard(
          TABLE, arn, info.shardId(), info.parents(), info.endingSequenceNumber(), ignoreBefore);
    }

    SplitReader open(StreamShard shard, Position from) throws Fault {
      return source.open(shard, from);
    }

    @Override
    public void close() {
      source.close();
      tables.close();
    }
  }

  @Test
  void putsUpdatesAndDeletesComeInOrderTheLastOfAKeyWins() throws Exception {
    try (World world = new World("stream1")) {
      world.put("a", "1");
      world.put("b", "1");
      world.put("a", "2");
      world.put("c", "1");
      world.delete("c");
      SplitReader reader = world.open(world.shard(0), Position.BEGINNING);

      ChangeBatch page = reader.read();

      assertEquals(List.of("+a=2", "+b=1", "-c"), sorted(page));
      assertEquals(5, page.itemsRead());
      assertEquals(2, page.coalesced());
      assertTrue(page.newestRecord().isPresent());
      assertTrue(reader.read().isIdle(page.position()));

      world.put("d", "1");
      assertEquals(List.of("+d=1"), LocalTables.texts(reader.read()));
    }
  }

  /** A small page says that the shard had no more, as far as one answer can tell. */
  @Test
  void aPageIsSmallIfLessThanHalfOfWhatOneCallReturns() throws Exception {
    try (World world = new World("small")) {
      for (String key : List.of("a", "b", "c", "d", "e")) {
        world.put(key, "1");
      }
      assertTrue(world.open(world.shard(0), Position.BEGINNING).read().small());
      assertTrue(small(world, 12));
      assertFalse(small(world, 10), "half of the records");

      world.put("large", "x".repeat(300_000));
      world.put("large", "y".repeat(300_000));
      ChangeBatch page = world.open(world.shard(0), Position.BEGINNING).read();
      assertFalse(page.small(), "half of the bytes: " + page);
    }
  }

  private static boolean small(World world, int limit) throws Exception {
    try (DynamoSource source =
        Decoders.source(Servers.local("small"), ReadOptions.ALL.withRecordsLimit(limit))) {
      return source.open(world.shard(0), Position.BEGINNING).read().small();
    }
  }

  @Test
  void readingGoesOnAfterAnyRecord() throws Exception {
    ReadOptions small = ReadOptions.ALL.withRecordsLimit(2);
    try (World world = new World("stream2", StreamViewType.NEW_IMAGE, small)) {
      for (int i = 0; i < 7; i++) {
        world.put("k" + i, "v");
      }
      List<String> read = new ArrayList<>();
      Position position = Position.BEGINNING;
      for (int i = 0; i < LocalTables.MANY_PAGES && read.size() < 7; i++) {
        ChangeBatch page = world.open(world.shard(0), position).read();
        assertTrue(page.itemsRead() <= 2);
        read.addAll(LocalTables.texts(page));
        position = page.position();
      }
      assertEquals(List.of("+k0=v", "+k1=v", "+k2=v", "+k3=v", "+k4=v", "+k5=v", "+k6=v"), read);

      Position.After last = (Position.After) position;
      ChangeBatch again = world.open(world.shard(0), new Position.At(last.token())).read();
      assertEquals(List.of("+k6=v"), LocalTables.texts(again));
    }
  }

  @Test
  void aClosedShardEndsWithItsLastRecordAndItsChildGoesOn() throws Exception {
    try (World world = new World("stream3")) {
      world.put("a", "1");
      SplitReader parent = world.open(world.shard(0), Position.BEGINNING);
      Position open = parent.read().position();
      world.put("a", "2");
      Servers.local().rollShards();
      world.put("a", "3");

      List<String> read = new ArrayList<>();
      ChangeBatch page;
      int pages = 0;
      do {
        assertTrue(pages++ < LocalTables.MANY_PAGES, "no end in sight");
        page = parent.read();
        read.addAll(LocalTables.texts(page));
      } while (!page.isEnd());
      assertEquals(List.of("+a=2"), read);
      assertTrue(parent.read().isEnd());

      StreamShard closed = world.shard(0);
      StreamShard child = world.shard(1);
      assertTrue(closed.endingSequenceNumber().isPresent());
      assertEquals(java.util.Set.of(closed.shardId()), child.parents());
      assertEquals(Optional.empty(), child.endingSequenceNumber());
      assertEquals(List.of("+a=2"), LocalTables.texts(world.open(closed, open).read()));
      assertEquals(
          List.of("+a=3"), LocalTables.texts(world.open(child, Position.BEGINNING).read()));
    }
  }

  @Test
  void recordsOlderThanTheCopyAreReadButNotWritten() throws Exception {
    try (World world = new World("stream4")) {
      world.put("a", "1");
      world.delete("b");
      StreamShard shard = world.shard(0, Instant.now().plus(Duration.ofHours(1)));

      ChangeBatch page = world.open(shard, Position.BEGINNING).read();

      assertEquals(List.of(), page.changes());
      assertEquals(page.itemsRead(), page.skipped());
      assertTrue(page.position() instanceof Position.After);
    }
  }

  @Test
  void aClosedShardOlderThanTheCopyEndsAtOnceANewerOneDoesNot() throws Exception {
    try (World world = new World("stream5")) {
      world.put("a", "1");
      Servers.local().rollShards();
      world.put("a", "2");
      Instant now = Instant.now();

      ChangeBatch old =
          world.open(world.shard(0, now.plusSeconds(3600)), Position.BEGINNING).read();
      ChangeBatch young =
          world.open(world.shard(0, now.minusSeconds(3600)), Position.BEGINNING).read();

      assertTrue(old.isEnd());
      assertEquals(0, old.itemsRead());
      assertEquals(List.of("+a=1"), LocalTables.texts(young));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = StreamViewType.class,
      names = {"KEYS_ONLY", "OLD_IMAGE"})
  void itemsAreReadBackWhereTheStreamDoesNotHoldThem(StreamViewType viewType) throws Exception {
    try (World world = new World("stream6" + viewType.ordinal(), viewType, ReadOptions.ALL)) {
      for (int i = 0; i < 130; i++) {
        world.put("k" + i, "1");
      }
      world.put("k1", "2");
      world.delete("k2");
      world.delete("k3");
      world.put("k3", "again");
      SplitReader reader = world.open(world.shard(0), Position.BEGINNING);

      ChangeBatch page = reader.read();
      world.put("later", "1");
      ChangeBatch next = reader.read();

      List<String> texts = sorted(page);
      assertEquals(130, texts.size());
      assertEquals(134, page.itemsRead());
      assertTrue(texts.containsAll(List.of("+k0=1", "+k1=2", "-k2", "+k3=again", "+k129=1")));
      assertEquals(List.of("+later=1"), LocalTables.texts(next));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = StreamViewType.class,
      names = {"NEW_AND_OLD_IMAGES", "KEYS_ONLY"})
  void anItemThatDoesNotPassTheFilterIsDeleted(StreamViewType viewType) throws Exception {
    ReadOptions.Filter filter =
        new ReadOptions.Filter(
            "#v <> :no", Map.of("#v", "v"), Map.of(":no", AttributeValue.fromS("no")), true);
    String id = "streamfilter" + viewType.ordinal();
    try (World world = new World(id, viewType, ReadOptions.ALL.withFilter(filter))) {
      SplitReader reader = world.open(world.shard(0), Position.BEGINNING);
      world.put("stops", "yes");
      world.put("begins", "no");
      world.put("never", "no");
      world.put("gone", "yes");
      assertEquals(List.of("-begins", "+gone=yes", "-never", "+stops=yes"), sorted(reader.read()));
      world.put("stops", "no");
      world.put("begins", "yes");
      world.delete("gone");
      assertEquals(List.of("+begins=yes", "-gone", "-stops"), sorted(reader.read()));
    }
  }

  @Test
  void aFilterOfTheCopyAloneLetsEveryRecordThrough() throws Exception {
    ReadOptions.Filter filter =
        new ReadOptions.Filter("attribute_exists(nothing)", Map.of(), Map.of(), false);
    try (World world =
        new World(
            "streamunfiltered", StreamViewType.NEW_IMAGE, ReadOptions.ALL.withFilter(filter))) {
      world.put("a", "1");
      SplitReader reader = world.open(world.shard(0), Position.BEGINNING);
      assertEquals(List.of("+a=1"), LocalTables.texts(reader.read()));
    }
  }

  @Test
  void whatIsGoneWhenReadBackWaitsForItsOwnRecord() throws Exception {
    ReadOptions one = ReadOptions.ALL.withRecordsLimit(1);
    try (World world = new World("stream7", StreamViewType.KEYS_ONLY, one)) {
      world.put("a", "1");
      world.delete("a");
      SplitReader reader = world.open(world.shard(0), Position.BEGINNING);

      ChangeBatch put = reader.read();
      assertEquals(List.of(), put.changes());
      assertEquals(1, put.skipped());
      assertEquals(List.of("-a"), LocalTables.texts(reader.read()));
    }
  }

  @Test
  void keysThatAreNumbersAreFoundWhenReadBack() throws Exception {
    try (LocalTables tables = new LocalTables("stream8");
        DynamoSource source = Decoders.source(Servers.local("stream8"), ReadOptions.ALL)) {
      String arn =
          tables
              .client()
              .createTable(
                  LocalTables.request(TABLE, "NB")
                      .streamSpecification(
                          s -> s.streamEnabled(true).streamViewType(StreamViewType.KEYS_ONLY))
                      .build())
              .tableDescription()
              .latestStreamArn();
      Map<String, AttributeValue> item = new java.util.HashMap<>(LocalTables.item("NB", 3));
      item.put("h", AttributeValue.fromN("1.50"));
      tables.put(TABLE, item);
      ShardInfo shard = source.listShards(TABLE, arn, Optional.empty()).shards().get(0);

      ChangeBatch page =
          source
              .open(
                  new StreamShard(
                      TABLE, arn, shard.shardId(), shard.parents(), Optional.empty(), Instant.MIN),
                  Position.BEGINNING)
              .read();

      assertEquals(java.util.Set.of(3), LocalTables.items(page).keySet());
    }
  }

  @Test
  void anEmptyShardStaysReadableWhenOtherTablesAreWritten() throws Exception {
    try (World world = new World("stream9")) {
      SplitReader reader = world.open(world.shard(0), Position.BEGINNING);
      assertEquals(0, reader.read().itemsRead());
      world.tables.createStreamed("other", StreamViewType.NEW_IMAGE);
      world.tables.put("other", LocalTables.item("x", "1"));

      assertEquals(0, reader.read().itemsRead());
      world.put("a", "1");
      assertEquals(List.of("+a=1"), LocalTables.texts(reader.read()));
    }
  }

  @Test
  void aShardWhoseRecordsExpiredIsReportedAsGone() throws Exception {
    try (World world = new World("stream10")) {
      world.put("a", "1");
      StreamShard shard = world.shard(0);
      Position read = world.open(shard, Position.BEGINNING).read().position();
      world.put("a", "2");
      Servers.local().rollShards();
      Servers.local().ageStreams(Duration.ofHours(30));

      for (Position from : List.of(Position.BEGINNING, read)) {
        Fault.SplitGone gone = readUntilGone(world.open(shard, from));
        assertEquals(Answer.TRIMMED, gone.answer());
        assertTrue(
            gone.getMessage()
                .startsWith("cannot read shard " + shard.shardId() + " of table table: "));
        assertFalse(gone.getMessage().contains("\n"));
      }
    }
  }

  /** Reads like the pipeline: again after a fault that may pass. */
  private static Fault.SplitGone readUntilGone(SplitReader reader) throws Exception {
    for (int tries = 0; tries < LocalTables.MANY_PAGES; tries++) {
      try {
        reader.read();
      } catch (Fault.SplitGone gone) {
        return gone;
      } catch (Fault.Transient e) {
        assertTrue(e.isRetryable());
      }
    }
    throw new AssertionError("the shard can still be read");
  }

  private static List<String> sorted(ChangeBatch batch) {
    return LocalTables.texts(batch).stream()
        .sorted(java.util.Comparator.comparing(text -> text.substring(1)))
        .toList();
  }
}
