package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.FieldNames;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Says whether a document of the target is what an item of the source becomes. The item is read
 * under {@link #SOURCE}, so that nothing about it is forgotten; the document by a {@link
 * DocumentReader} of the target's type. Order of fields and of set elements does not count, numbers
 * count by value. Has no state.
 */
public final class ItemComparison {
  /** How the source's items are to be decoded: with all types, and names as they are. */
  public static final ConvertOptions SOURCE =
      new ConvertOptions(ConvertType.RAW, new FieldNames(false, ""), NumberOverflow.FAIL);

  private final ConvertOptions options;

  /**
   * @param options how the target was written
   */
  public ItemComparison(ConvertOptions options) {
    this.options = options;
  }

  /**
   * The first difference, as a path and what is wrong there, without any value: items do not belong
   * in logs. Empty if there is none.
   */
  public Optional<String> difference(ItemValue.MapOf source, ItemValue.MapOf target) {
    return Optional.ofNullable(maps(source, target, "", options.names()::topLevel));
  }

  private String maps(
      ItemValue.MapOf source, ItemValue.MapOf target, String path, UnaryOperator<String> naming) {
    Map<String, ItemValue> left = new LinkedHashMap<>(target.entries());
    for (Map.Entry<String, ItemValue> entry : source.entries().entrySet()) {
      String name = naming.apply(entry.getKey());
      String at = path.isEmpty() ? name : path + "." + name;
      ItemValue found = left.remove(name);
      if (found == null) {
        return at + ": missing in the target";
      }
      String difference = values(entry.getValue(), found, at);
      if (difference != null) {
        return difference;
      }
    }
    for (String name : left.keySet()) {
      return (path.isEmpty() ? name : path + "." + name) + ": only in the target";
    }
    return null;
  }

  private String values(ItemValue source, ItemValue target, String path) {
    if (source instanceof ItemValue.MapOf map && target instanceof ItemValue.MapOf other) {
      return maps(map, other, path, options.names()::nested);
    }
    if (source instanceof ItemValue.ListOf list && target instanceof ItemValue.ListOf other) {
      return lists(list.elements(), other.elements(), path);
    }
    boolean equal =
        source instanceof ItemValue.SetOf set && target instanceof ItemValue.ListOf list
            ? sameElements(set, list)
            : scalar(source).equals(target);
    if (equal) {
      return null;
    }
    return target instanceof ItemValue.Foreign foreign
        ? path + ": " + foreign.what() + " in the target"
        : path + ": not the same";
  }

  private String lists(List<ItemValue> source, List<ItemValue> target, String path) {
    if (source.size() != target.size()) {
      return path + ": " + source.size() + " elements, in the target " + target.size();
    }
    for (int i = 0; i < source.size(); i++) {
      String difference = values(source.get(i), target.get(i), path + "[" + i + "]");
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  /** A set that became an array; doubles of different numbers may be equal, so all are counted. */
  private boolean sameElements(ItemValue.SetOf set, ItemValue.ListOf list) {
    if (options.type() == ConvertType.RAW) {
      return false;
    }
    Map<ItemValue, Integer> counts = new HashMap<>();
    list.elements().forEach(element -> counts.merge(element, 1, Integer::sum));
    set.elements().forEach(element -> counts.merge(scalar(element), -1, Integer::sum));
    return counts.values().stream().allMatch(count -> count == 0);
  }

  /** What a value becomes, if that is not what it is. */
  private ItemValue scalar(ItemValue value) {
    if (!(value instanceof ItemValue.Num number) || options.type() == ConvertType.RAW) {
      return value;
    }
    BigDecimal n = number.value();
    if (options.type() == ConvertType.MCHANGE) {
      return new ItemValue.Num(new BigDecimal(n.doubleValue()));
    }
    if (n.precision() <= NumberText.DECIMAL128_DIGITS) {
      return value;
    }
    return switch (options.overflow()) {
      case STRING -> new ItemValue.Text(n.toPlainString());
      case DOUBLE -> new ItemValue.Num(new BigDecimal(n.doubleValue()));
      case FAIL -> value;
    };
  }
}
