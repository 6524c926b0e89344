package io.nimoshake.app.preview;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.core.port.Mapping.Placements;
import io.nimoshake.dynamodb.convert.ItemConverter;
import io.nimoshake.dynamodb.shape.TargetShapes;
import io.nimoshake.dynamodb.shape.TargetShapes.ItemShape;
import io.nimoshake.dynamodb.shape.UnfitItemException;
import io.nimoshake.mapping.FileMapping;
import io.nimoshake.mapping.bytes.CompiledTable;
import io.nimoshake.mapping.plain.PlainMapping;
import io.nimoshake.mapping.rule.AttributeStep;
import io.nimoshake.mapping.rule.Conversion.OnError;
import io.nimoshake.mapping.rule.Rule;
import io.nimoshake.mapping.yaml.MappingException;
import io.nimoshake.setup.SyncSetup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/**
 * Shows what the mapping of a configuration makes of single items of a table. It converts and maps
 * them as the sync does. Writes nothing. Not thread-safe.
 */
public final class MappingTrial {
  /** A table that the mapping does not name keeps its name and its attributes. */
  private static final String AS_IT_IS = "version: 1\ntables: {\"*\": {collection: \"${name}\"}}";

  private final ItemConverter converter;
  private final Mapping.OfTable mapping;
  private final Mapping.Mapper mapper;
  private final List<Rule> rules;
  private final Optional<PlainMapping> plain;
  private final boolean mapped;
  private final Optional<InDynamo> dynamo;

  private MappingTrial(
      ItemConverter converter,
      Mapping.OfTable mapping,
      List<Rule> rules,
      Optional<PlainMapping> plain,
      boolean mapped,
      Optional<InDynamo> dynamo) {
    this.dynamo = dynamo;
    this.converter = converter;
    this.mapping = mapping;
    this.mapper = mapping.mapper();
    this.rules = rules;
    this.plain = plain;
    this.mapped = mapped;
  }

  /** Makes one for a table. */
  public static MappingTrial of(SyncSetup setup, TableSchema table) {
    FieldNames names = setup.convertOptions().names();
    Optional<Mapping.OfTable> mapping = setup.mapping().of(table);
    List<Rule> rules =
        setup
            .fileMapping()
            .flatMap(file -> file.rules().of(table.name()))
            .map(of -> of.of(table.name()))
            .orElse(List.of());
    return new MappingTrial(
        new ItemConverter(table, setup.convertOptions()),
        mapping.orElseGet(() -> asItIs(table, names)),
        rules,
        rules.isEmpty() ? Optional.empty() : Optional.of(new PlainMapping(rules, table, names)),
        mapping.isPresent(),
        setup.targetSpeaksDynamo()
            ? Optional.of(new InDynamo(setup.dynamoShapes(), table.name()))
            : Optional.empty());
  }

  /** What becomes of items in a DynamoDB-compatible target. */
  private record InDynamo(TargetShapes shapes, String table) {
    Outcome of(Slice item, Optional<Integer> rule) {
      try {
        Optional<ItemShape> shape = shapes.itemsOf(table);
        Slice shaped = shape.isPresent() ? shape.get().apply(item) : item;
        return new Outcome(
            rule,
            Optional.of(new Place(shapes.nameOf(table), Optional.empty())),
            Optional.of(BsonDocument.parse(shaped.toUtf8())),
            List.of(),
            Optional.empty());
      } catch (UnfitItemException e) {
        return rejected(rule, e.getMessage());
      }
    }
  }

  private static Outcome rejected(Optional<Integer> rule, String reason) {
    return new Outcome(rule, Optional.empty(), Optional.empty(), List.of(), Optional.of(reason));
  }

  /** The same, but a conversion that fails rejects the item, whatever its {@code on_error} says. */
  static MappingTrial strict(SyncSetup setup, TableSchema table) {
    MappingTrial as = of(setup, table);
    if (as.rules.isEmpty() || as.dynamo.isPresent()) {
      return as;
    }
    List<Rule> strict = as.rules.stream().map(MappingTrial::strict).toList();
    FieldNames names = setup.convertOptions().names();
    return new MappingTrial(
        as.converter,
        new CompiledTable(strict, table, names, collection -> false),
        strict,
        Optional.empty(),
        true,
        Optional.empty());
  }

  private static Rule strict(Rule rule) {
    return new Rule(
        rule.place(),
        rule.when(),
        rule.outcome(),
        rule.id(),
        rule.steps().stream().map(MappingTrial::strict).toList(),
        rule.indexes());
  }

  private static AttributeStep strict(AttributeStep step) {
    return step instanceof AttributeStep.Convert convert
        ? new AttributeStep.Convert(convert.path(), convert.conversion(), OnError.REJECT)
        : step;
  }

  private static Mapping.OfTable asItIs(TableSchema table, FieldNames names) {
    try {
      return FileMapping.parse("", AS_IT_IS, names).of(table).orElseThrow();
    } catch (MappingException e) {
      throw new IllegalStateException("a constant", e);
    }
  }

  /**
   * Where a document is.
   *
   * @param collection its collection, or the table of a DynamoDB-compatible target
   * @param id empty for an item of a table
   */
  public record Place(String collection, Optional<BsonValue> id) {}

  /**
   * What becomes of an item.
   *
   * @param rule the number of the rule that matched, from 0; empty if the table has no rules, or if
   *     the item could not be converted
   * @param place where its document is; empty if it has none
   * @param document the document, {@code _id} first
   * @param elsewhere the places from which a former document of the item is removed
   * @param rejected why it is a rejected item
   */
  public record Outcome(
      Optional<Integer> rule,
      Optional<Place> place,
      Optional<BsonDocument> document,
      List<Place> elsewhere,
      Optional<String> rejected) {}

  /** The rules of the table, in order; empty if it has none. */
  public List<Rule> rules() {
    return rules;
  }

  /** Whether the mapping, a plug-in or rules, says something about the table. */
  public boolean isMapped() {
    return mapped;
  }

  /**
   * Maps an item.
   *
   * @param item DynamoDB JSON
   */
  public Outcome of(Slice item) {
    List<Rejected> rejected = new ArrayList<>();
    Optional<Change.Upsert> converted = converter.convert(item, rejected::add);
    if (converted.isEmpty()) {
      return rejected(Optional.empty(), rejected.get(0).reason());
    }
    if (dynamo.isPresent()) {
      Optional<Integer> only = rules.isEmpty() ? Optional.empty() : Optional.of(0);
      return dynamo.get().of(converted.get().document(), only);
    }
    Slice document = converted.get().document();
    ItemKey key = converted.get().key();
    Told told = new Told();
    mapper.upsert(key, document, told);
    return new Outcome(
        plain.map(interpreter -> rules.indexOf(interpreter.apply(decode(document)).rule())),
        told.place,
        told.document,
        told.elsewhere,
        told.rejected);
  }

  private static BsonDocument decode(Slice document) {
    return new RawBsonDocument(document.array(), document.offset(), document.length())
        .decode(new BsonDocumentCodec());
  }

  /** Takes what the mapping tells. */
  private final class Told implements Placements {
    private Optional<Place> place = Optional.empty();
    private Optional<BsonDocument> document = Optional.empty();
    private final List<Place> elsewhere = new ArrayList<>();
    private Optional<String> rejected = Optional.empty();

    @Override
    public void upsert(int destination, Slice id, Slice whole) {
      place = Optional.of(at(destination, id));
      document = Optional.of(decode(whole));
    }

    @Override
    public void delete(int destination, Slice id) {
      elsewhere.add(at(destination, id));
    }

    @Override
    public void reject(String reason) {
      rejected = Optional.of(reason);
    }

    /** Items are counted by reason, whatever their values are. */
    @Override
    public void reject(String reason, String value) {
      reject(reason);
    }

    private Place at(int destination, Slice id) {
      return new Place(
          mapping.destinations().get(destination).collection(), Optional.of(decode(id).get("_id")));
    }
  }
}
