package io.nimoshake.dynamodb.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.ScanSegment;
import io.nimoshake.core.port.SplitReader;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Segments of tables in DynamoDB Local. */
class ScanReaderTest {
  private static final int ITEMS = 40;

  @ParameterizedTest
  @ValueSource(strings = {"S", "N", "B", "SS", "SN", "SB", "NS", "NN", "NB", "BS", "BN", "BB"})
  void everyShapeOfKeyIsReadInPagesAndGoneOnWithFromAnyOfThem(String types) throws Exception {
    try (LocalTables tables = new LocalTables("scan" + types);
        DynamoSource source = source("scan" + types, ReadOptions.ALL.withScanLimit(7))) {
      Map<Integer, Map<String, AttributeValue>> expected = fill(tables, "table", types);

      assertEquals(expected, LocalTables.readAll(open(source, 0, 1, Position.BEGINNING)));

      Map<Integer, Map<String, AttributeValue>> pieced = new TreeMap<>();
      Position position = Position.BEGINNING;
      int pages = 0;
      while (!(position instanceof Position.End)) {
        ChangeBatch batch = open(source, 0, 1, position).read();
        pieced.putAll(LocalTables.items(batch));
        position = batch.position();
        assertTrue(pages++ < LocalTables.MANY_PAGES, "no end in sight");
      }
      assertEquals(expected, pieced);
      assertEquals(ITEMS / 7 + 1, pages);
    }
  }

  @Test
  void segmentsAreDisjointAndTogetherComplete() throws Exception {
    try (LocalTables tables = new LocalTables("scanparallel");
        DynamoSource source = source("scanparallel", ReadOptions.ALL.withScanLimit(3))) {
      Map<Integer, Map<String, AttributeValue>> expected = fill(tables, "table", "SN");

      Map<Integer, Map<String, AttributeValue>> found = new TreeMap<>();
      int read = 0;
      for (int i = 0; i < 4; i++) {
        Map<Integer, Map<String, AttributeValue>> segment =
            LocalTables.readAll(open(source, i, 4, Position.BEGINNING));
        read += segment.size();
        assertTrue(segment.size() < ITEMS, "segment " + i + " holds everything");
        found.putAll(segment);
      }
      assertEquals(expected, found);
      assertEquals(ITEMS, read);
    }
  }

  @Test
  void whatTheFilterLeavesOutDoesNotEndTheSegment() throws Exception {
    ReadOptions.Filter filter =
        new ReadOptions.Filter(
            "n >= :from", Map.of(), Map.of(":from", AttributeValue.fromN("35")), true);
    try (LocalTables tables = new LocalTables("scanfilter");
        DynamoSource source =
            source("scanfilter", ReadOptions.ALL.withScanLimit(4).withFilter(filter))) {
      fill(tables, "table", "S");

      assertEquals(
          java.util.Set.of(35, 36, 37, 38, 39),
          LocalTables.readAll(open(source, 0, 1, Position.BEGINNING)).keySet());
    }
  }

  @Test
  void aPageTellsItsCapacityAndTheEndStaysTheEnd() throws Exception {
    try (LocalTables tables = new LocalTables("scancapacity");
        DynamoSource source = source("scancapacity", ReadOptions.ALL)) {
      fill(tables, "table", "S");
      SplitReader reader = open(source, 0, 1, Position.BEGINNING);

      ChangeBatch page = reader.read();

      assertEquals(ITEMS, page.itemsRead());
      assertTrue(page.isEnd());
      assertTrue(page.capacityUnits() > 0);
      assertTrue(reader.read().isEnd());
      assertEquals(0, reader.read().itemsRead());
    }
  }

  @Test
  void aFaultLosesNothing() throws Exception {
    try (FakeService fake = new FakeService();
        DynamoSource source = Decoders.source(fake.settings(), ReadOptions.ALL)) {
      fake.answer("DescribeTable", Decoders.TABLE)
          .answer("Scan", page("a", true))
          .fail("Scan", "ProvisionedThroughputExceededException", "slow down")
          .answer("Scan", page("b", false));
      SplitReader reader = open(source, 0, 1, Position.BEGINNING);

      assertEquals("[+a=1]", LocalTables.texts(reader.read()).toString());
      assertThrows(Fault.Throttled.class, reader::read);
      assertEquals("[+b=1]", LocalTables.texts(reader.read()).toString());
      assertTrue(fake.calls("Scan").get(2).contains("\"ExclusiveStartKey\":{\"h\":{\"S\":\"a\"}}"));
    }
  }

  @Test
  void aPageThatHoldsFewerItemsThanItSaysIsReadAgain() throws Exception {
    try (FakeService fake = new FakeService();
        DynamoSource source = Decoders.source(fake.settings(), ReadOptions.ALL)) {
      fake.answer("DescribeTable", Decoders.TABLE)
          .answer("Scan", "{\"Items\":[],\"Count\":1}")
          .answer("Scan", page("a", false));
      SplitReader reader = open(source, 0, 1, Position.BEGINNING);

      assertThrows(Fault.Transient.class, reader::read);
      assertEquals("[+a=1]", LocalTables.texts(reader.read()).toString());
    }
  }

  @Test
  void aMissingTableFailsItself() throws Exception {
    try (DynamoSource source = source("scanmissing", ReadOptions.ALL)) {
      Fault fault = assertThrows(Fault.class, () -> open(source, 0, 1, Position.BEGINNING));

      assertInstanceOf(Fault.TableFailed.class, fault);
      assertTrue(
          fault.getMessage().startsWith("table table does not exist in "), fault.getMessage());
    }
  }

  @Test
  void aScanThatDoesNotFindItsTableReportsTheTableAsGone() throws Exception {
    try (FakeService fake = new FakeService().answer("DescribeTable", Decoders.TABLE);
        DynamoSource source = Decoders.source(fake.settings(), ReadOptions.ALL)) {
      fake.fail("Scan", "ResourceNotFoundException", "Requested resource not found")
          .answer("Scan", page("a", false));
      SplitReader reader = open(source, 0, 1, Position.BEGINNING);

      assertThrows(Fault.TableGone.class, reader::read);
      assertEquals(List.of("+a=1"), LocalTables.texts(reader.read()));
    }
  }

  private static String page(String key, boolean more) {
    String last = more ? ",\"LastEvaluatedKey\":{\"h\":{\"S\":\"" + key + "\"}}" : "";
    return "{\"Items\":[{\"h\":{\"S\":\"%s\"},\"v\":{\"S\":\"1\"}}],\"Count\":1%s}"
        .formatted(key, last);
  }

  private static Map<Integer, Map<String, AttributeValue>> fill(
      LocalTables tables, String table, String types) {
    tables.create(table, types);
    Map<Integer, Map<String, AttributeValue>> items = new TreeMap<>();
    for (int i = 0; i < ITEMS; i++) {
      items.put(i, LocalTables.item(types, i));
      tables.put(table, items.get(i));
    }
    return items;
  }

  private static DynamoSource source(String accessKey, ReadOptions options) throws Fault {
    return Decoders.source(Servers.local(accessKey), options);
  }

  private static SplitReader open(DynamoSource source, int index, int total, Position from)
      throws Fault {
    return source.open(new ScanSegment("table", index, total), from);
  }
}
