package io.nimoshake.core.model;

/**
 * How attribute names become field names of MongoDB documents ({@code convert.field_names}, {@code
 * convert._id}). Used for documents by the decoder and for indexes by the target, so that both
 * agree.
 *
 * @param escape whether a leading {@code $}, any {@code .} and NUL are replaced
 * @param idPrefix put before a top-level attribute named {@code _id}
 */
public record FieldNames(boolean escape, String idPrefix) {
  private static final char FULLWIDTH_DOLLAR = '\uFF04';
  private static final char FULLWIDTH_FULL_STOP = '\uFF0E';
  private static final char SYMBOL_FOR_NULL = '\u2400';

  /** The field for an attribute at the top level of an item. */
  public String topLevel(String attribute) {
    return attribute.equals("_id") ? idPrefix + attribute : nested(attribute);
  }

  /** The field for an attribute inside a map. */
  public String nested(String attribute) {
    if (!escape || !needsEscape(attribute)) {
      return attribute;
    }
    String name = attribute.replace('.', FULLWIDTH_FULL_STOP).replace('\0', SYMBOL_FOR_NULL);
    return name.startsWith("$") ? FULLWIDTH_DOLLAR + name.substring(1) : name;
  }

  private static boolean needsEscape(String name) {
    return name.startsWith("$") || name.indexOf('.') >= 0 || name.indexOf('\0') >= 0;
  }
}
