package io.nimoshake.mapping.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nimoshake.mapping.rule.AttributePath;
import io.nimoshake.mapping.rule.Condition;
import io.nimoshake.mapping.rule.IndexRule;
import io.nimoshake.mapping.rule.MappingRules;
import io.nimoshake.mapping.rule.Rule;
import io.nimoshake.mapping.rule.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MappingReaderTest {
  private static MappingRules read(String text) throws MappingException {
    return MappingReader.read("mapping.yaml", text);
  }

  private static List<String> problems(String text) {
    return assertThrows(MappingException.class, () -> read(text)).problems();
  }

  /** The lines of a table's body, from line 3 on. */
  private static String table(String body) {
    return "version: 1\ntables:\n  t:\n" + body.indent(4);
  }

  @Test
  void readsATableThatIsRenamed() throws MappingException {
    MappingRules rules =
        read(
            table(
                """
                collection: orders_v2
                indexes:
                  - {keys: {customerId: 1, createdAt: -1}}
                  - {keys: {expires: 1}, expire_after_seconds: 0}
                """));
    Rule rule = rules.of("t").orElseThrow().of("t").get(0);
    assertEquals(Optional.of("orders_v2"), rule.collection());
    assertEquals(
        List.of(
            new IndexRule(
                Map.of("customerId", 1, "createdAt", -1),
                Optional.empty(),
                false,
                false,
                OptionalLong.empty()),
            new IndexRule(
                Map.of("expires", 1), Optional.empty(), false, false, OptionalLong.of(0))),
        rule.indexes());
    assertEquals(
        List.of("customerId", "createdAt"), List.copyOf(rule.indexes().get(0).keys().keySet()));
  }

  @Test
  void theFirstPatternThatMatchesCounts() throws MappingException {
    MappingRules rules =
        read(
            """
            version: 1
            tables:
              "audit-*": {collection: "${name}-archive"}
              "*": {collection: rest}
            """);
    assertEquals(
        Optional.of("audit-1-archive"),
        rules.of("audit-1").orElseThrow().of("audit-1").get(0).collection());
    assertEquals(
        Optional.of("rest"), rules.of("orders").orElseThrow().of("orders").get(0).collection());
  }

  @Test
  void aValueAloneIsShortForEquals() throws MappingException {
    Condition condition =
        read(table(
                """
                    split:
                      - {when: {"a.b": "1", "c\\\\.d": 2}, collection: x}
                      - otherwise: ignore
                    """))
            .of("t")
            .orElseThrow()
            .rules()
            .get(0)
            .when();
    assertEquals(
        new Condition.All(
            List.of(
                new Condition.Of(
                    new AttributePath(List.of("a", "b")),
                    new io.nimoshake.mapping.rule.Test.Equal(new Value.Text("1"))),
                new Condition.Of(
                    new AttributePath(List.of("c.d")),
                    new io.nimoshake.mapping.rule.Test.Equal(
                        new Value.Num(new java.math.BigDecimal(2)))))),
        condition);
  }

  static List<Arguments> wrongFiles() {
    return List.of(
        Arguments.of("", "mapping.yaml: the file is empty; it needs 'version: 1' and 'tables'"),
        Arguments.of("tables: {}", "mapping.yaml, line 1, column 1: 'version: 1' is missing"),
        Arguments.of(
            "version: 2\ntables: {}",
            "mapping.yaml, line 1, column 10: the only version known is 1"),
        Arguments.of("version: 1", "mapping.yaml, line 1, column 1: 'tables' is missing"),
        Arguments.of(
            "version: 1\ntabels: {}\ntables: {}",
            "mapping.yaml, line 2, column 1: 'tabels' is not known in the file; did you mean"
                + " 'tables'?"),
        Arguments.of(
            "version: 1\ntables: [a]",
            "mapping.yaml, line 2, column 9: 'tables' must be a map, such as {name: value}"),
        Arguments.of(
            table("colection: x"),
            "mapping.yaml, line 4, column 5: 'colection' is not known in table 't'; did you mean"
                + " 'collection'?"),
        Arguments.of(
            table("collection: x\ncollection: y"),
            "mapping.yaml, line 5, column 5: 'collection' is in table 't' twice"),
        Arguments.of(
            table("collection: ''"),
            "mapping.yaml, line 4, column 17: the name of a collection cannot be empty"),
        Arguments.of(
            table("collection: a$b"),
            "mapping.yaml, line 4, column 17: the name of a collection cannot have a $, except for"
                + " ${name}"),
        Arguments.of(
            table("collection: system.x"),
            "mapping.yaml, line 4, column 17: MongoDB keeps collections named system.* for itself"),
        Arguments.of(
            table("collection: x\nsplit: [{otherwise: ignore}]"),
            "mapping.yaml, line 4, column 17: 'collection' belongs to the parts of 'split' where"
                + " there is one"),
        Arguments.of(
            table("split: [{when: {a: 1}, collection: x}]"),
            "mapping.yaml, line 4, column 12: 'split' must end with 'otherwise': a collection,"
                + " ignore or fail for items that nothing matches"),
        Arguments.of(
            table("split: [{otherwise: ignore}, {when: {a: 1}, collection: x}]"),
            "mapping.yaml, line 4, column 34: nothing can follow 'otherwise', which matches"
                + " everything"),
        Arguments.of(
            table("split: [{otherwise: drop}]"),
            "mapping.yaml, line 4, column 25: 'drop' is not known in what becomes of items; known"
                + " are ignore, fail"),
        Arguments.of(
            table("split: [{when: {a: {equal: 1}}, collection: x}, {otherwise: fail}]"),
            "mapping.yaml, line 4, column 25: 'equal' is not known in the tests of 'a'; did you"
                + " mean 'equals'?"),
        Arguments.of(
            table("split: [{when: {a: {matches: '['}}, collection: x}, {otherwise: fail}]"),
            "mapping.yaml, line 4, column 34: '[' is not a regular expression of RE2: missing"
                + " closing ]"),
        Arguments.of(
            table("split: [{when: {a: {type: strin}}, collection: x}, {otherwise: fail}]"),
            "mapping.yaml, line 4, column 31: 'strin' is not known in 'type'; did you mean"
                + " 'string'?"),
        Arguments.of(
            table("split: [{when: {a..b: 1}, collection: x}, {otherwise: fail}]"),
            "mapping.yaml, line 4, column 21: a path with an empty name: 'a..b'"),
        Arguments.of(
            table("split: [{when: {}, collection: x}, {otherwise: fail}]"),
            "mapping.yaml, line 4, column 20: a condition without a test; what matches everything"
                + " is 'otherwise'"),
        Arguments.of(
            table("split: [{when: {a: 1}}, {otherwise: fail}]"),
            "mapping.yaml, line 4, column 13: a rule needs a 'collection', or 'then: ignore' or"
                + " 'then: fail'"),
        Arguments.of(
            table("attributes: [{convert: {a: date(seconds)}}]"),
            "mapping.yaml, line 4, column 32: 'date(seconds)' is not known in a conversion; did you"
                + " mean 'date(epoch_seconds)'?"),
        Arguments.of(
            table("attributes: [{rename: {a.b: c}}]"),
            "mapping.yaml, line 4, column 33: an attribute keeps its map when it is renamed: a.b"
                + " cannot become c"),
        Arguments.of(
            table("attributes: [{set: {_id: 1}}]"),
            "mapping.yaml, line 4, column 25: _id is made from the key; 'id' says how"),
        Arguments.of(
            table("attributes: [{rename: {deleted: __nimo_deleted}}]"),
            "mapping.yaml, line 4, column 37: __nimo_deleted marks deleted items while a table is"
                + " copied"),
        Arguments.of(
            table("attributes: [{convert: {__nimo_deleted: date(iso8601)}}]"),
            "mapping.yaml, line 4, column 29: __nimo_deleted marks deleted items while a table is"
                + " copied"),
        Arguments.of(
            table("attributes: [{convert: {p: json}}, {drop: [p.x]}]"),
            "mapping.yaml, line 4, column 48: p.x is converted by an earlier step, so this step"
                + " cannot change it"),
        Arguments.of(
            table("attributes: [{drop: [p.x]}, {convert: {p: string}}]"),
            "mapping.yaml, line 4, column 44: p cannot be converted: an earlier step changes p.x"),
        Arguments.of(
            table("id: {attribute: pk, as: decimal}"),
            "mapping.yaml, line 4, column 29: 'decimal' is not known in 'as'; known are objectid,"
                + " uuid, long"),
        Arguments.of(
            table("indexes: [{keys: {a: 1, b: 1}, expire_after_seconds: 1}]"),
            "mapping.yaml, line 4, column 15: an index with 'expire_after_seconds' has one field"),
        Arguments.of(
            table("indexes: [{keys: {a: up}}]"),
            "mapping.yaml, line 4, column 26: 'up' is not known in the type of an index field;"
                + " known are 1, -1, hashed, text, 2dsphere"),
        Arguments.of(
            "version: 1\ntables:\n  t: {collection: x",
            "mapping.yaml, line 3, column 20: this is not YAML: expected ',' or '}', but got <stream"
                + " end>"));
  }

  @ParameterizedTest
  @MethodSource("wrongFiles")
  void aWrongFileGetsOneClearLine(String text, String problem) {
    assertEquals(List.of(problem), problems(text));
  }

  @Test
  void allProblemsAreToldAtOnce() {
    assertEquals(
        List.of(
            "mapping.yaml, line 4, column 5: 'a' is not known in table 't'; known are collection,"
                + " id, attributes, indexes, split",
            "mapping.yaml, line 5, column 17: the name of a collection cannot be empty"),
        problems(table("a: 1\ncollection: ''")));
  }
}
