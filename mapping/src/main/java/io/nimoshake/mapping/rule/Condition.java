package io.nimoshake.mapping.rule;

import java.util.List;
import java.util.stream.Stream;

/** Which items a rule matches. */
public sealed interface Condition {
  Condition ALWAYS = new All(List.of());

  /** Every part holds; without parts it always does. */
  record All(List<Condition> parts) implements Condition {
    public All {
      parts = List.copyOf(parts);
    }
  }

  /** At least one part holds. */
  record Any(List<Condition> parts) implements Condition {
    public Any {
      parts = List.copyOf(parts);
    }
  }

  /** The part does not hold. */
  record Not(Condition part) implements Condition {}

  /** An attribute passes a test. */
  record Of(AttributePath path, Test test) implements Condition {}

  /** Says what one attribute's test comes to. */
  interface Answers {
    Truth of(Of leaf);
  }

  /** What the condition comes to when its leaves come to this. */
  default Truth evaluate(Answers answers) {
    if (this instanceof Of leaf) {
      return answers.of(leaf);
    } else if (this instanceof Not not) {
      return not.part.evaluate(answers).not();
    } else if (this instanceof All all) {
      Truth truth = Truth.TRUE;
      for (Condition part : all.parts) {
        truth = truth.and(part.evaluate(answers));
        if (truth == Truth.FALSE) {
          return truth;
        }
      }
      return truth;
    } else if (this instanceof Any any) {
      Truth truth = Truth.FALSE;
      for (Condition part : any.parts) {
        truth = truth.or(part.evaluate(answers));
        if (truth == Truth.TRUE) {
          return truth;
        }
      }
      return truth;
    }
    throw new IllegalStateException("a condition that nobody evaluates: " + this);
  }

  /** Every test of an attribute in it. */
  default Stream<Of> leaves() {
    if (this instanceof Of leaf) {
      return Stream.of(leaf);
    } else if (this instanceof Not not) {
      return not.part.leaves();
    } else if (this instanceof All all) {
      return all.parts.stream().flatMap(Condition::leaves);
    } else if (this instanceof Any any) {
      return any.parts.stream().flatMap(Condition::leaves);
    }
    throw new IllegalStateException("a condition without known leaves: " + this);
  }
}
