package io.nimoshake.dynamodb.compare;

import io.nimoshake.core.model.Slice;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.shape.TargetShapes.ItemShape;
import java.util.List;

/** Compares items of the source with what a target holds. Not thread-safe. */
public interface ItemComparer {
  /**
   * A fast test without building objects. If true, both are equal. If false, they may still be
   * equal: call {@link #differences}.
   *
   * @param item the item as DynamoDB JSON
   * @param document the target's document or item
   */
  boolean surelyEqual(Slice item, Slice document);

  /** Every difference; empty if both are equal. */
  List<ItemDifference> differences(Slice item, Slice document);

  /** A document or an id of the target as JSON, for people and files. */
  String json(Slice document);

  /** The comparer for a target that was written with these options. */
  static ItemComparer of(ConvertOptions options) {
    return options.type() == ConvertType.SAME
        ? new DynamoItemComparer()
        : new BsonItemComparer(options);
  }

  /** The comparer for documents that applications have written to. */
  static ItemComparer of(ConvertOptions options, WrittenValues written) {
    return new WrittenItemComparer(options, written);
  }

  /** The comparer for a DynamoDB-compatible target whose items have another shape. */
  static ItemComparer of(ItemShape shape) {
    return new ShapedItemComparer(shape);
  }
}
