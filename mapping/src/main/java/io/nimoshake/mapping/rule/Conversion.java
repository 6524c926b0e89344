package io.nimoshake.mapping.rule;

import java.util.Arrays;
import java.util.List;

/** What a value is converted to. */
public enum Conversion {
  DATE_EPOCH_SECONDS("date(epoch_seconds)"),
  DATE_EPOCH_MILLIS("date(epoch_millis)"),
  DATE_ISO8601("date(iso8601)"),
  /** A string of 24 lower-case hex digits becomes an ObjectId. */
  OBJECTID("objectid"),
  /** A string such as {@code 123e4567-e89b-12d3-a456-426614174000}, lower case, becomes a UUID. */
  UUID("uuid"),
  /** A number, or a string that is one, becomes a Decimal128. */
  DECIMAL("decimal"),
  INT("int"),
  LONG("long"),
  DOUBLE("double"),
  /** A number or bool becomes a string. */
  STRING("string"),
  /** A string that is JSON becomes what it says. */
  JSON("json"),
  /** A list of distinct strings becomes a map of {@code true}. */
  SET_TO_OBJECT("set-to-object");

  private final String word;

  Conversion(String word) {
    this.word = word;
  }

  /** As the mapping file writes it. */
  public String word() {
    return word;
  }

  public static List<String> words() {
    return Arrays.stream(values()).map(Conversion::word).toList();
  }

  /** What becomes of a value that cannot be converted. */
  public enum OnError {
    /** It stays as it is. */
    KEEP,
    /** It becomes null. */
    NULL,
    /** The item is rejected. */
    REJECT
  }
}
