package io.nimoshake.mapping.rule;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The rules of the tables whose names match a pattern. Collections may be named with {@code
 * ${name}}, which stands for the table's name.
 *
 * @param pattern a table's name, in which {@code *} stands for any characters
 * @param rules in order; the last one matches everything
 */
public record TableRules(String pattern, Rule.Place place, List<Rule> rules) {
  /** Stands for the name of the table in the name of a collection. */
  public static final String NAME = "${name}";

  public TableRules {
    rules = List.copyOf(rules);
  }

  /** Whether the pattern matches this table. */
  public boolean matches(String table) {
    String[] parts = pattern.split("\\*", -1);
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < parts.length; i++) {
      regex.append(i == 0 ? "" : ".*").append(Pattern.quote(parts[i]));
    }
    return Pattern.matches(regex.toString(), table);
  }

  /** The rules of one table, with its name in the names of collections. */
  public List<Rule> of(String table) {
    return rules.stream().map(rule -> named(rule, table)).toList();
  }

  /** Whether a table that matches, and is not this one, may have documents in a collection. */
  boolean bringsOtherThan(String table, String collection) {
    return rules.stream()
        .flatMap(rule -> rule.collection().stream())
        .anyMatch(template -> othersThan(table, template, collection));
  }

  private boolean othersThan(String table, String template, String collection) {
    if (!pattern.contains("*")) {
      return !pattern.equals(table) && template.replace(NAME, pattern).equals(collection);
    }
    int at = template.indexOf(NAME);
    if (at < 0) {
      return template.equals(collection);
    }
    int times = (template.length() - template.replace(NAME, "").length()) / NAME.length();
    int nameLength = (collection.length() - template.length()) / times + NAME.length();
    if (nameLength < 1 || at + nameLength > collection.length()) {
      return false;
    }
    String other = collection.substring(at, at + nameLength);
    return !other.equals(table)
        && matches(other)
        && template.replace(NAME, other).equals(collection);
  }

  private static Rule named(Rule rule, String table) {
    if (rule.outcome() instanceof Outcome.ToCollection to) {
      return new Rule(
          rule.place(),
          rule.when(),
          new Outcome.ToCollection(to.collection().replace(NAME, table)),
          rule.id(),
          rule.steps(),
          rule.indexes());
    }
    return rule;
  }
}
