package io.nimoshake.app.check;

import io.nimoshake.core.model.Rejected;
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
    /** Only the truth has the item: the source, or MongoDB after a cut-over. */
    MISSING,
    /** Only the side that follows has the item. */
    EXTRA,
    /** A document is in a collection where its item does not belong. */
    MISPLACED,
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
   * @param what what was done or why nothing was done, in a word or a sentence
   * @param rejected the item of the source, if the target cannot hold it
   */
  public record Repaired(Outcome outcome, String what, Optional<Rejected> rejected) {
    Repaired(Outcome outcome, String what) {
      this(outcome, what, Optional.empty());
    }

    /** Whether both sides are equal now. */
    public boolean done() {
      return switch (outcome) {
        case ALREADY_EQUAL, WRITTEN, DELETED -> true;
        case LEFT_EXTRA, REJECTED, GAVE_UP -> false;
      };
    }

    /** What became of an item that differed. */
    public enum Outcome {
      /** Both sides were equal, or have become equal meanwhile. */
      ALREADY_EQUAL,
      /** The item of the source was inserted or has replaced the document. */
      WRITTEN,
      /** The document was deleted, because the source does not have the item. */
      DELETED,
      /** The source does not have the item, but its document may be correct: it was left. */
      LEFT_EXTRA,
      /** The item cannot be converted, or the target refuses it. */
      REJECTED,
      /** The item changes all the time. */
      GAVE_UP
    }
  }

  Finding with(Repaired outcome) {
    return new Finding(table, key, kind, differences, reason, Optional.of(outcome));
  }
}
