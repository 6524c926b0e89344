package io.nimoshake.mapping.reverse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.core.port.Places.Place;
import io.nimoshake.core.port.ReverseMapping;
import io.nimoshake.core.port.ReverseMapping.Inverse;
import io.nimoshake.mapping.MappedStore;
import io.nimoshake.mapping.MappingFixture;
import io.nimoshake.mapping.bytes.CompiledTable;
import io.nimoshake.mapping.bytes.RandomMapping;
import io.nimoshake.mapping.plain.PlainMapping;
import io.nimoshake.mapping.rule.MappingRules;
import io.nimoshake.mapping.rule.Rule;
import io.nimoshake.mapping.rule.TableRules;
import io.nimoshake.mapping.yaml.MappingReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;

class WayBackTest {
  private static final int SEEDS = Integer.getInteger("mapping.seeds", 4_000);
  private static final KeyForm FORM = new KeyForm(MappingFixture.NAMES, false, false);

  private final TableSchema table = MappingFixture.table("t");

  private ReverseMapping.OfTable back(List<Rule> rules) {
    MappingRules all = new MappingRules(List.of(new TableRules("t", new Rule.Place(1, 1), rules)));
    return WayBack.through("mapping.yaml", all, FORM).of(table);
  }

  private Inverse invert(
      List<Rule> rules, PlainMapping.Result.Document made, Optional<BsonDocument> there) {
    BsonDocument id = made.document().getDocument("_id");
    return back(rules)
        .invert(
            new ItemKey(MappingFixture.inAPage(id)),
            made.collection(),
            MappingFixture.inAPage(made.document()),
            there.map(MappingFixture::inAPage));
  }

  /** What the quick mapping of a sync makes of an item: collection, id, document. */
  private Map<String, Map<BsonValue, BsonDocument>> forward(List<Rule> rules, BsonDocument item) {
    CompiledTable compiled =
        new CompiledTable(rules, table, MappingFixture.NAMES, collection -> false);
    MappedStore store = new MappedStore(compiled.destinations());
    Mapping.Mapper mapper = compiled.mapper();
    mapper.upsert(MappingFixture.key(table, item), MappingFixture.inAPage(item), store);
    return store.collections();
  }

  @Test
  void anUntouchedDocumentIsItsItem() {
    int documents = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      RandomMapping random = new RandomMapping(seed);
      List<Rule> rules = random.rules();
      BsonDocument item = random.item();
      if (new PlainMapping(rules, table, MappingFixture.NAMES).apply(item)
          instanceof PlainMapping.Result.Document made) {
        documents++;
        Inverse back = invert(rules, made, Optional.of(item));
        String about = "seed " + seed + ": " + rules + " of " + item.toJson() + ": " + back;
        assertTrue(back instanceof Inverse.Item, about);
        assertEquals(
            MappingFixture.document(MappingFixture.bytes(item)),
            MappingFixture.document(((Inverse.Item) back).attributes()),
            about);
      }
    }
    assertTrue(documents > SEEDS / 3, documents + " documents");
  }

  /**
   * Documents of another item under the key of one that is there, or of none. The quick mapping
   * makes the same document of what comes out.
   */
  @Test
  void whatComesOutBecomesTheDocument() {
    int documents = 0;
    int accepted = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      RandomMapping random = new RandomMapping(seed);
      List<Rule> rules = random.rules();
      BsonDocument there = random.item();
      BsonDocument edited = random.item();
      edited.putAll(new BsonDocument("pk", there.get("pk")).append("sk", there.get("sk")));
      if (!(new PlainMapping(rules, table, MappingFixture.NAMES).apply(edited)
          instanceof PlainMapping.Result.Document made)) {
        continue;
      }
      for (Optional<BsonDocument> before :
          List.of(Optional.of(there), Optional.<BsonDocument>empty())) {
        documents++;
        if (invert(rules, made, before) instanceof Inverse.Item item) {
          accepted++;
          assertTrue(
              Documents.isSame(
                  made.document(),
                  forward(rules, Documents.of(item.attributes()))
                      .get(made.collection())
                      .get(made.document().get("_id"))),
              "seed " + seed + ": " + rules + " of " + edited.toJson() + " over " + before);
        }
      }
    }
    assertTrue(accepted > documents * 98 / 100, accepted + " of " + documents);
  }

  private static final String SHOP =
      """
      version: 1
      tables:
        t:
          split:
            - when: {sk: {equals: PROFILE}, pk: {begins_with: "CUSTOMER#"}, entity: {equals: C}}
              collection: customers
              id: {attribute: pk, strip: "CUSTOMER#"}
              attributes:
                - drop: [sk, entity, "internal.trace"]
                - rename: {cust: customerId, "addr.zip": "addr.postalCode"}
                - convert: {createdAt: date(epoch_seconds), seen: date(iso8601)}
                - convert: {tags: set-to-object, extra: json, price: decimal}
                - set: {tenant: eu}
            - otherwise: {collection: rest}
      """;

  private List<Rule> rules(String yaml) throws Exception {
    return MappingReader.read("mapping.yaml", yaml).of("t").orElseThrow().of("t");
  }

  private static BsonDocument json(String json) {
    return BsonDocument.parse(json);
  }

  private String customer(String document, String there) throws Exception {
    BsonDocument stored = json("{_id: '7'}");
    stored.putAll(json(document));
    ReverseMapping.OfTable back = back(rules(SHOP));
    ItemKey key =
        back.keyAt(new Place("customers", MappingFixture.inAPage(json("{_id: '7'}"))))
            .orElseThrow();
    Inverse inverse =
        back.invert(
            key,
            "customers",
            MappingFixture.inAPage(stored),
            Optional.of(there).filter(t -> !t.isEmpty()).map(t -> MappingFixture.inAPage(json(t))));
    return inverse instanceof Inverse.Item item
        ? Documents.of(item.attributes()).toJson()
        : ((Inverse.Rejection) inverse).reason();
  }

  private static void assertItem(String expected, String found) {
    assertEquals(json(expected), json(found));
  }

  @Test
  void aNewDocumentBecomesTheItemOfItsRule() throws Exception {
    assertItem(
        """
        {pk: 'CUSTOMER#7', sk: 'PROFILE', entity: 'C', cust: 7, addr: {zip: '1'},
         createdAt: {$numberDecimal: '1700000000'}, seen: '2024-02-29T00:00:00Z',
         tags: ['a', 'b.c'], extra: '{"x":[1,null]}', price: {$numberDecimal: '1.5'}}""",
        customer(
            """
            {pk: 'CUSTOMER#7', customerId: 7, addr: {postalCode: '1'}, tenant: 'eu',
             createdAt: {$date: '2023-11-14T22:13:20Z'}, seen: {$date: '2024-02-29T00:00:00Z'},
             tags: {a: true, 'b\uFF0Ec': true}, extra: {x: [1, null]},
             price: {$numberDecimal: '1.5'}}""",
            ""));
  }

  @Test
  void theItemThatIsThereDecidesHowAChangedValueIsWritten() throws Exception {
    assertItem(
        """
        {pk: 'CUSTOMER#7', sk: 'PROFILE', entity: 'C', internal: {trace: 5, keep: 3},
         createdAt: '1700000001', seen: '2024-03-01', price: '2.5', extra: '{ "x" : 1.0 }'}""",
        customer(
            """
            {pk: 'CUSTOMER#7', internal: {keep: 3}, tenant: 'eu', extra: {x: 1},
             createdAt: {$date: '2023-11-14T22:13:21Z'}, seen: {$date: '2024-03-01T00:00:00Z'},
             price: {$numberDecimal: '2.5'}}""",
            """
            {pk: 'CUSTOMER#7', sk: 'PROFILE', entity: 'C', internal: {trace: 5, keep: 2},
             createdAt: '1700000000', seen: '2024-02-29', price: '1.50', extra: '{ "x" : 1.0 }'}
            """));
  }

  /** Its item went to another collection: what the rule drops has another value there. */
  @Test
  void aDocumentThatMovedHereGetsTheConstantOfItsRule() throws Exception {
    assertItem(
        "{pk: 'CUSTOMER#7', sk: 'PROFILE', entity: 'C'}",
        customer(
            "{pk: 'CUSTOMER#7', tenant: 'eu'}",
            "{pk: 'CUSTOMER#7', sk: 'PROFILE', entity: 'Archived'}"));
  }

  @Test
  void whatNoItemBecomesIsRejected() throws Exception {
    assertEquals(
        "tenant: the mapping, by its rule at line 5, column 9, makes this value of no item",
        customer("{pk: 'CUSTOMER#7', tenant: 'us'}", ""));
    assertEquals(
        "pk: the mapping, by its rule at line 5, column 9, makes this value of no item",
        customer("{pk: 'CUSTOMER#8', tenant: 'eu'}", ""));
    assertEquals(
        "entity: the mapping, by its rule at line 5, column 9, makes this value of no item",
        customer("{pk: 'CUSTOMER#7', entity: 'C', tenant: 'eu'}", ""));
    assertEquals(
        "no rule of the mapping has documents in collection elsewhere",
        ((Inverse.Rejection)
                back(rules(SHOP))
                    .invert(
                        new ItemKey(MappingFixture.inAPage(json("{pk: 'x', sk: 'y'}"))),
                        "elsewhere",
                        MappingFixture.inAPage(json("{_id: 1}")),
                        Optional.empty()))
            .reason());
  }

  /** By the rules, the item of a profile belongs to the customers. */
  @Test
  void aDocumentInTheWrongCollectionIsRejected() throws Exception {
    BsonDocument key = json("{pk: 'CUSTOMER#7', sk: 'PROFILE'}");
    Inverse inverse =
        back(rules(SHOP))
            .invert(
                new ItemKey(MappingFixture.inAPage(key)),
                "rest",
                MappingFixture.inAPage(json("{_id: 1, entity: 'C'}")),
                Optional.empty());
    assertEquals(
        "by the rule at line 5, column 9 of the mapping, the item of this document belongs to"
            + " collection customers, not rest",
        ((Inverse.Rejection) inverse).reason());
  }

  @Test
  void problemsAreNamedBeforeTheyHappen() throws Exception {
    MappingRules rules =
        MappingReader.read(
            "mapping.yaml",
            """
            version: 1
            tables:
              t:
                split:
                  - when: {kind: {in: [a, b]}, other: {equals: x}}
                    collection: some
                    attributes:
                      - drop: [kind, other]
                      - convert: {age: string, pk: string}
                  - otherwise: ignore
            """);
    assertEquals(
        List.of(
            "mapping.yaml, line 5, column 9: table t: convert age to string: a string of a new"
                + " document does not say whether it was a number",
            "mapping.yaml, line 5, column 9: table t: its condition asks for kind, which its"
                + " documents do not have: for a new document nobody can tell what it was"),
        WayBack.through("mapping.yaml", rules, FORM).problems(List.of(table)));
    assertEquals(List.of(), WayBack.withoutMapping(FORM).problems(List.of(table)));
  }

  @Test
  void aKeyHasOneFormWhateverTheNumber() {
    TableSchema numbers = MappingFixture.hashOnly("t", KeyAttribute.Type.N);
    ReverseMapping.OfTable exact = WayBack.withoutMapping(FORM).of(numbers);
    ReverseMapping.OfTable doubles =
        WayBack.withoutMapping(new KeyForm(MappingFixture.NAMES, false, true)).of(numbers);
    for (String five : List.of("5", "{$numberLong: '5'}", "5.0", "{$numberDecimal: '5.00'}")) {
      Place place = new Place("t", MappingFixture.inAPage(json("{_id: " + five + "}")));
      assertEquals(
          Optional.of(MappingFixture.bytes(json("{pk: 5}"))),
          exact.keyAt(place).map(ItemKey::encoded));
      assertEquals(
          Optional.of(MappingFixture.bytes(json("{pk: 5.0}"))),
          doubles.keyAt(place).map(ItemKey::encoded));
      assertEquals(
          exact.keyAt(place),
          exact.keyIn(MappingFixture.inAPage(json("{a: 1, pk: " + five + "}"))));
    }
    for (String other : List.of("'5'", "{a: 5}", "null", "{$oid: '65a000000000000000000001'}")) {
      assertEquals(
          Optional.empty(),
          exact.keyAt(new Place("t", MappingFixture.inAPage(json("{_id: " + other + "}")))));
    }
    assertEquals(keyAt(exact, "{$numberDecimal: '0.5'}"), keyAt(exact, "0.5"));
    assertTrue(keyAt(exact, "0.5").isPresent());
    // Not a number of DynamoDB, although all its characters could be of one.
    assertEquals(Optional.empty(), keyAt(exact, "'507e19988601234567890123'"));
    String digits = "12345678901234567890123456789012345678";
    assertTrue(
        exact
            .keyAt(new Place("t", MappingFixture.inAPage(json("{_id: '" + digits + "'}"))))
            .isPresent());
    assertEquals(
        Optional.empty(),
        exact.keyAt(new Place("other", MappingFixture.inAPage(json("{_id: 5}")))));
  }

  private static Optional<ItemKey> keyAt(ReverseMapping.OfTable table, String id) {
    return table.keyAt(new Place("t", MappingFixture.inAPage(json("{_id: " + id + "}"))));
  }

  @Test
  void aKeyComesBackFromItsPlace() {
    ReverseMapping.OfTable unmapped = WayBack.withoutMapping(FORM).of(table);
    ItemKey key = new ItemKey(MappingFixture.bytes(json("{pk: 'x', sk: 'y'}")));
    assertEquals(
        List.of(new Place("t", MappingFixture.bytes(json("{_id: {pk: 'x', sk: 'y'}}")))),
        unmapped.of(key));
    assertEquals(Optional.of(key), unmapped.keyAt(unmapped.of(key).get(0)));
    ReverseMapping.OfTable raw =
        WayBack.withoutMapping(new KeyForm(MappingFixture.NAMES, true, false)).of(table);
    ItemKey typed = new ItemKey(MappingFixture.bytes(json("{pk: {S: 'x'}, sk: {S: 'y'}}")));
    assertEquals(Optional.of(typed), raw.keyAt(raw.of(typed).get(0)));
    assertEquals(Optional.empty(), raw.keyAt(unmapped.of(key).get(0)));
  }
}
