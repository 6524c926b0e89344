package io.nimoshake.mapping.rule;

import java.util.List;
import java.util.Optional;

/**
 * One rule of a table. The first rule that matches an item decides.
 *
 * @param place where it stands in the mapping file
 * @param steps what happens to the attributes, in order
 * @param indexes of its collection
 */
public record Rule(
    Place place,
    Condition when,
    Outcome outcome,
    IdRule id,
    List<AttributeStep> steps,
    List<IndexRule> indexes) {
  public Rule {
    steps = List.copyOf(steps);
    indexes = List.copyOf(indexes);
  }

  /** The collection its documents go to, if it makes documents. */
  public Optional<String> collection() {
    return outcome instanceof Outcome.ToCollection to
        ? Optional.of(to.collection())
        : Optional.empty();
  }

  /** Whether another rule says the same, wherever it stands. */
  public boolean isSameAs(Rule other) {
    return at(other.place).equals(other);
  }

  /** Whether another rule says the same and asks for the same indexes or more. */
  public boolean isSameWithFewerIndexesThan(Rule other) {
    return other.indexes.containsAll(indexes) && withIndexes(other.indexes).isSameAs(other);
  }

  private Rule at(Place elsewhere) {
    return new Rule(elsewhere, when, outcome, id, steps, indexes);
  }

  private Rule withIndexes(List<IndexRule> others) {
    return new Rule(place, when, outcome, id, steps, others);
  }

  /**
   * The name that an attribute at the top level has in its documents; empty if they do not have its
   * value any more.
   */
  public Optional<String> nameOf(String attribute) {
    String name = attribute;
    for (AttributeStep step : steps) {
      if (!step.path().isTopLevel() || !step.path().top().equals(name)) {
        continue;
      }
      if (step instanceof AttributeStep.Drop || step instanceof AttributeStep.Set) {
        return Optional.empty();
      } else if (step instanceof AttributeStep.Rename rename) {
        name = rename.name();
      }
    }
    return Optional.of(name);
  }

  /** A place in the mapping file, from 1. */
  public record Place(int line, int column) {
    @Override
    public String toString() {
      return "line " + line + ", column " + column;
    }
  }
}
