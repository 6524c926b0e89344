package io.nimoshake.dynamodb.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.TableSchema;
import java.io.IOException;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConversionTest {
  private static String item(String attributes) {
    return "{\"id\":{\"S\":\"a\"}," + attributes + "}";
  }

  private static void assertBecomes(ConvertType type, String attributes, String expected)
      throws IOException {
    assertEquals(
        BsonDocument.parse(
            "{id: " + (type == ConvertType.RAW ? "{S: 'a'}" : "'a'") + "," + expected + "}"),
        Decode.document(Decode.BY_ID, Decode.options(type), item(attributes)),
        attributes);
  }

  @Test
  void everyTypeUnderChange() throws IOException {
    assertBecomes(
        ConvertType.CHANGE,
        "\"v\":{\"S\":\"x\\u0000\\ud83d\\ude00\"}",
        "v: 'x\\u0000\\ud83d\\ude00'");
    assertBecomes(
        ConvertType.CHANGE,
        "\"v\":{\"B\":\"AAEC\\/w==\"}",
        "v: {$binary: {base64: 'AAEC/w==', subType: '00'}}");
    assertBecomes(ConvertType.CHANGE, "\"v\":{\"BOOL\":true}", "v: true");
    assertBecomes(ConvertType.CHANGE, "\"v\":{\"NULL\":true}", "v: null");
    assertBecomes(ConvertType.CHANGE, "\"v\":{\"M\":{}}", "v: {}");
    assertBecomes(ConvertType.CHANGE, "\"v\":{\"L\":[]}", "v: []");
    assertBecomes(
        ConvertType.CHANGE,
        "\"v\":{\"M\":{\"_id\":{\"L\":[{\"S\":\"\"},{\"M\":{}}]}}}",
        "v: {_id: ['', {}]}");
    assertBecomes(ConvertType.CHANGE, "\"v\":{\"SS\":[\"a\",\"b\"]}", "v: ['a', 'b']");
    assertBecomes(
        ConvertType.CHANGE, "\"v\":{\"NS\":[\"1\",\"2.5\"]}", "v: [1, {$numberDecimal: '2.5'}]");
    assertBecomes(
        ConvertType.CHANGE, "\"v\":{\"BS\":[\"\"]}", "v: [{$binary: {base64: '', subType: '00'}}]");
  }

  @Test
  void everyTypeUnderRaw() throws IOException {
    assertBecomes(ConvertType.RAW, "\"v\":{\"N\":\"1.50\"}", "v: {N: '1.5'}");
    assertBecomes(
        ConvertType.RAW,
        "\"v\":{\"B\":\"AA==\"}",
        "v: {B: {$binary: {base64: 'AA==', subType: '00'}}}");
    assertBecomes(ConvertType.RAW, "\"v\":{\"BOOL\":false}", "v: {BOOL: false}");
    assertBecomes(ConvertType.RAW, "\"v\":{\"NULL\":true}", "v: {NULL: true}");
    assertBecomes(
        ConvertType.RAW,
        "\"v\":{\"M\":{\"a\":{\"L\":[{\"S\":\"x\"}]}}}",
        "v: {M: {a: {L: [{S: 'x'}]}}}");
    assertBecomes(ConvertType.RAW, "\"v\":{\"NS\":[\"1\"]}", "v: {NS: ['1']}");
    assertBecomes(ConvertType.RAW, "\"v\":{\"SS\":[\"a\"]}", "v: {SS: ['a']}");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0, 0",
    "0.000, 0",
    "1.0, 1",
    "1E2, 100",
    "2147483647, 2147483647",
    "-2147483648, -2147483648",
    "2147483648, {$numberLong: '2147483648'}",
    "9223372036854775807, {$numberLong: '9223372036854775807'}",
    "9223372036854775808, {$numberDecimal: '9223372036854775808'}",
    "-9223372036854775808, {$numberLong: '-9223372036854775808'}",
    "-9223372036854775809, {$numberDecimal: '-9223372036854775809'}",
    "9999999999999999999, {$numberDecimal: '9999999999999999999'}",
    "0.10, {$numberDecimal: '0.1'}",
    "-1234567890.0123456789, {$numberDecimal: '-1234567890.0123456789'}",
    "1234567890123456789012345678901234, {$numberDecimal: '1234567890123456789012345678901234'}",
    "9999999999999999999999999999999999, {$numberDecimal: '9999999999999999999999999999999999'}",
    "12345678901234567890123456789012345, '12345678901234567890123456789012345'",
    "-0.12345678901234567890123456789012345678, '-0.12345678901234567890123456789012345678'",
    "1E33, {$numberDecimal: '1000000000000000000000000000000000'}",
    "1E34, {$numberDecimal: '1E34'}",
    "9.9999999999999999999999999999999999999E+125, "
        + "'999999999999999999999999999999999999990000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'",
    "1E-130, {$numberDecimal: '1E-130'}",
  })
  void numbersUnderChange(String number, String expected) throws IOException {
    String quoted =
        expected.startsWith("{") || expected.length() < 20 ? expected : "'" + expected + "'";
    assertBecomes(ConvertType.CHANGE, "\"v\":{\"N\":\"" + number + "\"}", "v: " + quoted);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.0",
    "-0, 0.0",
    "0.1, 0.1",
    "123456789012345678, 123456789012345680.0",
    "9223372036854775807, 9223372036854775807.0",
    "1E100, 1.0E100",
    "-1.7976931348623157E-100, -1.7976931348623157E-100",
  })
  void numbersUnderMchange(String number, double expected) throws IOException {
    assertEquals(
        expected,
        Decode.document(
                Decode.BY_ID,
                Decode.options(ConvertType.MCHANGE),
                item("\"v\":{\"N\":\"" + number + "\"}"))
            .getDouble("v")
            .getValue());
  }

  @Test
  void namesAreEscaped() throws IOException {
    assertBecomes(
        ConvertType.CHANGE,
        "\"_id\":{\"N\":\"1\"},\"$a.b\":{\"M\":{\"$\":{\"N\":\"2\"},\"a$\":{\"N\":\"3\"},\"\\u0000\":{\"N\":\"4\"}}}",
        "pre_id: 1, '\\uFF04a\\uFF0Eb': {'\\uFF04': 2, 'a$': 3, '\\u2400': 4}");
  }

  @Test
  void namesAreKept() throws IOException {
    ConvertOptions keep =
        new ConvertOptions(ConvertType.CHANGE, new FieldNames(false, "pre"), NumberOverflow.STRING);
    assertEquals(
        BsonDocument.parse("{id: 'a', pre_id: 1, '$a.b': {'$': 2}}"),
        Decode.document(
            Decode.BY_ID,
            keep,
            item("\"_id\":{\"N\":\"1\"},\"$a.b\":{\"M\":{\"$\":{\"N\":\"2\"}}}")));
    assertTrue(
        Decode.rejected(Decode.BY_ID, keep, item("\"a\\u0000\":{\"N\":\"1\"}"))
            .reason()
            .contains("NUL"));
  }

  private static void assertRejected(TableSchema schema, ConvertType type, String item, String why)
      throws IOException {
    assertEquals(why, Decode.rejected(schema, Decode.options(type), item).reason(), item);
  }

  @Test
  void whatCannotBeConvertedIsRejectedWithAReason() throws IOException {
    for (ConvertType type : ConvertType.values()) {
      for (List<String> bad :
          List.of(
              List.of(item("\"v\":{}"), "v: the value has no type"),
              List.of(item("\"v\":7"), "v: the value has no type"),
              List.of(item("\"v\":{\"X\":1}"), "v: the value's type is unknown"),
              List.of(item("\"v\":{\"STRING\":1}"), "v: the value's type is unknown"),
              List.of(item("\"v\":{\"S\":\"x\",\"N\":\"1\"}"), "v: the value has two types"),
              List.of(item("\"v\":{\"S\":1}"), "v: the value does not match its type"),
              List.of(item("\"v\":{\"N\":1}"), "v: the value does not match its type"),
              List.of(item("\"v\":{\"BOOL\":\"true\"}"), "v: the value does not match its type"),
              List.of(item("\"v\":{\"L\":{}}"), "v: the value does not match its type"),
              List.of(item("\"v\":{\"M\":[]}"), "v: the value does not match its type"),
              List.of(item("\"v\":{\"SS\":[1]}"), "v[0]: the value does not match its type"),
              List.of(item("\"v\":{\"NULL\":false}"), "v: a NULL value must be true"),
              List.of(item("\"v\":{\"B\":\"A\"}"), "v: the binary value is not base64"),
              List.of(item("\"v\":{\"B\":\"AB==\"}"), "v: the binary value is not base64"),
              List.of(item("\"v\":{\"B\":\"A===\"}"), "v: the binary value is not base64"),
              List.of(item("\"v\":{\"B\":\"AA==AAAA\"}"), "v: the binary value is not base64"),
              List.of(item("\"v\":{\"N\":\"\"}"), "v: not a number"),
              List.of(item("\"v\":{\"N\":\"1e\"}"), "v: not a number"),
              List.of(item("\"v\":{\"N\":\"NaN\"}"), "v: not a number"),
              List.of(
                  item("\"v\":{\"N\":\"1E126\"}"),
                  "v: the number is outside the range of DynamoDB"),
              List.of(
                  item("\"v\":{\"N\":\"1E-131\"}"),
                  "v: the number is outside the range of DynamoDB"),
              List.of(
                  item("\"v\":{\"N\":\"1E999999999999\"}"),
                  "v: the number is outside the range of DynamoDB"),
              List.of(
                  item("\"v\":{\"N\":\"123456789012345678901234567890123456789\"}"),
                  "v: the number has more than 38 digits"),
              List.of(
                  item("\"v\":{\"N\":\"1\"},\"v\":{\"N\":\"1\"}"),
                  "two attributes become the same field v"),
              List.of(
                  item("\"m\":{\"M\":{\"v\":{\"N\":\"1\"},\"\\u0076\":{\"N\":\"1\"}}}"),
                  "m: two attributes become the same field v"),
              List.of("{\"v\":{\"N\":\"1\"}}", "the key attribute id is missing"),
              List.of("{\"id\":{\"N\":\"1\"}}", "id: the key attribute is not of type S"),
              List.of(
                  "{\"id\":{\"L\":[{\"S\":\"1\"}]}}", "id: the key attribute is not of type S"))) {
        assertRejected(Decode.BY_ID, type, bad.get(0), bad.get(1));
      }
    }
  }

  @Test
  void textThatBsonCannotHoldIsRejected() throws IOException {
    String why = "v: the text has an unpaired surrogate, which UTF-8 cannot hold";
    for (String text : List.of("\\ud800", "\\udc00", "\\ud800x", "\\ud800\\ud800", "\\ud800\\n")) {
      assertRejected(Decode.BY_ID, ConvertType.CHANGE, item("\"v\":{\"S\":\"" + text + "\"}"), why);
    }
    assertTrue(
        Decode.upsert(
                Decode.BY_ID, Decode.options(ConvertType.SAME), item("\"v\":{\"S\":\"\\ud800\"}"))
            .document()
            .toUtf8()
            .contains("\\ud800"));
  }

  @Test
  void escapedNamesThatMeetAreRejected() throws IOException {
    assertRejected(
        Decode.BY_ID,
        ConvertType.CHANGE,
        item("\"a.b\":{\"N\":\"1\"},\"a\uFF0Eb\":{\"N\":\"2\"}"),
        "two attributes become the same field a\uFF0Eb");
    assertRejected(
        Decode.BY_ID,
        ConvertType.CHANGE,
        item("\"_id\":{\"N\":\"1\"},\"pre_id\":{\"N\":\"2\"}"),
        "two attributes become the same field pre_id");
  }

  @Test
  void nestingIsBounded() throws IOException {
    for (ConvertType type : ConvertType.values()) {
      for (int levels : List.of(32, 40)) {
        Decode.upsert(Decode.BY_ID, Decode.options(type), item("\"v\":" + nested(levels)));
      }
      for (int levels : List.of(41, 100_000)) {
        assertTrue(
            Decode.rejected(Decode.BY_ID, Decode.options(type), item("\"v\":" + nested(levels)))
                .reason()
                .endsWith("nested deeper than 40 levels"));
      }
    }
  }

  private static String nested(int levels) {
    return "{\"L\":[".repeat(levels) + "{\"SS\":[\"x\"]}" + "]}".repeat(levels);
  }

  @Test
  void equalKeysHaveEqualBytes() throws IOException {
    for (ConvertType type : ConvertType.values()) {
      byte[] one = null;
      for (String number : List.of("120", "1.2E2", "120.0", "00120", "+12e1", "\\u0031\\u00320")) {
        byte[] key =
            Decode.upsert(
                    Decode.BY_ID_AND_NUMBER,
                    Decode.options(type),
                    "{\"x\":{\"NULL\":true},\"n\":{\"N\":\""
                        + number
                        + "\"},\"\\u0069d\":{\"S\":\"\\u0061\\/\\n\"}}")
                .key()
                .encoded()
                .copy();
        one = one == null ? key : one;
        assertEquals(List.of(hex(one)), List.of(hex(key)), type + " " + number);
      }
    }
    assertEquals(
        "{\"id\":{\"S\":\"a/\\u000a\"},\"n\":{\"N\":\"120\"}}",
        Decode.upsert(
                Decode.BY_ID_AND_NUMBER,
                Decode.options(ConvertType.SAME),
                "{\"n\":{\"N\":\"12E1\"},\"id\":{\"S\":\"a\\/\\n\"}}")
            .key()
            .encoded()
            .toUtf8());
  }

  private static String hex(byte[] bytes) {
    return java.util.HexFormat.of().formatHex(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "123456789012345, true",
    "0.1, true",
    "1E125, true",
    "9007199254740992, true",
    "9007199254740993, false",
    "123456789012345678, false",
    "0.1000000000000000055511151231257827, false",
    "0.30000000000000004, true",
  })
  void aKeyMustBeToldApartByItsDouble(String number, boolean accepted) throws IOException {
    String item = "{\"id\":{\"N\":\"" + number + "\"}}";
    ConvertOptions mchange = Decode.options(ConvertType.MCHANGE);
    if (accepted) {
      Decode.upsert(Decode.BY_NUMBER, mchange, item);
    } else {
      assertRejected(
          Decode.BY_NUMBER,
          ConvertType.MCHANGE,
          item,
          "id: another key number may have the same double");
    }
  }
}
