package io.nimoshake.mapping.yaml;

import io.nimoshake.mapping.rule.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.types.Decimal128;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads the nodes of a YAML document as what is expected there; what is not becomes a problem. */
final class YamlNodes {
  /** Of a number in DynamoDB. */
  private static final int MOST_DIGITS = 38;

  /** Words that some readers of YAML take for null, true or false, and others do not. */
  private static final Map<String, String> OF_OTHER_READERS =
      Map.of(
          "~", "null", "Null", "null", "NULL", "null", "True", "true", "TRUE", "true", "False",
          "false", "FALSE", "false");

  private final Problems problems;

  YamlNodes(Problems problems) {
    this.problems = problems;
  }

  /** The entries of a map, in order. A name that is there twice is a problem. */
  Map<ScalarNode, Node> entries(Node node, String what) {
    Map<ScalarNode, Node> entries = new LinkedHashMap<>();
    if (!(node instanceof MappingNode map)) {
      problems.add(node, what + " must be a map, such as {name: value}");
      return entries;
    }
    Map<String, ScalarNode> seen = new LinkedHashMap<>();
    for (NodeTuple entry : map.getValue()) {
      if (!(entry.getKeyNode() instanceof ScalarNode name)) {
        problems.add(entry.getKeyNode(), "a name in " + what + " must be a word");
      } else if (seen.putIfAbsent(name.getValue(), name) != null) {
        problems.add(name, "'" + name.getValue() + "' is in " + what + " twice");
      } else {
        entries.put(name, entry.getValueNode());
      }
    }
    return entries;
  }

  /** The entries of a map that may have these names only. */
  Map<String, Node> fields(Node node, String what, Collection<String> known) {
    Map<String, Node> fields = new LinkedHashMap<>();
    entries(node, what)
        .forEach(
            (name, value) -> {
              if (known.contains(name.getValue())) {
                fields.put(name.getValue(), value);
              } else {
                problems.add(name, unknown(name.getValue(), what, known));
              }
            });
    return fields;
  }

  /** What to say of a word that is not known. */
  static String unknown(String word, String what, Collection<String> known) {
    return "'"
        + word
        + "' is not known in "
        + what
        + NearestName.of(word, known)
            .map(near -> "; did you mean '" + near + "'?")
            .orElseGet(() -> "; known are " + String.join(", ", known));
  }

  /** The parts of a list. */
  List<Node> list(Node node, String what) {
    if (node instanceof SequenceNode list) {
      return list.getValue();
    }
    problems.add(node, what + " must be a list, such as [a, b]");
    return List.of();
  }

  /** A string, however it is quoted; a number or bool as it is written. */
  Optional<String> text(Node node, String what) {
    if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
      return Optional.of(scalar.getValue());
    }
    problems.add(node, what + (node instanceof ScalarNode ? " has no value" : " must be a string"));
    return Optional.empty();
  }

  Optional<Boolean> bool(Node node, String what) {
    if (node.getTag().equals(Tag.BOOL)) {
      return Optional.of(((ScalarNode) node).getValue().equalsIgnoreCase("true"));
    }
    problems.add(node, what + " must be true or false");
    return Optional.empty();
  }

  Optional<Long> wholeNumber(Node node, String what) {
    if (node.getTag().equals(Tag.INT)) {
      try {
        return Optional.of(Long.parseLong(((ScalarNode) node).getValue()));
      } catch (NumberFormatException e) {
        // Told below.
      }
    }
    problems.add(node, what + " must be a whole number");
    return Optional.empty();
  }

  /** A word out of some. */
  Optional<String> word(Node node, String what, Collection<String> known) {
    Optional<String> word = text(node, what);
    if (word.isPresent() && !known.contains(word.get())) {
      problems.add(node, unknown(word.get(), what, known));
      return Optional.empty();
    }
    return word;
  }

  /** A scalar to compare with. */
  Optional<Value> value(Node node, String what) {
    if (!(node instanceof ScalarNode scalar)) {
      problems.add(node, what + " must be a string, a number, true, false or null");
      return Optional.empty();
    }
    String meant = OF_OTHER_READERS.get(scalar.getValue());
    if (meant != null && scalar.getScalarStyle() == ScalarStyle.PLAIN) {
      problems.add(
          node,
          scalar.getValue()
              + " is text here: write "
              + meant
              + ", or put it in quotes if it is meant as text");
      return Optional.empty();
    } else if (scalar.getTag().equals(Tag.NULL)) {
      return Optional.of(new Value.Null());
    } else if (scalar.getTag().equals(Tag.BOOL)) {
      return Optional.of(new Value.Bool(scalar.getValue().equalsIgnoreCase("true")));
    } else if (isNumber(scalar)) {
      return number(scalar).map(Value.Num::new);
    }
    return Optional.of(new Value.Text(scalar.getValue()));
  }

  /**
   * A scalar to compare with attributes of items.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number">
   *     DynamoDB Developer Guide, Data types, Number</a>
   */
  Optional<Value> valueOfItem(Node node, String what) {
    Optional<Value> value = value(node, what);
    if (value.isPresent() && value.get() instanceof Value.Num number) {
      BigDecimal shortest = number.number().stripTrailingZeros();
      int exponent = shortest.precision() - shortest.scale() - 1;
      if (shortest.signum() != 0
          && (shortest.precision() > MOST_DIGITS || exponent > 125 || exponent < -130)) {
        problems.add(
            node,
            what
                + ": DynamoDB has no such number: it has at most 38 digits, and is at most"
                + " 9.99E125");
        return Optional.empty();
      }
    }
    return value;
  }

  private static boolean isNumber(ScalarNode scalar) {
    return scalar.getTag().equals(Tag.INT) || scalar.getTag().equals(Tag.FLOAT);
  }

  private Optional<BigDecimal> number(ScalarNode scalar) {
    try {
      return Optional.of(new BigDecimal(scalar.getValue()));
    } catch (NumberFormatException e) {
      problems.add(scalar, scalar.getValue() + " is not a number that DynamoDB has");
      return Optional.empty();
    }
  }

  /** A constant to put into documents. */
  Optional<BsonValue> constant(Node node) {
    if (node instanceof MappingNode) {
      BsonDocument document = new BsonDocument();
      entries(node, "a value")
          .forEach(
              (name, value) -> constant(value).ifPresent(v -> document.put(name.getValue(), v)));
      return Optional.of(document);
    } else if (node instanceof SequenceNode list) {
      List<BsonValue> values = new ArrayList<>();
      list.getValue().forEach(value -> constant(value).ifPresent(values::add));
      return Optional.of(new BsonArray(values));
    }
    return value(node, "a value").flatMap(value -> constant(node, value));
  }

  private Optional<BsonValue> constant(Node node, Value value) {
    if (value instanceof Value.Text text) {
      return Optional.of(new BsonString(text.text()));
    } else if (value instanceof Value.Bool bool) {
      return Optional.of(BsonBoolean.valueOf(bool.value()));
    } else if (value instanceof Value.Null) {
      return Optional.of(BsonNull.VALUE);
    }
    BigDecimal number = ((Value.Num) value).number();
    try {
      if (number.scale() <= 0 && number.precision() - number.scale() <= 19) {
        long whole = number.longValueExact();
        return Optional.of(
            whole == (int) whole ? new BsonInt32((int) whole) : new BsonInt64(whole));
      }
      return Optional.of(new BsonDecimal128(new Decimal128(number)));
    } catch (ArithmeticException | NumberFormatException e) {
      problems.add(node, number.toPlainString() + " does not fit a number of MongoDB");
      return Optional.empty();
    }
  }
}
