package io.nimoshake.setup;

/** Writes strings as JSON. */
public final class JsonText {
  private JsonText() {}

  /** Appends a comma and a member of an object. */
  public static void member(StringBuilder out, String name, String value) {
    out.append(",\"").append(name).append("\":");
    append(out, value);
  }

  /** Appends a string in quotes, with all characters escaped that JSON does not allow. */
  public static void append(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          // A lone surrogate cannot be encoded as UTF-8; every JSON parser accepts the escape.
          if (c < ' ' || Character.isSurrogate(c)) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
