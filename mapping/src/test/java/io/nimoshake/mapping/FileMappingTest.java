package io.nimoshake.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.KeyAttribute.Type;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.model.TableSchema.SecondaryIndex;
import io.nimoshake.core.port.Mapping.Destination;
import io.nimoshake.mapping.yaml.MappingException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FileMappingTest {
  private static FileMapping mapping(String tables) throws MappingException {
    return FileMapping.parse(
        "m.yaml", "version: 1\ntables:\n" + tables.indent(2), MappingFixture.NAMES);
  }

  private static List<Destination> destinations(String tables, TableSchema table)
      throws MappingException {
    return mapping(tables).of(table).orElseThrow().destinations();
  }

  private static List<String> shared(String tables, String table) throws MappingException {
    return destinations(tables, MappingFixture.table(table)).stream()
        .filter(Destination::shared)
        .map(Destination::collection)
        .toList();
  }

  @Test
  void aCollectionIsSharedIfAnotherTableThatMatchesCouldHaveIt() throws MappingException {
    assertEquals(List.of(), shared("a: {collection: x}\nb: {collection: y}", "a"));
    assertEquals(List.of("x"), shared("a: {collection: x}\nb: {collection: x}", "a"));
    assertEquals(List.of("all"), shared("\"t-*\": {collection: all}", "t-1"));
    assertEquals(List.of(), shared("\"t-*\": {collection: \"${name}-new\"}", "t-1"));
    String twice = "\"t-*\": {collection: \"${name}.${name}\"}";
    assertEquals(List.of(), shared(twice, "t-1"));
    assertEquals(List.of("t-1.t-1"), shared(twice + "\nb: {collection: t-1.t-1}", "b"));
    assertEquals(List.of(), shared(twice + "\nb: {collection: t-1.t-2}", "b"));
    String renamed = "\"*\": {collection: \"${name}-new\"}";
    assertEquals(List.of("b-new"), shared("a: {collection: b-new}\n" + renamed, "a"));
    assertEquals(List.of(), shared("a: {collection: a-new}\n" + renamed, "a"));
    assertEquals(List.of(), shared("a: {collection: -new}\n" + renamed, "a"));
  }

  @Test
  void saysWhichNamesAreOfNoTable() throws MappingException {
    String text =
        """
        version: 1
        tables:
          ordrs: {collection: x}
          "audit-*": {collection: y}
          "*": {collection: "${name}"}
        """;
    FileMapping mapping = FileMapping.parse("m.yaml", text, MappingFixture.NAMES);
    assertEquals(
        List.of("m.yaml, line 3, column 3: no table that is synced has the name 'ordrs'"),
        mapping.unusedNames(List.of("orders", "audit-1")));
    assertEquals(
        List.of(
            "m.yaml, line 3, column 3: no table that is synced has the name 'ordrs'",
            "m.yaml, line 5, column 3: no table that is synced has the name '*'"),
        mapping.unusedNames(List.of("audit-1")));
  }

  @Test
  void aSecondaryIndexFollowsItsAttributes() throws MappingException {
    TableSchema table =
        new TableSchema(
            "t",
            new KeyAttribute("pk", Type.S),
            Optional.empty(),
            List.of(index("one", "a"), index("two", "a", "b"), index("three", "c")),
            0,
            0);
    List<Destination> destinations =
        destinations(
            """
            t:
              split:
                - when: {kind: x}
                  collection: xs
                  attributes: [rename: {a: z, "c.a": "c.b"}, drop: [b], set: {c: 1}]
                - when: {kind: y}
                  collection: ys
                  attributes: [rename: {a: y}, drop: ["b.a"]]
                - otherwise: ignore
            """,
            table);
    assertEquals(List.of(index("one", "z")), destinations.get(0).secondaryIndexes());
    assertEquals(
        List.of(index("one", "y"), index("two", "y", "b"), index("three", "c")),
        destinations.get(1).secondaryIndexes());
  }

  private static SecondaryIndex index(String name, String... attributes) {
    List<KeyAttribute> key =
        Arrays.stream(attributes).map(attribute -> new KeyAttribute(attribute, Type.S)).toList();
    return new SecondaryIndex(name, true, key.get(0), key.stream().skip(1).findFirst());
  }
}
