package io.nimoshake.mapping.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.mapping.MappedStore;
import io.nimoshake.mapping.MappingFixture;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.BsonDocument;
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
    mapping = PluginMapping.load("com.example.ShopMapper", plugins, MappingFixture.NAMES);
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
