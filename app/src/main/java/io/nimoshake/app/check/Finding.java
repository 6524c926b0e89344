package io.nimoshake.app.check;

import io.nimoshake.dynamodb.compare.ItemDifference;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An item that differs between the two sides.
 *
 * @param table the table's name
 * @param key the item's key as DynamoDB JSON; the document's id if it cannot belong to any item
 * @param kind what is wrong
 * @param differences the attributes that differ; for {@link Kind#MISSING} and {@link Kind#EXTRA} a
 *     single one without a path that holds the whole item
 * @param reason an explanation, for example that the item cannot be converted
 * @param repair the result of the repair; empty if no repair was asked for
 */
public record Finding(
    String table,
    String key,
    Kind kind,
    List<ItemDifference> differences,
    Optional<String> reason,
    Optional<Repaired> repair) {
  public Finding {
    differences = List.copyOf(differences);
  }

  /** What is wrong with an item. */
  public enum Kind {
    /** Only the source has the item. */
    MISSING,
    /** Only the target has the item. */
    EXTRA,
    /** Both sides have the item, with different contents. */
    DIFFERENT,
    /** Unknown: the item changes too fast, or the sync is too far behind. */
    UNSETTLED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The result of a repair.
   *
   * @param done whether both sides are equal now
   * @param what what was done, in a word or a sentence
   */
  public record Repaired(boolean done, String what) {}

  Finding with(Repaired outcome) {
    return new Finding(table, key, kind, differences, reason, Optional.of(outcome));
  }
}
