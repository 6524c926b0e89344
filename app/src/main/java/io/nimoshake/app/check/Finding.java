package io.nimoshake.app.check;

import io.nimoshake.dynamodb.compare.ItemDifference;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An item that is not the same on both sides.
 *
 * @param table the table's name
 * @param key the item's key as DynamoDB JSON; for a document that can be of no item, its id
 * @param kind what is wrong
 * @param differences where both sides differ; for {@link Kind#MISSING} and {@link Kind#EXTRA} one,
 *     without a path, with the whole item
 * @param reason more to be said: that the item cannot be converted, that a document is a second one
 * @param mended what was done about it; empty if nothing was to be done
 */
public record Finding(
    String table,
    String key,
    Kind kind,
    List<ItemDifference> differences,
    Optional<String> reason,
    Optional<Mended> mended) {
  public Finding {
    differences = List.copyOf(differences);
  }

  /** What can be wrong with an item. */
  public enum Kind {
    /** Only the source has it. */
    MISSING,
    /** Only the target has it. */
    EXTRA,
    /** Both have it, with other contents. */
    DIFFERENT,
    /** It changes too fast, or the sync is too far behind, to tell. */
    UNSETTLED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @param done whether both sides are the same now
   * @param what in a word or a sentence
   */
  public record Mended(boolean done, String what) {}

  Finding with(Mended outcome) {
    return new Finding(table, key, kind, differences, reason, Optional.of(outcome));
  }
}
