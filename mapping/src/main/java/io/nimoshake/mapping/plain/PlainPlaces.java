package io.nimoshake.mapping.plain;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Places;
import io.nimoshake.mapping.rule.IdRule;
import io.nimoshake.mapping.rule.Rule;
import io.nimoshake.mapping.rule.Test;
import io.nimoshake.mapping.rule.Truth;
import io.nimoshake.mapping.rule.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.types.Decimal128;

/** Where a table's documents may be by its rules. */
public final class PlainPlaces implements Places {
  private final List<Rule> rules;
  private final TableSchema table;
  private final FieldNames names;
  private final PlainMapping mapping;
  private final Set<String> keyNames;
  private final KeyFields fields;

  /**
   * @param rules of this table, in order
   */
  public PlainPlaces(List<Rule> rules, TableSchema table, FieldNames names) {
    this.rules = List.copyOf(rules);
    this.table = table;
    this.names = names;
    this.mapping = new PlainMapping(rules, table, names);
    this.fields = new KeyFields(table, names);
    this.keyNames = table.key().stream().map(KeyAttribute::name).collect(Collectors.toSet());
  }

  @Override
  public List<Place> of(ItemKey key) {
    return of(document(key.encoded()));
  }

  private List<Place> of(BsonDocument key) {
    List<Place> places = new ArrayList<>();
    PlainCondition condition = new PlainCondition(names, key);
    for (Rule rule : rules) {
      Truth truth = condition.ofKey(rule.when(), keyNames);
      if (truth != Truth.FALSE && rule.collection().isPresent()) {
        mapping
            .id(rule.id(), key)
            .map(id -> new Place(rule.collection().get(), bytes(new BsonDocument("_id", id))))
            .filter(place -> !places.contains(place))
            .ifPresent(places::add);
      }
      if (truth == Truth.TRUE) {
        break;
      }
    }
    return places;
  }

  @Override
  public Optional<ItemKey> keyAt(Place place) {
    BsonValue id = document(place.id()).get("_id");
    return rules.stream()
        .filter(rule -> rule.collection().filter(place.collection()::equals).isPresent())
        .flatMap(rule -> keys(rule, id))
        .filter(fields::isKey)
        .filter(key -> isAt(place.collection(), id, key))
        .findFirst()
        .map(key -> new ItemKey(bytes(key)));
  }

  /** Numbers of different types are one {@code _id}, so values count and not bytes. */
  private boolean isAt(String collection, BsonValue id, BsonDocument key) {
    return of(key).stream()
        .anyMatch(
            place ->
                place.collection().equals(collection)
                    && PlainValues.isSame(document(place.id()).get("_id"), id));
  }

  /** Keys whose documents by this rule could have this id. */
  private Stream<BsonDocument> keys(Rule rule, BsonValue id) {
    if (!(rule.id() instanceof IdRule.OfAttribute of)) {
      if (table.range().isEmpty()) {
        return Stream.of(new BsonDocument(names.topLevel(table.hash().name()), id));
      }
      return id.isDocument() ? Stream.of(id.asDocument()) : Stream.empty();
    }
    Optional<BsonValue> value = PlainMapping.attributeOf(of, id);
    if (value.isEmpty()) {
      return Stream.empty();
    }
    Optional<KeyAttribute> other =
        table.key().stream().filter(key -> !key.name().equals(of.attribute())).findFirst();
    if (other.isEmpty()) {
      return Stream.of(new BsonDocument(names.topLevel(of.attribute()), value.get()));
    }
    return fixed(rule, other.get())
        .map(
            fixed -> {
              BsonDocument key = new BsonDocument();
              table
                  .key()
                  .forEach(
                      attribute ->
                          key.put(
                              names.topLevel(attribute.name()),
                              attribute.equals(other.get()) ? fixed : value.get()));
              return key;
            });
  }

  /** The values that a rule's condition names for a key attribute. */
  private static Stream<BsonValue> fixed(Rule rule, KeyAttribute attribute) {
    return rule.when()
        .leaves()
        .filter(leaf -> leaf.path().isTopLevel() && leaf.path().top().equals(attribute.name()))
        .flatMap(
            leaf ->
                leaf.test() instanceof Test.Equal equal
                    ? Stream.of(equal.value())
                    : leaf.test() instanceof Test.In in ? in.values().stream() : Stream.empty())
        .flatMap(value -> bson(value).stream());
  }

  private static Optional<BsonValue> bson(Value value) {
    if (value instanceof Value.Text text) {
      return Optional.of(new BsonString(text.text()));
    } else if (value instanceof Value.Num number) {
      return Optional.of(
          new BsonDecimal128(new Decimal128(new BigDecimal(number.number().toString()))));
    }
    return Optional.empty();
  }

  private static BsonDocument document(Slice bytes) {
    return new RawBsonDocument(bytes.array(), bytes.offset(), bytes.length());
  }

  private static Slice bytes(BsonDocument document) {
    java.nio.ByteBuffer buffer =
        new RawBsonDocument(document, new BsonDocumentCodec()).getByteBuffer().asNIO();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return Slice.of(bytes);
  }
}
