package io.nimoshake.mapping.bytes;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.mapping.rule.AttributePath;
import io.nimoshake.mapping.rule.Condition;
import io.nimoshake.mapping.rule.Test;
import io.nimoshake.mapping.rule.Truth;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** A condition on the bytes of an item or of its key. */
final class CompiledCondition {
  /**
   * What is known of an item.
   *
   * @param top the elements of the item, or of its key
   * @param inside for looking into maps; its contents do not matter
   * @param keyOnly whether nothing but the key is known
   */
  record Known(Elements top, Elements inside, boolean keyOnly) {}

  private final Function<Known, Truth> evaluation;

  /**
   * @param keyNames names of the key attributes
   */
  CompiledCondition(Condition condition, FieldNames names, Set<String> keyNames) {
    evaluation = compile(condition, names, keyNames);
  }

  Truth of(Known known) {
    return evaluation.apply(known);
  }

  private static Function<Known, Truth> compile(
      Condition condition, FieldNames names, Set<String> keyNames) {
    if (condition instanceof Condition.Of leaf) {
      return leaf(leaf, names, keyNames);
    } else if (condition instanceof Condition.Not not) {
      Function<Known, Truth> part = compile(not.part(), names, keyNames);
      return known -> part.apply(known).not();
    } else if (condition instanceof Condition.All all) {
      List<Function<Known, Truth>> parts = compile(all.parts(), names, keyNames);
      return known -> all(parts, known);
    } else if (condition instanceof Condition.Any any) {
      List<Function<Known, Truth>> parts = compile(any.parts(), names, keyNames);
      return known -> any(parts, known);
    }
    throw new IllegalStateException("a condition that nobody compiles: " + condition);
  }

  private static List<Function<Known, Truth>> compile(
      List<Condition> parts, FieldNames names, Set<String> keyNames) {
    return parts.stream().map(part -> compile(part, names, keyNames)).toList();
  }

  private static Truth all(List<Function<Known, Truth>> parts, Known known) {
    Truth truth = Truth.TRUE;
    for (int i = 0; i < parts.size() && truth != Truth.FALSE; i++) {
      truth = truth.and(parts.get(i).apply(known));
    }
    return truth;
  }

  private static Truth any(List<Function<Known, Truth>> parts, Known known) {
    Truth truth = Truth.FALSE;
    for (int i = 0; i < parts.size() && truth != Truth.TRUE; i++) {
      truth = truth.or(parts.get(i).apply(known));
    }
    return truth;
  }

  private static Function<Known, Truth> leaf(
      Condition.Of leaf, FieldNames names, Set<String> keyNames) {
    byte[][] path = fields(leaf.path(), names);
    boolean ofKey = keyNames.contains(leaf.path().top());
    CompiledTest test = CompiledTest.of(leaf.test());
    Truth ifAbsent = Truth.of(leaf.test() instanceof Test.Exists exists && !exists.there());
    return known -> {
      if (known.keyOnly && !ofKey) {
        return Truth.UNKNOWN;
      }
      Elements elements = known.top;
      int found = elements.find(path[0]);
      for (int depth = 1; depth < path.length && found >= 0; depth++) {
        if (elements.type(found) != Elements.DOCUMENT) {
          return ifAbsent;
        }
        known.inside.read(elements.array, elements.value(found));
        elements = known.inside;
        found = elements.find(path[depth]);
      }
      return found < 0
          ? ifAbsent
          : Truth.of(test.passes(elements.type(found), elements.array, elements.value(found)));
    };
  }

  /** The names of a path as names of fields. */
  static byte[][] fields(AttributePath path, FieldNames names) {
    byte[][] fields = new byte[path.depth()][];
    for (int i = 0; i < fields.length; i++) {
      fields[i] = field(path.names().get(i), i, names);
    }
    return fields;
  }

  static byte[] field(String name, int depth, FieldNames names) {
    String field = depth == 0 ? names.topLevel(name) : names.nested(name);
    return field.getBytes(StandardCharsets.UTF_8);
  }
}
