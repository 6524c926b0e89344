package io.nimoshake.mapping.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.core.port.Places;
import io.nimoshake.core.port.Places.Place;
import io.nimoshake.mapping.MappedStore;
import io.nimoshake.mapping.MappingFixture;
import io.nimoshake.mapping.plain.Expected;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds and runs the plug-in that the documentation shows. */
class ExamplePluginTest {
  private static final Path PROJECT = Path.of("../docs/example-plugin");

  @TempDir private Path directory;

  private Path classes;
  private PluginMapping mapping;

  @BeforeEach
  void build() throws Exception {
    JavaSources sources = new JavaSources(directory);
    classes = sources.compile("classes", JavaSources.files(PROJECT.resolve("src")));
    Path plugins = directory.resolve("plugins");
    JavaSources.jar(classes, plugins.resolve("example-plugin-1.jar"));
    mapping =
        PluginMapping.load("com.example.ShopMapper", PluginJars.in(plugins), MappingFixture.NAMES);
  }

  @Test
  void keepsItsContractBySuiteOfItsOwn() throws Exception {
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
      loader
          .loadClass("com.example.ShopMapperCheck")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[0]);
    }
  }

  @Test
  void mapsTheItemsOfTheTable() throws Exception {
    TableSchema shop = MappingFixture.table("shop");
    assertEquals(List.of(), mapping.problems(List.of(shop, MappingFixture.table("other"))));
    assertTrue(mapping.of(MappingFixture.table("other")).isEmpty());
    Mapping.OfTable of = mapping.of(shop).orElseThrow();
    assertEquals(Map.of("customer", 1), of.destinations().get(1).indexes().get(0).keys());
    MappedStore store = new MappedStore(of.destinations());
    List<BsonDocument> items =
        List.of(
            BsonDocument.parse("{pk: 'CUSTOMER#7', sk: 'PROFILE', tags: ['color:red']}"),
            BsonDocument.parse(
                "{pk: 'CUSTOMER#7', sk: 'ORDER#1', lines: [{price: 2}, {price: 3}]}"),
            BsonDocument.parse("{pk: 'CUSTOMER#7', sk: 'ORDER#2', lines: [{}]}"),
            BsonDocument.parse("{pk: 'CONFIG', sk: 'v1'}"));
    items.forEach(
        item ->
            of.mapper()
                .upsert(MappingFixture.key(shop, item), MappingFixture.inAPage(item), store));
    assertEquals(
        BsonDocument.parse("{_id: '7', pk: 'CUSTOMER#7', tags: {color: 'red'}}"),
        store.collections().get("customers").get(new BsonString("7")));
    assertEquals(
        Set.of(
            BsonDocument.parse(
                """
                {_id: {pk: 'CUSTOMER#7', sk: 'ORDER#1'}, pk: 'CUSTOMER#7', sk: 'ORDER#1',
                 lines: [{price: 2}, {price: 3}], customer: 'CUSTOMER#7',
                 total: {'$numberDecimal': '5'}}""")),
        Set.copyOf(store.collections().get("orders").values()));
    assertEquals(1, store.collections().get("rest").size());
    assertEquals(List.of("lines: a line has no price"), store.rejections());

    items.forEach(item -> of.mapper().delete(MappingFixture.key(shop, item), store));
    assertTrue(store.collections().values().stream().allMatch(Map::isEmpty));
  }

  /** For a comparison of both sides. */
  @Test
  void saysWhatShouldBeWhere() {
    TableSchema shop = MappingFixture.table("shop");
    Places places = mapping.places(shop);
    Function<BsonDocument, Expected> expected = mapping.expected(shop).orElseThrow();
    assertTrue(mapping.expected(MappingFixture.table("other")).isEmpty());

    BsonDocument profile = BsonDocument.parse("{pk: 'CUSTOMER#7', sk: 'PROFILE'}");
    Place customer = new Place("customers", bytes("{_id: '7'}"));
    assertEquals(
        new Expected.Document(
            "customers", BsonDocument.parse("{_id: '7', pk: 'CUSTOMER#7', a: 1}")),
        expected.apply(profile.clone().append("a", new BsonInt32(1))));
    assertEquals(List.of(customer), places.of(MappingFixture.key(shop, profile)));
    assertEquals(Optional.of(MappingFixture.key(shop, profile)), places.keyAt(customer));

    BsonDocument order = BsonDocument.parse("{pk: 'CUSTOMER#7', sk: 'ORDER#1', lines: [{}]}");
    Slice id = bytes("{_id: {pk: 'CUSTOMER#7', sk: 'ORDER#1'}}");
    assertEquals(
        new Expected.Rejected("the mapping rejects it: lines: a line has no price"),
        expected.apply(order));
    assertEquals(
        Optional.of(MappingFixture.key(shop, order)), places.keyAt(new Place("orders", id)));

    // Where no item of such a key can be, and ids that no key has.
    for (Place stray :
        List.of(
            new Place("rest", id),
            new Place("rest", bytes("{_id: 'stranger'}")),
            new Place("rest", bytes("{_id: {sk: 'a', pk: 'b'}}")),
            new Place("customers", bytes("{_id: 7}")),
            new Place("others", id))) {
      assertEquals(Optional.empty(), places.keyAt(stray));
    }
  }

  private static Slice bytes(String json) {
    return MappingFixture.inAPage(BsonDocument.parse(json));
  }

  /** The project depends on the version that it is built with here. */
  @Test
  void dependsOnThisVersion() throws Exception {
    String ours = Files.readString(Path.of("pom.xml"));
    String version = ours.replaceFirst("(?s).*?<version>(.*?)</version>.*", "$1");
    String pom = Files.readString(PROJECT.resolve("pom.xml"));
    assertTrue(pom.contains("<version>" + version + "</version>"), version);
    assertTrue(pom.contains("nimo-shake-plugin-" + version + ".jar"), version);
  }
}
