package io.nimoshake.dynamodb.compare;

import io.nimoshake.core.model.Slice;
import io.nimoshake.dynamodb.shape.TargetShapes.ItemShape;
import io.nimoshake.dynamodb.shape.UnfitItemException;
import java.util.List;
import java.util.Optional;

/** Compares items of a DynamoDB-compatible target whose attributes a mapping has changed. */
final class ShapedItemComparer implements ItemComparer {
  private final ItemShape shape;
  private final DynamoItemComparer items = new DynamoItemComparer();

  ShapedItemComparer(ItemShape shape) {
    this.shape = shape;
  }

  @Override
  public boolean surelyEqual(Slice item, Slice document) {
    return false;
  }

  @Override
  public List<ItemDifference> differences(Slice item, Slice document) {
    try {
      return items.differences(shape.apply(item), document);
    } catch (UnfitItemException e) {
      // The sync has rejected this item, so what is there is another one.
      return List.of(
          new ItemDifference("", Optional.of(item.toUtf8()), Optional.of(document.toUtf8())));
    }
  }

  @Override
  public String json(Slice document) {
    return items.json(document);
  }
}
