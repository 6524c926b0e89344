package io.nimoshake.setup;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.shape.AttributeSteps;
import io.nimoshake.dynamodb.shape.AttributeSteps.Step;
import io.nimoshake.dynamodb.shape.TargetShapes;
import io.nimoshake.mapping.rule.AttributeStep;
import io.nimoshake.mapping.rule.MappingRules;
import io.nimoshake.mapping.rule.Rule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.bson.BsonValue;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What a mapping file means for a DynamoDB-compatible target: other names of tables, and attributes
 * that are dropped, renamed or set. The rest of a mapping needs documents, and is refused.
 */
public final class DynamoShapes implements TargetShapes {
  /**
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html">
   *     Amazon DynamoDB Developer Guide, Naming rules</a>
   */
  private static final Pattern TABLE_NAME = Pattern.compile("[A-Za-z0-9_.-]{3,255}");

  private final String file;
  private final MappingRules rules;
  private final boolean withIndexes;
  private final Map<String, OfTable> known = new ConcurrentHashMap<>();

  /**
   * @param file names the mapping in messages
   * @param withIndexes whether the target gets the secondary indexes of the source
   */
  DynamoShapes(String file, MappingRules rules, boolean withIndexes) {
    this.file = file;
    this.rules = rules;
    this.withIndexes = withIndexes;
  }

  /** What the rules say about one table. */
  private record OfTable(String name, Optional<ItemShape> items) {}

  @Override
  public String nameOf(String table) {
    return of(table).name();
  }

  @Override
  public Optional<ItemShape> itemsOf(String table) {
    return of(table).items();
  }

  /** Every write asks, so the answer is kept. */
  private OfTable of(String table) {
    return known.computeIfAbsent(
        table,
        name -> {
          Optional<Rule> rule = rule(name);
          List<Step> steps =
              rule.map(Rule::steps).orElse(List.of()).stream().map(DynamoShapes::step).toList();
          return new OfTable(
              rule.flatMap(Rule::collection).orElse(name),
              steps.isEmpty() ? Optional.empty() : Optional.of(new AttributeSteps(steps)));
        });
  }

  private Optional<Rule> rule(String table) {
    return rules.of(table).map(of -> of.of(table).get(0));
  }

  private static Step step(AttributeStep step) {
    if (step instanceof AttributeStep.Drop drop) {
      return new Step.Drop(drop.path().names());
    } else if (step instanceof AttributeStep.Rename rename) {
      return new Step.Rename(rename.path().names(), rename.name());
    } else if (step instanceof AttributeStep.Set set) {
      return new Step.Set(set.path().top(), value(set.value()));
    }
    throw new IllegalStateException("a step that was refused: " + step);
  }

  /** A constant of a mapping file. */
  private static AttributeValue value(BsonValue value) {
    return switch (value.getBsonType()) {
      case STRING -> AttributeValue.fromS(value.asString().getValue());
      case BOOLEAN -> AttributeValue.fromBool(value.asBoolean().getValue());
      case NULL -> AttributeValue.fromNul(true);
      case INT32 -> AttributeValue.fromN(String.valueOf(value.asInt32().getValue()));
      case INT64 -> AttributeValue.fromN(String.valueOf(value.asInt64().getValue()));
      case DECIMAL128 -> AttributeValue.fromN(value.asDecimal128().getValue().toString());
      case ARRAY ->
          AttributeValue.fromL(value.asArray().stream().map(DynamoShapes::value).toList());
      case DOCUMENT -> {
        Map<String, AttributeValue> map = new LinkedHashMap<>();
        value.asDocument().forEach((name, inner) -> map.put(name, value(inner)));
        yield AttributeValue.fromM(map);
      }
      default -> throw new IllegalStateException("a mapping file has no value of this type");
    };
  }

  @Override
  public List<String> problems(Collection<TableSchema> tables) {
    List<String> problems = new ArrayList<>();
    Map<String, String> owners = new HashMap<>();
    for (TableSchema table : tables) {
      String name = nameOf(table.name());
      if (!TABLE_NAME.matcher(name).matches()) {
        problems.add(
            file
                + ": table "
                + table.name()
                + " cannot be named "
                + name
                + ": DynamoDB allows 3 to 255 letters, digits, _ . and -");
      }
      String other = owners.putIfAbsent(name, table.name());
      if (other != null) {
        problems.add(
            file + ": tables " + other + " and " + table.name() + " would be one table, " + name);
      }
      for (AttributeStep step : rule(table.name()).map(Rule::steps).orElse(List.of())) {
        problem(table, step)
            .ifPresent(what -> problems.add(file + ", table " + table.name() + ": " + what));
      }
    }
    return problems;
  }

  /** A key must stay. An attribute by which a secondary index is ordered must keep its name. */
  private Optional<String> problem(TableSchema table, AttributeStep step) {
    List<String> touched = new ArrayList<>();
    if (step.path().isTopLevel()) {
      touched.add(step.path().top());
      if (step instanceof AttributeStep.Rename rename) {
        touched.add(rename.name());
      }
    }
    for (String name : touched) {
      if (table.key().stream().map(KeyAttribute::name).anyMatch(name::equals)) {
        return Optional.of("key attribute " + name + " must stay as it is");
      }
      Optional<String> index =
          table.indexes().stream()
              .filter(of -> withIndexes)
              .filter(of -> of.key().stream().map(KeyAttribute::name).anyMatch(name::equals))
              .map(TableSchema.SecondaryIndex::name)
              .findFirst();
      if (index.isPresent()) {
        return Optional.of(
            "attribute "
                + name
                + " is in the key of index "
                + index.get()
                + ": leave it as it is, or set full.enable_index.user = false");
      }
    }
    return Optional.empty();
  }
}
