package io.nimoshake.core.model;

/**
 * A rejected item: it cannot be converted, or the target refuses it for good.
 *
 * @param table the table's name
 * @param key the item's key as text
 * @param reason one line for a person, naming the attribute path where there is one
 * @param item the whole item as JSON
 */
public record Rejected(String table, String key, String reason, String item) {}
