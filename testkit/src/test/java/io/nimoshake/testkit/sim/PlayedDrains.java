package io.nimoshake.testkit.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;

/** Plays cut-overs or returns, and tells which seeds have failed. */
final class PlayedDrains {
  /** Plays one seed; false if it did not come to its end. */
  interface Run {
    boolean run(long seed, boolean tracing);
  }

  private PlayedDrains() {}

  /** Every seed keeps the promises, and most come to their end. A failing one is played again. */
  static void assertAllHold(long seeds, Run play) {
    List<String> failed = new ArrayList<>();
    long drained = 0;
    for (long seed = 1; seed <= seeds; seed++) {
      try {
        drained += play.run(seed, false) ? 1 : 0;
      } catch (SimFailure | RuntimeException e) {
        // A RuntimeException is a bug of what is simulated.
        failed.add(seed + ": " + e.getMessage());
      }
    }
    if (!failed.isEmpty()) {
      System.out.println(String.join("\n", failed));
      play.run(Long.parseLong(failed.get(0).split(":")[0]), true);
    }
    assertTrue(failed.isEmpty(), failed.size() + " of " + seeds + " seeds have failed");
    assertTrue(drained > seeds * 3 / 4, drained + " of " + seeds + " came to their end");
  }
}
