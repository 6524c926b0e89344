package io.nimoshake.dynamodb.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.Slice;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ItemComparisonTest {
  private static final ConvertOptions DOUBLES =
      new ConvertOptions(ConvertType.CHANGE, new FieldNames(true, "pre"), NumberOverflow.DOUBLE);

  private static ItemValue.MapOf source(String attributes) throws IOException {
    String item = "{\"id\":{\"S\":\"a\"}," + attributes + "}";
    Slice raw = Decode.upsert(Decode.BY_ID, ItemComparison.SOURCE, item).document();
    return new DocumentReader(ConvertType.RAW).read(raw, Set.of());
  }

  private static Optional<String> difference(
      ConvertOptions options, String attributes, String document) throws IOException {
    boolean raw = options.type() == ConvertType.RAW;
    BsonDocument bson =
        BsonDocument.parse("{_id: 1, id: " + (raw ? "{S: 'a'}" : "'a'") + ", " + document + "}");
    ItemValue.MapOf target =
        new DocumentReader(options.type()).read(Slice.of(SlowConverter.bytes(bson)), Set.of("_id"));
    return new ItemComparison(options).difference(source(attributes), target);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'v':{'N':'1'}, 'w':{'S':'x'} | w: 'x', v: 1",
        "'v':{'N':'1'} | v: 1.0",
        "'v':{'N':'1'} | v: NumberDecimal('1.00')",
        "'v':{'N':'0'} | v: -0.0",
        "'v':{'N':'0'} | v: NumberDecimal('-0E3')",
        "'v':{'NS':['1','2','3']} | v: [3, 1, 2]",
        "'v':{'SS':['x','y']} | v: ['y', 'x']",
        "'v':{'M':{'a.b':{'M':{}}}} | v: {'a\uFF0Eb': {}}",
        "'_id':{'N':'1'} | pre_id: 1",
        "'v':{'N':'12345678901234567890123456789012345'} | v: '12345678901234567890123456789012345'",
      })
  void orderSpellingAndNumericTypeDoNotCount(String attributes, String document)
      throws IOException {
    assertEquals(
        Optional.empty(),
        difference(ConvertOptions.DEFAULT, attributes.replace('\'', '"'), document));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'v':{'N':'1'} | w: 1 | v: missing in the target",
        "'v':{'N':'1'} | v: 1, w: 1 | w: only in the target",
        "'v':{'N':'1'} | v: 2 | v: not the same",
        "'v':{'N':'1'} | v: '1' | v: not the same",
        "'v':{'S':'1'} | v: 1 | v: not the same",
        "'v':{'N':'0.1'} | v: 0.1 | v: not the same",
        "'v':{'N':'9007199254740993'} | v: 9007199254740992.0 | v: not the same",
        "'v':{'NULL':true} | v: {$undefined: true} | v: BSON UNDEFINED in the target",
        "'v':{'N':'1'} | v: {$date: 1} | v: BSON DATE_TIME in the target",
        "'v':{'N':'1'} | v: NumberDecimal('NaN') | v: the decimal NaN in the target",
        "'v':{'B':'AA=='} | v: BinData(4,'AA==') | v: BSON BINARY in the target",
        "'v':{'SS':['x','y']} | v: ['x', 'x'] | v: not the same",
        "'v':{'SS':['x','y']} | v: ['x'] | v: not the same",
        "'v':{'L':[{'S':'x'},{'S':'y'}]} | v: ['y', 'x'] | v[0]: not the same",
        "'v':{'L':[{'S':'x'}]} | v: [] | v: 1 elements, in the target 0",
        "'v':{'L':[]} | v: {} | v: not the same",
        "'v':{'M':{}} | v: null | v: not the same",
        "'v':{'M':{'a':{'L':[{'M':{'b':{'N':'1'}}}]}}} | v: {a: [{b: 2}]} | v.a[0].b: not the same",
        "'v':{'M':{'a':{'N':'1'}}} | v: {a: 1, c: 1} | v.c: only in the target",
      })
  void anythingElseIsADifference(String attributes, String document, String expected)
      throws IOException {
    assertEquals(
        Optional.of(expected),
        difference(ConvertOptions.DEFAULT, attributes.replace('\'', '"'), document));
  }

  @Test
  void theOptionsOfTheTargetCount() throws IOException {
    String big = "\"v\":{\"N\":\"12345678901234567890123456789012345\"}";
    assertEquals(
        Optional.empty(), difference(DOUBLES, big, "v: 12345678901234567890123456789012345.0"));
    ConvertOptions mchange = Decode.options(ConvertType.MCHANGE);
    assertEquals(Optional.empty(), difference(mchange, "\"v\":{\"N\":\"0.1\"}", "v: 0.1"));
    assertEquals(
        Optional.of("v: not the same"),
        difference(mchange, "\"v\":{\"N\":\"0.1\"}", "v: NumberDecimal('0.1')"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'v':{'N':'1'} | v: {N: '1.0'} | ``",
        "'v':{'SS':['x','y']} | v: {SS: ['y', 'x']} | ``",
        "'v':{'N':'1'} | v: 1 | v: BSON INT32 in the target",
        "'v':{'N':'1'} | v: {N: 1} | v: BSON INT32 in the target",
        "'v':{'N':'1'} | v: {S: '1'} | v: not the same",
        "'v':{'N':'1'} | v: {} | v: an empty document in the target",
        "'v':{'N':'1'} | v: {N: '1', S: '1'} | v: a document of several fields in the target",
        "'v':{'N':'1'} | v: {N: '1E999999999'} | v: an N that is none in the target",
        "'v':{'SS':['x']} | v: {L: [{S: 'x'}]} | v: not the same",
        "'v':{'SS':['x']} | v: {SS: ['x', 'x']} | v: a set with an element twice in the target",
        "'v':{'NULL':true} | v: {NULL: false} | v: a NULL of false in the target",
      })
  void rawComparesTypesToo(String attributes, String document, String expected) throws IOException {
    assertEquals(
        expected,
        difference(Decode.options(ConvertType.RAW), attributes.replace('\'', '"'), document)
            .orElse(""));
  }

  /** Of any two items: they differ if and only if they do not mean the same. */
  @Test
  void findsEverySmallDifferenceOfArbitraryItems() {
    ItemComparison comparison = new ItemComparison(ItemComparison.SOURCE);
    ForItems.check(
        1_000,
        (item, seed) -> {
          ItemValue.MapOf meaning = (ItemValue.MapOf) item.meaning();
          for (Attr other : ForItems.simpler(item)) {
            ItemValue.MapOf otherMeaning = (ItemValue.MapOf) other.meaning();
            assertEquals(
                meaning.equals(otherMeaning),
                comparison.difference(meaning, otherMeaning).isEmpty());
          }
        });
  }

  @Test
  void sameHasNoDocuments() {
    assertThrows(IllegalArgumentException.class, () -> new DocumentReader(ConvertType.SAME));
  }
}
