package io.nimoshake.setup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.KeyAttribute.Type;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.model.TableSchema.SecondaryIndex;
import io.nimoshake.mapping.yaml.MappingReader;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DynamoShapesTest {
  private static DynamoShapes shapes(String tables, boolean withIndexes) throws Exception {
    String yaml = "version: 1\ntables:\n" + tables.indent(2);
    return new DynamoShapes("m.yaml", MappingReader.read("m.yaml", yaml), withIndexes);
  }

  private static TableSchema table(String name) {
    return new TableSchema(
        name,
        new KeyAttribute("pk", Type.S),
        Optional.empty(),
        List.of(new SecondaryIndex("by_a", true, new KeyAttribute("a", Type.S), Optional.empty())),
        0,
        0);
  }

  private static List<String> problems(String tables, String... names) throws Exception {
    return shapes(tables, true)
        .problems(java.util.Arrays.stream(names).map(n -> table(n)).toList());
  }

  @Test
  void namesTablesAndChangesItems() throws Exception {
    DynamoShapes shapes =
        shapes(
            """
            orders:
              collection: orders_v2
              attributes:
                - drop: [debug, "m.x"]
                - rename: {b: c}
                - set: {n: 7, t: text, f: true, z: null, d: 1.5, l: [1, x], o: {i: 2}}
            "*": {collection: "new-${name}"}
            """,
            true);
    assertEquals("orders_v2", shapes.nameOf("orders"));
    assertEquals("new-users", shapes.nameOf("users"));
    assertEquals(Optional.empty(), shapes.itemsOf("users"));
    assertEquals(
        "{'pk':{'S':'x'},'c':{'N':'1'},'m':{'M':{}},'n':{'N':'7'},'t':{'S':'text'},"
            + "'f':{'BOOL':true},'z':{'NULL':true},'d':{'N':'1.5'},"
            + "'l':{'L':[{'N':'1'},{'S':'x'}]},'o':{'M':{'i':{'N':'2'}}}}",
        shapes
            .itemsOf("orders")
            .orElseThrow()
            .apply(
                Slice.utf8(
                    "{'pk':{'S':'x'},'b':{'N':'1'},'debug':{'S':'d'},'m':{'M':{'x':{'S':'y'}}}}"
                        .replace('\'', '"')))
            .toUtf8()
            .replace('"', '\''));
  }

  @Test
  void keysOfTablesAndIndexesStay() throws Exception {
    assertEquals(
        List.of("m.yaml, table orders: key attribute pk must stay as it is"),
        problems("orders: {attributes: [drop: pk]}", "orders"));
    assertEquals(
        List.of("m.yaml, table orders: key attribute pk must stay as it is"),
        problems("orders: {attributes: [rename: {b: pk}]}", "orders"));
    assertEquals(
        List.of(
            "m.yaml, table orders: attribute a is in the key of index by_a: leave it as it is, or"
                + " set full.enable_index.user = false"),
        problems("orders: {attributes: [set: {a: 1}]}", "orders"));
    assertEquals(
        List.of(),
        shapes("orders: {attributes: [set: {a: 1}]}", false).problems(List.of(table("orders"))));
    assertEquals(List.of(), problems("orders: {attributes: [drop: [b, \"a.x\"]]}", "orders"));
  }

  @Test
  void aNameMustBeOneOfDynamoDbAndOfOneTable() throws Exception {
    assertEquals(
        List.of(
            "m.yaml: table orders cannot be named a b: DynamoDB allows 3 to 255 letters, digits, _"
                + " . and -"),
        problems("orders: {collection: a b}", "orders"));
    assertEquals(
        List.of("m.yaml: tables orders and users would be one table, users"),
        problems("orders: {collection: users}", "orders", "users"));
  }
}
