package io.nimoshake.mapping.bytes;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.mapping.rule.AttributePath;
import io.nimoshake.mapping.rule.AttributeStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a rule's steps come to for the fields of one map, found out once: a field's way through all
 * steps depends on its name alone, so an item needs one pass whatever their number.
 */
final class FieldPlans {
  /**
   * What becomes of one field.
   *
   * @param name its name in the item
   * @param dropped whether it goes
   * @param newName its name in the document
   * @param conversion of its value
   * @param inside what becomes of its own fields, if it is a map
   * @param taken the number of {@code newName} among the names that steps give; -1 if no step does
   */
  record Plan(
      byte[] name,
      boolean dropped,
      byte[] newName,
      Optional<AttributeStep.Convert> conversion,
      Optional<FieldPlans> inside,
      int taken) {}

  private final List<Plan> plans;

  /** The names that steps give to fields. */
  private final List<byte[]> taken;

  private FieldPlans(List<Plan> plans, List<byte[]> taken) {
    this.plans = plans;
    this.taken = taken;
  }

  /** The plans for the top level. */
  static FieldPlans of(List<AttributeStep> steps, FieldNames names) {
    return of(List.of(), steps, names);
  }

  private static FieldPlans of(List<String> around, List<AttributeStep> steps, FieldNames names) {
    int depth = around.size();
    List<String> candidates = candidates(steps, depth);
    List<Way> ways = new ArrayList<>();
    List<String> taken = new ArrayList<>();
    for (String name : candidates) {
      List<String> path = new ArrayList<>(around);
      path.add(name);
      Way way = Way.of(new AttributePath(path), steps);
      ways.add(way);
      if (!way.dropped && !way.path.last().equals(name) && !taken.contains(way.path.last())) {
        taken.add(way.path.last());
      }
    }
    if (depth == 0) {
      for (AttributeStep step : steps) {
        if (step instanceof AttributeStep.Set && !taken.contains(step.path().top())) {
          taken.add(step.path().top());
        }
      }
    }
    List<Plan> plans = new ArrayList<>();
    for (int i = 0; i < ways.size(); i++) {
      Way way = ways.get(i);
      List<String> path = new ArrayList<>(around);
      path.add(candidates.get(i));
      plans.add(
          new Plan(
              CompiledCondition.field(candidates.get(i), depth, names),
              way.dropped,
              CompiledCondition.field(way.path.last(), depth, names),
              Optional.ofNullable(way.conversion),
              way.inside ? Optional.of(of(path, steps, names)) : Optional.empty(),
              way.dropped ? -1 : taken.indexOf(way.path.last())));
    }
    return new FieldPlans(
        List.copyOf(plans),
        taken.stream().map(name -> CompiledCondition.field(name, depth, names)).toList());
  }

  /** Every name that a field must have for a step to concern it. */
  private static List<String> candidates(List<AttributeStep> steps, int depth) {
    Set<String> candidates = new LinkedHashSet<>();
    for (AttributeStep step : steps) {
      if (step.path().depth() > depth) {
        candidates.add(step.path().names().get(depth));
      }
      if (step instanceof AttributeStep.Rename rename && step.path().depth() == depth + 1) {
        candidates.add(rename.name());
      }
    }
    return List.copyOf(candidates);
  }

  /** The plan for an element; null if no step concerns it. */
  Plan find(Elements elements, int element) {
    for (int i = 0; i < plans.size(); i++) {
      if (elements.isNamed(element, plans.get(i).name)) {
        return plans.get(i);
      }
    }
    return null;
  }

  /** How many names steps give to fields. */
  int takenNames() {
    return taken.size();
  }

  /** The number of a name among those that steps give; -1 if no step gives it. */
  int taken(byte[] name) {
    for (int i = 0; i < taken.size(); i++) {
      if (Arrays.equals(taken.get(i), name)) {
        return i;
      }
    }
    return -1;
  }

  boolean isEmpty() {
    return plans.isEmpty();
  }

  /** The way of one field through the steps. */
  private static final class Way {
    private AttributePath path;
    private boolean dropped;
    private boolean inside;
    private AttributeStep.Convert conversion;

    static Way of(AttributePath begin, List<AttributeStep> steps) {
      Way way = new Way();
      way.path = begin;
      for (AttributeStep step : steps) {
        way.take(step);
        if (way.dropped) {
          break;
        }
      }
      return way;
    }

    private void take(AttributeStep step) {
      boolean concerned = step.path().contains(path);
      if (!concerned) {
        inside |= path.contains(step.path());
      } else if (step instanceof AttributeStep.Drop || step instanceof AttributeStep.Set) {
        dropped = true;
      } else if (step instanceof AttributeStep.Rename rename) {
        path = path.renamed(rename.path(), rename.name());
      } else if (step instanceof AttributeStep.Convert convert) {
        conversion = step.path().equals(path) ? convert : conversion;
      } else {
        throw new IllegalStateException("a step that nobody takes: " + step);
      }
    }
  }
}
