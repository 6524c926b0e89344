package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.Slice;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A DynamoDB value for tests; sets and maps in the order in which they are written. */
sealed interface Attr {
  record S(String text) implements Attr {}

  record N(String spelling) implements Attr {}

  record B(List<Byte> bytes) implements Attr {
    byte[] array() {
      byte[] array = new byte[bytes.size()];
      for (int i = 0; i < array.length; i++) {
        array[i] = bytes.get(i);
      }
      return array;
    }
  }

  record Bool(boolean value) implements Attr {}

  record Nul() implements Attr {}

  record M(Map<String, Attr> entries) implements Attr {}

  record L(List<Attr> elements) implements Attr {}

  /** A set; its elements are of one of the first three kinds. */
  record Multi(String descriptor, List<Attr> elements) implements Attr {}

  /** An item as the SDK reads it. */
  static M of(Map<String, AttributeValue> item) {
    Map<String, Attr> entries = new LinkedHashMap<>();
    item.forEach((name, value) -> entries.put(name, of(value)));
    return new M(entries);
  }

  private static Attr of(AttributeValue value) {
    return switch (value.type()) {
      case S -> new S(value.s());
      case N -> new N(value.n());
      case B -> of(value.b());
      case BOOL -> new Bool(value.bool());
      case NUL -> new Nul();
      // In records of DynamoDB Local, an empty map has no type.
      case M, UNKNOWN_TO_SDK_VERSION -> of(value.m());
      case L -> new L(value.l().stream().map(Attr::of).toList());
      case SS -> new Multi("SS", value.ss().stream().<Attr>map(S::new).toList());
      case NS -> new Multi("NS", value.ns().stream().<Attr>map(N::new).toList());
      case BS -> new Multi("BS", value.bs().stream().<Attr>map(Attr::of).toList());
    };
  }

  private static B of(SdkBytes value) {
    List<Byte> bytes = new ArrayList<>();
    for (byte each : value.asByteArray()) {
      bytes.add(each);
    }
    return new B(bytes);
  }

  /** The value's meaning, used to compare two readings of it. */
  default ItemValue meaning() {
    if (this instanceof S s) {
      return new ItemValue.Text(s.text());
    } else if (this instanceof N n) {
      return new ItemValue.Num(new BigDecimal(n.spelling()));
    } else if (this instanceof B b) {
      return new ItemValue.Bytes(Slice.of(b.array()));
    } else if (this instanceof Bool b) {
      return new ItemValue.Bool(b.value());
    } else if (this instanceof M m) {
      Map<String, ItemValue> entries = new LinkedHashMap<>();
      m.entries().forEach((name, value) -> entries.put(name, value.meaning()));
      return new ItemValue.MapOf(entries);
    } else if (this instanceof L l) {
      List<ItemValue> elements = new ArrayList<>();
      l.elements().forEach(element -> elements.add(element.meaning()));
      return new ItemValue.ListOf(elements);
    } else if (this instanceof Multi set) {
      Set<ItemValue> elements = new HashSet<>();
      set.elements().forEach(element -> elements.add(element.meaning()));
      return new ItemValue.SetOf(elements);
    }
    return new ItemValue.Null();
  }

  /** The value as DynamoDB JSON with random white space and random escapes. */
  final class Spelling {
    private final Random random;
    private final StringBuilder out = new StringBuilder();

    private Spelling(long seed) {
      random = new Random(seed);
    }

    /** The attributes of an item. */
    static String item(M item, long seed) {
      Spelling spelling = new Spelling(seed);
      spelling.map(item);
      return spelling.out.toString();
    }

    private void value(Attr value) {
      mark('{');
      if (value instanceof S s) {
        type("S");
        string(s.text());
      } else if (value instanceof N n) {
        type("N");
        string(n.spelling());
      } else if (value instanceof B b) {
        type("B");
        string(Base64.getEncoder().encodeToString(b.array()));
      } else if (value instanceof Bool b) {
        type("BOOL");
        out.append(b.value());
      } else if (value instanceof Nul) {
        type("NULL");
        out.append(true);
      } else if (value instanceof M m) {
        type("M");
        map(m);
      } else if (value instanceof L l) {
        type("L");
        array(l.elements(), false);
      } else if (value instanceof Multi set) {
        type(set.descriptor());
        array(set.elements(), true);
      }
      mark('}');
    }

    private void type(String descriptor) {
      out.append('"').append(descriptor).append('"');
      mark(':');
    }

    private void map(M map) {
      mark('{');
      String comma = "";
      for (Map.Entry<String, Attr> entry : map.entries().entrySet()) {
        out.append(comma);
        string(entry.getKey());
        mark(':');
        value(entry.getValue());
        comma = ",";
      }
      mark('}');
    }

    private void array(List<Attr> elements, boolean bare) {
      mark('[');
      String comma = "";
      for (Attr element : elements) {
        out.append(comma);
        if (!bare) {
          value(element);
        } else if (element instanceof S s) {
          string(s.text());
        } else if (element instanceof N n) {
          string(n.spelling());
        } else if (element instanceof B b) {
          string(Base64.getEncoder().encodeToString(b.array()));
        }
        comma = ",";
      }
      mark(']');
    }

    private void mark(char c) {
      space();
      out.append(c);
      space();
    }

    private void space() {
      if (random.nextInt(12) == 0) {
        out.append(" \t\r\n".charAt(random.nextInt(4)));
      }
    }

    private void escape(char c) {
      HexFormat hex = HexFormat.of();
      out.append("\\u");
      out.append((random.nextBoolean() ? hex : hex.withUpperCase()).toHexDigits(c));
    }

    private void string(String text) {
      boolean escapes = random.nextInt(4) == 0;
      out.append('"');
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        int shortForm = "\"\\/\b\f\n\r\t".indexOf(c);
        if (shortForm >= 0 && random.nextBoolean()) {
          out.append('\\').append("\"\\/bfnrt".charAt(shortForm));
        } else if (c < ' ' || c == '"' || c == '\\' || escapes && random.nextInt(3) == 0) {
          escape(c);
          // UTF-8 cannot hold half of a surrogate pair.
          if (Character.isHighSurrogate(c)) {
            escape(text.charAt(++i));
          }
        } else {
          out.append(c);
          if (Character.isHighSurrogate(c)) {
            out.append(text.charAt(++i));
          }
        }
      }
      out.append('"');
    }
  }
}
