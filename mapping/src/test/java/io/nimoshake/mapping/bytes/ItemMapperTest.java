package io.nimoshake.mapping.bytes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.mapping.MappedStore;
import io.nimoshake.mapping.MappingFixture;
import io.nimoshake.mapping.plain.PlainMapping;
import io.nimoshake.mapping.plain.PlainMapping.Result;
import io.nimoshake.mapping.rule.AttributePath;
import io.nimoshake.mapping.rule.AttributeStep;
import io.nimoshake.mapping.rule.Condition;
import io.nimoshake.mapping.rule.Conversion;
import io.nimoshake.mapping.rule.IdRule;
import io.nimoshake.mapping.rule.Outcome;
import io.nimoshake.mapping.rule.Rule;
import io.nimoshake.mapping.yaml.MappingReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ItemMapperTest {
  private static final int SEEDS = Integer.getInteger("mapping.seeds", 20_000);

  private final TableSchema table = MappingFixture.table("t");

  private MappedStore store;
  private Mapping.Mapper mapper;

  private void compile(List<Rule> rules) {
    CompiledTable compiled =
        new CompiledTable(rules, table, MappingFixture.NAMES, collection -> false);
    store = new MappedStore(compiled.destinations());
    mapper = compiled.mapper();
  }

  private void compile(String yaml) throws Exception {
    compile(MappingReader.read("mapping.yaml", yaml).of("t").orElseThrow().of("t"));
  }

  private void upsert(BsonDocument item) {
    mapper.upsert(MappingFixture.key(table, item), MappingFixture.inAPage(item), store);
  }

  private void delete(BsonDocument item) {
    mapper.delete(MappingFixture.key(table, item), store);
  }

  private static BsonDocument item(String json) {
    return BsonDocument.parse(json);
  }

  /** One item under random rules: the bytes are what the slow interpreter makes of it. */
  @Test
  void doesWhatTheSlowInterpreterDoes() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      RandomMapping random = new RandomMapping(seed);
      List<Rule> rules = random.rules();
      BsonDocument item = random.item();
      compile(rules);
      PlainMapping plain = new PlainMapping(rules, table, MappingFixture.NAMES);
      upsert(item);
      assertOutcome(plain.apply(item), "seed " + seed + ": " + rules + " of " + item.toJson());
    }
  }

  /** Random items rarely meet the one conversion that their value is nearly fit for. */
  @Test
  void everyConversionDoesWhatTheSlowOneDoes() {
    RandomMapping random = new RandomMapping(1);
    List<BsonValue> values = random.oneOfEach();
    for (Conversion conversion : Conversion.values()) {
      for (Conversion.OnError onError : Conversion.OnError.values()) {
        List<Rule> rules = List.of(converting(conversion, onError));
        PlainMapping plain = new PlainMapping(rules, table, MappingFixture.NAMES);
        for (BsonValue value : values) {
          BsonDocument item = item("{pk: 'x', sk: 'y'}").append("a", value);
          compile(rules);
          upsert(item);
          assertOutcome(plain.apply(item), conversion + " " + onError + " of " + value);
        }
      }
    }
  }

  private static Rule converting(Conversion conversion, Conversion.OnError onError) {
    return new Rule(
        new Rule.Place(1, 1),
        Condition.ALWAYS,
        new Outcome.ToCollection("c"),
        new IdRule.WholeKey(),
        List.of(new AttributeStep.Convert(new AttributePath(List.of("a")), conversion, onError)),
        List.of());
  }

  private void assertOutcome(Result expected, String about) {
    List<BsonDocument> stored = new ArrayList<>();
    store.collections().values().forEach(c -> stored.addAll(c.values()));
    if (expected instanceof Result.Document document) {
      assertEquals(List.of(), store.rejections(), about);
      assertEquals(List.of(asStored(document.document())), stored, about);
      assertEquals(1, store.collections().get(document.collection()).size(), about);
    } else {
      assertEquals(List.of(), stored, about);
      assertEquals(expected instanceof Result.Rejection ? 1 : 0, store.rejections().size(), about);
    }
  }

  /** Histories in which items move between collections: never twice, never left behind. */
  @Test
  void anItemThatMovesIsNeverInTwoPlaces() {
    for (long seed = 1; seed <= SEEDS / 10; seed++) {
      RandomMapping random = new RandomMapping(seed);
      List<Rule> rules = withoutRejections(random.rules());
      compile(rules);
      PlainMapping plain = new PlainMapping(rules, table, MappingFixture.NAMES);
      Map<String, BsonDocument> items = new HashMap<>();
      for (int i = 0; i < 40; i++) {
        BsonDocument item = random.item();
        String key = item.get("pk") + " " + item.get("sk");
        if (random.any(List.of(0, 1, 2, 3)) == 0) {
          items.remove(key);
          delete(item);
        } else {
          items.put(key, item);
          upsert(item);
        }
      }
      Map<String, Map<BsonValue, BsonDocument>> expected = new HashMap<>();
      store.collections().keySet().forEach(name -> expected.put(name, new HashMap<>()));
      for (BsonDocument item : items.values()) {
        if (plain.apply(item) instanceof Result.Document document) {
          expected
              .get(document.collection())
              .put(document.document().get("_id"), asStored(document.document()));
        }
      }
      assertEquals(expected, new HashMap<>(store.collections()), "seed " + seed + ": " + rules);
    }
  }

  private static BsonDocument asStored(BsonDocument document) {
    return MappingFixture.document(MappingFixture.bytes(document));
  }

  /** What was rejected keeps its former document, as without a mapping: nothing to compare. */
  private static List<Rule> withoutRejections(List<Rule> rules) {
    return rules.stream()
        .map(
            rule ->
                new Rule(
                    rule.place(),
                    rule.when(),
                    rule.outcome() instanceof Outcome.Fail ? new Outcome.Ignore() : rule.outcome(),
                    rule.id(),
                    List.of(),
                    rule.indexes()))
        .toList();
  }

  @Test
  void aSingleTableDesignBecomesCollections() throws Exception {
    compile(
        """
        version: 1
        tables:
          t:
            split:
              - when: {sk: {equals: PROFILE}, pk: {begins_with: "CUSTOMER#"}}
                collection: customers
                id: {attribute: pk, strip: "CUSTOMER#"}
                attributes:
                  - drop: [sk, "internal.trace"]
                  - rename: {cust: customerId, "addr.zip": "addr.postalCode"}
                  - convert: {createdAt: date(epoch_seconds)}
                  - set: {tenant: eu}
              - when: {entity: {in: [Order, Draft]}}
                collection: orders
              - otherwise: {collection: rest}
        """);
    upsert(
        item(
            """
            {pk: "CUSTOMER#7", sk: "PROFILE", cust: 7, addr: {zip: "1", city: "x"},
             internal: {trace: 1, keep: 2}, createdAt: 1700000000}"""));
    upsert(item("{pk: 'CUSTOMER#7', sk: 'O1', entity: 'Order'}"));
    assertEquals(
        item(
            """
            {_id: "7", pk: "CUSTOMER#7", customerId: 7, addr: {postalCode: "1", city: "x"},
             internal: {keep: 2}, createdAt: {"$date": "2023-11-14T22:13:20Z"}, tenant: "eu"}"""),
        store.collections().get("customers").get(new BsonString("7")));
    assertEquals(1, store.collections().get("orders").size());

    upsert(item("{pk: 'CUSTOMER#7', sk: 'O1', entity: 'Archived'}"));
    assertEquals(0, store.collections().get("orders").size());
    assertEquals(1, store.collections().get("rest").size());

    delete(item("{pk: 'CUSTOMER#7', sk: 'O1'}"));
    delete(item("{pk: 'CUSTOMER#7', sk: 'PROFILE'}"));
    assertTrue(store.collections().values().stream().allMatch(Map::isEmpty));
  }

  @Test
  void aReasonNamesThePathTheConversionAndTheValue() throws Exception {
    compile(
        """
        version: 1
        tables:
          t: {attributes: [{convert: {"a.b": objectid}}]}
        """);
    for (String value :
        List.of("'XYZ'", "'" + "12345678".repeat(10) + "'", "7", "{c: 1}", "['c']", "true")) {
      upsert(item("{pk: 'x', sk: 'y', a: {b: " + value + "}}"));
    }
    upsert(item("{pk: 'x', sk: 'y', a: {b: 'of \"two\" \\n lines'}}"));
    assertEquals(
        List.of(
            "a.b is not 24 lower-case hex digits (objectid): \"XYZ\"",
            "a.b is not 24 lower-case hex digits (objectid): \"" + "12345678".repeat(5) + "...\"",
            "a.b is not a string (objectid): 7",
            "a.b is not a string (objectid): a map",
            "a.b is not a string (objectid): a list or set",
            "a.b is not a string (objectid): true",
            "a.b is not 24 lower-case hex digits (objectid): \"of \\\"two\\\"   lines\""),
        store.rejections());
  }

  /** Text that looks like a number has any exponent. Its zeros would fill the memory. */
  @ParameterizedTest
  @ValueSource(
      strings = {"date(epoch_seconds)", "date(epoch_millis)", "int", "long", "double", "decimal"})
  void anEnormousExponentIsARejectedItem(String conversion) throws Exception {
    compile(
        """
        version: 1
        tables:
          t: {attributes: [{convert: {a: "%s"}}]}
        """
            .formatted(conversion));
    List<String> values = List.of("1e999999999", "-3e2147483647", "7e2147483645", "1e20000000");
    for (String value : values) {
      upsert(item("{pk: 'x', sk: 'y', a: '" + value + "'}"));
    }
    assertEquals(values.size(), store.rejections().size(), store.rejections()::toString);
  }

  @Test
  void twoAttributesOfOneNameAreARejectedItem() throws Exception {
    compile(
        """
        version: 1
        tables:
          t: {attributes: [{rename: {a: b}}]}
        """);
    upsert(item("{pk: 'x', sk: 'y', a: 1, b: 2}"));
    assertEquals(List.of("two attributes would be named b"), store.rejections());
  }
}
