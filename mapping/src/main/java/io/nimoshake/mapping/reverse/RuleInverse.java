package io.nimoshake.mapping.reverse;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.mapping.plain.PlainMapping;
import io.nimoshake.mapping.rule.AttributePath;
import io.nimoshake.mapping.rule.AttributeStep;
import io.nimoshake.mapping.rule.Condition;
import io.nimoshake.mapping.rule.Rule;
import io.nimoshake.mapping.rule.Test;
import io.nimoshake.mapping.rule.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bson.BsonBoolean;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.types.Decimal128;

/**
 * Takes the steps of one rule backwards. The item that is there is taken through the steps forwards
 * first, so that each step backwards sees what was before it then. It promises nothing: the caller
 * tries the item that comes out.
 */
final class RuleInverse {
  private final Rule rule;
  private final PlainMapping forward;
  private final FieldNames names;
  private final ConversionInverse conversions;

  RuleInverse(Rule rule, PlainMapping forward, FieldNames names) {
    this.rule = rule;
    this.forward = forward;
    this.names = names;
    this.conversions = new ConversionInverse(forward, names);
  }

  /**
   * The item that a document may stand for.
   *
   * @param stored the document; it stays as it is
   * @param there the item of this key that is there
   * @param key the key attributes, which the item gets
   */
  BsonDocument item(BsonDocument stored, Optional<BsonDocument> there, BsonDocument key) {
    List<Optional<BsonDocument>> before = new ArrayList<>();
    Optional<BsonDocument> state = there;
    for (AttributeStep step : rule.steps()) {
      before.add(state);
      state = state.flatMap(item -> forward.step(step, item));
    }
    BsonDocument item = stored.clone();
    item.remove("_id");
    for (int i = rule.steps().size() - 1; i >= 0; i--) {
      undo(rule.steps().get(i), item, before.get(i).orElseGet(BsonDocument::new));
    }
    item.putAll(key);
    constants(rule.when()).forEach(leaf -> addConstant(leaf, item));
    return item;
  }

  private void undo(AttributeStep step, BsonDocument item, BsonDocument before) {
    Optional<BsonDocument> map = mapAround(step.path(), item);
    if (map.isEmpty()) {
      return; // The map that the attribute was in is gone, and the attribute with it.
    }
    BsonDocument around = map.get();
    BsonDocument was = mapAround(step.path(), before).orElseGet(BsonDocument::new);
    String field = field(step.path(), step.path().last());
    if (step instanceof AttributeStep.Drop) {
      if (was.containsKey(field)) {
        around.putIfAbsent(field, was.get(field));
      }
    } else if (step instanceof AttributeStep.Rename rename) {
      String now = field(step.path(), rename.name());
      boolean alwaysHadIt = was.containsKey(now) && !was.containsKey(field);
      if (around.containsKey(now) && !around.containsKey(field) && !alwaysHadIt) {
        around.put(field, around.remove(now));
      }
    } else if (step instanceof AttributeStep.Convert convert) {
      if (around.containsKey(field)) {
        around.put(
            field,
            conversions.back(convert, around.get(field), Optional.ofNullable(was.get(field))));
      }
    } else if (step instanceof AttributeStep.Set set) {
      if (around.containsKey(field) && Documents.isSame(set.value(), around.get(field))) {
        around.remove(field);
        if (was.containsKey(field)) {
          around.put(field, was.get(field));
        }
      }
    } else {
      throw new IllegalStateException("a step that nobody takes back: " + step);
    }
  }

  private Optional<BsonDocument> mapAround(AttributePath path, BsonDocument item) {
    BsonDocument map = item;
    for (int i = 0; i + 1 < path.depth(); i++) {
      String name = path.names().get(i);
      BsonValue inner = map.get(i == 0 ? names.topLevel(name) : names.nested(name));
      if (inner == null || !inner.isDocument()) {
        return Optional.empty();
      }
      map = inner.asDocument();
    }
    return Optional.of(map);
  }

  private String field(AttributePath path, String name) {
    return path.isTopLevel() ? names.topLevel(name) : names.nested(name);
  }

  /** The attributes that every item of the rule has with one value. */
  private static Stream<Condition.Of> constants(Condition when) {
    if (when instanceof Condition.All all) {
      return all.parts().stream().flatMap(RuleInverse::constants);
    }
    return when instanceof Condition.Of leaf && leaf.test() instanceof Test.Equal
        ? Stream.of(leaf)
        : Stream.empty();
  }

  /**
   * A document that an application made, or moved here from another rule's collection, does not say
   * what the rule drops. But every item of the rule has the constant.
   */
  private void addConstant(Condition.Of leaf, BsonDocument item) {
    if (!leaf.path().isTopLevel() || rule.nameOf(leaf.path().top()).isPresent()) {
      return;
    }
    String field = names.topLevel(leaf.path().top());
    BsonValue constant = bson(((Test.Equal) leaf.test()).value());
    if (!item.containsKey(field) || !Documents.isSame(constant, item.get(field))) {
      item.put(field, constant);
    }
  }

  private static BsonValue bson(Value value) {
    if (value instanceof Value.Text text) {
      return new BsonString(text.text());
    } else if (value instanceof Value.Bool bool) {
      return BsonBoolean.valueOf(bool.value());
    } else if (value instanceof Value.Num number) {
      return new BsonDecimal128(new Decimal128(number.number()));
    }
    return BsonNull.VALUE;
  }
}
