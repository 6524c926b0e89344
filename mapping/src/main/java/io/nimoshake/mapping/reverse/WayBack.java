package io.nimoshake.mapping.reverse;

import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.ReverseMapping;
import io.nimoshake.mapping.rule.AttributeStep;
import io.nimoshake.mapping.rule.Condition;
import io.nimoshake.mapping.rule.Conversion;
import io.nimoshake.mapping.rule.MappingRules;
import io.nimoshake.mapping.rule.Rule;
import io.nimoshake.mapping.rule.TableRules;
import io.nimoshake.mapping.rule.Test;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The way back through a mapping file, or without one. */
public final class WayBack implements ReverseMapping {
  private final String file;
  private final MappingRules rules;
  private final KeyForm form;

  private WayBack(String file, MappingRules rules, KeyForm form) {
    this.file = file;
    this.rules = rules;
    this.form = form;
  }

  /**
   * @param file the name of the mapping file, for messages
   */
  public static ReverseMapping through(String file, MappingRules rules, KeyForm form) {
    return new WayBack(file, rules, form);
  }

  /** Every table goes, as it is, to the collection of its name. */
  public static ReverseMapping withoutMapping(KeyForm form) {
    return new WayBack("", new MappingRules(List.of()), form);
  }

  @Override
  public OfTable of(TableSchema table) {
    Optional<TableRules> of = rules.of(table.name());
    return of.isPresent()
        ? new MappedTable(of.get().of(table.name()), table, form)
        : new UnmappedTable(table, form);
  }

  @Override
  public List<String> problems(Collection<TableSchema> tables) {
    List<String> problems = new ArrayList<>();
    for (TableSchema table : tables) {
      rules
          .of(table.name())
          .map(of -> of.of(table.name()))
          .orElse(List.of())
          .forEach(rule -> problems(rule, table, problems));
    }
    return problems.stream().distinct().toList();
  }

  private void problems(Rule rule, TableSchema table, List<String> problems) {
    if (rule.collection().isEmpty()) {
      return;
    }
    String where = file + ", " + rule.place() + ": table " + table.name() + ": ";
    for (AttributeStep step : rule.steps()) {
      if (step instanceof AttributeStep.Convert convert
          && convert.conversion() == Conversion.STRING
          && !isKey(step.path().top(), table)) {
        problems.add(
            where
                + "convert "
                + step.path()
                + " to string: a string of a new document does not say whether it was a number");
      }
    }
    rule.when()
        .leaves()
        .filter(leaf -> leaf.path().isTopLevel() && !isKey(leaf.path().top(), table))
        .filter(leaf -> rule.nameOf(leaf.path().top()).isEmpty())
        .filter(leaf -> !isFixed(leaf, rule.when()))
        .map(leaf -> leaf.path().toString())
        .distinct()
        .forEach(
            name ->
                problems.add(
                    where
                        + "its condition asks for "
                        + name
                        + ", which its documents do not have: for a new document nobody can tell"
                        + " what it was"));
  }

  private static boolean isKey(String attribute, TableSchema table) {
    return table.key().stream().anyMatch(key -> key.name().equals(attribute));
  }

  /** Whether the condition gives the attribute one value. */
  private static boolean isFixed(Condition.Of leaf, Condition when) {
    if (when instanceof Condition.All all) {
      return all.parts().stream().anyMatch(part -> isFixed(leaf, part));
    }
    return when instanceof Condition.Of of
        && of.path().equals(leaf.path())
        && of.test() instanceof Test.Equal;
  }
}
