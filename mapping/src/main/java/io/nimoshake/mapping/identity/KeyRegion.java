package io.nimoshake.mapping.identity;

import io.nimoshake.mapping.rule.Condition;
import io.nimoshake.mapping.rule.Test;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A set of keys, given by what is known of each attribute. What a condition says is covered by a
 * few regions: every key of an item that the condition matches is in one of them; some others may
 * be too.
 *
 * @param constraints by name of the attribute; one that is not there can have any value
 */
record KeyRegion(Map<String, Constraint> constraints) {
  static final KeyRegion ALL = new KeyRegion(Map.of());

  /** Beyond it the regions of a condition are taken together: larger is still right. */
  private static final int MOST = 256;

  KeyRegion {
    constraints = Map.copyOf(constraints);
  }

  Constraint of(String attribute) {
    return constraints.getOrDefault(attribute, Constraint.ANY);
  }

  /** The keys that are in both; empty if none can be. */
  Optional<KeyRegion> and(KeyRegion other) {
    Map<String, Constraint> both = new HashMap<>(constraints);
    for (Map.Entry<String, Constraint> entry : other.constraints.entrySet()) {
      Optional<Constraint> constraint = Constraint.both(of(entry.getKey()), entry.getValue());
      if (constraint.isEmpty()) {
        return Optional.empty();
      }
      both.put(entry.getKey(), constraint.get());
    }
    return Optional.of(new KeyRegion(both));
  }

  /** Regions that cover all keys of items which a condition matches. */
  static List<KeyRegion> of(Condition condition, Set<String> keyAttributes) {
    if (condition instanceof Condition.Of leaf) {
      boolean ofKey = leaf.path().isTopLevel() && keyAttributes.contains(leaf.path().top());
      return ofKey ? of(leaf.path().top(), leaf.test()) : List.of(ALL);
    } else if (condition instanceof Condition.Not) {
      return List.of(ALL);
    } else if (condition instanceof Condition.Any any) {
      List<KeyRegion> regions = new ArrayList<>();
      any.parts().forEach(part -> regions.addAll(of(part, keyAttributes)));
      return few(regions);
    } else if (condition instanceof Condition.All all) {
      List<KeyRegion> regions = List.of(ALL);
      for (Condition part : all.parts()) {
        List<KeyRegion> both = new ArrayList<>();
        for (KeyRegion region : of(part, keyAttributes)) {
          regions.forEach(other -> region.and(other).ifPresent(both::add));
        }
        regions = few(both);
      }
      return regions;
    }
    throw new IllegalStateException("a condition without a region: " + condition);
  }

  private static List<KeyRegion> few(List<KeyRegion> regions) {
    return regions.size() > MOST ? List.of(ALL) : regions.stream().distinct().toList();
  }

  private static List<KeyRegion> of(String attribute, Test test) {
    if (test instanceof Test.Equal equal) {
      return List.of(of(attribute, new Constraint.Exactly(equal.value())));
    } else if (test instanceof Test.In in) {
      return in.values().stream()
          .map(value -> of(attribute, new Constraint.Exactly(value)))
          .toList();
    } else if (test instanceof Test.BeginsWith begins) {
      return List.of(of(attribute, new Constraint.BeginsWith(begins.prefix())));
    } else if (test instanceof Test.Exists exists && !exists.there()) {
      // Every item has its key.
      return List.of();
    }
    return List.of(ALL);
  }

  private static KeyRegion of(String attribute, Constraint constraint) {
    return new KeyRegion(Map.of(attribute, constraint));
  }
}
