package io.nimoshake.mapping.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.mapping.MappedStore;
import io.nimoshake.mapping.MappingFixture;
import io.nimoshake.mapping.yaml.MappingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginMappingTest {
  private static final String NAME = "com.example.Mapper";

  @TempDir private Path directory;

  private Path plugins;
  private JavaSources sources;

  @BeforeEach
  void start() {
    plugins = directory.resolve("plugins");
    sources = new JavaSources(directory);
  }

  /** A plug-in whose one class has this head and these members. */
  private void build(String head, String members) throws Exception {
    sources.jar(NAME, text(head, members), plugins.resolve("mapper.jar"));
  }

  private static String text(String head, String members) {
    return """
        package com.example;

        import io.nimoshake.plugin.*;
        import java.util.*;

        %s {
          %s
        }
        """
        .formatted(head, members);
  }

  private static String mapping(String map) {
    return """
        public Optional<TableMapper> table(Table table) {
          return Optional.of(this);
        }

        public List<io.nimoshake.plugin.Collection> collections() {
          return List.of(io.nimoshake.plugin.Collection.of("all"));
        }

        public Outcome map(Item item) {
          %s
        }
        """
        .formatted(map);
  }

  private static final String PLUGIN = "public class Mapper implements MappingPlugin, TableMapper";

  private PluginMapping load() throws MappingException {
    return PluginMapping.load(NAME, PluginJars.in(plugins), MappingFixture.NAMES);
  }

  private String refusal() {
    List<String> problems = assertThrows(MappingException.class, this::load).problems();
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.get(0).startsWith("mapping.plugin: "), problems::toString);
    return problems.get(0).replace(directory.toString(), "DIR");
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    assertEquals(
        "mapping.plugin: there is no directory DIR/plugins: create it, and put the jars into it",
        refusal());
    Files.createDirectories(plugins);
    assertEquals("mapping.plugin: directory DIR/plugins has no jar", refusal());
    sources.jar("com.example.Other", text("public class Other", ""), plugins.resolve("other.jar"));
    assertEquals(
        "mapping.plugin: class com.example.Mapper is in none of the jars of DIR/plugins:"
            + " other.jar",
        refusal());
    Files.writeString(plugins.resolve("text.jar"), "no jar");
    build(PLUGIN, mapping("return null;"));
    assertEquals(
        "mapping.plugin: DIR/plugins/text.jar is not a jar: its end is missing: copy it again, and"
            + " completely",
        refusal());
  }

  /** Somebody may copy it while nimo-shake starts. */
  @Test
  void aJarThatIsNotWholeIsRefused() throws Exception {
    build(PLUGIN, mapping("return null;"));
    Path jar = plugins.resolve("mapper.jar");
    byte[] whole = Files.readAllBytes(jar);
    for (int missing : List.of(1, 22, 23, whole.length / 2, whole.length - 1)) {
      Files.write(jar, Arrays.copyOf(whole, whole.length - missing));
      assertEquals(
          "mapping.plugin: DIR/plugins/mapper.jar is not a jar: its end is missing: copy it again,"
              + " and completely",
          refusal(),
          () -> missing + " bytes are missing");
    }
    byte[] ofTwo = whole.clone();
    ofTwo[whole.length - 12] = 2;
    Files.write(jar, ofTwo);
    assertEquals(
        "mapping.plugin: DIR/plugins/mapper.jar is not a jar: it lists 2 files, and 1 can be read",
        refusal());
    byte[] commented = Arrays.copyOf(whole, whole.length + 3);
    commented[whole.length - 2] = 3;
    Files.write(jar, commented);
    load();
  }

  @Test
  void saysWhyAClassIsNoPlugin() throws Exception {
    build("public class Mapper", "");
    assertEquals(
        "mapping.plugin: com.example.Mapper does not implement io.nimoshake.plugin.MappingPlugin",
        refusal());
    String hidden =
        "mapping.plugin: com.example.Mapper must be a public class with a public constructor"
            + " without parameters";
    build(PLUGIN, "public Mapper(int a) {}" + mapping("return null;"));
    assertEquals(hidden, refusal());
    build("class Mapper implements MappingPlugin, TableMapper", mapping("return null;"));
    assertEquals(hidden, refusal());
    build(
        "public abstract class Mapper implements MappingPlugin, TableMapper",
        mapping("return null;"));
    assertEquals(hidden, refusal());
    build(
        PLUGIN,
        "public Mapper() { throw new IllegalStateException(\"no license\"); }"
            + mapping("return null;"));
    assertEquals(
        "mapping.plugin: the constructor of com.example.Mapper throws"
            + " java.lang.IllegalStateException: no license",
        refusal());
    build(
        PLUGIN,
        "static final int ZERO = Integer.parseInt(\"0\"); static int bad = 1 / ZERO;"
            + mapping("return null;"));
    assertTrue(refusal().contains("cannot be loaded"), this::refusal);
  }

  @Test
  void aPluginThatBreaksItsContractIsRefusedForEachTable() throws Exception {
    TableSchema a = MappingFixture.table("a");
    build(
        PLUGIN,
        mapping("return null;")
            .replace(
                "return Optional.of(this);",
                "throw new IllegalStateException(\"unknown \" + table.name());"));
    assertEquals(
        List.of(
            "mapping.plugin: com.example.Mapper, table a: the plug-in throws in table():"
                + " java.lang.IllegalStateException: unknown a"),
        load().problems(List.of(a)));
  }

  @Test
  void tablesThatShareACollectionAreRefused() throws Exception {
    build(PLUGIN, mapping("return null;"));
    assertEquals(
        List.of(
            "mapping.plugin: com.example.Mapper: tables a and b have one collection, all, so an"
                + " item of the one could replace an item of the other: use two collections"),
        load().problems(List.of(MappingFixture.table("a"), MappingFixture.table("b"))));
  }

  /** Also with a table that the plug-in leaves as it is. */
  @Test
  void aCollectionWithTheNameOfAnotherTableIsRefused() throws Exception {
    build(
        PLUGIN,
        mapping("return null;")
            .replace(
                "return Optional.of(this);",
                "return table.name().equals(\"a\") ? Optional.of(this) : Optional.empty();"));
    List<String> problems =
        load().problems(List.of(MappingFixture.table("a"), MappingFixture.table("all")));
    assertEquals(1, problems.size());
    assertTrue(problems.get(0).contains("have one collection, all,"), problems::toString);
  }

  @Test
  void whatThePluginThrowsRejectsTheItem() throws Exception {
    build(PLUGIN, mapping("throw new IllegalStateException(\"no \" + item.string(\"x\").get());"));
    TableSchema table = MappingFixture.table("t");
    Mapping.OfTable of = load().of(table).orElseThrow();
    MappedStore store = new MappedStore(of.destinations());
    BsonDocument item = BsonDocument.parse("{pk: 'a', sk: 'b', x: 'way'}");
    of.mapper().upsert(MappingFixture.key(table, item), MappingFixture.inAPage(item), store);
    assertEquals(
        List.of("the plug-in throws in map(): java.lang.IllegalStateException: no way"),
        store.rejections());
  }

  /** Else the document would stay where it was, and nobody would know. */
  @Test
  void aDeleteThatThePluginCannotPlaceIsRejected() throws Exception {
    build(
        PLUGIN,
        mapping("return Outcome.document(\"all\", item.copy());")
            + """
            public List<String> candidates(Item key) {
              throw new IllegalStateException("no");
            }
            """);
    TableSchema table = MappingFixture.table("t");
    Mapping.OfTable of = load().of(table).orElseThrow();
    MappedStore store = new MappedStore(of.destinations());
    BsonDocument item = BsonDocument.parse("{pk: 'a', sk: 'b'}");
    of.mapper().delete(MappingFixture.key(table, item), store);
    assertEquals(
        List.of("the plug-in throws in candidates(): java.lang.IllegalStateException: no"),
        store.rejections());
  }

  /** A plug-in may bring a library that nimo-shake has in another version. */
  @Test
  void aPluginSeesItsOwnLibrariesAndNotOurs() throws Exception {
    Path source = Files.createDirectories(directory.resolve("own/com/google/re2j"));
    Files.writeString(
        source.resolve("Pattern.java"),
        "package com.google.re2j; public class Pattern {"
            + " public static String mine() { return \"mine\"; } }");
    Path mapper =
        Files.writeString(
            Files.createDirectories(directory.resolve("own/com/example")).resolve("Mapper.java"),
            text(
                PLUGIN,
                mapping(
                    """
                    boolean sees = true;
                    try {
                      Class.forName("io.nimoshake.core.model.TableSchema");
                    } catch (ClassNotFoundException e) {
                      sees = false;
                    }
                    return Outcome.document(
                        "all",
                        new org.bson.BsonDocument(
                            "seen",
                            new org.bson.BsonString(com.google.re2j.Pattern.mine() + sees)));
                    """)));
    Path classes = sources.compile("own-classes", List.of(source.resolve("Pattern.java"), mapper));
    JavaSources.jar(classes, plugins.resolve("mapper.jar"));
    TableSchema table = MappingFixture.hashOnly("t", io.nimoshake.core.model.KeyAttribute.Type.S);
    Mapping.OfTable of = load().of(table).orElseThrow();
    MappedStore store = new MappedStore(of.destinations());
    BsonDocument item = BsonDocument.parse("{pk: 'a'}");
    of.mapper().upsert(MappingFixture.key(table, item), MappingFixture.inAPage(item), store);
    assertEquals(
        Map.of(new BsonString("a"), BsonDocument.parse("{_id: 'a', seen: 'minefalse'}")),
        store.collections().get("all"));
  }

  /** A worker of a job on another machine does not have the directory. */
  @Test
  void theJarsTravelAsText() throws Exception {
    Path source = Files.createDirectories(directory.resolve("own/com/example"));
    Path mapper =
        Files.writeString(
            source.resolve("Mapper.java"),
            text(
                PLUGIN,
                mapping(
                    """
                    try (java.io.InputStream in = Mapper.class.getResourceAsStream("/words.txt")) {
                      return Outcome.reject(new String(in.readAllBytes()) + new Other());
                    } catch (java.io.IOException e) {
                      throw new IllegalStateException(e);
                    }
                    """)));
    Path other =
        Files.writeString(
            source.resolve("Other.java"),
            "package com.example; class Other { public String toString() { return \"o\"; } }");
    Path classes = sources.compile("own-classes", List.of(mapper, other));
    Files.writeString(classes.resolve("words.txt"), "words, ");
    JavaSources.jar(classes, plugins.resolve("mapper.jar"));
    String text = PluginJars.in(plugins).asText();
    String digest = load().digest();
    Files.delete(plugins.resolve("mapper.jar"));
    assertTrue(PluginJars.isText(text));
    PluginMapping there = PluginMapping.load(NAME, PluginJars.ofText(text), MappingFixture.NAMES);
    assertEquals(digest, there.digest());
    TableSchema table = MappingFixture.table("t");
    MappedStore store = new MappedStore(there.of(table).orElseThrow().destinations());
    BsonDocument item = BsonDocument.parse("{pk: 'a', sk: 'b'}");
    there
        .of(table)
        .orElseThrow()
        .mapper()
        .upsert(MappingFixture.key(table, item), MappingFixture.inAPage(item), store);
    assertEquals(List.of("words, o"), store.rejections());
    assertEquals(
        List.of(
            "mapping.plugin: class com.example.Missing is in none of the jars of "
                + plugins
                + ": mapper.jar"),
        assertThrows(
                MappingException.class,
                () ->
                    PluginMapping.load(
                        "com.example.Missing", PluginJars.ofText(text), MappingFixture.NAMES))
            .problems());
  }

  @Test
  void theDigestChangesWithTheClassesOnly() throws Exception {
    build(PLUGIN, mapping("return Outcome.ignore();"));
    String digest = load().digest();
    assertTrue(digest.startsWith(NAME + ":"), digest);
    Files.move(plugins.resolve("mapper.jar"), plugins.resolve("mapper-2.jar"));
    assertEquals(digest, load().digest());
    Files.delete(plugins.resolve("mapper-2.jar"));
    build(PLUGIN, mapping("return Outcome.reject(\"no\");"));
    assertNotEquals(digest, load().digest());
  }
}
