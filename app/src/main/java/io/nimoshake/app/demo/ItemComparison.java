package io.nimoshake.app.demo;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Whether a document says what an item says, by rules written down a second time: nothing of the
 * conversion is used here, so that its mistakes show. For {@code convert.type = change}.
 */
public final class ItemComparison {
  private ItemComparison() {}

  /**
   * The first difference, for people; empty if there is none.
   *
   * @param key names of the key attributes, hash key first
   */
  public static Optional<String> difference(
      List<String> key, Map<String, AttributeValue> item, BsonDocument document) {
    Set<String> extra = new HashSet<>(document.keySet());
    extra.remove("_id");
    for (Map.Entry<String, AttributeValue> attribute : item.entrySet()) {
      String name = attribute.getKey();
      BsonValue value = document.get(name);
      extra.remove(name);
      if (value == null) {
        return Optional.of(name + " is missing");
      }
      if (!same(attribute.getValue(), value)) {
        return Optional.of(name + " is " + attribute.getValue() + " there and " + value + " here");
      }
    }
    if (!extra.isEmpty()) {
      return Optional.of("fields that the item does not have: " + extra);
    }
    return sameId(key, item, document.get("_id"))
        ? Optional.empty()
        : Optional.of("_id is " + document.get("_id"));
  }

  private static boolean sameId(List<String> key, Map<String, AttributeValue> item, BsonValue id) {
    if (key.size() == 1) {
      return same(item.get(key.get(0)), id);
    }
    return id.isDocument()
        && List.copyOf(id.asDocument().keySet()).equals(key)
        && key.stream().allMatch(name -> same(item.get(name), id.asDocument().get(name)));
  }

  private static boolean same(AttributeValue value, BsonValue found) {
    return switch (value.type()) {
      case S -> found.isString() && found.asString().getValue().equals(value.s());
      case N -> number(found).map(n -> n.compareTo(new BigDecimal(value.n())) == 0).orElse(false);
      case B -> found.isBinary() && sameBytes(value.b().asByteArray(), found.asBinary());
      case BOOL -> found.isBoolean() && found.asBoolean().getValue() == value.bool();
      case NUL -> found.isNull();
      case M -> found.isDocument() && sameMap(value.m(), found.asDocument());
      case L -> found.isArray() && sameList(value.l(), found.asArray());
      case SS -> sameSet(value.ss().stream().map(AttributeValue::fromS).toList(), found);
      case NS -> sameSet(value.ns().stream().map(AttributeValue::fromN).toList(), found);
      case BS -> sameSet(value.bs().stream().map(AttributeValue::fromB).toList(), found);
      default -> false;
    };
  }

  /** The exact number; none for a double, which cannot hold every number. */
  private static Optional<BigDecimal> number(BsonValue found) {
    return switch (found.getBsonType()) {
      case INT32 -> Optional.of(BigDecimal.valueOf(found.asInt32().getValue()));
      case INT64 -> Optional.of(BigDecimal.valueOf(found.asInt64().getValue()));
      case DECIMAL128 -> Optional.of(found.asDecimal128().getValue().bigDecimalValue());
      default -> Optional.empty();
    };
  }

  private static boolean sameBytes(byte[] bytes, BsonBinary found) {
    return java.util.Arrays.equals(bytes, found.getData());
  }

  private static boolean sameMap(Map<String, AttributeValue> map, BsonDocument found) {
    return map.keySet().equals(found.keySet())
        && map.entrySet().stream()
            .allMatch(entry -> same(entry.getValue(), found.get(entry.getKey())));
  }

  private static boolean sameList(List<AttributeValue> list, List<BsonValue> found) {
    if (list.size() != found.size()) {
      return false;
    }
    for (int i = 0; i < list.size(); i++) {
      if (!same(list.get(i), found.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** A set has no order. */
  private static boolean sameSet(List<AttributeValue> elements, BsonValue found) {
    if (!found.isArray() || found.asArray().size() != elements.size()) {
      return false;
    }
    List<BsonValue> left = new ArrayList<>(found.asArray());
    for (AttributeValue element : elements) {
      Optional<BsonValue> match = left.stream().filter(value -> same(element, value)).findFirst();
      if (match.isEmpty()) {
        return false;
      }
      left.remove(match.get());
    }
    return true;
  }
}
