package io.nimoshake.dynamodb.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.Slice;
import io.nimoshake.dynamodb.compare.ItemComparer;
import io.nimoshake.dynamodb.compare.ItemDifference;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What counts as a difference. That conversions make none is in {@link ConversionPropertyTest}. */
class ItemComparerTest {
  private static final ConvertOptions DOUBLES =
      new ConvertOptions(ConvertType.CHANGE, new FieldNames(true, "pre"), NumberOverflow.DOUBLE);

  private static Slice item(String attributes) {
    return Slice.utf8("{\"id\":{\"S\":\"a\"}," + attributes.replace('\'', '"') + "}");
  }

  private static Slice document(ConvertOptions options, String fields) {
    String id = options.type() == ConvertType.RAW ? "{S: 'a'}" : "'a'";
    return Slice.of(
        SlowConverter.bytes(BsonDocument.parse("{_id: 1, id: " + id + ", " + fields + "}")));
  }

  /** The differences as {@code path: source / target}, a dash where there is no value. */
  private static String differences(ConvertOptions options, String attributes, String fields) {
    ItemComparer comparer = ItemComparer.of(options);
    Slice item = item(attributes);
    Slice document = document(options, fields);
    List<ItemDifference> found = comparer.differences(item, document);
    assertTrue(found.isEmpty() || !comparer.surelyEqual(item, document));
    return found.stream()
        .map(d -> d.path() + ": " + d.source().orElse("-") + " / " + d.target().orElse("-"))
        .collect(Collectors.joining("; "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'v':{'N':'1'}, 'w':{'S':'x'} | w: 'x', v: 1",
        "'v':{'N':'1.00'} | v: 1",
        "'v':{'N':'1'} | v: NumberLong(1)",
        "'v':{'N':'0.10'} | v: NumberDecimal('0.100')",
        "'v':{'NS':['1','2','3']} | v: [3, 1, 2]",
        "'v':{'SS':['x','y']} | v: ['y', 'x']",
        "'v':{'M':{'a.b':{'M':{}}}} | v: {'a\uFF0Eb': {}}",
        "'_id':{'N':'1'} | pre_id: 1",
        "'v':{'N':'12345678901234567890123456789012345'} | v: '12345678901234567890123456789012345'",
      })
  void orderAndSpellingDoNotCount(String attributes, String fields) {
    assertEquals("", differences(ConvertOptions.DEFAULT, attributes, fields));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'v':{'N':'1'} | w: 1 | v: {\"N\":\"1\"} / -; w: - / {\"$numberInt\": \"1\"}",
        "'v':{'N':'1'} | v: '1' | v: {\"N\":\"1\"} / \"1\"",
        "'v':{'S':'1'} | v: 1 | v: {\"S\":\"1\"} / {\"$numberInt\": \"1\"}",
        "'v':{'N':'1'} | v: NumberDecimal('1') | v: {\"N\":\"1\"} / {\"$numberDecimal\": \"1\"}",
        "'v':{'N':'1'} | v: 1.0 | v: {\"N\":\"1\"} / {\"$numberDouble\": \"1.0\"}",
        "'v':{'N':'0'} | v: -0.0 | v: {\"N\":\"0\"} / {\"$numberDouble\": \"-0.0\"}",
        "'v':{'N':'0'} | v: NumberDecimal('-0') | v: {\"N\":\"0\"} / {\"$numberDecimal\": \"-0\"}",
        "'v':{'N':'9007199254740993'} | v: 9007199254740992.0 | v: {\"N\":\"9007199254740993\"} /"
            + " {\"$numberDouble\": \"9.007199254740992E+15\"}",
        "'v':{'NULL':true} | w: 1 | v: {\"NULL\":true} / -; w: - / {\"$numberInt\": \"1\"}",
        "'v':{'B':'AA=='} | v: BinData(4,'AA==') | v: {\"B\":\"AA==\"} /"
            + " {\"$binary\": {\"base64\": \"AA==\", \"subType\": \"04\"}}",
        "'v':{'SS':['x','']} | v: ['x'] | v: {\"SS\":[\"x\",\"\"]} / [\"x\"]",
        "'v':{'SS':['x','y']} | v: ['x', 'x'] | v: {\"SS\":[\"x\",\"y\"]} / [\"x\", \"x\"]",
        "'v':{'L':[{'S':'x'},{'S':'y'}]} | v: ['y', 'x'] | v[0]: {\"S\":\"x\"} / \"y\";"
            + " v[1]: {\"S\":\"y\"} / \"x\"",
        "'v':{'L':[]} | v: {} | v: {\"L\":[]} / {}",
        "'v':{'M':{'a':{'L':[{'M':{'b':{'S':'1'}}}]}}} | v: {a: [{b: '2'}]} |"
            + " v.a[0].b: {\"S\":\"1\"} / \"2\"",
      })
  void anythingElseIsADifference(String attributes, String fields, String expected) {
    assertEquals(expected, differences(ConvertOptions.DEFAULT, attributes, fields));
  }

  @Test
  void oneDigitOfThirtyIsADifference() {
    assertFalse(
        differences(
                ConvertOptions.DEFAULT,
                "'v':{'N':'123456789012345678901234567890'}",
                "v: NumberDecimal('123456789012345678901234567891')")
            .isEmpty());
  }

  @Test
  void theOptionsOfTheTargetCount() {
    String big = "'v':{'N':'12345678901234567890123456789012345'}";
    assertEquals("", differences(DOUBLES, big, "v: 12345678901234567890123456789012345.0"));
    ConvertOptions mchange = Decode.options(ConvertType.MCHANGE);
    assertEquals("", differences(mchange, "'v':{'N':'0.1'}", "v: 0.1"));
    assertFalse(differences(mchange, "'v':{'N':'0.1'}", "v: NumberDecimal('0.1')").isEmpty());
    assertFalse(differences(mchange, "'v':{'N':'1'}", "v: 1").isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'v':{'N':'1'} | v: {N: '1.0'} | true",
        "'v':{'SS':['x','y']} | v: {SS: ['y', 'x']} | true",
        "'v':{'N':'1'} | v: 1 | false",
        "'v':{'N':'1'} | v: {N: 1} | false",
        "'v':{'N':'1'} | v: {S: '1'} | false",
        "'v':{'N':'1'} | v: {} | false",
        "'v':{'N':'1'} | v: {N: '1', S: '1'} | false",
        "'v':{'N':'1'} | v: {N: '1E999999999'} | false",
        "'v':{'SS':['x']} | v: {L: [{S: 'x'}]} | false",
        "'v':{'SS':['x']} | v: {SS: ['x', 'x']} | false",
        "'v':{'NULL':true} | v: {NULL: false} | false",
      })
  void rawComparesTypesToo(String attributes, String fields, boolean same) {
    assertEquals(same, differences(Decode.options(ConvertType.RAW), attributes, fields).isEmpty());
  }

  /** Otherwise every item of a large table would need the slow comparison. */
  @ParameterizedTest
  @CsvSource({"CHANGE", "MCHANGE", "RAW"})
  void ordinaryItemsAreRecognizedAtOnceInAnyOrder(ConvertType type) throws IOException {
    String some = "'s':{'S':'h\u00e9 \ud83d\ude00'},'n':{'N':'12345.678'},'i':{'N':'-7'}";
    String more =
        "'b':{'B':'AAE='},'l':{'L':[{'NULL':true},{'BOOL':false}]},'m':{'M':{'a':{'SS':['x','']}}}";
    Slice document =
        Decode.upsert(Decode.BY_ID, Decode.options(type), item(some + "," + more).toUtf8())
            .document();
    ItemComparer comparer = ItemComparer.of(Decode.options(type));
    assertTrue(comparer.surelyEqual(item(some + "," + more), document));
    assertTrue(comparer.surelyEqual(item(more + "," + some), document));
  }

  /** A driver does not write this, but BSON bytes can hold it. */
  /** The longest name that DynamoDB takes, at the top and nested. */
  @Test
  void namesMayHave65535Bytes() {
    String name = "n".repeat(65_535);
    String attribute = "'" + name + "':{'M':{'" + name + "':{'N':'1'}}}";
    ItemComparer comparer = ItemComparer.of(ConvertOptions.DEFAULT);

    assertTrue(
        comparer.surelyEqual(
            item(attribute), document(ConvertOptions.DEFAULT, name + ": {" + name + ": 1}")));
    assertEquals(
        name + "." + name + ": {\"N\":\"1\"} / {\"$numberInt\": \"2\"}",
        differences(ConvertOptions.DEFAULT, attribute, name + ": {" + name + ": 2}"));
  }

  @Test
  void aFieldThatIsThereTwiceIsADifference() {
    byte[] twice = SlowConverter.bytes(BsonDocument.parse("{id: 'a', v: 'x', w: 'y'}"));
    for (int i = 0; i < twice.length; i++) {
      twice[i] = twice[i] == 'w' ? (byte) 'v' : twice[i];
    }
    ItemComparer comparer = ItemComparer.of(ConvertOptions.DEFAULT);
    Slice item = item("'v':{'S':'x'}");
    assertFalse(comparer.surelyEqual(item, Slice.of(twice)));
    assertFalse(comparer.differences(item, Slice.of(twice)).isEmpty());
  }
}
