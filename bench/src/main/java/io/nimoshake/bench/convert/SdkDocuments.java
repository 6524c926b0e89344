package io.nimoshake.bench.convert;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.bson.types.Binary;
import org.bson.types.Decimal128;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Makes a driver's {@code Document} from an item of the SDK, as most tools do. */
public final class SdkDocuments {
  private SdkDocuments() {}

  /** The item as a document. Numbers of more than 34 digits become text. */
  public static Document of(Map<String, AttributeValue> map) {
    Document document = new Document();
    map.forEach((name, value) -> document.put(name, value(value)));
    return document;
  }

  private static Object value(AttributeValue value) {
    return switch (value.type()) {
      case S -> value.s();
      case N -> number(value.n());
      case B -> new Binary(value.b().asByteArrayUnsafe());
      case BOOL -> value.bool();
      case NUL -> null;
      case M -> of(value.m());
      case L -> list(value.l());
      case SS -> value.ss();
      case NS -> value.ns().stream().map(SdkDocuments::number).toList();
      case BS -> value.bs().stream().map(SdkBytes::asByteArrayUnsafe).map(Binary::new).toList();
      default -> throw new IllegalArgumentException("type " + value.type());
    };
  }

  private static List<Object> list(List<AttributeValue> values) {
    List<Object> list = new ArrayList<>(values.size());
    values.forEach(value -> list.add(value(value)));
    return list;
  }

  private static Object number(String text) {
    BigDecimal number = new BigDecimal(text);
    if (number.scale() <= 0 && number.precision() <= 18) {
      long whole = number.longValueExact();
      if (whole == (int) whole) {
        return (int) whole;
      }
      return whole;
    }
    return number.precision() <= 34 ? new Decimal128(number) : text;
  }
}
