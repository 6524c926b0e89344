package io.nimoshake.testkit.sim;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.port.Target;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A promise was broken, or the simulated sync did not come to its end. */
public final class SimFailure extends Error {
  SimFailure(String message) {
    super(message);
  }

  SimFailure(String message, Throwable cause) {
    super(message, cause);
  }

  /** Fails if a target was not promised to get such a write. */
  static void unlessFits(List<Change> changes, Target.Capabilities capabilities) {
    Set<ItemKey> keys = new HashSet<>();
    int bytes = 0;
    for (Change change : changes) {
      bytes += change.sizeBytes();
      if (!keys.add(change.key())) {
        throw new SimFailure("two changes of one key in one write");
      }
    }
    boolean tooMany = changes.size() > capabilities.maxChanges();
    if (changes.isEmpty() || tooMany || changes.size() > 1 && bytes > capabilities.maxBytes()) {
      throw new SimFailure("a write of " + changes.size() + " changes, " + bytes + " bytes");
    }
  }
}
