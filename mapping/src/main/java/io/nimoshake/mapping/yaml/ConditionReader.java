package io.nimoshake.mapping.yaml;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.nimoshake.mapping.rule.AttributePath;
import io.nimoshake.mapping.rule.Condition;
import io.nimoshake.mapping.rule.Test;
import io.nimoshake.mapping.rule.Value;
import io.nimoshake.mapping.rule.ValueKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads the conditions of a mapping file. */
final class ConditionReader {
  private static final List<String> TESTS =
      List.of("equals", "in", "begins_with", "exists", "type", "matches", "lt", "le", "gt", "ge");

  private final Problems problems;
  private final YamlNodes nodes;

  ConditionReader(Problems problems, YamlNodes nodes) {
    this.problems = problems;
    this.nodes = nodes;
  }

  /** A map of attributes and their tests, and of {@code all}, {@code any}, {@code not}. */
  Condition read(Node node) {
    List<Condition> parts = new ArrayList<>();
    Map<ScalarNode, Node> entries = nodes.entries(node, "a condition");
    entries.forEach((name, value) -> parts.add(part(name, value)));
    if (entries.isEmpty() && node instanceof MappingNode) {
      problems.add(node, "a condition without a test; what matches everything is 'otherwise'");
    }
    return parts.size() == 1 ? parts.get(0) : new Condition.All(parts);
  }

  private Condition part(ScalarNode name, Node value) {
    return switch (name.getValue()) {
      case "all" -> new Condition.All(several(value, "'all'"));
      case "any" -> new Condition.Any(several(value, "'any'"));
      case "not" -> new Condition.Not(read(value));
      default -> tests(name, value);
    };
  }

  private List<Condition> several(Node node, String what) {
    return parts(node, what, "a condition").stream().map(this::read).toList();
  }

  /** The parts of a list that cannot be empty: it would match everything, or nothing. */
  private List<Node> parts(Node node, String what, String part) {
    List<Node> parts = nodes.list(node, what);
    if (parts.isEmpty() && node instanceof SequenceNode) {
      problems.add(node, what + " needs " + part);
    }
    return parts;
  }

  private Condition tests(ScalarNode name, Node node) {
    Optional<AttributePath> path = path(name);
    if (path.isEmpty()) {
      return Condition.ALWAYS;
    }
    if (node instanceof ScalarNode) {
      // Short for equals.
      return of(
          path.get(), nodes.valueOfItem(node, "'" + name.getValue() + "'").map(Test.Equal::new));
    }
    List<Condition> parts = new ArrayList<>();
    String what = "the tests of '" + name.getValue() + "'";
    if (node instanceof MappingNode map && map.getValue().isEmpty()) {
      problems.add(node, what + " are missing");
    }
    nodes
        .fields(node, what, TESTS)
        .forEach((test, value) -> parts.add(of(path.get(), test(test, value))));
    return parts.size() == 1 ? parts.get(0) : new Condition.All(parts);
  }

  private static Condition of(AttributePath path, Optional<? extends Test> test) {
    return test.<Condition>map(t -> new Condition.Of(path, t)).orElse(Condition.ALWAYS);
  }

  Optional<AttributePath> path(ScalarNode name) {
    try {
      return Optional.of(AttributePath.parse(name.getValue()));
    } catch (IllegalArgumentException e) {
      problems.add(name, e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<? extends Test> test(String name, Node node) {
    String what = "'" + name + "'";
    return switch (name) {
      case "equals" -> nodes.valueOfItem(node, what).map(Test.Equal::new);
      case "in" -> in(node, what);
      case "begins_with" -> nodes.text(node, what).map(Test.BeginsWith::new);
      case "exists" -> nodes.bool(node, what).map(Test.Exists::new);
      case "type" ->
          nodes
              .word(node, what, ValueKind.words())
              .map(word -> new Test.OfKind(ValueKind.valueOf(word.toUpperCase(Locale.ROOT))));
      case "matches" -> pattern(node, what).map(Test.Matches::new);
      case "lt", "le", "gt", "ge" -> compare(name, node, what);
      default -> throw new IllegalStateException("a test that nobody reads: " + name);
    };
  }

  private Optional<Test> in(Node node, String what) {
    List<Value> values = new ArrayList<>();
    for (Node value : parts(node, what, "a value")) {
      nodes.valueOfItem(value, "a value of " + what).ifPresent(values::add);
    }
    return Optional.of(new Test.In(values));
  }

  private Optional<Pattern> pattern(Node node, String what) {
    Optional<String> text = nodes.text(node, what);
    try {
      return text.map(Pattern::compile);
    } catch (PatternSyntaxException e) {
      problems.add(
          node,
          "'" + text.orElse("") + "' is not a regular expression of RE2: " + e.getDescription());
      return Optional.empty();
    }
  }

  private Optional<Test> compare(String name, Node node, String what) {
    Optional<Value> bound = nodes.valueOfItem(node, what);
    if (bound.isPresent()
        && !(bound.get() instanceof Value.Text)
        && !(bound.get() instanceof Value.Num)) {
      problems.add(node, what + " must be a string or a number");
      return Optional.empty();
    }
    return bound.map(
        b -> new Test.Compare(Test.Comparison.valueOf(name.toUpperCase(Locale.ROOT)), b));
  }
}
