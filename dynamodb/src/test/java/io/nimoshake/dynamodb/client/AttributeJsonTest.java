package io.nimoshake.dynamodb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class AttributeJsonTest {
  @Test
  void everyTypeComesBackAsItWas() {
    SdkBytes bytes = SdkBytes.fromByteArray(new byte[] {0, -1, 127});
    Map<String, AttributeValue> item = new LinkedHashMap<>();
    item.put("s\"\n\u0000é", AttributeValue.fromS("\\ \"𝄞"));
    item.put("n", AttributeValue.fromN("-1.5E+100"));
    item.put("b", AttributeValue.fromB(bytes));
    item.put("yes", AttributeValue.fromBool(true));
    item.put("no", AttributeValue.fromBool(false));
    item.put("null", AttributeValue.fromNul(true));
    item.put("ss", AttributeValue.fromSs(List.of("", "x")));
    item.put("ns", AttributeValue.fromNs(List.of("1", "2")));
    item.put("bs", AttributeValue.fromBs(List.of(bytes)));
    item.put("l", AttributeValue.fromL(List.of(item.get("n"), AttributeValue.fromL(List.of()))));
    item.put("m", AttributeValue.fromM(Map.of("deep", AttributeValue.fromM(Map.of()))));

    assertEquals(item, AttributeJson.read(AttributeJson.write(item)));
  }

  @Test
  void theTextIsWhatTheServiceSends() {
    assertEquals(
        "{\"h\":{\"S\":\"a\"},\"r\":{\"NULL\":true},\"b\":{\"B\":\"AQI=\"}}",
        AttributeJson.write(
            new LinkedHashMap<>() {
              {
                put("h", AttributeValue.fromS("a"));
                put("r", AttributeValue.fromNul(true));
                put("b", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {1, 2})));
              }
            }));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{} x",
        "{\"a\":1}",
        "{\"a\":{}}",
        "{\"a\":{\"S\":1}}",
        "{\"a\":{\"X\":\"1\"}}",
        "{\"a\":{\"S\":\"1\",\"N\":\"1\"}}",
        "{\"a\":{\"B\":\"%\"}}",
        "{\"a\":{\"BOOL\":\"true\"}}"
      })
  void anythingElseIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> AttributeJson.read(text));
  }
}
