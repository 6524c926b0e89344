package io.nimoshake.dynamodb.shape;

import io.nimoshake.core.model.Slice;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.dynamodb.shape.TargetShapes.ItemShape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Changes attributes step by step. A step sees what the steps before it left. Two attributes may
 * have one name between two steps, but not at the end.
 */
public record AttributeSteps(List<Step> steps) implements ItemShape {
  public AttributeSteps {
    steps = List.copyOf(steps);
  }

  /** One change. A path lists the names of the maps around an attribute and its own. */
  public sealed interface Step {
    /** The attribute goes. */
    record Drop(List<String> path) implements Step {}

    /** The attribute gets another name in the same map. */
    record Rename(List<String> path, String name) implements Step {}

    /** The attribute, at the top level, gets this value whether it was there or not. */
    record Set(String name, AttributeValue value) implements Step {}
  }

  /** An attribute between two steps. */
  private static final class Attribute {
    private String name;
    private final AttributeValue value;

    /** What is inside a map. */
    private final List<Attribute> inside;

    Attribute(String name, AttributeValue value) {
      this.name = name;
      this.value = value;
      this.inside = value.hasM() ? read(value.m()) : List.of();
    }

    static List<Attribute> read(Map<String, AttributeValue> map) {
      List<Attribute> attributes = new ArrayList<>();
      map.forEach((name, value) -> attributes.add(new Attribute(name, value)));
      return attributes;
    }

    static Map<String, AttributeValue> write(List<Attribute> attributes) throws UnfitItemException {
      Map<String, AttributeValue> map = new LinkedHashMap<>();
      for (Attribute attribute : attributes) {
        AttributeValue value =
            attribute.value.hasM()
                ? AttributeValue.fromM(write(attribute.inside))
                : attribute.value;
        if (map.put(attribute.name, value) != null) {
          throw new UnfitItemException("two attributes would be named " + attribute.name);
        }
      }
      return map;
    }
  }

  @Override
  public Slice apply(Slice item) throws UnfitItemException {
    List<Attribute> attributes = Attribute.read(AttributeJson.read(item.toUtf8()));
    for (Step step : steps) {
      if (step instanceof Step.Drop drop) {
        mapAround(drop.path(), attributes).forEach(map -> map.removeIf(named(drop.path())));
      } else if (step instanceof Step.Rename rename) {
        for (List<Attribute> map : mapAround(rename.path(), attributes)) {
          map.stream()
              .filter(named(rename.path()))
              .forEach(attribute -> attribute.name = rename.name());
        }
      } else if (step instanceof Step.Set set) {
        attributes.removeIf(named(List.of(set.name())));
        attributes.add(new Attribute(set.name(), set.value()));
      } else {
        throw new IllegalStateException("a step that nobody takes: " + step);
      }
    }
    return Slice.utf8(AttributeJson.write(Attribute.write(attributes)));
  }

  private static Predicate<Attribute> named(List<String> path) {
    String name = path.get(path.size() - 1);
    return attribute -> attribute.name.equals(name);
  }

  /** The maps that may hold the attribute of a path: several only if a name is there twice. */
  private static List<List<Attribute>> mapAround(List<String> path, List<Attribute> top) {
    List<List<Attribute>> maps = List.of(top);
    for (String name : path.subList(0, path.size() - 1)) {
      maps =
          maps.stream()
              .flatMap(map -> map.stream().filter(attribute -> attribute.name.equals(name)))
              .filter(attribute -> attribute.value.hasM())
              .map(attribute -> attribute.inside)
              .toList();
    }
    return maps;
  }
}
