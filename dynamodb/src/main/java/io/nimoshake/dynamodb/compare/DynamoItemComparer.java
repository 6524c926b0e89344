package io.nimoshake.dynamodb.compare;

import io.nimoshake.core.model.Slice;
import io.nimoshake.dynamodb.client.AttributeJson;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Compares items of two DynamoDB services. The order of attributes and of set elements does not
 * matter; numbers are compared by value.
 */
final class DynamoItemComparer implements ItemComparer {
  @Override
  public boolean surelyEqual(Slice item, Slice document) {
    return item.equals(document);
  }

  @Override
  public List<ItemDifference> differences(Slice item, Slice document) {
    List<ItemDifference> found = new ArrayList<>();
    maps(AttributeJson.read(item.toUtf8()), AttributeJson.read(document.toUtf8()), "", found);
    return found;
  }

  @Override
  public String json(Slice document) {
    return document.toUtf8();
  }

  private static void maps(
      Map<String, AttributeValue> source,
      Map<String, AttributeValue> target,
      String path,
      List<ItemDifference> found) {
    Map<String, AttributeValue> left = new LinkedHashMap<>(target);
    source.forEach(
        (name, value) -> {
          String at = path.isEmpty() ? name : path + "." + name;
          AttributeValue other = left.remove(name);
          if (other == null) {
            found.add(difference(at, value, null));
          } else {
            values(value, other, at, found);
          }
        });
    left.forEach(
        (name, value) ->
            found.add(difference(path.isEmpty() ? name : path + "." + name, null, value)));
  }

  private static void values(
      AttributeValue source, AttributeValue target, String path, List<ItemDifference> found) {
    if (source.type() == target.type()) {
      switch (source.type()) {
        case M:
          maps(source.m(), target.m(), path, found);
          return;
        case L:
          if (source.l().size() == target.l().size()) {
            for (int i = 0; i < source.l().size(); i++) {
              values(source.l().get(i), target.l().get(i), path + "[" + i + "]", found);
            }
            return;
          }
          break;
        default:
          if (same(source, target)) {
            return;
          }
      }
    }
    found.add(difference(path, source, target));
  }

  private static boolean same(AttributeValue source, AttributeValue target) {
    return switch (source.type()) {
      case N -> new BigDecimal(source.n()).compareTo(new BigDecimal(target.n())) == 0;
      case SS -> new HashSet<>(source.ss()).equals(new HashSet<>(target.ss()));
      case BS -> new HashSet<>(source.bs()).equals(new HashSet<>(target.bs()));
      case NS -> numbers(source.ns()).equals(numbers(target.ns()));
      default -> source.equals(target);
    };
  }

  private static HashSet<BigDecimal> numbers(List<String> texts) {
    HashSet<BigDecimal> numbers = new HashSet<>();
    texts.forEach(text -> numbers.add(new BigDecimal(text).stripTrailingZeros()));
    return numbers;
  }

  private static ItemDifference difference(
      String path, AttributeValue source, AttributeValue target) {
    return new ItemDifference(
        path,
        Optional.ofNullable(source).map(AttributeJson::write),
        Optional.ofNullable(target).map(AttributeJson::write));
  }
}
