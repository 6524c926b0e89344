package io.nimoshake.plugin.contract;

import io.nimoshake.plugin.Table;
import io.nimoshake.plugin.Table.KeyAttribute;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;

/** Items like the given ones that a plug-in must be able to deal with, too. */
final class Variations {
  private final Table table;

  Variations(Table table) {
    this.table = table;
  }

  BsonDocument keyOf(BsonDocument item) {
    BsonDocument key = new BsonDocument();
    for (KeyAttribute attribute : table.key()) {
      key.put(attribute.name(), item.get(attribute.name()));
    }
    return key;
  }

  /** The keys of items, and keys that differ from them in a way that code overlooks easily. */
  Set<BsonDocument> keys(List<BsonDocument> items) {
    Set<BsonDocument> keys = new LinkedHashSet<>();
    items.forEach(item -> keys.add(keyOf(item)));
    for (BsonDocument key : List.copyOf(keys)) {
      for (KeyAttribute attribute : table.key()) {
        for (BsonValue other : like(key.get(attribute.name()))) {
          BsonDocument changed = key.clone();
          changed.put(attribute.name(), other);
          keys.add(changed);
        }
        // Values of other items: a prefix that only their kind has.
        for (BsonDocument item : items) {
          BsonDocument changed = key.clone();
          changed.put(attribute.name(), item.get(attribute.name()));
          keys.add(changed);
        }
      }
    }
    return keys;
  }

  private static List<BsonValue> like(BsonValue value) {
    return switch (value.getBsonType()) {
      case STRING -> strings(value.asString().getValue());
      case INT32 -> numbers(value.asInt32().getValue());
      case INT64 -> numbers(value.asInt64().getValue());
      case BINARY -> {
        byte[] data = value.asBinary().getData();
        yield List.of(new BsonBinary(Arrays.copyOf(data, data.length + 1)));
      }
      default -> List.of();
    };
  }

  private static List<BsonValue> strings(String text) {
    List<BsonValue> others = new ArrayList<>();
    for (String other :
        List.of(
            text + "1",
            text + " ",
            text + "#",
            text.toUpperCase(java.util.Locale.ROOT),
            text.toLowerCase(java.util.Locale.ROOT),
            // Where a number is read from the text: 7, 07 and +7 are different keys.
            text.replaceFirst("(?<![0-9])(?=[0-9])", "0"),
            text.replaceFirst("(?<![0-9])(?=[0-9])", "+"),
            text.replaceFirst("#", "##"),
            text.replaceFirst("^[^#]*#", ""),
            text.substring(0, text.length() / 2),
            "other")) {
      if (!other.isEmpty() && !other.equals(text)) {
        others.add(new BsonString(other));
      }
    }
    return others;
  }

  private static List<BsonValue> numbers(long number) {
    return List.of(
        new BsonInt64(number + 1), new BsonInt64(-number - 1), new BsonInt64(number * 10));
  }

  /** The same item: DynamoDB promises no order of attributes. Those of nested maps change, too. */
  static BsonDocument inAnotherOrder(BsonDocument item) {
    BsonDocument changed = new BsonDocument();
    List<String> names = new ArrayList<>(item.keySet());
    Collections.reverse(names);
    names.forEach(name -> changed.put(name, inAnotherOrder(item.get(name))));
    return changed;
  }

  private static BsonValue inAnotherOrder(BsonValue value) {
    if (value.isDocument()) {
      return inAnotherOrder(value.asDocument());
    }
    return value.isArray()
        ? new BsonArray(value.asArray().stream().map(Variations::inAnotherOrder).toList())
        : value;
  }

  /** The same item with other attributes: only the key decides where it can be. */
  List<BsonDocument> withOtherAttributes(BsonDocument item, List<BsonDocument> others) {
    BsonDocument key = keyOf(item);
    List<BsonDocument> changed = new ArrayList<>();
    changed.add(key);
    for (String name : item.keySet()) {
      if (!key.containsKey(name)) {
        BsonDocument without = item.clone();
        without.remove(name);
        changed.add(without);
      }
    }
    for (BsonDocument other : others) {
      BsonDocument mixed = other.clone();
      mixed.putAll(key);
      changed.add(mixed);
    }
    return changed;
  }
}
