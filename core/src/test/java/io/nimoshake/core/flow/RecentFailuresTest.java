package io.nimoshake.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.RecentFailures.Failure;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecentFailuresTest {
  private static final Instant T = Instant.parse("2026-01-02T03:04:05Z");

  private final RecentFailures failures = new RecentFailures();

  @Test
  void triesOfOneActivityAreOneFailure() {
    failures.failing("reading", new Fault.Transient("reset", null), T);
    failures.failing("reading", new Fault.Transient("timeout", null), T.plusSeconds(5));
    assertEquals(
        List.of(
            new Failure(
                "reading",
                "transient",
                "timeout",
                T,
                T.plusSeconds(5),
                2,
                Optional.empty(),
                false)),
        failures.recent());
  }

  @Test
  void whatSucceedsIsOverAndMayBeginAnew() {
    failures.failing("reading", new Fault.Transient("reset", null), T);
    failures.failing("writing", new Fault.Throttled("slow down", null), T);
    failures.succeeded("reading");
    assertEquals("writing", failures.recent().get(0).activity());
    assertFalse(failures.recent().get(0).over());
    assertTrue(failures.recent().get(1).over());
    failures.failing("reading", new Fault.Transient("again", null), T.plusSeconds(9));
    Failure again = failures.recent().get(0);
    assertEquals(T.plusSeconds(9), again.since());
    assertEquals(2, again.times());
    assertFalse(again.over());
  }

  @Test
  void isBoundedAndForgetsWhatIsOverFirst() {
    failures.failing("goes on", new Fault.Transient("x", null), T);
    for (int i = 0; i < 100; i++) {
      failures.failed("shard " + i, new Fault.TableFailed("x", null), T);
    }
    List<Failure> recent = failures.recent();
    assertTrue(recent.size() < 50, "bounded");
    assertEquals("shard 99", recent.get(0).activity());
    assertEquals("goes on", recent.get(recent.size() - 1).activity());
  }
}
