package io.nimoshake.mapping.yaml;

import io.nimoshake.mapping.rule.AttributePath;
import io.nimoshake.mapping.rule.AttributeStep;
import io.nimoshake.mapping.rule.Conversion;
import io.nimoshake.mapping.rule.Conversion.OnError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads what happens to the attributes of a rule's items. */
final class StepReader {
  private static final List<String> STEPS = List.of("drop", "rename", "convert", "set");
  private static final List<String> ON_ERROR = List.of("keep", "null", "reject");

  /** The field of the target by which it knows tombstones. */
  private static final String TOMBSTONE = "__nimo_deleted";

  private final Problems problems;
  private final YamlNodes nodes;
  private final ConditionReader paths;

  /** Attributes that were converted or set, by their names at this step. */
  private final Map<AttributePath, AttributeStep> settled = new LinkedHashMap<>();

  /** Attributes that any step has changed, by their names at this step. */
  private final List<AttributePath> touched = new ArrayList<>();

  /** Attributes that no item has any more, and what has become of them. */
  private final Map<AttributePath, String> gone = new LinkedHashMap<>();

  /** Names that a rename has given, and the former ones. */
  private final Map<AttributePath, AttributePath> given = new LinkedHashMap<>();

  StepReader(Problems problems, YamlNodes nodes, ConditionReader paths) {
    this.problems = problems;
    this.nodes = nodes;
    this.paths = paths;
  }

  List<AttributeStep> read(Node node) {
    List<AttributeStep> steps = new ArrayList<>();
    settled.clear();
    touched.clear();
    gone.clear();
    given.clear();
    for (Node part : nodes.list(node, "'attributes'")) {
      nodes
          .fields(part, "a step of 'attributes'", STEPS)
          .forEach((name, value) -> add(name, value, steps));
    }
    return steps;
  }

  private void add(String name, Node node, List<AttributeStep> steps) {
    switch (name) {
      case "drop" -> drop(node, steps);
      case "rename" ->
          nodes
              .entries(node, "'rename'")
              .forEach((from, to) -> rename(from, to).ifPresent(step -> put(from, step, steps)));
      case "convert" ->
          nodes
              .entries(node, "'convert'")
              .forEach((path, to) -> convert(path, to).ifPresent(step -> put(path, step, steps)));
      case "set" ->
          nodes
              .entries(node, "'set'")
              .forEach((path, value) -> set(path, value).ifPresent(step -> put(path, step, steps)));
      default -> throw new IllegalStateException("a step that nobody reads: " + name);
    }
  }

  /**
   * An attribute that a step has converted or set is settled: a later step may rename or drop what
   * was converted, and neither change it again nor reach inside.
   */
  private void put(Node at, AttributeStep step, List<AttributeStep> steps) {
    Optional<String> useless = useless(step);
    if (useless.isPresent()) {
      problems.add(at, useless.get());
      return;
    }
    for (Map.Entry<AttributePath, AttributeStep> earlier : settled.entrySet()) {
      AttributePath path = earlier.getKey();
      boolean given = earlier.getValue() instanceof AttributeStep.Set;
      boolean inside = isInside(step.path(), path);
      boolean again = path.equals(step.path()) && (given || step instanceof AttributeStep.Convert);
      if (inside || again) {
        problems.add(
            at,
            step.path()
                + (given ? " is given by an earlier 'set'" : " is converted by an earlier step")
                + ", so this step cannot change it");
        return;
      }
    }
    for (AttributePath path : touched) {
      if (step instanceof AttributeStep.Convert && isInside(path, step.path())) {
        problems.add(at, step.path() + " cannot be converted: an earlier step changes " + path);
        return;
      }
    }
    settle(step);
    steps.add(step);
  }

  /** Why a step cannot mean what it says. */
  private Optional<String> useless(AttributeStep step) {
    if (step instanceof AttributeStep.Set) {
      return Optional.empty();
    }
    for (Map.Entry<AttributePath, String> each : gone.entrySet()) {
      if (each.getKey().contains(step.path())) {
        return Optional.of(each.getKey() + " is not there any more: " + each.getValue());
      }
    }
    AttributePath former = given.get(step.path());
    return step instanceof AttributeStep.Rename && former != null
        ? Optional.of(
            step.path()
                + " is the name that an earlier step gave to "
                + former
                + ": give it its last name there; two attributes cannot change their names")
        : Optional.empty();
  }

  private static boolean isInside(AttributePath path, AttributePath map) {
    return map.contains(path) && !map.equals(path);
  }

  private void settle(AttributeStep step) {
    touched.add(step.path());
    if (step instanceof AttributeStep.Convert || step instanceof AttributeStep.Set) {
      settled.put(step.path(), step);
      gone.remove(step.path());
    } else if (step instanceof AttributeStep.Drop) {
      settled.keySet().removeIf(step.path()::contains);
      gone.put(step.path(), "an earlier step drops it");
    } else if (step instanceof AttributeStep.Rename rename) {
      AttributePath to = rename.path().renamed(rename.path(), rename.name());
      gone.put(rename.path(), "an earlier step gives it the name " + to);
      gone.remove(to);
      given.put(to, rename.path());
      Map<AttributePath, AttributeStep> renamed = new LinkedHashMap<>();
      settled.forEach((path, by) -> renamed.put(path.renamed(rename.path(), rename.name()), by));
      settled.clear();
      settled.putAll(renamed);
      touched.replaceAll(path -> path.renamed(rename.path(), rename.name()));
    }
  }

  private void drop(Node node, List<AttributeStep> steps) {
    List<Node> names = node instanceof ScalarNode ? List.of(node) : nodes.list(node, "'drop'");
    for (Node name : names) {
      if (name instanceof ScalarNode scalar) {
        paths.path(scalar).ifPresent(path -> put(name, new AttributeStep.Drop(path), steps));
      } else {
        problems.add(name, "'drop' must list names of attributes");
      }
    }
  }

  private Optional<AttributeStep> rename(ScalarNode from, Node node) {
    Optional<AttributePath> path = paths.path(from);
    Optional<AttributePath> to =
        node instanceof ScalarNode scalar ? paths.path(scalar) : Optional.empty();
    if (!(node instanceof ScalarNode)) {
      problems.add(node, "'rename' must give a new name");
    }
    if (path.isEmpty() || to.isEmpty()) {
      return Optional.empty();
    }
    if (!path.get().parent().equals(to.get().parent())) {
      problems.add(
          node,
          "an attribute keeps its map when it is renamed: "
              + path.get()
              + " cannot become "
              + to.get());
      return Optional.empty();
    }
    return named(node, to.get())
        ? Optional.of(new AttributeStep.Rename(path.get(), to.get().last()))
        : Optional.empty();
  }

  private boolean named(Node node, AttributePath path) {
    if (path.isTopLevel() && path.top().equals("_id")) {
      problems.add(node, "_id is made from the key; 'id' says how");
      return false;
    }
    return isFree(node, path);
  }

  /** A date in this field says that an item was deleted, and items have no dates of their own. */
  private boolean isFree(Node node, AttributePath path) {
    if (path.isTopLevel() && path.top().equals(TOMBSTONE)) {
      problems.add(node, TOMBSTONE + " marks deleted items while a table is copied");
      return false;
    }
    return true;
  }

  private Optional<AttributeStep> convert(ScalarNode name, Node node) {
    Optional<AttributePath> path = paths.path(name).filter(p -> isFree(name, p));
    Optional<Conversion> to;
    OnError onError = OnError.REJECT;
    if (node instanceof ScalarNode) {
      to = conversion(node);
    } else {
      Map<String, Node> fields =
          nodes.fields(
              node, "the conversion of '" + name.getValue() + "'", List.of("to", "on_error"));
      to = Optional.ofNullable(fields.get("to")).flatMap(this::conversion);
      if (!fields.containsKey("to")) {
        problems.add(node, "the conversion of '" + name.getValue() + "' needs a 'to'");
      }
      if (fields.containsKey("on_error")) {
        onError = onError(fields.get("on_error")).orElse(onError);
      }
    }
    OnError otherwise = onError;
    return path.flatMap(p -> to.map(c -> new AttributeStep.Convert(p, c, otherwise)));
  }

  private Optional<OnError> onError(Node node) {
    if (node.getTag().equals(Tag.NULL) && ((ScalarNode) node).getValue().equals("null")) {
      return Optional.of(OnError.NULL);
    }
    return nodes
        .word(node, "'on_error'", ON_ERROR)
        .map(word -> OnError.valueOf(word.toUpperCase(Locale.ROOT)));
  }

  Optional<Conversion> conversion(Node node) {
    return nodes
        .word(node, "a conversion", Conversion.words())
        .flatMap(
            word ->
                Arrays.stream(Conversion.values()).filter(c -> c.word().equals(word)).findFirst());
  }

  private Optional<AttributeStep> set(ScalarNode name, Node node) {
    Optional<AttributePath> path = paths.path(name);
    if (path.isPresent() && !path.get().isTopLevel()) {
      problems.add(name, "'set' gives attributes at the top level only, not " + path.get());
      return Optional.empty();
    }
    return path.filter(p -> named(name, p))
        .flatMap(p -> nodes.constant(node).map(value -> new AttributeStep.Set(p, value)));
  }
}
