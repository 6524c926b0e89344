package io.nimoshake.mapping.bytes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.KeyAttribute.Type;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.core.port.Places;
import io.nimoshake.core.port.Places.Place;
import io.nimoshake.mapping.MappingFixture;
import io.nimoshake.mapping.identity.IdentityCheck;
import io.nimoshake.mapping.plain.PlainPlaces;
import io.nimoshake.mapping.rule.MappingRules;
import io.nimoshake.mapping.rule.Rule;
import io.nimoshake.mapping.rule.TableRules;
import io.nimoshake.mapping.yaml.MappingReader;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;

/** Those who check look for documents where those who write put them. */
class PlacesTest {
  private static final int SEEDS = 5_000;

  private final TableSchema table = MappingFixture.table("t");

  @Test
  void placesAreWhereADeleteDeletesAndNameTheirKey() {
    int sound = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      RandomMapping random = new RandomMapping(seed);
      List<Rule> rules = random.rules();
      MappingRules mapping =
          new MappingRules(List.of(new TableRules("t", new Rule.Place(1, 1), rules)));
      if (!IdentityCheck.problems("m", mapping, List.of(table)).isEmpty()) {
        continue;
      }
      sound++;
      Places places = new PlainPlaces(rules, table, MappingFixture.NAMES);
      for (int i = 0; i < 5; i++) {
        ItemKey key = MappingFixture.key(table, random.item());
        List<Place> found = places.of(key);
        String about = "seed " + seed + ": " + rules + " of " + json(key.encoded());
        assertEquals(deleted(rules, key), new HashSet<>(found), about);
        for (Place place : found) {
          Optional<ItemKey> named = places.keyAt(place);
          assertEquals(Optional.of(json(key.encoded())), named.map(k -> json(k.encoded())), about);
        }
      }
    }
    assertTrue(sound > SEEDS / 10, "sound " + sound);
  }

  private Set<Place> deleted(List<Rule> rules, ItemKey key) {
    CompiledTable compiled = new CompiledTable(rules, table, MappingFixture.NAMES, name -> false);
    Set<Place> places = new HashSet<>();
    compiled
        .mapper()
        .delete(
            key,
            new Mapping.Placements() {
              @Override
              public void upsert(int destination, Slice id, Slice document) {
                throw new AssertionError("a delete writes no document");
              }

              @Override
              public void delete(int destination, Slice id) {
                places.add(new Place(compiled.destinations().get(destination).collection(), id));
              }

              @Override
              public void reject(String reason) {
                throw new AssertionError(reason);
              }
            });
    return places;
  }

  private static String json(Slice document) {
    return MappingFixture.document(document).toJson();
  }

  @Test
  void anIdThatNoKeyMakesHasNone() throws Exception {
    Places places =
        places(
            table,
            """
            split:
              - when: {sk: PROFILE, pk: {begins_with: "C#"}}
                collection: customers
                id: {attribute: pk, strip: "C#"}
              - when: {kind: order, pk: {begins_with: "C#"}}
                collection: orders
              - otherwise: ignore
            """);
    assertEquals("{pk: 'C#7', sk: 'PROFILE'}", keyAt(places, "customers", "{_id: '7'}"));
    assertEquals("none", keyAt(places, "customers", "{_id: 7}"));
    assertEquals("none", keyAt(places, "orders", "{_id: '7'}"));
    assertEquals("none", keyAt(places, "others", "{_id: '7'}"));
    assertEquals("{pk: 'C#7', sk: 'O'}", keyAt(places, "orders", "{_id: {pk: 'C#7', sk: 'O'}}"));
    assertEquals("none", keyAt(places, "orders", "{_id: {sk: 'O', pk: 'C#7'}}"), "another order");
    assertEquals("none", keyAt(places, "orders", "{_id: {pk: 'D#7', sk: 'O'}}"));
    assertEquals(
        "none", keyAt(places, "orders", "{_id: {pk: 'C#7', sk: 'PROFILE'}}"), "a customer");
  }

  @Test
  void anotherKeyAttributeThatIsANumberIsFixedByItsValue() throws Exception {
    TableSchema numbers =
        new TableSchema(
            "t",
            new KeyAttribute("pk", Type.S),
            Optional.of(new KeyAttribute("n", Type.N)),
            List.of(),
            0,
            0);
    Places places =
        places(
            numbers,
            """
            split:
              - {when: {n: {equals: 0}}, collection: c, id: {attribute: pk, as: long}}
              - otherwise: ignore
            """);
    assertEquals(
        Optional.of("7"),
        places
            .keyAt(new Place("c", bytes("{_id: {$numberLong: '7'}}")))
            .map(key -> MappingFixture.document(key.encoded()).getString("pk").getValue()));
    assertEquals(
        List.of(new Place("c", bytes("{_id: {$numberLong: '7'}}"))),
        places.of(new ItemKey(bytes("{pk: '7', n: 0}"))));
  }

  /** The table may share the collection with tables whose keys are of other types. */
  @Test
  void anIdOfAnotherTypeIsOfAnotherTable() throws Exception {
    String string = "{_id: 'a'}";
    String number = "{_id: 7}";
    String binary = "{_id: {$binary: {base64: 'AQID', subType: '00'}}}";
    String uuid = "{_id: {$binary: {base64: 'AAECAwQFBgcICQoLDA0ODw==', subType: '04'}}}";
    String document = "{_id: {pk: 'a'}}";
    Map<Type, String> fitting = Map.of(Type.S, string, Type.N, number, Type.B, binary);
    for (Type type : Type.values()) {
      Places places = places(MappingFixture.hashOnly("t", type), "collection: c");
      for (String id : List.of(string, number, binary, uuid, document)) {
        assertEquals(
            id.equals(fitting.get(type)),
            places.keyAt(new Place("c", bytes(id))).isPresent(),
            () -> id + " for a key of type " + type);
      }
    }
  }

  /** A number of more than 34 digits is written as a string. */
  @Test
  void onlyAStringOfManyDigitsMayBeANumber() throws Exception {
    Places places = places(MappingFixture.hashOnly("t", Type.N), "collection: c");
    String digits = "12345678901234567890123456789012345";
    assertEquals("{pk: '" + digits + "'}", keyAt(places, "c", "{_id: '" + digits + "'}"));
    assertEquals("none", keyAt(places, "c", "{_id: '7'}"));
    assertEquals("none", keyAt(places, "c", "{_id: '" + digits + "000x'}"));
  }

  @Test
  void anIdWithOtherFieldsIsOfAnotherTable() throws Exception {
    Places places = places(table, "collection: c");
    assertEquals("{pk: 'a', sk: 'b'}", keyAt(places, "c", "{_id: {pk: 'a', sk: 'b'}}"));
    for (String id :
        List.of(
            "{a: 'a', b: 'b'}", "{pk: 'a'}", "{pk: 'a', sk: 'b', more: 'c'}", "{pk: 'a', sk: 7}")) {
      assertEquals("none", keyAt(places, "c", "{_id: " + id + "}"), id);
    }
  }

  private static Places places(TableSchema table, String rules) throws Exception {
    MappingRules mapping =
        MappingReader.read("m.yaml", "version: 1\ntables:\n  t:\n" + rules.indent(4));
    return new PlainPlaces(mapping.of("t").orElseThrow().of("t"), table, MappingFixture.NAMES);
  }

  private static Slice bytes(String json) {
    return MappingFixture.bytes(BsonDocument.parse(json));
  }

  private static String keyAt(Places places, String collection, String id) {
    return places
        .keyAt(new Place(collection, bytes(id)))
        .map(key -> json(key.encoded()).replaceAll("\"(pk|sk)\"", "$1").replace('"', '\''))
        .orElse("none");
  }
}
