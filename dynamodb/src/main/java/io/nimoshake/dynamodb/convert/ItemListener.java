package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Rejected;

/** What a GetItem response said; exactly one of these is called. */
public interface ItemListener {
  void found(Change.Upsert item);

  /** There is no such item. */
  void absent();

  /** There is one, but it cannot be converted. */
  void rejected(Rejected item);
}
