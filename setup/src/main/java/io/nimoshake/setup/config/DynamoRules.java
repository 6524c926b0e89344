package io.nimoshake.setup.config;

import io.nimoshake.mapping.rule.AttributeStep;
import io.nimoshake.mapping.rule.IdRule;
import io.nimoshake.mapping.rule.MappingRules;
import io.nimoshake.mapping.rule.Outcome;
import io.nimoshake.mapping.rule.Rule;
import io.nimoshake.mapping.rule.TableRules;
import java.util.ArrayList;
import java.util.List;

/**
 * Which rules a DynamoDB-compatible target can have: other names of tables, and attributes that are
 * dropped, renamed or set. The rest needs documents.
 */
final class DynamoRules {
  private DynamoRules() {}

  /** What of a mapping needs documents: one line each, with its place. */
  static List<String> problems(String file, MappingRules rules) {
    List<String> problems = new ArrayList<>();
    for (TableRules table : rules.tables()) {
      if (table.rules().size() > 1) {
        problems.add(
            refusal(file, table.place(), "'split' makes several collections of one table"));
      } else {
        Rule rule = table.rules().get(0);
        reasons(rule).forEach(reason -> problems.add(refusal(file, rule.place(), reason)));
      }
    }
    return problems;
  }

  private static String refusal(String file, Rule.Place place, String reason) {
    return file + ", " + place + ": a DynamoDB-compatible target cannot do this: " + reason;
  }

  private static List<String> reasons(Rule rule) {
    List<String> reasons = new ArrayList<>();
    if (!(rule.outcome() instanceof Outcome.ToCollection)) {
      reasons.add("a table becomes one table");
    }
    if (!(rule.id() instanceof IdRule.WholeKey)) {
      reasons.add("'id' names the _id of documents");
    }
    if (!rule.indexes().isEmpty()) {
      reasons.add("'indexes' are those of collections; a table keeps its secondary indexes");
    }
    for (AttributeStep step : rule.steps()) {
      if (step instanceof AttributeStep.Convert convert) {
        reasons.add("'convert' of " + convert.path() + " makes types that DynamoDB does not have");
      }
    }
    return reasons;
  }
}
