package io.nimoshake.mapping.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.KeyAttribute.Type;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.mapping.MappingFixture;
import io.nimoshake.mapping.plain.PlainMapping;
import io.nimoshake.mapping.plain.PlainMapping.Result;
import io.nimoshake.mapping.rule.AttributePath;
import io.nimoshake.mapping.rule.Condition;
import io.nimoshake.mapping.rule.IdRule;
import io.nimoshake.mapping.rule.MappingRules;
import io.nimoshake.mapping.rule.Outcome;
import io.nimoshake.mapping.rule.Rule;
import io.nimoshake.mapping.rule.TableRules;
import io.nimoshake.mapping.rule.Value;
import io.nimoshake.mapping.yaml.MappingException;
import io.nimoshake.mapping.yaml.MappingReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityCheckTest {
  private static List<String> problems(String tables, TableSchema... schemas)
      throws MappingException {
    MappingRules rules = MappingReader.read("m.yaml", "version: 1\ntables:\n" + tables.indent(2));
    return IdentityCheck.problems("m.yaml", rules, List.of(schemas));
  }

  @Test
  void aSingleTableDesignIsSound() throws MappingException {
    assertEquals(
        List.of(),
        problems(
            """
            shop:
              split:
                - when: {sk: PROFILE, pk: {begins_with: "CUSTOMER#"}}
                  collection: customers
                  id: {attribute: pk, strip: "CUSTOMER#"}
                - when: {entity: {in: [Order, Draft]}}
                  collection: orders
                - otherwise: {collection: rest}
            """,
            MappingFixture.table("shop")));
  }

  @Test
  void theOtherKeyAttributeMustBeFixed() throws MappingException {
    assertEquals(
        List.of(
            "m.yaml, line 5, column 9: id: items that differ only in sk would be one document:"
                + " {pk: \"C#1\", sk: \"1\"} of table shop and {pk: \"C#1\", sk: \"2\"} of table"
                + " shop. Fix sk by 'equals' in 'when', or leave 'id' out"),
        problems(
            """
            shop:
              split:
                - {when: {pk: {begins_with: "C#"}}, collection: c, id: {attribute: pk}}
                - otherwise: {collection: rest}
            """,
            MappingFixture.table("shop")));
  }

  @Test
  void aPrefixIsStrippedOnlyWhereTheRuleGuaranteesIt() throws MappingException {
    assertEquals(
        List.of(
            "m.yaml, line 5, column 9: id: 'strip: C#' needs 'begins_with: C#' on pk in 'when';"
                + " without it items such as {pk: \"1\", sk: \"P\"} of table shop have no id"),
        problems(
            """
            shop:
              split:
                - {when: {sk: P}, collection: c, id: {attribute: pk, strip: "C#"}}
                - otherwise: {collection: rest}
            """,
            MappingFixture.table("shop")));
  }

  @Test
  void rulesOfOneCollectionMustHaveDifferentIds() throws MappingException {
    assertEquals(
        List.of(
            "m.yaml, line 6, column 9: collection c is shared by the rule at line 5, column 9 for"
                + " table shop and the rule at line 6, column 9 for table shop, and {pk: \"1\", sk:"
                + " \"P\"} of table shop and {pk: \"1\", sk: \"Q\"} of table shop would be one"
                + " document. Use another collection, or conditions that keep the ids apart"),
        problems(
            """
            shop:
              split:
                - {when: {sk: P}, collection: c, id: {attribute: pk}}
                - {when: {sk: Q}, collection: c, id: {attribute: pk}}
                - otherwise: ignore
            """,
            MappingFixture.table("shop")));
  }

  /** Whatever the constants are, also those with which examples are made. */
  @ParameterizedTest
  @ValueSource(strings = {"1", "2", "3", "9", "A"})
  void idsOfTwoAttributesMeet(String constant) throws MappingException {
    List<String> problems =
        problems(
            """
            shop:
              split:
                - {when: {sk: "%1$s"}, collection: c, id: {attribute: pk}}
                - {when: {pk: "%1$s"}, collection: c, id: {attribute: sk}}
                - otherwise: ignore
            """
                .formatted(constant),
            MappingFixture.table("shop"));
    assertEquals(1, problems.size());
    assertTrue(problems.get(0).contains("would be one document"), problems.get(0));
  }

  @Test
  void tablesThatShareACollectionMustHaveDifferentIds() throws MappingException {
    String shared = "\"audit-*\": {collection: audit}";
    assertEquals(
        1,
        problems(shared, MappingFixture.table("audit-1"), MappingFixture.table("audit-2")).size());
    assertEquals(List.of(), problems(shared, MappingFixture.table("audit-1")));
    assertEquals(
        List.of(),
        problems(
            shared, MappingFixture.table("audit-1"), MappingFixture.hashOnly("audit-2", Type.S)));
    assertEquals(
        List.of(
            "m.yaml, line 3, column 3: collection b is also that of table b, for which the file has"
                + " no rules. Use another collection, or add 'b: {collection: b}' to share it"),
        problems(
            "a: {collection: b}", MappingFixture.table("a"), MappingFixture.hashOnly("b", Type.S)));
    assertEquals(List.of(), problems("a: {collection: b}", MappingFixture.table("a")));
  }

  @Test
  void anIdIsOfTheKey() throws MappingException {
    assertEquals(
        List.of(
            "m.yaml, line 3, column 3: id: 'email' is not a key attribute of table t, whose key is"
                + " pk and sk"),
        problems("t: {id: {attribute: email}}", MappingFixture.table("t")));
    assertEquals(
        List.of(
            "m.yaml, line 3, column 3: id: 'strip' and 'as' need a string, and pk is of type N"),
        problems("t: {id: {attribute: pk, as: long}}", MappingFixture.hashOnly("t", Type.N)));
  }

  @Test
  void aKeyIsComparedWithItsOwnType() throws MappingException {
    assertEquals(
        List.of(
            "m.yaml, line 5, column 9: key attribute sk is of type S and can never be 5; put it into"
                + " quotes"),
        problems(
            """
            shop:
              split:
                - {when: {sk: 5}, collection: c}
                - otherwise: ignore
            """,
            MappingFixture.table("shop")));
  }

  /** Whatever passes keeps all small keys apart; whatever is refused is refused with an example. */
  @Test
  void noKeysThatPassHaveOneDocument() {
    int refused = 0;
    for (long seed = 1; seed <= 5_000; seed++) {
      Random random = new Random(seed);
      List<Rule> rules = rules(random);
      MappingRules mapping =
          new MappingRules(List.of(new TableRules("t", new Rule.Place(1, 1), rules)));
      List<String> problems =
          IdentityCheck.problems("m", mapping, List.of(MappingFixture.table("t")));
      if (!problems.isEmpty()) {
        refused++;
        continue;
      }
      Map<String, String> keys = new HashMap<>();
      PlainMapping plain = new PlainMapping(rules, MappingFixture.table("t"), MappingFixture.NAMES);
      for (BsonDocument item : items()) {
        if (plain.apply(item) instanceof Result.Document document) {
          String place = document.collection() + " " + document.document().get("_id");
          String key = item.get("pk") + " " + item.get("sk");
          String before = keys.putIfAbsent(place, key);
          assertTrue(
              before == null || before.equals(key),
              "seed " + seed + ": " + before + " and " + key + " at " + place + " by " + rules);
        }
      }
    }
    assertTrue(refused > 500 && refused < 4_500, "refused " + refused);
  }

  private static List<BsonDocument> items() {
    List<BsonDocument> items = new ArrayList<>();
    List<String> values = List.of("", "A", "A#", "A#1", "A#1#2", "B", "B#1", "1", "#1", "1#2");
    for (String pk : values) {
      for (String sk : values) {
        for (String kind : List.of("x", "y")) {
          items.add(
              new BsonDocument("pk", new BsonString(pk))
                  .append("sk", new BsonString(sk))
                  .append("kind", new BsonString(kind)));
        }
      }
    }
    return items;
  }

  private static List<Rule> rules(Random random) {
    List<Rule> rules = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      IdRule id =
          random.nextInt(3) == 0
              ? new IdRule.WholeKey()
              : new IdRule.OfAttribute(
                  pick(random, "pk", "sk"),
                  random.nextBoolean() ? "" : pick(random, "A", "A#", "B"),
                  Optional.empty());
      rules.add(
          new Rule(
              new Rule.Place(rules.size() + 2, 1),
              condition(random, 0),
              new Outcome.ToCollection(pick(random, "c", "d")),
              id,
              List.of(),
              List.of()));
    }
    rules.add(
        new Rule(
            new Rule.Place(9, 1),
            Condition.ALWAYS,
            random.nextBoolean() ? new Outcome.Ignore() : new Outcome.ToCollection("c"),
            new IdRule.WholeKey(),
            List.of(),
            List.of()));
    return rules;
  }

  private static Condition condition(Random random, int depth) {
    List<Condition> parts = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      parts.add(
          switch (random.nextInt(depth < 2 ? 8 : 6)) {
            case 0, 1, 2 -> of(pick(random, "pk", "sk"), equal(pick(random, "A", "A#1", "B", "1")));
            case 3, 4 ->
                of(
                    pick(random, "pk", "sk"),
                    new io.nimoshake.mapping.rule.Test.BeginsWith(pick(random, "A", "A#", "B")));
            case 5 -> of("kind", equal("x"));
            case 6 -> condition(random, depth + 1);
            default -> new Condition.Not(condition(random, depth + 1));
          });
    }
    return random.nextInt(4) == 0 ? new Condition.Any(parts) : new Condition.All(parts);
  }

  private static io.nimoshake.mapping.rule.Test equal(String text) {
    return new io.nimoshake.mapping.rule.Test.Equal(new Value.Text(text));
  }

  private static Condition of(String name, io.nimoshake.mapping.rule.Test test) {
    return new Condition.Of(new AttributePath(List.of(name)), test);
  }

  private static String pick(Random random, String... values) {
    return values[random.nextInt(values.length)];
  }

  /** A number of more than 34 digits becomes a string, which a string may equal. */
  @Test
  void longNumbersAndStringsDoNotShareACollection() throws MappingException {
    TableSchema numbers = MappingFixture.hashOnly("numbers", Type.N);
    TableSchema strings = MappingFixture.hashOnly("strings", Type.S);
    String both = "numbers: {collection: c}\nstrings: {collection: c}";
    List<String> found = problems(both, numbers, strings);
    assertEquals(1, found.size(), found::toString);
    String number = "1".repeat(38);
    assertTrue(
        found
            .get(0)
            .contains(
                "{pk: \""
                    + number
                    + "\"} of table numbers and {pk: \""
                    + number
                    + "\"} of table"
                    + " strings would be one document"),
        found::toString);
    assertEquals(1, problems(both, strings, numbers).size());
  }

  @ParameterizedTest
  @CsvSource({
    "A#, 0",
    "1-, 0",
    "01, 0",
    "1, 1",
    "-, 1",
    "0., 1",
    "-12.5, 1",
    "12.5.1, 0",
  })
  void stringsThatNoNumberIsMayShareACollectionWithNumbers(String prefix, int expected)
      throws MappingException {
    assertEquals(
        expected,
        problems(
                "numbers: {collection: c}\nstrings:\n  split:\n"
                    + "    - {when: {pk: {begins_with: '"
                    + prefix
                    + "'}}, collection: c}\n"
                    + "    - {otherwise: {collection: rest}}",
                MappingFixture.hashOnly("numbers", Type.N),
                MappingFixture.hashOnly("strings", Type.S))
            .size());
  }

  @Test
  void wholeKeysWithALongNumberAndAStringDoNotShareACollection() throws MappingException {
    KeyAttribute sk = new KeyAttribute("sk", Type.S);
    TableSchema numbers =
        new TableSchema(
            "numbers", new KeyAttribute("pk", Type.N), Optional.of(sk), List.of(), 0, 0);
    TableSchema strings = MappingFixture.table("strings");
    String both = "numbers: {collection: c}\nstrings: {collection: c}";
    assertEquals(1, problems(both, numbers, strings).size());
    assertEquals(1, problems(both, strings, numbers).size());
    TableSchema bytes =
        new TableSchema(
            "numbers", new KeyAttribute("pk", Type.B), Optional.of(sk), List.of(), 0, 0);
    assertEquals(List.of(), problems(both, bytes, strings));
  }
}
