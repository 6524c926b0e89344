package io.nimoshake.app.check;

import io.nimoshake.core.model.Slice;
import io.nimoshake.core.port.TargetReader.Stored;
import java.util.Optional;

/** What to expect where MongoDB is the truth: a document is where it should be, always. */
record ItemsFollow(Expectation ofItems) implements Expectation {
  @Override
  public boolean expectsDocument(Slice item) {
    return ofItems.expectsDocument(item);
  }

  @Override
  public Optional<Stray> misplaced(Slice item, Stored stored) {
    return Optional.empty();
  }

  @Override
  public Optional<String> whyRejected(Slice item) {
    return ofItems.whyRejected(item);
  }
}
