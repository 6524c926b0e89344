package io.nimoshake.app.check;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.port.TargetReader.Stored;
import java.util.Optional;

/**
 * An item or a document that seemed to differ at the first look.
 *
 * @param key the item's key as in the source; empty if the document cannot belong to any item
 * @param stored the document, if it was found by listing the target and not by the item's key
 */
record Suspect(Optional<ItemKey> key, Optional<Stored> stored) {
  static Suspect item(ItemKey key) {
    return new Suspect(Optional.of(key), Optional.empty());
  }

  static Suspect document(Optional<ItemKey> key, Stored stored) {
    return new Suspect(key, Optional.of(stored));
  }
}
