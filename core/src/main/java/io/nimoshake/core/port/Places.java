package io.nimoshake.core.port;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import java.util.List;
import java.util.Optional;

/**
 * Where the documents of a mapped table may be. It is for those who check, and says the same as
 * {@link Mapping} without sharing code with it. Safe for use by many threads.
 */
public interface Places {
  /**
   * A place of a document.
   *
   * @param id the document {@code {_id: ...}}
   */
  record Place(String collection, Slice id) {}

  /** Every place where a document of this key may be. */
  List<Place> of(ItemKey key);

  /** The key of the table whose document may be here; empty if there is none. */
  Optional<ItemKey> keyAt(Place place);
}
