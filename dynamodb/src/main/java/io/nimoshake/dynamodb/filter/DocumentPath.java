package io.nimoshake.dynamodb.filter;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The place of a value in an item.
 *
 * @param attribute the name of the top-level attribute
 * @param steps how to go on from there
 */
record DocumentPath(String attribute, List<Step> steps) {
  /** One step into a value. */
  sealed interface Step {
    /** To an attribute of a map. */
    record Into(String attribute) implements Step {}

    /** To an element of a list, from 0. */
    record At(int index) implements Step {}
  }

  DocumentPath {
    steps = List.copyOf(steps);
  }

  /** The value at this place; empty if there is none. */
  Optional<Value> find(Map<String, Value> item) {
    Value value = item.get(attribute);
    for (int i = 0; value != null && i < steps.size(); i++) {
      value = next(value, steps.get(i));
    }
    return Optional.ofNullable(value);
  }

  private static Value next(Value from, Step step) {
    if (step instanceof Step.Into into) {
      return from instanceof Value.MapOf map ? map.attributes().get(into.attribute()) : null;
    }
    int index = ((Step.At) step).index();
    return from instanceof Value.ListOf list && index < list.elements().size()
        ? list.elements().get(index)
        : null;
  }
}
