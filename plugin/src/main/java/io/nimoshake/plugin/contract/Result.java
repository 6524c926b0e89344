package io.nimoshake.plugin.contract;

import java.util.List;
import org.bson.RawBsonDocument;

/** What becomes of an item, once the answer of the plug-in was checked. */
public sealed interface Result {
  /**
   * It is this document.
   *
   * @param document the whole document, {@code _id} first
   * @param elsewhere the other places where a former document of the item may be
   */
  record Document(Place place, RawBsonDocument document, List<Place> elsewhere) implements Result {}

  /** It has no document. A former one may be in these places. */
  record Nothing(List<Place> elsewhere) implements Result {}

  /**
   * It is a rejected item.
   *
   * @param wanted whether the plug-in rejects it on purpose, and did not break its contract
   */
  record Rejected(String reason, boolean wanted) implements Result {}
}
