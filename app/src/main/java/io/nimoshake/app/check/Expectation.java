package io.nimoshake.app.check;

import io.nimoshake.app.check.Finding.Kind;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.port.TargetReader.Stored;
import java.util.Optional;

/** Which documents an item should have. For one thread. */
interface Expectation {
  /**
   * Why a document must not exist, whatever its contents.
   *
   * @param reason for people
   */
  record Stray(Kind kind, String reason) {}

  /** Whether the item should have a document. */
  boolean expectsDocument(Slice item);

  /** Why a document of this item is not where it should be; empty if it is. */
  Optional<Stray> misplaced(Slice item, Stored stored);

  /** Why the item is a rejected item; empty if it is none. */
  Optional<String> whyRejected(Slice item);

  /** Every item has one document, and there is one place for it. */
  Expectation AS_IT_IS =
      new Expectation() {
        @Override
        public boolean expectsDocument(Slice item) {
          return true;
        }

        @Override
        public Optional<Stray> misplaced(Slice item, Stored stored) {
          return Optional.empty();
        }

        @Override
        public Optional<String> whyRejected(Slice item) {
          return Optional.empty();
        }
      };
}
