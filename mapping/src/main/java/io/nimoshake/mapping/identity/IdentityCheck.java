package io.nimoshake.mapping.identity;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.KeyAttribute.Type;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.mapping.rule.IdRule;
import io.nimoshake.mapping.rule.MappingRules;
import io.nimoshake.mapping.rule.Rule;
import io.nimoshake.mapping.rule.TableRules;
import io.nimoshake.mapping.rule.Test;
import io.nimoshake.mapping.rule.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether the {@code _id} of every rule tells the items that can reach it apart, and whether rules
 * and tables that share a collection have different ids for different items.
 */
public final class IdentityCheck {
  private final String file;
  private final List<String> problems = new ArrayList<>();

  private IdentityCheck(String file) {
    this.file = file;
  }

  /**
   * Checks the rules of tables.
   *
   * @param file name of the mapping file, for messages
   * @param tables every table that is synced, mapped or not
   * @return one line for each problem; none if every item has a document of its own
   */
  public static List<String> problems(
      String file, MappingRules mapping, Collection<TableSchema> tables) {
    IdentityCheck check = new IdentityCheck(file);
    Map<String, List<Reach>> byCollection = new LinkedHashMap<>();
    for (TableSchema table : tables) {
      check.checkKinds(mapping, table);
      for (Reach reach : Reach.of(mapping, table)) {
        if (check.isSound(reach)) {
          byCollection.computeIfAbsent(reach.collection(), name -> new ArrayList<>()).add(reach);
        }
      }
    }
    byCollection
        .values()
        .forEach(reaches -> SharedCollection.problem(reaches).ifPresent(check::add));
    return check.problems;
  }

  private void add(Rule rule, String message) {
    problems.add(file + ", " + rule.place() + ": " + message);
  }

  private void add(SharedCollection.Problem problem) {
    add(problem.rule(), problem.message());
  }

  /** A number that is compared with a key that is a string, or the other way, matches nothing. */
  private void checkKinds(MappingRules mapping, TableSchema table) {
    List<Rule> rules = mapping.of(table.name()).map(TableRules::rules).orElse(List.of());
    for (Rule rule : rules) {
      rule.when()
          .leaves()
          .filter(leaf -> leaf.path().isTopLevel())
          .forEach(
              leaf ->
                  table.key().stream()
                      .filter(key -> key.name().equals(leaf.path().top()))
                      .forEach(key -> checkKind(rule, key, leaf.test())));
    }
  }

  private void checkKind(Rule rule, KeyAttribute key, Test test) {
    for (Value value : values(test)) {
      boolean text = value instanceof Value.Text;
      boolean number = value instanceof Value.Num;
      if (key.type() == Type.S && !text
          || key.type() == Type.N && !number
          || key.type() == Type.B) {
        add(
            rule,
            "key attribute "
                + key.name()
                + " is of type "
                + key.type()
                + " and can never be "
                + ExampleKey.text(value)
                + (key.type() == Type.S && number ? "; put it into quotes" : ""));
      }
    }
  }

  private static List<Value> values(Test test) {
    if (test instanceof Test.Equal equal) {
      return List.of(equal.value());
    } else if (test instanceof Test.In in) {
      return in.values();
    } else if (test instanceof Test.BeginsWith begins) {
      return List.of(new Value.Text(begins.prefix()));
    } else if (test instanceof Test.Compare compare) {
      return List.of(compare.bound());
    }
    return List.of();
  }

  // --- one rule --------------------------------------------------------------------------------

  private boolean isSound(Reach reach) {
    if (!(reach.rule().id() instanceof IdRule.OfAttribute id)) {
      return true;
    }
    Optional<KeyAttribute> attribute = reach.attribute(id);
    if (attribute.isEmpty()) {
      add(
          reach.rule(),
          "id: '"
              + id.attribute()
              + "' is not a key attribute of table "
              + reach.table().name()
              + ", whose key is "
              + reach.table().key().stream()
                  .map(KeyAttribute::name)
                  .collect(Collectors.joining(" and ")));
      return false;
    }
    boolean asText = !id.strip().isEmpty() || id.as().isPresent();
    if (asText && attribute.get().type() != Type.S) {
      add(
          reach.rule(),
          "id: 'strip' and 'as' need a string, and "
              + id.attribute()
              + " is of type "
              + attribute.get().type());
      return false;
    }
    return guaranteesPrefix(reach, id) && fixesTheOther(reach, id);
  }

  private boolean guaranteesPrefix(Reach reach, IdRule.OfAttribute id) {
    for (KeyRegion region : reach.regions()) {
      if (region.of(id.attribute()).without(id.strip()).isEmpty()) {
        add(
            reach.rule(),
            "id: 'strip: "
                + id.strip()
                + "' needs 'begins_with: "
                + id.strip()
                + "' on "
                + id.attribute()
                + " in 'when'; without it items such as "
                + ExampleKey.of(reach.table(), region, Map.of())
                + " have no id");
        return false;
      }
    }
    return true;
  }

  /** Where one attribute is the id, the rule must leave only one value to the other. */
  private boolean fixesTheOther(Reach reach, IdRule.OfAttribute id) {
    Optional<KeyAttribute> other =
        reach.table().key().stream().filter(a -> !a.name().equals(id.attribute())).findFirst();
    if (other.isEmpty()) {
      return true;
    }
    String name = other.get().name();
    Set<Constraint> values =
        reach.regions().stream().map(region -> region.of(name)).collect(Collectors.toSet());
    boolean fixed =
        values.size() <= 1 && values.stream().allMatch(c -> c instanceof Constraint.Exactly);
    if (!fixed) {
      KeyRegion region = reach.regions().get(0);
      List<String> samples = twoValues(values);
      add(
          reach.rule(),
          "id: items that differ only in "
              + name
              + " would be one document: "
              + ExampleKey.of(reach.table(), region, Map.of(name, samples.get(0)))
              + " and "
              + ExampleKey.of(reach.table(), region, Map.of(name, samples.get(1)))
              + ". Fix "
              + name
              + " by 'equals' in 'when', or leave 'id' out");
    }
    return fixed;
  }

  private static List<String> twoValues(Set<Constraint> constraints) {
    List<String> values = new ArrayList<>();
    for (Constraint constraint : constraints) {
      if (constraint instanceof Constraint.Exactly exactly) {
        values.add(ExampleKey.text(exactly.value()));
      } else {
        String prefix = ((Constraint.BeginsWith) constraint).prefix();
        values.add(prefix + "1");
        values.add(prefix + "2");
      }
    }
    return values;
  }
}
