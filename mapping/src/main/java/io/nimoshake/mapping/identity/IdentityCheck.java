package io.nimoshake.mapping.identity;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.KeyAttribute.Type;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.mapping.rule.Condition;
import io.nimoshake.mapping.rule.IdRule;
import io.nimoshake.mapping.rule.MappingRules;
import io.nimoshake.mapping.rule.Outcome;
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

  /** One rule of one table, and where its documents go. */
  private record Reach(TableSchema table, Rule rule, String collection, List<KeyRegion> regions) {
    String name() {
      return "the rule at " + rule.place() + " for table " + table.name();
    }
  }

  /**
   * The ids of one region of one rule.
   *
   * @param kind values of different kinds are never equal
   * @param attribute the key attribute that is the id; empty for the whole key as a document
   */
  private record Ids(
      Reach reach, KeyRegion region, String kind, Optional<String> attribute, String strip) {

    /** What is known of the id. */
    Constraint constraint() {
      return region.of(attribute.orElseThrow()).without(strip).orElse(Constraint.ANY);
    }

    /** A key that has this id. */
    ExampleKey example(Constraint id) {
      String text =
          id instanceof Constraint.Exactly exactly
              ? ExampleKey.text(exactly.value())
              : ((Constraint.BeginsWith) id).prefix() + sample();
      return ExampleKey.of(reach.table, region, Map.of(attribute.orElseThrow(), strip + text));
    }

    private String sample() {
      return switch (kind) {
        case "objectid" -> "65a000000000000000000001";
        case "uuid" -> "123e4567-e89b-12d3-a456-426614174000";
        default -> "1";
      };
    }
  }

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
      for (Reach reach : reaches(mapping, table)) {
        if (check.isSound(reach)) {
          byCollection.computeIfAbsent(reach.collection, name -> new ArrayList<>()).add(reach);
        }
      }
    }
    byCollection.values().forEach(check::checkShared);
    return check.problems;
  }

  private static List<Reach> reaches(MappingRules mapping, TableSchema table) {
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

  private void add(Rule rule, String message) {
    problems.add(file + ", " + rule.place() + ": " + message);
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
    if (!(reach.rule.id() instanceof IdRule.OfAttribute id)) {
      return true;
    }
    Optional<KeyAttribute> attribute =
        reach.table.key().stream().filter(a -> a.name().equals(id.attribute())).findFirst();
    if (attribute.isEmpty()) {
      add(
          reach.rule,
          "id: '"
              + id.attribute()
              + "' is not a key attribute of table "
              + reach.table.name()
              + ", whose key is "
              + reach.table.key().stream()
                  .map(KeyAttribute::name)
                  .collect(Collectors.joining(" and ")));
      return false;
    }
    boolean asText = !id.strip().isEmpty() || id.as().isPresent();
    if (asText && attribute.get().type() != Type.S) {
      add(
          reach.rule,
          "id: 'strip' and 'as' need a string, and "
              + id.attribute()
              + " is of type "
              + attribute.get().type());
      return false;
    }
    return guaranteesPrefix(reach, id) && fixesTheOther(reach, id);
  }

  private boolean guaranteesPrefix(Reach reach, IdRule.OfAttribute id) {
    for (KeyRegion region : reach.regions) {
      if (region.of(id.attribute()).without(id.strip()).isEmpty()) {
        add(
            reach.rule,
            "id: 'strip: "
                + id.strip()
                + "' needs 'begins_with: "
                + id.strip()
                + "' on "
                + id.attribute()
                + " in 'when'; without it items such as "
                + ExampleKey.of(reach.table, region, Map.of())
                + " have no id");
        return false;
      }
    }
    return true;
  }

  /** Where one attribute is the id, the rule must leave only one value to the other. */
  private boolean fixesTheOther(Reach reach, IdRule.OfAttribute id) {
    Optional<KeyAttribute> other =
        reach.table.key().stream().filter(a -> !a.name().equals(id.attribute())).findFirst();
    if (other.isEmpty()) {
      return true;
    }
    String name = other.get().name();
    Set<Constraint> values =
        reach.regions.stream().map(region -> region.of(name)).collect(Collectors.toSet());
    boolean fixed =
        values.size() <= 1 && values.stream().allMatch(c -> c instanceof Constraint.Exactly);
    if (!fixed) {
      KeyRegion region = reach.regions.get(0);
      List<String> samples = twoValues(values);
      add(
          reach.rule,
          "id: items that differ only in "
              + name
              + " would be one document: "
              + ExampleKey.of(reach.table, region, Map.of(name, samples.get(0)))
              + " and "
              + ExampleKey.of(reach.table, region, Map.of(name, samples.get(1)))
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

  // --- rules that share a collection -----------------------------------------------------------

  private void checkShared(List<Reach> reaches) {
    Optional<Reach> unmapped =
        reaches.stream().filter(reach -> reach.rule.equals(asItIs(reach.table))).findFirst();
    if (unmapped.isPresent() && reaches.size() > 1) {
      String name = unmapped.get().collection;
      Rule other =
          reaches.stream().filter(reach -> reach != unmapped.get()).findFirst().orElseThrow().rule;
      add(
          other,
          "collection "
              + name
              + " is also that of table "
              + name
              + ", for which the file has no rules. Use another collection, or add '"
              + name
              + ": {collection: "
              + name
              + "}' to share it");
      return;
    }
    for (int i = 0; i < reaches.size(); i++) {
      for (int j = i + 1; j < reaches.size(); j++) {
        if (collide(reaches.get(i), reaches.get(j))) {
          // One example is enough to act on.
          return;
        }
      }
    }
  }

  private boolean collide(Reach a, Reach b) {
    for (KeyRegion first : a.regions) {
      for (KeyRegion second : b.regions) {
        Optional<String> collision = collision(ids(a, first), ids(b, second));
        if (collision.isPresent()) {
          add(
              b.rule,
              "collection "
                  + b.collection
                  + " is shared by "
                  + a.name()
                  + " and "
                  + b.name()
                  + ", and "
                  + collision.get()
                  + " would be one document. Use another collection, or conditions that keep the"
                  + " ids apart");
          return true;
        }
      }
    }
    return false;
  }

  private static Ids ids(Reach reach, KeyRegion region) {
    if (reach.rule.id() instanceof IdRule.OfAttribute id) {
      Type type =
          reach.table.key().stream()
              .filter(a -> a.name().equals(id.attribute()))
              .findFirst()
              .orElseThrow()
              .type();
      return new Ids(reach, region, kind(id, type), Optional.of(id.attribute()), id.strip());
    } else if (reach.table.range().isEmpty()) {
      return new Ids(
          reach,
          region,
          reach.table.hash().type().name(),
          Optional.of(reach.table.hash().name()),
          "");
    }
    return new Ids(reach, region, "document", Optional.empty(), "");
  }

  /** MongoDB compares numbers of all types with each other. */
  private static String kind(IdRule.OfAttribute id, Type type) {
    if (id.as().isEmpty()) {
      return type.name();
    }
    return switch (id.as().get()) {
      case OBJECTID -> "objectid";
      case UUID -> "uuid";
      case LONG -> Type.N.name();
      default -> throw new IllegalStateException(id.as().get() + " makes no ids");
    };
  }

  /** Two keys with one id, as text; empty if there are none. */
  private static Optional<String> collision(Ids a, Ids b) {
    if (!a.kind.equals(b.kind)) {
      return Optional.empty();
    }
    if (a.attribute.isEmpty()) {
      return documents(a, b);
    }
    // An id that is converted shows nothing of its prefix; numbers written as strings are numbers.
    boolean comparable = isPlain(a) == isPlain(b);
    Optional<Constraint> both =
        comparable ? Constraint.both(a.constraint(), b.constraint()) : Optional.of(Constraint.ANY);
    if (both.isEmpty()) {
      return Optional.empty();
    }
    ExampleKey first = a.example(both.get());
    ExampleKey second = b.example(both.get());
    return first.equals(second) ? Optional.empty() : Optional.of(first + " and " + second);
  }

  private static boolean isPlain(Ids ids) {
    return !(ids.reach.rule.id() instanceof IdRule.OfAttribute of) || of.as().isEmpty();
  }

  /** Whole keys are equal if all of their fields are; in one table they are one item then. */
  private static Optional<String> documents(Ids a, Ids b) {
    TableSchema first = a.reach.table;
    TableSchema second = b.reach.table;
    if (first.name().equals(second.name()) || !first.key().equals(second.key())) {
      return Optional.empty();
    }
    return a.region
        .and(b.region)
        .map(
            both -> {
              return ExampleKey.of(first, both, Map.of())
                  + " and "
                  + ExampleKey.of(second, both, Map.of());
            });
  }
}
