package io.nimoshake.app.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class ItemComparisonTest {
  private static final Map<String, AttributeValue> ITEM =
      Map.of(
          "id", AttributeValue.fromS("a"),
          "n", AttributeValue.fromN("1.50"),
          "big", AttributeValue.fromN("12345678901234567890123456789012345E-3"),
          "b", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {1, 2})),
          "t", AttributeValue.fromBool(true),
          "z", AttributeValue.fromNul(true),
          "m", AttributeValue.fromM(Map.of("x", AttributeValue.fromN("7"))),
          "l", AttributeValue.fromL(List.of(AttributeValue.fromN("1"), AttributeValue.fromS("2"))),
          "ss", AttributeValue.fromSs(List.of("p", "q")),
          "ns", AttributeValue.fromNs(List.of("1", "2")));

  private static final String EQUAL =
      """
      {"_id": "a", "id": "a", "n": {"$numberDecimal": "1.5"},
       "big": {"$numberDecimal": "12345678901234567890123456789012.345"},
       "b": {"$binary": {"base64": "AQI=", "subType": "00"}}, "t": true, "z": null,
       "m": {"x": 7}, "l": [1, "2"], "ss": ["q", "p"], "ns": [{"$numberLong": "2"}, 1]}
      """;

  @Test
  void findsNoDifferenceWhereThereIsNone() {
    // 35 digits do not fit: the item's number has one less here.
    Map<String, AttributeValue> item = new HashMap<>(ITEM);
    item.put("big", AttributeValue.fromN("1234567890123456789012345678901234E-2"));
    BsonDocument document =
        BsonDocument.parse(
            EQUAL.replace(
                "12345678901234567890123456789012.345", "12345678901234567890123456789012.34"));
    assertEquals(Optional.empty(), ItemComparison.difference(List.of("id"), item, document));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"1.5\" -> \"1.51\"",
        "{\"$numberDecimal\": \"1.5\"} -> 1.5",
        "AQI= -> AQM=",
        "true -> false",
        "null -> 0",
        "{\"x\": 7} -> {\"x\": 7, \"y\": 1}",
        "[1, \"2\"] -> [\"2\", 1]",
        "[\"q\", \"p\"] -> [\"q\", \"q\"]",
        "\"2\"}, 1] -> \"3\"}, 1]",
        "\"_id\": \"a\" -> \"_id\": \"b\"",
        "\"id\": \"a\" -> \"id\": \"a\", \"more\": 1",
        "\"t\": true, -> ",
      })
  void findsADifference(String change) {
    String[] parts = change.split(" -> ?", 2);
    Map<String, AttributeValue> item = new HashMap<>(ITEM);
    item.remove("big");
    String json = EQUAL.replaceFirst(" \"big\".*\n", "");
    assertEquals(
        Optional.empty(), ItemComparison.difference(List.of("id"), item, BsonDocument.parse(json)));
    assertTrue(json.contains(parts[0]), json);
    BsonDocument changed = BsonDocument.parse(json.replace(parts[0], parts[1]));
    assertTrue(ItemComparison.difference(List.of("id"), item, changed).isPresent());
  }

  @Test
  void aSortKeyMakesTheIdADocument() {
    Map<String, AttributeValue> item =
        Map.of("h", AttributeValue.fromS("a"), "r", AttributeValue.fromN("1"));
    List<String> key = List.of("h", "r");
    assertEquals(
        Optional.empty(),
        ItemComparison.difference(
            key, item, BsonDocument.parse("{_id: {h: 'a', r: 1}, h: 'a', r: 1}")));
    assertTrue(
        ItemComparison.difference(
                key, item, BsonDocument.parse("{_id: {r: 1, h: 'a'}, h: 'a', r: 1}"))
            .isPresent());
  }
}
