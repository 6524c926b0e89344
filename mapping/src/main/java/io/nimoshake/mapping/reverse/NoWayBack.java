package io.nimoshake.mapping.reverse;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.ReverseMapping;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A mapping that says only how items become documents. */
public final class NoWayBack implements ReverseMapping {
  private final String reason;

  /**
   * @param reason one line for a person
   */
  public NoWayBack(String reason) {
    this.reason = reason;
  }

  @Override
  public List<String> problems(Collection<TableSchema> tables) {
    return List.of(reason);
  }

  @Override
  public OfTable of(TableSchema table) {
    return new OfTable() {
      @Override
      public List<String> collections() {
        return List.of();
      }

      @Override
      public List<Place> of(ItemKey key) {
        return List.of();
      }

      @Override
      public Optional<ItemKey> keyAt(Place place) {
        return Optional.empty();
      }

      @Override
      public Optional<ItemKey> keyIn(Slice document) {
        return Optional.empty();
      }

      @Override
      public boolean changesDocuments() {
        return true;
      }

      @Override
      public Inverse invert(ItemKey key, String collection, Slice document, Optional<Slice> there) {
        return new Inverse.Rejection(reason);
      }
    };
  }
}
