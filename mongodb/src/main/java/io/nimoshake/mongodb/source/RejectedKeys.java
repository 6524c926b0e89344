package io.nimoshake.mongodb.source;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.TableSchema;
import java.util.Optional;

/**
 * Which items were rejected on their way to MongoDB. They may never have had a document, so that it
 * is absent does not mean that somebody has deleted it.
 */
public interface RejectedKeys {
  /** No item was rejected. */
  RejectedKeys NONE =
      new RejectedKeys() {
        @Override
        public boolean contains(TableSchema table, ItemKey key) {
          return false;
        }

        @Override
        public Optional<String> doubt(TableSchema table) {
          return Optional.empty();
        }
      };

  /**
   * Whether this item is known to be rejected.
   *
   * @param key as the target has it, not as the source has it
   */
  boolean contains(TableSchema table, ItemKey key) throws Fault;

  /** Why others of the table may be rejected, too; empty if it is known which ones are. */
  Optional<String> doubt(TableSchema table) throws Fault;
}
