package io.nimoshake.app.preview;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.KeyAttribute.Type;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.config.Configuration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappingTrialTest {
  private static final TableSchema SHOP =
      new TableSchema(
          "shop",
          new KeyAttribute("pk", Type.S),
          Optional.of(new KeyAttribute("sk", Type.S)),
          List.of(),
          0,
          0);

  private static final String MAPPING =
      """
      version: 1
      tables:
        shop:
          split:
            - when: {sk: PROFILE, pk: {begins_with: "CUSTOMER#"}}
              collection: customers
              id: {attribute: pk, strip: "CUSTOMER#"}
            - when: {entity: Order}
              collection: orders
              attributes:
                - convert: {at: date(epoch_seconds)}
            - when: {entity: Session}
              then: ignore
            - otherwise: fail
      """;

  @TempDir private Path directory;

  private SyncSetup setup(String... more) throws Exception {
    List<String> overrides = new ArrayList<>(List.of("target.address=mongodb://127.0.0.1"));
    overrides.addAll(List.of(more));
    return new SyncSetup(Configuration.load(Optional.empty(), Map.of(), overrides));
  }

  private SyncSetup mapped() throws Exception {
    Path file = Files.writeString(directory.resolve("m.yaml"), MAPPING);
    return setup("mapping.file=" + file);
  }

  private List<String> lines(SyncSetup setup, String item) {
    MappingTrial trial = MappingTrial.of(setup, SHOP);
    return new MappingText(trial, "m.yaml").lines(trial.of(Slice.utf8(ItemText.item(item, SHOP))));
  }

  private static String order(String more) {
    return "{\"pk\": {\"S\": \"CUSTOMER#7\"}, \"sk\": {\"S\": \"O1\"}, \"entity\": {\"S\":"
        + " \"Order\"}"
        + more
        + "}";
  }

  @Test
  void showsTheRuleAndTheDocument() throws Exception {
    assertEquals(
        List.of(
            "rule:       m.yaml, line 8, column 9",
            "collection: orders",
            "_id:        { \"pk\" : \"CUSTOMER#7\", \"sk\" : \"O1\" }",
            "document:",
            "{",
            "  \"_id\" : {",
            "    \"pk\" : \"CUSTOMER#7\",",
            "    \"sk\" : \"O1\"",
            "  },",
            "  \"pk\" : \"CUSTOMER#7\",",
            "  \"sk\" : \"O1\",",
            "  \"entity\" : \"Order\",",
            "  \"at\" : ISODate(\"2023-11-14T22:13:20.000Z\")",
            "}"),
        spaced(lines(mapped(), order(", \"at\": {\"N\": \"1700000000\"}"))));
  }

  /** Whatever the library writes between a name and its value. */
  private static List<String> spaced(List<String> lines) {
    return lines.stream()
        .map(line -> line.replaceAll("\" ?: ", "\" : ").replaceAll("\\{(?=\")", "{ "))
        .map(line -> line.replaceAll("(?<=\")\\}", " }"))
        .toList();
  }

  @Test
  void showsWhereAFormerDocumentIsRemoved() throws Exception {
    String mapping = MAPPING.replace("- otherwise: fail", "- otherwise: {collection: rest}");
    Path file = Files.writeString(directory.resolve("m.yaml"), mapping);
    List<String> lines = lines(setup("mapping.file=" + file), order(""));
    assertEquals("removed:    a former document of it, in rest", lines.get(lines.size() - 1));
  }

  @Test
  void saysWhyThereIsNoDocument() throws Exception {
    assertEquals(
        List.of(
            "rule:       m.yaml, line 12, column 9",
            "outcome:    ignored: the item has no document",
            "removed:    a former document of it, in orders"),
        lines(mapped(), order("").replace("Order", "Session")));
    assertEquals(
        List.of(
            "rule:       m.yaml, line 14, column 9",
            "outcome:    rejected: the rule at line 14, column 9 of the mapping fails such items"),
        lines(mapped(), order("").replace("Order", "Other")));
    assertEquals(
        List.of(
            "rule:       m.yaml, line 8, column 9",
            "outcome:    rejected: at is not a number (date(epoch_seconds))"),
        lines(mapped(), order(", \"at\": {\"S\": \"soon\"}")));
  }

  @Test
  void anItemThatCannotBeConvertedHasNoRule() throws Exception {
    List<String> lines = lines(mapped(), order(", \"n\": {\"N\": \"many\"}"));
    assertEquals("rule:       none: the item cannot be converted", lines.get(0));
    assertTrue(lines.get(1).startsWith("outcome:    rejected: n: "), lines::toString);
  }

  @Test
  void aTableWithoutRulesKeepsItsShape() throws Exception {
    List<String> lines = lines(setup(), order(""));
    assertEquals("rule:       none: the table keeps its shape", lines.get(0));
    assertEquals("collection: shop", lines.get(1));
    List<String> renamed = lines(setup("target.table=new-${name}"), order(""));
    assertEquals("collection: new-shop", renamed.get(1));
  }

  @Test
  void aProgramGetsJson() throws Exception {
    MappingTrial trial = MappingTrial.of(mapped(), SHOP);
    String item = ItemText.item(order(", \"at\": {\"N\": \"1700000000\"}"), SHOP);
    String json =
        new ObjectMapper()
            .writeValueAsString(new MappingText(trial, "m.yaml").tree(trial.of(Slice.utf8(item))));
    assertEquals(
        new ObjectMapper()
            .readTree(
                """
                {"outcome": "document", "rule": {"line": 8, "column": 9}, "collection": "orders",
                 "document": {"_id": {"pk": "CUSTOMER#7", "sk": "O1"}, "pk": "CUSTOMER#7",
                   "sk": "O1", "entity": "Order", "at": {"$date": "2023-11-14T22:13:20Z"}},
                 "removed_from": []}"""),
        new ObjectMapper().readTree(json));
  }

  // --- what a person writes ----------------------------------------------------------------------

  private static String wrong(String item) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> ItemText.item(item, SHOP)).getMessage();
    assertEquals(1, message.lines().count(), message);
    return message;
  }

  @Test
  void readsWhatAwsPrints() {
    String item = order("");
    assertEquals(
        ItemText.item(item, SHOP),
        ItemText.item("{\"Item\": " + item + ", \"ConsumedCapacity\": {}}", SHOP));
    String named = order(", \"Item\": {\"S\": \"a name\"}");
    assertTrue(ItemText.item(named, SHOP).contains("a name"));
  }

  @Test
  void saysInOneLineWhatIsWrongWithAnItem() {
    assertTrue(wrong("{\"pk\": ").startsWith("not JSON: "));
    assertTrue(wrong("{} {}").startsWith("not JSON: "));
    for (String other :
        List.of(
            "[]",
            "7",
            "{\"pk\": \"x\"}",
            "{\"pk\": {\"S\": 1}}",
            "{\"pk\": {\"T\": \"x\"}}",
            "{\"pk\": {\"B\": \"*\"}}",
            "{\"pk\": {\"BOOL\": 1}}",
            "{\"pk\": {\"L\": [1]}}")) {
      assertTrue(wrong(other).startsWith("not DynamoDB JSON, which has the type"), wrong(other));
    }
    assertEquals("the item has no key attribute sk", wrong("{\"pk\": {\"S\": \"x\"}}"));
    assertEquals(
        "key attribute pk is of type S, not N",
        wrong("{\"pk\": {\"N\": \"1\"}, \"sk\": {\"S\": \"x\"}}"));
    assertEquals(
        "a key has the key attributes only: pk, sk",
        assertThrows(IllegalArgumentException.class, () -> ItemText.key(order(""), SHOP))
            .getMessage());
  }
}
