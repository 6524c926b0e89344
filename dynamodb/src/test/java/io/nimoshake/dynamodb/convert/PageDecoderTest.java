package io.nimoshake.dynamodb.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Split;
import io.nimoshake.dynamodb.filter.ItemFilter;
import io.nimoshake.dynamodb.filter.Value;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;

class PageDecoderTest {
  private final PageDecoder decoder = new PageDecoder(Decode.BY_ID, ConvertOptions.DEFAULT);
  private final List<String> missing = new ArrayList<>();
  private boolean propagateTtl = true;
  private Optional<JsonFilter> filter = Optional.empty();

  private final RecordListener listener =
      new RecordListener() {
        @Override
        public boolean propagateTtlDeletes() {
          return propagateTtl;
        }

        @Override
        public Optional<JsonFilter> filter() {
          return filter;
        }

        @Override
        public void imageMissing(String keyJson, ItemKey key, Instant created) {
          missing.add(keyJson + " " + Decode.bson(key).toJson() + " " + created);
        }
      };

  @Test
  void takesTheItemsOutOfAScanAndLeavesTheRest() throws IOException {
    String before = "{ \"Count\":2,\"Items\": ";
    String after =
        " ,\"LastEvaluatedKey\":{\"id\":{\"S\":\"b\"}},\"ScannedCount\":5,"
            + "\"ConsumedCapacity\":{\"TableName\":\"music\",\"CapacityUnits\":0.5}} ";
    byte[] body =
        Decode.utf8(
            before
                + "[ {\"id\":{\"S\":\"a\"}} , {\"x\":{\"N\":\"7\"},\"id\":{\"S\":\"b\"}}]"
                + after);
    ChangeBatch.Builder into = ChangeBatch.builder();
    assertEquals(before + "[]" + after, Decode.text(decoder.scan(body, body.length, into)));
    assertEquals(Optional.of("{\"id\":{\"S\":\"b\"}}"), decoder.lastEvaluatedKey());
    ChangeBatch batch = into.build(Position.END);
    assertEquals(2, batch.itemsRead());
    Change.Upsert second = (Change.Upsert) batch.changes().get(1);
    assertEquals(BsonDocument.parse("{x: 7, id: 'b'}"), Decode.bson(second.document()));
    assertEquals(BsonDocument.parse("{id: 'b'}"), Decode.bson(second.key()));
  }

  @Test
  void anAnswerThatIsNotAPageAddsNothing() {
    for (String body :
        List.of(
            "{}",
            "",
            "[]",
            "{\"Items\":null}",
            "{\"Items\":{}}",
            "{\"Items\":[1]}",
            "{\"Items\":[{\"id\":{\"S\":\"a\"}}],\"Count\":2}",
            "{\"Items\":[{\"id\":{\"S\":\"a\"}}],\"Items\":[]}",
            "{\"Items\":[{\"id\":{\"S\":\"a\"}}]",
            "{\"Items\":[{\"id\":{\"S\":\"a\"}}]}x",
            "{\"Items\":[{\"id\":{\"S\":\"a\"}},]}",
            "{\"Items\":[{\"id\":{\"S\":\"a\"}}],}",
            "{\"Items\":[{\"id\":{\"S\":\"a\"}}],\"Count\":}",
            "{\"Items\":[{\"id\":{\"S\":\"a\\x\"}}]}",
            "{\"Items\":[{\"id\":{\"S\":\"a\n\"}}]}",
            "{\"Items\":[{\"id\":{\"S\":\"a\"}}],\"Count\":01}",
            "{\"__type\":\"x\"}")) {
      byte[] bytes = Decode.utf8(body);
      ChangeBatch.Builder into = ChangeBatch.builder();
      assertThrows(
          MalformedPageException.class, () -> decoder.scan(bytes, bytes.length, into), body);
      assertEquals(0, into.build(Position.END).itemsRead(), body);
    }
  }

  @Test
  void anItemThatCannotBeConvertedDoesNotSpoilItsPage() throws IOException {
    byte[] body =
        Decode.utf8(
            "{\"Items\":[{\"id\":{\"S\":\"a\"}},{\"id\":{\"S\":\"b\"},\"m\":{\"M\":{\"l\":{\"L\":[{\"N\":\"1\"},{\"N\":\"x\"}]}}}},"
                + "{\"id\":{\"S\":\"c\"}}],\"Count\":3}");
    ChangeBatch.Builder into = ChangeBatch.builder();
    decoder.scan(body, body.length, into);
    ChangeBatch batch = into.build(Position.END);
    assertEquals(3, batch.itemsRead());
    assertEquals(2, batch.changes().size());
    Rejected rejected = batch.rejected().get(0);
    assertEquals("music", rejected.table());
    assertEquals("{\"id\":{\"S\":\"b\"}}", rejected.key());
    assertEquals("m.l[1]: not a number", rejected.reason());
    assertEquals(
        "{\"id\":{\"S\":\"b\"},\"m\":{\"M\":{\"l\":{\"L\":[{\"N\":\"1\"},{\"N\":\"x\"}]}}}}",
        rejected.item());
  }

  private static String record(String event, String time, String key, String more) {
    return "{\"awsRegion\":\"r\",\"dynamodb\":{\"ApproximateCreationDateTime\":"
        + time
        + ",\"Keys\":{\"id\":{\"S\":\""
        + key
        + "\"}}"
        + more
        + ",\"SequenceNumber\":\"00"
        + time
        + "\",\"SizeBytes\":3},\"eventID\":\"e\",\"eventName\":\""
        + event
        + "\"}";
  }

  private ChangeBatch records(String... records) throws IOException {
    byte[] body =
        Decode.utf8(
            "{\"NextShardIterator\":\"next\",\"Records\":[" + String.join(",", records) + "]}");
    Split.StreamShard shard =
        new Split.StreamShard(
            "music", "arn", "shard", Set.of(), Optional.empty(), Instant.ofEpochSecond(1000));
    ChangeBatch.Builder into = ChangeBatch.builder(shard);
    assertEquals(
        "{\"NextShardIterator\":\"next\",\"Records\":[]}",
        Decode.text(decoder.records(body, body.length, into, listener)));
    return into.build(Position.after(decoder.lastSequenceNumber().orElseThrow()));
  }

  @Test
  void aNewImageThatDoesNotPassTheFilterIsADelete() throws Exception {
    filter =
        Optional.of(
            new JsonFilter(
                ItemFilter.parse(
                    "size(m) = :none OR attribute_exists(#x)",
                    Map.of("#x", "\"é"),
                    Map.of(":none", new Value.Num(BigDecimal.ZERO)))));
    String imageFirst =
        "{\"dynamodb\":{\"NewImage\":{\"id\":{\"S\":\"b\"}},\"Keys\":{\"id\":{\"S\":\"b\"}},"
            + "\"ApproximateCreationDateTime\":1001,\"SequenceNumber\":\"1\"},"
            + "\"eventName\":\"MODIFY\"}";
    ChangeBatch batch =
        records(
            imageFirst,
            image("a", ",\"m\":{\"M\":{}}"),
            image("c", ",\"m\":{}"),
            image("d", ",\"m\":{\"M\":{\"k\":{\"NULL\":true}}}"),
            image("e", ",\"\\\"\\u00e9\":{\"L\":[{\"BS\":[\"AQ==\"]},{\"NS\":[\"1\"]}]}"),
            record("INSERT", "999", "old", ",\"NewImage\":{\"id\":{\"S\":\"old\"}}"),
            image("poison", ",\"m\":{\"N\":\"x\"}"),
            image("poison without a filtered attribute", ",\"p\":{\"N\":\"x\"}"));
    assertEquals(
        List.of("-b", "+a", "+c", "-d", "+e", "-poison without a filtered attribute"),
        batch.changes().stream()
            .map(
                change ->
                    (change instanceof Change.Upsert ? "+" : "-")
                        + Decode.bson(change.key()).getString("id").getValue())
            .toList());
    assertEquals(1, batch.skipped());
    assertEquals("m: not a number", batch.rejected().get(0).reason());
  }

  private static String image(String key, String more) {
    return record(
        "MODIFY", "1001", key, ",\"NewImage\":{\"id\":{\"S\":\"" + key + "\"}" + more + "}");
  }

  @Test
  void theLastRecordOfAKeyWins() throws IOException {
    ChangeBatch batch =
        records(
            record(
                "INSERT", "1001", "a", ",\"NewImage\":{\"id\":{\"S\":\"a\"},\"v\":{\"N\":\"1\"}}"),
            record(
                "MODIFY",
                "1002",
                "a",
                ",\"OldImage\":{\"id\":{\"S\":\"a\"}},\"NewImage\":{\"id\":{\"S\":\"a\"},\"v\":{\"N\":\"2\"}}"),
            record("REMOVE", "1003", "b", ",\"OldImage\":{\"id\":{\"S\":\"b\"}}"));
    assertEquals(3, batch.itemsRead());
    assertEquals(1, batch.coalesced());
    assertEquals(
        BsonDocument.parse("{id: 'a', v: 2}"),
        Decode.bson(((Change.Upsert) batch.changes().get(0)).document()));
    assertEquals(BsonDocument.parse("{id: 'b'}"), Decode.bson(batch.changes().get(1).key()));
    assertTrue(batch.changes().get(1) instanceof Change.Delete);
    assertEquals(Position.after("001003"), batch.position());
    assertEquals(Optional.of(Instant.ofEpochSecond(1003)), batch.newestRecord());
  }

  /** Otherwise a delete would not find its item, neither in the page nor in the target. */
  @Test
  void theKeyOfADeleteIsThatOfItsItemInWhateverOrderItComes() throws IOException {
    String key = "{\"n\":{\"N\":\"7\"},\"id\":{\"S\":\"a\"}}";
    String image = "{\"id\":{\"S\":\"a\"},\"x\":{\"BOOL\":true},\"n\":{\"N\":\"7.0\"}}";
    String put =
        "{\"eventName\":\"INSERT\",\"dynamodb\":{\"ApproximateCreationDateTime\":1001,"
            + "\"SequenceNumber\":\"1\",\"NewImage\":"
            + image
            + "}}";
    String remove =
        "{\"eventName\":\"REMOVE\",\"dynamodb\":{\"ApproximateCreationDateTime\":1002,"
            + "\"SequenceNumber\":\"2\",\"Keys\":"
            + key
            + "}}";
    for (ConvertType type : ConvertType.values()) {
      byte[] body = Decode.utf8("{\"Records\":[" + put + "," + remove + "]}");
      ChangeBatch.Builder into = ChangeBatch.builder();
      new PageDecoder(Decode.BY_ID_AND_NUMBER, Decode.options(type))
          .records(body, body.length, into, listener);
      List<Change> changes = into.build(Position.END).changes();
      assertEquals(1, changes.size(), type.name());
      assertTrue(changes.get(0) instanceof Change.Delete, type.name());
    }
  }

  @Test
  void recordsOlderThanTheCopyAreCountedAndNotEvenLookedAt() throws IOException {
    ChangeBatch batch =
        records(
            record("INSERT", "999", "a", ",\"NewImage\":{\"nothing\":\"of the kind\"}"),
            record("REMOVE", "9.99E2", "b", ""),
            record("REMOVE", "1000.5", "b", ""));
    assertEquals(2, batch.skipped());
    assertEquals(1, batch.changes().size());
    assertEquals(Optional.of(Instant.ofEpochMilli(1000500)), batch.newestRecord());
  }

  @Test
  void aDeleteByTimeToLiveIsLeftOutOnRequest() throws IOException {
    String ttl =
        record("REMOVE", "2000", "a", "")
            .replace(
                "\"eventID\"",
                "\"userIdentity\":{\"PrincipalId\":\"dynamodb.amazonaws.com\",\"Type\":\"Service\"},\"eventID\"");
    assertEquals(1, records(ttl).changes().size());
    propagateTtl = false;
    assertEquals(0, records(ttl).changes().size());
    assertEquals(1, records(ttl).skipped());
    assertEquals(1, records(record("REMOVE", "2000", "a", "")).changes().size());
  }

  @Test
  void anItemThatIsNotInItsRecordIsAskedFor() throws IOException {
    ChangeBatch batch = records(record("MODIFY", "2000", "a", ""));
    assertEquals(0, batch.itemsRead());
    assertEquals(List.of("{\"id\":{\"S\":\"a\"}} {\"id\": \"a\"} 1970-01-01T00:33:20Z"), missing);
  }

  @Test
  void aNewImageBeforeItsTimeIsConvertedAfterwards() throws IOException {
    ChangeBatch batch =
        records(
            "{\"eventName\":\"INSERT\",\"dynamodb\":{\"NewImage\":{\"id\":{\"S\":\"a\"}},"
                + "\"SequenceNumber\":\"7\",\"ApproximateCreationDateTime\":1.1E3}}");
    assertEquals(1, batch.changes().size());
    assertEquals(Position.after("7"), batch.position());
  }

  @Test
  void aValueWithoutTypeIsAnEmptyMapInARecordOnly() throws IOException {
    String item = "{\"id\":{\"S\":\"a\"},\"v\":{ },\"l\":{\"L\":[{},{\"N\":\"1\"}]}}";
    String record = record("INSERT", "2000", "a", ",\"NewImage\":" + item);
    Change.Upsert upsert = (Change.Upsert) records(record).changes().get(0);
    assertEquals(
        BsonDocument.parse("{id: 'a', v: {}, l: [{}, 1]}"), Decode.bson(upsert.document()));

    byte[] body = Decode.utf8("{\"Records\":[" + record + "]}");
    ChangeBatch.Builder into = ChangeBatch.builder();
    new PageDecoder(Decode.BY_ID, Decode.options(ConvertType.SAME))
        .records(body, body.length, into, listener);
    assertEquals(
        item.replace("{ }", "{ \"M\":{}}").replace("{},", "{\"M\":{}},"),
        ((Change.Upsert) into.build(Position.END).changes().get(0)).document().toUtf8());

    for (ConvertType type : ConvertType.values()) {
      Decode.rejected(Decode.BY_ID, Decode.options(type), item);
    }
  }

  @Test
  void theTimeOfARecordMayBeWrittenInSeveralWays() throws IOException {
    for (String time :
        List.of(
            "1700000001", "1.700000001E9", "1700000001.0", "17000000010e-1", "1700000001.0009")) {
      ChangeBatch batch = records(record("REMOVE", "1700000000", "a", ""), removed(time));
      assertEquals(Optional.of(Instant.ofEpochSecond(1_700_000_001)), batch.newestRecord(), time);
    }
    Instant last = Instant.ofEpochSecond(253_402_300_799L);
    assertEquals(Optional.of(last), records(removed("253402300799")).newestRecord());
    for (String none : List.of("253402300800", "-1", "-1700000001", "1e400")) {
      assertThrows(MalformedPageException.class, () -> records(removed(none)), none);
    }
  }

  private static String removed(String time) {
    return record("REMOVE", time, "b", "");
  }

  @Test
  void aRecordOfAnUnknownEventIsRejected() throws IOException {
    ChangeBatch batch =
        records(record("ARCHIVE", "2000", "a", ",\"NewImage\":{\"id\":{\"S\":\"a\"}}"));
    assertEquals(0, batch.changes().size());
    assertEquals("the record's eventName is unknown", batch.rejected().get(0).reason());
  }

  @Test
  void aRecordWithoutItsNumberOrTimeSpoilsThePage() {
    for (String body :
        List.of(
            "{\"Records\":[{\"eventName\":\"REMOVE\",\"dynamodb\":{\"Keys\":{\"id\":{\"S\":\"a\"}},\"SequenceNumber\":\"1\"}}]}",
            "{\"Records\":[{\"eventName\":\"REMOVE\",\"dynamodb\":{\"Keys\":{\"id\":{\"S\":\"a\"}},\"ApproximateCreationDateTime\":1}}]}",
            "{\"Records\":[{\"eventName\":\"REMOVE\",\"dynamodb\":{\"SequenceNumber\":\"1\",\"ApproximateCreationDateTime\":1E30}}]}",
            "{\"Records\":null}",
            "{}")) {
      byte[] bytes = Decode.utf8(body);
      ChangeBatch.Builder into = ChangeBatch.builder();
      assertThrows(
          MalformedPageException.class,
          () -> decoder.records(bytes, bytes.length, into, listener),
          body);
    }
  }

  @Test
  void getItemFindsAnItemOrNone() throws IOException {
    List<String> heard = new ArrayList<>();
    ItemListener itemListener =
        new ItemListener() {
          @Override
          public void found(Change.Upsert item) {
            heard.add(Decode.bson(item.document()).toJson());
          }

          @Override
          public void absent() {
            heard.add("absent");
          }

          @Override
          public void rejected(Rejected item) {
            heard.add(item.reason());
          }
        };
    byte[] found = Decode.utf8("{\"Item\":{\"id\":{\"S\":\"a\"}},\"ConsumedCapacity\":{}}");
    assertEquals(
        "{\"Item\":{},\"ConsumedCapacity\":{}}",
        Decode.text(decoder.item(found, found.length, itemListener)));
    decoder.item(Decode.utf8("{}"), 2, itemListener);
    byte[] bad = Decode.utf8("{\"Item\":{}}");
    decoder.item(bad, bad.length, itemListener);
    assertEquals(List.of("{\"id\": \"a\"}", "absent", "the key attribute id is missing"), heard);
  }
}
