package io.nimoshake.mapping.identity;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.KeyAttribute.Type;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.mapping.rule.IdRule;
import io.nimoshake.mapping.rule.Rule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether the rules and tables that share a collection have different ids for different items. */
final class SharedCollection {
  /**
   * Two rules of one table have one item with an id if the id is what each of them says of the key.
   * So other ids are tried, too: each rule has one constant at most.
   */
  private static final List<String> DIGITS = List.of("1", "2", "3");

  private SharedCollection() {}

  /**
   * What is wrong.
   *
   * @param rule which rule to change
   * @param message one line for a person
   */
  record Problem(Rule rule, String message) {}

  /**
   * The first problem of the rules that lead to one collection. One example is enough to act on.
   */
  static Optional<Problem> problem(List<Reach> reaches) {
    Optional<Reach> unmapped = reaches.stream().filter(Reach::isUnmapped).findFirst();
    if (unmapped.isPresent() && reaches.size() > 1) {
      return Optional.of(besideUnmapped(unmapped.get(), reaches));
    }
    for (int i = 0; i < reaches.size(); i++) {
      for (int j = i + 1; j < reaches.size(); j++) {
        Optional<Problem> problem = collision(reaches.get(i), reaches.get(j));
        if (problem.isPresent()) {
          return problem;
        }
      }
    }
    return Optional.empty();
  }

  private static Problem besideUnmapped(Reach unmapped, List<Reach> reaches) {
    String name = unmapped.collection();
    Reach other = reaches.stream().filter(reach -> reach != unmapped).findFirst().orElseThrow();
    return new Problem(
        other.rule(),
        "collection "
            + name
            + " is also that of table "
            + name
            + ", for which the file has no rules. Use another collection, or add '"
            + name
            + ": {collection: "
            + name
            + "}' to share it");
  }

  private static Optional<Problem> collision(Reach a, Reach b) {
    for (KeyRegion first : a.regions()) {
      for (KeyRegion second : b.regions()) {
        Optional<String> keys = collision(Ids.of(a, first), Ids.of(b, second));
        if (keys.isPresent()) {
          return Optional.of(
              new Problem(
                  b.rule(),
                  "collection "
                      + b.collection()
                      + " is shared by "
                      + a.name()
                      + " and "
                      + b.name()
                      + ", and "
                      + keys.get()
                      + " would be one document. Use another collection, or conditions that keep"
                      + " the ids apart"));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The ids of one region of one rule.
   *
   * @param kind values of different kinds are never equal
   * @param attribute the key attribute that is the id; empty for the whole key as a document
   */
  private record Ids(
      Reach reach, KeyRegion region, String kind, Optional<String> attribute, String strip) {

    private static Ids of(Reach reach, KeyRegion region) {
      if (reach.rule().id() instanceof IdRule.OfAttribute id) {
        Type type = reach.attribute(id).orElseThrow().type();
        return new Ids(reach, region, kind(id, type), Optional.of(id.attribute()), id.strip());
      } else if (reach.table().range().isEmpty()) {
        return new Ids(
            reach,
            region,
            reach.table().hash().type().name(),
            Optional.of(reach.table().hash().name()),
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

    /** What is known of the id. */
    Constraint constraint() {
      return region.of(attribute.orElseThrow()).without(strip).orElse(Constraint.ANY);
    }

    private boolean isPlain() {
      return !(reach.rule().id() instanceof IdRule.OfAttribute of) || of.as().isEmpty();
    }

    ExampleKey example(Constraint id) {
      return example(id, DIGITS.get(0));
    }

    /**
     * A key that has this id.
     *
     * @param digit what may be chosen freely ends with it
     */
    ExampleKey example(Constraint id, String digit) {
      String text =
          id instanceof Constraint.Exactly exactly
              ? ExampleKey.text(exactly.value())
              : ((Constraint.BeginsWith) id).prefix() + sample() + digit;
      return reach.example(region, Map.of(attribute.orElseThrow(), strip + text));
    }

    private String sample() {
      return switch (kind) {
        case "objectid" -> "65a00000000000000000000";
        case "uuid" -> "123e4567-e89b-12d3-a456-42661417400";
        default -> "";
      };
    }
  }

  /** Two keys with one id, as text; empty if there are none. */
  private static Optional<String> collision(Ids a, Ids b) {
    if (!a.kind.equals(b.kind)) {
      return longNumber(a, b).or(() -> longNumber(b, a));
    }
    if (a.attribute.isEmpty()) {
      return documents(a, b);
    }
    // An id that is converted shows nothing of its prefix; numbers written as strings are numbers.
    boolean comparable = a.isPlain() == b.isPlain();
    Optional<Constraint> both =
        comparable ? Constraint.both(a.constraint(), b.constraint()) : Optional.of(Constraint.ANY);
    if (both.isEmpty()) {
      return Optional.empty();
    }
    for (String digit : DIGITS) {
      ExampleKey first = a.example(both.get(), digit);
      ExampleKey second = b.example(both.get(), digit);
      if (!first.equals(second)) {
        return Optional.of(first + " and " + second);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> longNumber(Ids number, Ids string) {
    boolean kinds =
        number.kind.equals(Type.N.name())
            && string.kind.equals(Type.S.name())
            && number.isPlain()
            && string.isPlain();
    return kinds
        ? LongNumbers.both(number.constraint(), string.constraint())
            .map(both -> number.example(both) + " and " + string.example(both))
        : Optional.empty();
  }

  /** Whole keys are equal if all of their fields are; in one table they are one item then. */
  private static Optional<String> documents(Ids a, Ids b) {
    TableSchema first = a.reach.table();
    TableSchema second = b.reach.table();
    if (first.name().equals(second.name())) {
      return Optional.empty();
    } else if (!first.key().equals(second.key())) {
      return longNumbers(a, b);
    }
    return a.region
        .and(b.region)
        .map(
            both -> {
              return a.reach.example(both, Map.of()) + " and " + b.reach.example(both, Map.of());
            });
  }

  /** Whole keys whose types differ: they are equal if long numbers meet strings. */
  private static Optional<String> longNumbers(Ids a, Ids b) {
    Map<String, String> first = new HashMap<>();
    Map<String, String> second = new HashMap<>();
    for (int i = 0; i < a.reach.table().key().size(); i++) {
      KeyAttribute one = a.reach.table().key().get(i);
      KeyAttribute other = b.reach.table().key().get(i);
      Constraint ofOne = a.region.of(one.name());
      Constraint ofOther = b.region.of(other.name());
      Optional<? extends Constraint> both = Optional.empty();
      if (!one.name().equals(other.name())) {
        return Optional.empty();
      } else if (one.type() == other.type()) {
        both = Constraint.both(ofOne, ofOther);
      } else if (one.type() == Type.N && other.type() == Type.S) {
        both = LongNumbers.both(ofOne, ofOther);
      } else if (one.type() == Type.S && other.type() == Type.N) {
        both = LongNumbers.both(ofOther, ofOne);
      }
      if (both.isEmpty()) {
        return Optional.empty();
      }
      if (both.get() instanceof Constraint.Exactly exactly) {
        first.put(one.name(), ExampleKey.text(exactly.value()));
        second.put(other.name(), ExampleKey.text(exactly.value()));
      }
    }
    return Optional.of(
        a.reach.example(a.region, first) + " and " + b.reach.example(b.region, second));
  }
}
