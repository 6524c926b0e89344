package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Rejected;

/** Takes the result of a GetItem response; exactly one method is called. */
public interface ItemListener {
  void found(Change.Upsert item);

  /** The item does not exist. */
  void absent();

  /** The item exists but cannot be converted. */
  void rejected(Rejected item);
}
