package io.nimoshake.mapping.bytes;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.mapping.bytes.ValueConverter.Refused;
import io.nimoshake.mapping.rule.Conversion;
import io.nimoshake.mapping.rule.IdRule;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.bson.io.BasicOutputBuffer;

/** Writes the {@code _id} element of an item's document from the item's key. */
final class IdWriter {
  private static final byte[] NAME = {'_', 'i', 'd', 0};

  /** One way to write each number, so that two strings are never one number. */
  private static final Pattern CANONICAL = Pattern.compile("0|-?[1-9][0-9]{0,18}");

  private final boolean wholeDocument;
  private final byte[] attribute;
  private final byte[] strip;
  private final Conversion as;

  IdWriter(IdRule rule, TableSchema table, FieldNames names) {
    if (rule instanceof IdRule.OfAttribute of) {
      wholeDocument = false;
      attribute = CompiledCondition.field(of.attribute(), 0, names);
      strip = of.strip().getBytes(StandardCharsets.UTF_8);
      as = of.as().orElse(null);
    } else {
      wholeDocument = table.range().isPresent();
      attribute = CompiledCondition.field(table.hash().name(), 0, names);
      strip = new byte[0];
      as = null;
    }
  }

  /**
   * Appends the element.
   *
   * @param key the key's elements
   * @param document the key as a document
   * @throws Refused if no item with this key has an {@code _id} by this rule
   */
  void append(Elements key, Slice document, BasicOutputBuffer out) throws Refused {
    int typeAt = out.getPosition();
    out.write(Elements.DOCUMENT);
    out.writeBytes(NAME);
    if (wholeDocument) {
      out.writeBytes(document.array(), document.offset(), document.length());
      return;
    }
    int element = key.find(attribute);
    byte type = key.type(element);
    if (strip.length > 0 || as != null) {
      type = converted(key, element, out);
    } else {
      out.writeBytes(key.array, key.value(element), key.end(element) - key.value(element));
    }
    out.getInternalBuffer()[typeAt] = type;
  }

  private byte converted(Elements key, int element, BasicOutputBuffer out) throws Refused {
    byte[] from = key.array;
    int text = key.value(element) + 4;
    int end = key.end(element) - 1;
    if (key.type(element) != Elements.STRING
        || end - text < strip.length
        || !Arrays.equals(from, text, text + strip.length, strip, 0, strip.length)) {
      throw new Refused("does not begin with " + new String(strip, StandardCharsets.UTF_8));
    }
    String rest =
        new String(from, text + strip.length, end - text - strip.length, StandardCharsets.UTF_8);
    if (as == null) {
      out.writeString(rest);
      return Elements.STRING;
    }
    return switch (as) {
      case OBJECTID -> ValueConverter.objectId(rest, out);
      case UUID -> ValueConverter.uuid(rest, out);
      case LONG -> {
        if (!CANONICAL.matcher(rest).matches()) {
          throw new Refused("is not a whole number without leading zeros");
        }
        yield ValueConverter.int64(new BigDecimal(rest), out);
      }
      default -> throw new IllegalStateException(as + " does not keep different ids different");
    };
  }
}
