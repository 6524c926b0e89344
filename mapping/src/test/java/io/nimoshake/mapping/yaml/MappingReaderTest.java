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
            "- version: 1",
            "mapping.yaml, line 1, column 1: the file must be a map, such as {name: value}"),
        Arguments.of(
            "version: 1\ntables:\n\tt: {collection: x}",
            "mapping.yaml, line 3, column 1: this is not YAML: found character '\\t(TAB)' that"
                + " cannot start any token. (Do not use \\t(TAB) for indentation)"),
        Arguments.of(
            "version: 1\ntables: {}\n---\nversion: 1\ntables: {}",
            "mapping.yaml, line 3, column 1: this is not YAML: expected a single document in the"
                + " stream, but found another document"),
        Arguments.of(
            "version: 1\ntables: {t: {collection: x\u0007}}",
            "mapping.yaml: this is not YAML: it cannot have the character U+0007, which is at"
                + " position 38"),
        Arguments.of(
            "version: 1\ntables: " + "[".repeat(20_000),
            "mapping.yaml: its maps and lists are nested too deeply, or one of them contains"
                + " itself"),
        Arguments.of(
            table("split: [{when: &x {not: *x}, collection: x}, {otherwise: fail}]"),
            "mapping.yaml: its maps and lists are nested too deeply, or one of them contains"
                + " itself"),
        Arguments.of(
            "version: 1\ntables:\n  'a b': {collection: x}",
            "mapping.yaml, line 3, column 3: no table has the name 'a b': names have letters,"
                + " digits, '_', '-' and '.', and '*' stands for any characters"),
        Arguments.of(
            "version: 1\ntables:\n  'o*': {collection: x}\n  orders: {collection: y}",
            "mapping.yaml, line 4, column 3: table 'orders' is never reached: 'o*' in line 3,"
                + " column 3 matches it first"),
        Arguments.of(
            table("collection:"), "mapping.yaml, line 4, column 16: 'collection' has no value"),
        Arguments.of(
            table("collection: " + "x".repeat(254)),
            "mapping.yaml, line 4, column 17: the names of a collection and its database have 255"
                + " bytes at most, together with a dot"),
        Arguments.of(
            table("split: {otherwise: ignore}"),
            "mapping.yaml, line 4, column 12: 'split' must be a list, such as [a, b]"),
        Arguments.of(
            table("split: [otherwise]"),
            "mapping.yaml, line 4, column 13: a part of 'split' must be a map, such as {name:"
                + " value}"),
        Arguments.of(
            table("split: [{when: {a: 1}, collection: x, otherwise: ignore}, {otherwise: fail}]"),
            "mapping.yaml, line 4, column 54: 'otherwise' cannot be together with 'when': it is a"
                + " part of its own, the last one"),
        Arguments.of(
            table("split: [{when: {a: 1}, then: ignore, id: {attribute: a}}, {otherwise: fail}]"),
            "mapping.yaml, line 4, column 46: 'id' has no effect together with 'then', which makes"
                + " no document"),
        Arguments.of(
            table("split: [{when: {a: {in: []}}, collection: x}, {otherwise: fail}]"),
            "mapping.yaml, line 4, column 29: 'in' needs a value"),
        Arguments.of(
            table("split: [{when: {any: []}, collection: x}, {otherwise: fail}]"),
            "mapping.yaml, line 4, column 26: 'any' needs a condition"),
        Arguments.of(
            table("split: [{when: {a: {}}, collection: x}, {otherwise: fail}]"),
            "mapping.yaml, line 4, column 24: the tests of 'a' are missing"),
        Arguments.of(
            table("split: [{when: {a: {gt: 1e126}}, collection: x}, {otherwise: fail}]"),
            "mapping.yaml, line 4, column 29: 'gt': DynamoDB has no such number: it has at most 38"
                + " digits, and is at most 9.99E125"),
        Arguments.of(
            table("split: [{when: {a: True}, collection: x}, {otherwise: fail}]"),
            "mapping.yaml, line 4, column 24: True is text here: write true, or put it in quotes if"
                + " it is meant as text"),
        Arguments.of(
            table("attributes: [drop]"),
            "mapping.yaml, line 4, column 18: a step of 'attributes' must be a map, such as {name:"
                + " value}"),
        Arguments.of(
            table("attributes: [{convert: {a: int(5)}}]"),
            "mapping.yaml, line 4, column 32: 'int(5)' is not known in a conversion; known are"
                + " date(epoch_seconds), date(epoch_millis), date(iso8601), objectid, uuid,"
                + " decimal, int, long, double, string, json, set-to-object"),
        Arguments.of(
            table("attributes: [{rename: {a: b, b: a}}]"),
            "mapping.yaml, line 4, column 34: b is the name that an earlier step gave to a: give it"
                + " its last name there; two attributes cannot change their names"),
        Arguments.of(
            table("attributes: [{rename: {a: b}}, {convert: {a.c: int}}]"),
            "mapping.yaml, line 4, column 47: a is not there any more: an earlier step gives it the"
                + " name b"),
        Arguments.of(
            table("attributes: [{drop: a}, {convert: {a: int}}]"),
            "mapping.yaml, line 4, column 40: a is not there any more: an earlier step drops it"),
        Arguments.of(
            table("id: pk"),
            "mapping.yaml, line 4, column 9: 'id' must be 'key', or a map such as {attribute: pk}"),
        Arguments.of(
            table("indexes: [{keys: {}}]"),
            "mapping.yaml, line 4, column 22: 'keys' needs a field, such as {customer: 1}"),
        Arguments.of(
            table("indexes: [{keys: {a: 1}, expire_after_seconds: -1}]"),
            "mapping.yaml, line 4, column 52: 'expire_after_seconds' must be from 0 to 2147483647"),
        Arguments.of(
            table("indexes: [{keys: {a: 1}, name: ''}]"),
            "mapping.yaml, line 4, column 36: the name of an index cannot be empty"),
        Arguments.of(
            table("indexes: [{keys: {a: 1}, name: n}, {keys: {b: 1}, name: n}]"),
            "mapping.yaml, line 4, column 61: another index has the name 'n'"),
        Arguments.of(
            table("indexes: [{keys: {a: hashed, b: hashed}}]"),
            "mapping.yaml, line 4, column 22: an index has one hashed field at most"),
        Arguments.of(
            table("indexes: [{keys: {$a: 1}}]"),
            "mapping.yaml, line 4, column 23: no field of an index can have the name '$a'"),
        Arguments.of(
            table("attributes: [{drop: a}]\nindexes: [{keys: {a.b: 1}}]"),
            "mapping.yaml, line 5, column 23: no document has a, because 'attributes' drops it"),
        Arguments.of(
            table("attributes: [{rename: {m.a: m.b}}]\nindexes: [{keys: {m.a: 1}}]"),
            "mapping.yaml, line 5, column 23: no document has m.a, because 'attributes' gives it"
                + " the name m.b"),
        Arguments.of(
            "version: 1\ntables:\n  t: {collection: x",
            "mapping.yaml, line 3, column 20: this is not YAML: expected ',' or '}', but got <stream"
                + " end>"));
  }

  /** An attribute may come back under the name of one that is gone. */
  @Test
  void aNameThatIsFreeMayBeUsedAgain() throws MappingException {
    Rule rule =
        read(table(
                """
                    attributes:
                      - drop: [a, m.x]
                      - rename: {b: a, m.y: m.x}
                      - convert: {a: {to: int, on_error: null}, m.x: long}
                      - drop: c
                      - set: {c: 1}
                    indexes: [{keys: {a: 1, m.x: 1}}, {keys: {c: 1}}]
                    """))
            .of("t")
            .orElseThrow()
            .rules()
            .get(0);
    assertEquals(8, rule.steps().size());
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
