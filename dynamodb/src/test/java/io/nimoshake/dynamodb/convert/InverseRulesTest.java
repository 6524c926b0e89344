package io.nimoshake.dynamodb.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.back.DateForm;
import io.nimoshake.dynamodb.back.DocumentInverse;
import io.nimoshake.dynamodb.back.UnfitDocumentException;
import io.nimoshake.dynamodb.client.AttributeJson;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonJavaScript;
import org.bson.BsonMaxKey;
import org.bson.BsonMinKey;
import org.bson.BsonObjectId;
import org.bson.BsonRegularExpression;
import org.bson.BsonString;
import org.bson.BsonSymbol;
import org.bson.BsonTimestamp;
import org.bson.BsonUndefined;
import org.bson.BsonValue;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What becomes of single values: of what is there, and of what applications write. */
class InverseRulesTest {
  private static final TableSchema TABLE = Decode.BY_ID;
  private static final ConvertOptions CHANGE = Decode.options(ConvertType.CHANGE);
  private static final ConvertOptions MCHANGE = Decode.options(ConvertType.MCHANGE);
  private static final String LONG_NUMBER = "12345678901234567890123456789012345678";

  private static BsonDocument of(BsonValue value) {
    return new BsonDocument("id", new BsonString("k")).append("a", value);
  }

  private static Map<String, AttributeValue> item(
      ConvertOptions options, BsonDocument document, String there, DateForm dates)
      throws UnfitDocumentException {
    BsonValue id =
        options.type() == ConvertType.RAW
            ? new BsonDocument("S", new BsonString("k"))
            : new BsonString("k");
    ItemKey key = new ItemKey(Slice.of(SlowConverter.bytes(new BsonDocument("id", id))));
    Optional<Slice> before =
        Optional.of(there).filter(a -> !a.isEmpty()).map(a -> Slice.utf8("{" + a + "}"));
    Slice item =
        new DocumentInverse(TABLE, options, dates)
            .item(key, Slice.of(SlowConverter.bytes(document)), before);
    return AttributeJson.read(item.toUtf8());
  }

  /** The attribute {@code a} of the item, as JSON. */
  private static String back(ConvertOptions options, BsonValue value, String there)
      throws UnfitDocumentException {
    return AttributeJson.write(item(options, of(value), there, DateForm.ISO8601).get("a"));
  }

  private static String back(BsonValue value, String there) throws UnfitDocumentException {
    return back(CHANGE, value, there);
  }

  private static String dated(DateForm form, long millis) throws UnfitDocumentException {
    return AttributeJson.write(
        item(CHANGE, of(new org.bson.BsonDateTime(millis)), "", form).get("a"));
  }

  private static String reason(BsonValue value) {
    return reason(CHANGE, of(value));
  }

  private static String reason(ConvertOptions options, BsonDocument document) {
    return assertThrows(
            UnfitDocumentException.class, () -> item(options, document, "", DateForm.ISO8601))
        .getMessage();
  }

  @Test
  void arraysAreSetsAgainWhereSetsAre() throws Exception {
    String there = "\"a\":{\"SS\":[\"x\",\"y\"]}";
    assertEquals("{\"SS\":[\"y\",\"z\"]}", back(BsonArray.parse("['y', 'z']"), there));
    assertEquals(
        "{\"L\":[{\"S\":\"x\"},{\"S\":\"x\"}]}", back(BsonArray.parse("['x', 'x']"), there));
    assertEquals("{\"L\":[{\"S\":\"x\"},{\"N\":\"1\"}]}", back(BsonArray.parse("['x', 1]"), there));
    assertEquals("{\"L\":[]}", back(new BsonArray(), there));
    assertEquals("{\"L\":[{\"S\":\"x\"}]}", back(BsonArray.parse("['x']"), ""));
    assertEquals(
        "{\"NS\":[\"1\",\"2.5\",\"" + LONG_NUMBER + "\"]}",
        back(
            BsonArray.parse("[1, {$numberDecimal: '2.5'}, '" + LONG_NUMBER + "']"),
            "\"a\":{\"NS\":[\"7\"]}"));
    assertEquals(
        "{\"L\":[{\"N\":\"1\"},{\"N\":\"1\"}]}",
        back(BsonArray.parse("[1, {$numberLong: '1'}]"), "\"a\":{\"NS\":[\"1\"]}"));
    assertEquals(
        "{\"BS\":[\"AQ==\"]}",
        back(
            BsonArray.parse("[{$binary: {base64: 'AQ==', subType: '00'}}]"),
            "\"a\":{\"BS\":[\"AA==\"]}"));
  }

  @Test
  void aSetInsideMapsAndListsIsFoundByItsPath() throws Exception {
    assertEquals(
        "{\"M\":{\"b\":{\"L\":[{\"SS\":[\"y\"]},{\"L\":[{\"S\":\"y\"}]}]}}}",
        back(
            BsonDocument.parse("{b: [['y'], ['y']]}"),
            "\"a\":{\"M\":{\"b\":{\"L\":[{\"SS\":[\"x\"]}]}}}"));
  }

  @Test
  void theNumberThatIsThereDecides() throws Exception {
    String number = "\"a\":{\"N\":\"" + LONG_NUMBER + "\"}";
    assertEquals("{\"N\":\"" + LONG_NUMBER + "\"}", back(new BsonString(LONG_NUMBER), number));
    assertEquals("{\"S\":\"" + LONG_NUMBER + "\"}", back(new BsonString(LONG_NUMBER), ""));
    assertEquals("{\"S\":\"5\"}", back(new BsonString("5"), "\"a\":{\"N\":\"5\"}"));

    String unsafe = "\"a\":{\"N\":\"9007199254740993\"}";
    assertEquals(
        "{\"N\":\"9007199254740993\"}", back(MCHANGE, new BsonDouble(9007199254740992d), unsafe));
    assertEquals(
        "{\"N\":\"9007199254740992\"}", back(MCHANGE, new BsonDouble(9007199254740992d), ""));
    assertEquals(
        "{\"N\":\"9007199254740992\"}", back(CHANGE, new BsonDouble(9007199254740992d), unsafe));
    assertEquals("{\"N\":\"0.1\"}", back(MCHANGE, new BsonDouble(0.1), unsafe));
  }

  @Test
  void twoNumbersOfASetMayHaveOneDouble() throws Exception {
    BsonDouble same = new BsonDouble(9007199254740992d);
    assertEquals(
        "{\"NS\":[\"9007199254740993\",\"9007199254740992\"]}",
        back(
            MCHANGE,
            new BsonArray(java.util.List.of(same, same)),
            "\"a\":{\"NS\":[\"9007199254740993\",\"9007199254740992\"]}"));
  }

  @Test
  void whatApplicationsWriteHasRules() throws Exception {
    UUID uuid = UUID.fromString("123e4567-e89b-12d3-a456-426614174000");
    ObjectId id = new ObjectId("65a000000000000000000001");
    assertEquals("{\"S\":\"" + uuid + "\"}", back(new BsonBinary(uuid), ""));
    assertEquals("{\"S\":\"65a000000000000000000001\"}", back(new BsonObjectId(id), ""));
    assertEquals("{\"N\":\"9223372036854775807\"}", back(new BsonInt64(Long.MAX_VALUE), ""));
    assertEquals("{\"N\":\"0.5\"}", back(new BsonDouble(0.5), ""));
    assertEquals("{\"N\":\"0\"}", back(new BsonDouble(-0.0), ""));
    assertEquals("{\"N\":\"0\"}", back(new BsonDecimal128(Decimal128.parse("-0E+3")), ""));
    assertEquals("{\"N\":\"1.5\"}", back(new BsonDecimal128(Decimal128.parse("1.50")), ""));
    assertEquals("{\"S\":\"\"}", back(new BsonString(""), ""));
    assertEquals("{\"B\":\"\"}", back(new BsonBinary(new byte[0]), ""));
    assertEquals("{\"S\":\"2023-11-14T22:13:20Z\"}", dated(DateForm.ISO8601, 1700000000000L));
    assertEquals("{\"S\":\"1969-12-31T23:59:59.999Z\"}", dated(DateForm.ISO8601, -1));
    assertEquals("{\"N\":\"1700000000\"}", dated(DateForm.EPOCH_SECONDS, 1700000000000L));
    assertEquals("{\"N\":\"1700000000.001\"}", dated(DateForm.EPOCH_SECONDS, 1700000000001L));
    assertEquals("{\"N\":\"-1\"}", dated(DateForm.EPOCH_MILLIS, -1));
  }

  @Test
  void whatDynamoDbCannotHoldIsRejectedWithItsPath() {
    assertEquals("a: DynamoDB cannot hold the number NaN", reason(new BsonDouble(Double.NaN)));
    assertEquals(
        "a.b[1]: DynamoDB cannot hold the number Infinity",
        reason(
            new BsonDocument(
                "b",
                new BsonArray(
                    java.util.List.of(
                        new BsonInt32(1), new BsonDouble(Double.POSITIVE_INFINITY))))));
    assertEquals(
        "a: DynamoDB cannot hold the number 1E+126",
        reason(new BsonDecimal128(Decimal128.parse("1E+126"))));
    assertEquals(
        "a: DynamoDB cannot hold the number 1E-131",
        reason(new BsonDecimal128(Decimal128.parse("1E-131"))));
    assertEquals(
        "a: DynamoDB has no type for a regular expression", reason(new BsonRegularExpression("x")));
    assertEquals("a: DynamoDB has no type for a piece of code", reason(new BsonJavaScript("x")));
    assertEquals("a: DynamoDB has no type for a timestamp", reason(new BsonTimestamp(1)));
    assertEquals("a: DynamoDB has no type for a symbol", reason(new BsonSymbol("x")));
    assertEquals("a: DynamoDB has no type for a MinKey", reason(new BsonMinKey()));
    assertEquals("a: DynamoDB has no type for a MaxKey", reason(new BsonMaxKey()));
    assertEquals(
        "a: DynamoDB has no type for a value of BSON type UNDEFINED", reason(new BsonUndefined()));
    assertEquals(
        "a: DynamoDB has no type for a binary of subtype 5",
        reason(new BsonBinary((byte) 5, new byte[16])));
    assertEquals(
        "a: DynamoDB has no type for a DBRef", reason(BsonDocument.parse("{$ref: 'c', $id: 1}")));
    assertEquals("a.: an attribute needs a name", reason(BsonDocument.parse("{'': 1}")));
    assertEquals(
        "a.b\uFF0Ec: two fields become the same attribute",
        reason(BsonDocument.parse("{'b.c': 1, 'b\uFF0Ec': 2}")));
  }

  @Test
  void theDeepestValueIsAsDeepAsDynamoDbAllows() throws Exception {
    BsonValue deep = new BsonInt32(1);
    for (int i = 0; i < 32; i++) {
      deep = new BsonArray(java.util.List.of(deep));
    }
    back(deep, "");
    assertEquals(
        "a" + "[0]".repeat(32) + ": the value is nested deeper than 32 levels",
        reason(new BsonArray(java.util.List.of(deep))));
  }

  @Test
  void anItemHasFourHundredKilobytesAtMost() throws Exception {
    int left = 400 * 1024 - "idk".length() - "a".length();
    back(new BsonString("x".repeat(left)), "");
    assertEquals("the item has more than 400 KB", reason(new BsonString("x".repeat(left + 1))));
    assertEquals("the item has more than 400 KB", reason(new BsonString("ü".repeat(left / 2 + 1))));
  }

  @Test
  void theKeyCannotChange() throws Exception {
    assertEquals(
        "the key attributes say {\"id\":{\"S\":\"other\"}}, but the document is the one of"
            + " {\"id\":{\"S\":\"k\"}}",
        reason(CHANGE, BsonDocument.parse("{_id: 'k', id: 'other'}")));
    assertEquals(
        "id: the key attributes do not have the types of the table's key",
        reason(CHANGE, BsonDocument.parse("{_id: 'k', id: 1}")));
    assertEquals(
        Map.of("id", AttributeValue.fromS("k")),
        item(CHANGE, BsonDocument.parse("{_id: 'k'}"), "", DateForm.ISO8601));
  }

  @Test
  void anEmptyKeyIsRejected() {
    BsonDocument key = new BsonDocument("id", new BsonString(""));
    assertEquals(
        "id: DynamoDB does not allow an empty key",
        assertThrows(
                UnfitDocumentException.class,
                () ->
                    new DocumentInverse(
                            Decode.schema(new KeyAttribute("id", KeyAttribute.Type.S), null),
                            CHANGE,
                            DateForm.ISO8601)
                        .item(
                            new ItemKey(Slice.of(SlowConverter.bytes(key))),
                            Slice.of(SlowConverter.bytes(key)),
                            Optional.empty()))
            .getMessage());
  }

  @Test
  void underRawValuesHaveTheirTypes() {
    ConvertOptions raw = Decode.options(ConvertType.RAW);
    String typed =
        "a: with convert.type = raw a value is a document of its type and itself, such as {S: ...}";
    for (String value :
        new String[] {
          "'x'",
          "{}",
          "{S: 1}",
          "{S: 'x', N: '1'}",
          "{X: 'x'}",
          "{N: 1}",
          "{NULL: false}",
          "{SS: []}",
          "{NS: ['1', '1.0']}",
          "{L: {}}",
          "{M: []}"
        }) {
      assertEquals(
          typed, reason(raw, BsonDocument.parse("{id: {S: 'k'}, a: " + value + "}")), value);
    }
  }
}
