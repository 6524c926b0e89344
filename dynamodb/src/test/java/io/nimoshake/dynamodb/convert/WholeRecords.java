package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.ItemKey;
import java.time.Instant;
import java.util.Optional;

/** Takes every record. Each of them must have its image. */
class WholeRecords implements RecordListener {
  @Override
  public boolean propagateTtlDeletes() {
    return true;
  }

  @Override
  public Optional<JsonFilter> filter() {
    return Optional.empty();
  }

  @Override
  public void imageMissing(String keyJson, ItemKey key, Instant created) {
    throw new AssertionError("every record has its image");
  }
}
