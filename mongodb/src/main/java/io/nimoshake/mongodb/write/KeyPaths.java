package io.nimoshake.mongodb.write;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.KeyAttribute;

/**
 * By which fields documents are found and indexed.
 *
 * @param names how attributes are named
 * @param raw whether a value is a document of its type, such as <code>{N: "1"}</code>
 */
public record KeyPaths(FieldNames names, boolean raw) {
  public String plain(KeyAttribute attribute) {
    return names.topLevel(attribute.name());
  }

  String typed(KeyAttribute attribute) {
    return plain(attribute) + "." + attribute.type();
  }

  /** Where the value itself is. */
  String indexed(KeyAttribute attribute) {
    return raw ? typed(attribute) : plain(attribute);
  }

  /** Whether the name means the field in filters and indexes, not an operator or a path. */
  boolean canBeFoundBy(KeyAttribute attribute) {
    String field = plain(attribute);
    return !field.startsWith("$") && field.indexOf('.') < 0;
  }
}
