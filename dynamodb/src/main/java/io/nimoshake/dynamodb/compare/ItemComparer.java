package io.nimoshake.dynamodb.compare;

import io.nimoshake.core.model.Slice;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import java.util.List;

/** Compares items of the source with what a target holds. Not for use by several threads. */
public interface ItemComparer {
  /**
   * Whether both are the same, found out in one pass and without building anything. False means
   * that {@link #differences} is to be asked.
   *
   * @param item the item as DynamoDB JSON
   * @param document what the target has
   */
  boolean surelyEqual(Slice item, Slice document);

  /** Every place in which they differ; empty if they are the same. */
  List<ItemDifference> differences(Slice item, Slice document);

  /** Something of the target as JSON, for people and files. */
  String json(Slice document);

  /** The comparer for a target written with these options. */
  static ItemComparer of(ConvertOptions options) {
    return options.type() == ConvertType.SAME ? new SameItems() : new ItemsAndDocuments(options);
  }
}
