package io.nimoshake.mapping.bytes;

import com.fasterxml.jackson.core.JsonFactory;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.mapping.bytes.ValueConverter.Refused;
import io.nimoshake.mapping.rule.AttributeStep;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonBinaryWriter;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;

/** Writes the attributes of a rule's items as its steps want them. Not safe for several threads. */
final class DocumentWriter {
  private static final BsonDocumentCodec CODEC = new BsonDocumentCodec();

  private final FieldPlans plans;

  /** The elements that {@code set} gives, as they are written. */
  private final List<byte[]> given = new ArrayList<>();

  /** For each of these elements the number of its name among the names that steps give. */
  private final List<Integer> givenTaken = new ArrayList<>();

  private final ValueConverter converter;
  private final List<Elements> levels = new ArrayList<>();

  DocumentWriter(List<AttributeStep> steps, FieldNames names, JsonFactory json) {
    plans = FieldPlans.of(steps, names);
    converter = new ValueConverter(names, json);
    Map<String, BsonValue> set = new LinkedHashMap<>();
    for (AttributeStep step : steps) {
      if (step instanceof AttributeStep.Set s) {
        // The last one counts.
        set.remove(s.path().top());
        set.put(s.path().top(), s.value());
      }
    }
    set.forEach(
        (name, value) -> {
          String field = names.topLevel(name);
          given.add(element(field, value));
          givenTaken.add(plans.taken(field.getBytes(StandardCharsets.UTF_8)));
        });
  }

  private static byte[] element(String name, BsonValue value) {
    BasicOutputBuffer out = new BasicOutputBuffer();
    try (BsonBinaryWriter writer = new BsonBinaryWriter(out)) {
      CODEC.encode(writer, new BsonDocument(name, value), EncoderContext.builder().build());
    }
    byte[] document = out.toByteArray();
    // Without the document's length and final zero.
    return java.util.Arrays.copyOfRange(document, 4, document.length - 1);
  }

  /**
   * Appends the elements of an item; the caller writes what is around them.
   *
   * @throws Refused with the whole reason, if the item is to be rejected
   */
  void append(Elements item, BasicOutputBuffer out) throws Refused {
    int[] taken = new int[plans.takenNames()];
    append(item, plans, taken, 0, out);
    for (int i = 0; i < given.size(); i++) {
      take(taken, givenTaken.get(i), given.get(i), 1);
      out.writeBytes(given.get(i));
    }
  }

  private void append(Elements map, FieldPlans of, int[] taken, int depth, BasicOutputBuffer out)
      throws Refused {
    for (int i = 0; i < map.count(); i++) {
      FieldPlans.Plan plan = of.isEmpty() ? null : of.find(map, i);
      if (plan == null) {
        out.writeBytes(map.array, map.begin(i), map.end(i) - map.begin(i));
      } else if (!plan.dropped()) {
        take(taken, plan.taken(), plan.newName(), 0);
        append(map, i, plan, depth, out);
      }
    }
  }

  private static void take(int[] taken, int name, byte[] bytes, int nameAt) throws Refused {
    if (name >= 0 && taken[name]++ > 0) {
      int end = nameAt;
      while (end < bytes.length && bytes[end] != 0) {
        end++;
      }
      throw new Refused(
          "two attributes would be named "
              + new String(bytes, nameAt, end - nameAt, StandardCharsets.UTF_8));
    }
  }

  private void append(
      Elements map, int element, FieldPlans.Plan plan, int depth, BasicOutputBuffer out)
      throws Refused {
    byte type = map.type(element);
    int typeAt = out.getPosition();
    out.write(type);
    out.writeBytes(plan.newName());
    out.write(0);
    if (plan.conversion().isPresent()) {
      byte converted = convert(map, element, plan.conversion().get(), out);
      out.getInternalBuffer()[typeAt] = converted;
    } else if (plan.inside().isPresent() && type == Elements.DOCUMENT) {
      FieldPlans inside = plan.inside().get();
      Elements level = level(depth);
      level.read(map.array, map.value(element));
      int begin = out.getPosition();
      out.writeInt32(0);
      append(level, inside, new int[inside.takenNames()], depth + 1, out);
      ValueConverter.endDocument(begin, out);
    } else {
      copyValue(map, element, out);
    }
  }

  private Elements level(int depth) {
    while (levels.size() <= depth) {
      levels.add(new Elements());
    }
    return levels.get(depth);
  }

  private byte convert(Elements map, int element, AttributeStep.Convert step, BasicOutputBuffer out)
      throws Refused {
    byte type = map.type(element);
    int valueAt = out.getPosition();
    try {
      return converter.convert(step.conversion(), type, map.array, map.value(element), out);
    } catch (Refused e) {
      out.truncateToPosition(valueAt);
      return switch (step.onError()) {
        case KEEP -> {
          copyValue(map, element, out);
          yield type;
        }
        case NULL -> Elements.NULL;
        case REJECT ->
            throw Refused.because(
                step.path() + " " + e.getMessage() + " (" + step.conversion().word() + ")",
                ShownValue.of(type, map.array, map.value(element)));
      };
    }
  }

  private static void copyValue(Elements map, int element, BasicOutputBuffer out) {
    out.writeBytes(map.array, map.value(element), map.end(element) - map.value(element));
  }
}
