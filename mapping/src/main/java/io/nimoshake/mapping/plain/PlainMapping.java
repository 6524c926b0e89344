package io.nimoshake.mapping.plain;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.mapping.rule.AttributePath;
import io.nimoshake.mapping.rule.AttributeStep;
import io.nimoshake.mapping.rule.Conversion;
import io.nimoshake.mapping.rule.IdRule;
import io.nimoshake.mapping.rule.Outcome;
import io.nimoshake.mapping.rule.Rule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bson.BsonBinary;
import org.bson.BsonBinarySubType;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;

/** What a table's rules make of a whole item. */
public final class PlainMapping {
  private final List<Rule> rules;
  private final TableSchema table;
  private final FieldNames names;
  private final PlainConversion conversion;

  /**
   * @param rules of this table, in order
   */
  public PlainMapping(List<Rule> rules, TableSchema table, FieldNames names) {
    this.rules = List.copyOf(rules);
    this.table = table;
    this.names = names;
    this.conversion = new PlainConversion(names);
  }

  /** What becomes of an item. */
  public sealed interface Result {
    /** The rule that decided. */
    Rule rule();

    /** It is this document, {@code _id} first. */
    record Document(Rule rule, String collection, BsonDocument document) implements Result {}

    /** It has no document. */
    record Nothing(Rule rule) implements Result {}

    /** It is a rejected item. */
    record Rejection(Rule rule) implements Result {}
  }

  /** A field on its way through the steps; names may be there twice until the end. */
  private static final class Field {
    String name;
    Optional<BsonValue> value = Optional.empty();

    /** If it is a map that a step may reach into. */
    List<Field> inside = List.of();

    boolean isMap;

    static Field of(String name, BsonValue value) {
      Field field = new Field();
      field.name = name;
      if (value.isDocument()) {
        field.isMap = true;
        field.inside = fields(value.asDocument());
      } else {
        field.value = Optional.of(value);
      }
      return field;
    }

    static List<Field> fields(BsonDocument document) {
      List<Field> fields = new ArrayList<>();
      document.forEach((name, value) -> fields.add(of(name, value)));
      return fields;
    }

    /** Empty where the conversion of a value has failed, or a name is there twice. */
    static Optional<BsonDocument> document(List<Field> fields) {
      BsonDocument document = new BsonDocument();
      Set<String> seen = new HashSet<>();
      for (Field field : fields) {
        Optional<? extends BsonValue> value = field.isMap ? document(field.inside) : field.value;
        if (value.isEmpty() || !seen.add(field.name)) {
          return Optional.empty();
        }
        document.put(field.name, value.get());
      }
      return Optional.of(document);
    }
  }

  /** What should be in the target for an item. */
  public Expected expected(BsonDocument item) {
    Result result = apply(item);
    if (result instanceof Result.Document made) {
      return new Expected.Document(made.collection(), made.document());
    } else if (result instanceof Result.Nothing) {
      return new Expected.Nothing();
    } else if (result instanceof Result.Rejection rejection) {
      return new Expected.Rejected(
          "the mapping rejects it by the rule at " + rejection.rule().place());
    }
    throw new IllegalStateException("a result that nobody knows: " + result);
  }

  /** Applies the rules to an item, a document without {@code _id}. */
  public Result apply(BsonDocument item) {
    PlainCondition condition = new PlainCondition(names, item);
    Rule rule = rules.stream().filter(r -> condition.holds(r.when())).findFirst().orElseThrow();
    if (rule.outcome() instanceof Outcome.Ignore) {
      return new Result.Nothing(rule);
    } else if (rule.outcome() instanceof Outcome.Fail) {
      return new Result.Rejection(rule);
    }
    Optional<BsonValue> id = id(rule.id(), item);
    Optional<BsonDocument> attributes = attributes(rule.steps(), item);
    if (id.isEmpty() || attributes.isEmpty()) {
      return new Result.Rejection(rule);
    }
    BsonDocument document = new BsonDocument("_id", id.get());
    document.putAll(attributes.get());
    return new Result.Document(rule, rule.collection().orElseThrow(), document);
  }

  /** What one step makes of an item; empty if the item is rejected there. */
  public Optional<BsonDocument> step(AttributeStep step, BsonDocument item) {
    return attributes(List.of(step), item);
  }

  /** The {@code _id} by a rule; empty if the key makes none. */
  Optional<BsonValue> id(IdRule rule, BsonDocument item) {
    if (rule instanceof IdRule.OfAttribute of) {
      BsonValue value = item.get(names.topLevel(of.attribute()));
      if (of.strip().isEmpty() && of.as().isEmpty()) {
        return Optional.of(value);
      }
      if (!value.isString() || !value.asString().getValue().startsWith(of.strip())) {
        return Optional.empty();
      }
      BsonString rest = new BsonString(value.asString().getValue().substring(of.strip().length()));
      return of.as().isEmpty() ? Optional.of(rest) : canonical(of.as().get(), rest);
    }
    BsonDocument key = new BsonDocument();
    table
        .key()
        .forEach(
            attribute -> {
              String field = names.topLevel(attribute.name());
              key.put(field, item.get(field));
            });
    return Optional.of(key.size() == 1 ? key.values().iterator().next() : key);
  }

  /** An id that says which string it came from; there is one string for each id. */
  private Optional<BsonValue> canonical(Conversion to, BsonString text) {
    return conversion.convert(to, text).filter(id -> back(id).equals(text.getValue()));
  }

  /** The value of the key attribute that has this id; empty if there is none. */
  static Optional<BsonValue> attributeOf(IdRule.OfAttribute rule, BsonValue id) {
    if (rule.as().isPresent()) {
      boolean possible =
          id instanceof BsonInt64
              || id instanceof BsonObjectId
              || id instanceof BsonBinary binary && BsonBinarySubType.isUuid(binary.getType());
      return possible ? Optional.of(new BsonString(rule.strip() + back(id))) : Optional.empty();
    }
    if (rule.strip().isEmpty()) {
      return Optional.of(id);
    }
    return id instanceof BsonString text
        ? Optional.of(new BsonString(rule.strip() + text.getValue()))
        : Optional.empty();
  }

  private static String back(BsonValue id) {
    if (id instanceof BsonInt64 number) {
      return Long.toString(number.getValue());
    } else if (id instanceof BsonObjectId objectId) {
      return objectId.getValue().toHexString();
    }
    return ((BsonBinary) id).asUuid().toString();
  }

  private Optional<BsonDocument> attributes(List<AttributeStep> steps, BsonDocument item) {
    List<Field> fields = Field.fields(item);
    for (AttributeStep step : steps) {
      take(step, step.path(), 0, fields);
      if (step instanceof AttributeStep.Set set) {
        Field given = new Field();
        given.name = names.topLevel(set.path().top());
        given.value = Optional.of(set.value());
        fields.add(given);
      }
    }
    return Field.document(fields);
  }

  private void take(AttributeStep step, AttributePath path, int depth, List<Field> fields) {
    String name = path.names().get(depth);
    String wanted = depth == 0 ? names.topLevel(name) : names.nested(name);
    for (Field field : List.copyOf(fields)) {
      if (!field.name.equals(wanted)) {
        continue;
      }
      if (depth + 1 < path.depth()) {
        take(step, path, depth + 1, field.inside);
      } else if (step instanceof AttributeStep.Drop || step instanceof AttributeStep.Set) {
        fields.remove(field);
      } else if (step instanceof AttributeStep.Rename rename) {
        field.name = depth == 0 ? names.topLevel(rename.name()) : names.nested(rename.name());
      } else if (step instanceof AttributeStep.Convert convert) {
        convert(convert, field);
      }
    }
  }

  private void convert(AttributeStep.Convert step, Field field) {
    Optional<? extends BsonValue> before = field.isMap ? Field.document(field.inside) : field.value;
    Optional<BsonValue> after = before.flatMap(v -> conversion.convert(step.conversion(), v));
    if (after.isEmpty()) {
      after =
          switch (step.onError()) {
            case KEEP -> before.map(value -> value);
            case NULL -> Optional.of(org.bson.BsonNull.VALUE);
            case REJECT -> Optional.empty();
          };
    }
    field.isMap = false;
    field.inside = List.of();
    field.value = after;
  }
}
