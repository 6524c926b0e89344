package io.nimoshake.app.check;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.port.TargetReader.Stored;
import java.util.Optional;

/**
 * Something that was not the same at a first look.
 *
 * @param key the item's key as the source writes it; empty if the document can be of no item
 * @param stored the document, where it was found in the target and not by the item's key
 */
record Suspect(Optional<ItemKey> key, Optional<Stored> stored) {
  static Suspect item(ItemKey key) {
    return new Suspect(Optional.of(key), Optional.empty());
  }

  static Suspect document(Optional<ItemKey> key, Stored stored) {
    return new Suspect(key, Optional.of(stored));
  }
}
