package io.nimoshake.mapping.identity;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.mapping.rule.Condition;
import io.nimoshake.mapping.rule.IdRule;
import io.nimoshake.mapping.rule.MappingRules;
import io.nimoshake.mapping.rule.Outcome;
import io.nimoshake.mapping.rule.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One rule of one table, and where its documents go.
 *
 * @param regions the keys that can reach the rule
 */
record Reach(TableSchema table, Rule rule, String collection, List<KeyRegion> regions) {
  /** One for each rule by which items of the table become documents. */
  static List<Reach> of(MappingRules mapping, TableSchema table) {
    Set<String> key = table.key().stream().map(KeyAttribute::name).collect(Collectors.toSet());
    List<Rule> rules =
        mapping
            .of(table.name())
            .map(of -> of.of(table.name()))
            .orElseGet(() -> List.of(asItIs(table)));
    List<Reach> reaches = new ArrayList<>();
    for (Rule rule : rules) {
      rule.collection()
          .ifPresent(
              collection ->
                  reaches.add(new Reach(table, rule, collection, KeyRegion.of(rule.when(), key))));
    }
    return reaches;
  }

  /** A table without rules goes to the collection of its name. */
  private static Rule asItIs(TableSchema table) {
    return new Rule(
        new Rule.Place(0, 0),
        Condition.ALWAYS,
        new Outcome.ToCollection(table.name()),
        new IdRule.WholeKey(),
        List.of(),
        List.of());
  }

  /** Whether the file has no rules for the table. */
  boolean isUnmapped() {
    return rule.equals(asItIs(table));
  }

  /** The key attribute that the rule takes for the id, if the table has it. */
  Optional<KeyAttribute> attribute(IdRule.OfAttribute id) {
    return table.key().stream().filter(a -> a.name().equals(id.attribute())).findFirst();
  }

  /** A key that can reach the rule by this region. */
  ExampleKey example(KeyRegion region, Map<String, String> fixed) {
    return ExampleKey.of(table, region, fixed);
  }

  String name() {
    return "the rule at " + rule.place() + " for table " + table.name();
  }
}
