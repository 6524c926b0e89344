package io.nimoshake.mapping.bytes;

import com.google.re2j.Pattern;
import io.nimoshake.mapping.rule.AttributePath;
import io.nimoshake.mapping.rule.AttributeStep;
import io.nimoshake.mapping.rule.Condition;
import io.nimoshake.mapping.rule.Conversion;
import io.nimoshake.mapping.rule.IdRule;
import io.nimoshake.mapping.rule.Outcome;
import io.nimoshake.mapping.rule.Rule;
import io.nimoshake.mapping.rule.Test;
import io.nimoshake.mapping.rule.Value;
import io.nimoshake.mapping.rule.ValueKind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.types.Decimal128;

/** Random rules and items with few names and values, so that they meet. */
public final class RandomMapping {
  private static final List<String> NAMES = List.of("a", "b", "c", "m", "x.y", "$d", "pk");
  private static final List<String> TEXTS =
      List.of(
          "",
          "A",
          "A#1",
          "A#2",
          "B#1",
          "12",
          "007",
          "1.50",
          "1e3",
          "65a000000000000000000001",
          "65A000000000000000000001",
          "65a00000000000000000000g",
          "123e4567-e89b-12d3-a456-426614174000",
          "123e4567e89b-12d3-a456-4266-14174000",
          "2024-02-29",
          "2024-02-29T12:00:00.123Z",
          "2024-02-29T12:00:00.1234+01:00",
          "{\"a\": [1, 2.5, {\"$oid\": null}], \"x.y\": \"z\"}",
          "{\"a\": 1, \"a\": 2}",
          "[1] 2",
          "true",
          "ü\uD83D\uDE00");

  private final Random random;

  public RandomMapping(long seed) {
    random = new Random(seed);
  }

  public <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  // --- items -----------------------------------------------------------------------------------

  public BsonDocument item() {
    BsonDocument item = new BsonDocument();
    item.put("pk", new BsonString(any(List.of("A#1", "A#2", "B#1", "B#2"))));
    item.put("sk", new BsonString(any(List.of("P", "Q", "A#1"))));
    for (int i = random.nextInt(6); i > 0; i--) {
      String name = escaped(any(NAMES));
      if (!item.containsKey(name)) {
        item.put(name, value(0));
      }
    }
    return item;
  }

  /** Every string there is, and many other values. */
  public List<BsonValue> oneOfEach() {
    List<BsonValue> values = new ArrayList<>();
    TEXTS.forEach(text -> values.add(new BsonString(text)));
    for (int i = 0; i < 1_000; i++) {
      values.add(value(0));
    }
    return values;
  }

  BsonValue value(int depth) {
    return switch (random.nextInt(depth < 2 ? 12 : 9)) {
      case 0, 1, 2 -> new BsonString(any(TEXTS));
      case 3 -> new BsonInt32(any(List.of(0, 1, -7, 1_700_000_000, Integer.MAX_VALUE)));
      case 4 -> new BsonInt64(any(List.of(0L, 1_700_000_000_000L, Long.MIN_VALUE, 5_000_000_000L)));
      case 5 ->
          new BsonDecimal128(
              Decimal128.parse(any(List.of("1.5", "1.50", "1700000000.1234", "1E+200", "-0"))));
      case 6 -> new BsonDouble(any(List.of(0.1, 1.5, 1e300, -2.0)));
      case 7 -> BsonBoolean.valueOf(random.nextBoolean());
      case 8 -> chance(0.5) ? BsonNull.VALUE : new BsonBinary(new byte[] {1, 2});
      case 9, 10 -> {
        BsonDocument map = new BsonDocument();
        for (int i = random.nextInt(4); i > 0; i--) {
          map.put(escaped(any(NAMES)), value(depth + 1));
        }
        yield map;
      }
      default -> {
        BsonArray list = new BsonArray();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.add(chance(0.8) ? new BsonString(any(TEXTS)) : value(depth + 1));
        }
        yield list;
      }
    };
  }

  // --- rules -----------------------------------------------------------------------------------

  public List<Rule> rules() {
    List<Rule> rules = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      rules.add(rule(condition(0), rules.size() + 1));
    }
    rules.add(rule(Condition.ALWAYS, rules.size() + 1));
    return rules;
  }

  private Rule rule(Condition when, int line) {
    Outcome outcome =
        switch (random.nextInt(8)) {
          case 0 -> new Outcome.Ignore();
          case 1 -> new Outcome.Fail();
          default -> new Outcome.ToCollection(any(List.of("one", "two", "three")));
        };
    return new Rule(
        new Rule.Place(line, 1), when, outcome, new IdRule.WholeKey(), steps(), List.of());
  }

  Condition condition(int depth) {
    return switch (random.nextInt(depth < 2 ? 8 : 5)) {
      case 5 -> new Condition.All(List.of(condition(depth + 1), condition(depth + 1)));
      case 6 -> new Condition.Any(List.of(condition(depth + 1), condition(depth + 1)));
      case 7 -> new Condition.Not(condition(depth + 1));
      default -> new Condition.Of(path(), test());
    };
  }

  private AttributePath path() {
    if (chance(0.4)) {
      return new AttributePath(List.of(any(List.of("pk", "sk"))));
    }
    List<String> names = new ArrayList<>(List.of(any(NAMES)));
    while (chance(0.3)) {
      names.add(any(NAMES));
    }
    return new AttributePath(names);
  }

  private Test test() {
    return switch (random.nextInt(8)) {
      case 0, 1 -> new Test.Equal(scalar());
      case 2 -> new Test.In(List.of(scalar(), scalar()));
      case 3 -> new Test.BeginsWith(any(List.of("", "A", "A#", "B#", "ü")));
      case 4 -> new Test.Exists(random.nextBoolean());
      case 5 -> new Test.OfKind(any(List.of(ValueKind.values())));
      case 6 -> new Test.Matches(Pattern.compile(any(List.of("^A", "#[12]$", "\\d+", "."))));
      default ->
          new Test.Compare(
              any(List.of(Test.Comparison.values())),
              chance(0.5)
                  ? new Value.Text(any(TEXTS))
                  : new Value.Num(new BigDecimal(any(List.of("0", "1.5", "1700000000")))));
    };
  }

  private Value scalar() {
    return switch (random.nextInt(6)) {
      case 0 -> new Value.Num(new BigDecimal(any(List.of("0", "1.50", "1", "-7"))));
      case 1 -> new Value.Bool(random.nextBoolean());
      case 2 -> new Value.Null();
      default -> new Value.Text(any(List.of("A#1", "A#2", "B#1", "P", "Q", "A", "")));
    };
  }

  /** Steps that a file can have: what was converted or set is not changed again. */
  List<AttributeStep> steps() {
    List<AttributeStep> steps = new ArrayList<>();
    Set<String> converted = new HashSet<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      AttributePath path = path();
      switch (random.nextInt(4)) {
        case 0 -> steps.add(new AttributeStep.Drop(path));
        case 1 -> steps.add(new AttributeStep.Rename(path, any(NAMES)));
        case 2 -> {
          // A step may not concern the inside of another's value: one attribute each, and no maps.
          AttributePath top = new AttributePath(List.of(path.top()));
          boolean free =
              steps.stream().noneMatch(step -> step.path().top().equals(top.top()))
                  && steps.stream().noneMatch(step -> step instanceof AttributeStep.Rename);
          if (free && converted.add(top.top())) {
            steps.add(
                new AttributeStep.Convert(
                    top,
                    any(List.of(Conversion.values())),
                    any(List.of(Conversion.OnError.values()))));
          }
        }
        default -> {
          if (steps.stream().noneMatch(step -> step instanceof AttributeStep.Rename)) {
            steps.add(new AttributeStep.Set(new AttributePath(List.of(path.top())), value(1)));
          }
        }
      }
      if (!converted.isEmpty() || steps.stream().anyMatch(s -> s instanceof AttributeStep.Set)) {
        break;
      }
    }
    return steps;
  }

  private static String escaped(String name) {
    return io.nimoshake.mapping.MappingFixture.NAMES.topLevel(name);
  }
}
