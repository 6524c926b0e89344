package io.nimoshake.core.model;

/**
 * A rejected item: it cannot be converted, or the target refuses it for good.
 *
 * @param table the table's name
 * @param key the item's key as DynamoDB JSON, as far as it is known: a key attribute that the item
 *     does not have is left out
 * @param reason one line for a person, naming the attribute path where there is one
 * @param item the whole item as JSON
 */
public record Rejected(String table, String key, String reason, String item) {
  /** The key of an item whose key cannot be read. */
  public static final String UNKNOWN_KEY = "{}";
}
