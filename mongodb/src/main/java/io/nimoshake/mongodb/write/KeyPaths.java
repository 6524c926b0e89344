package io.nimoshake.mongodb.write;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.KeyAttribute;

/**
 * The fields by which documents are found and indexed.
 *
 * @param names how attributes become field names
 * @param raw whether values are documents such as <code>{N: "1"}</code>
 */
public record KeyPaths(FieldNames names, boolean raw) {
  /** The field of an attribute. */
  public String plain(KeyAttribute attribute) {
    return names.topLevel(attribute.name());
  }

  /** The field inside a typed value, such as {@code id.N}. */
  String typed(KeyAttribute attribute) {
    return plain(attribute) + "." + attribute.type();
  }

  /** The field that holds the bare value. */
  String indexed(KeyAttribute attribute) {
    return raw ? typed(attribute) : plain(attribute);
  }

  /** Whether filters and indexes take the name for a field, not for an operator or a path. */
  boolean canBeFoundBy(KeyAttribute attribute) {
    String field = plain(attribute);
    return !field.startsWith("$") && field.indexOf('.') < 0;
  }
}
