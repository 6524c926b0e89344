package io.nimoshake.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.RecentFailures.Failure;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentFailuresTest {
  private static final Instant T = Instant.parse("2026-01-02T03:04:05Z");

  private final RecentFailures troubles = new RecentFailures();

  @Test
  void triesOfOneActivityAreOneTrouble() {
    troubles.failing("reading", new Fault.Transient("reset", null), T);
    troubles.failing("reading", new Fault.Transient("timeout", null), T.plusSeconds(5));
    assertEquals(
        List.of(new Failure("reading", "transient", "timeout", T, T.plusSeconds(5), 2, false)),
        troubles.recent());
  }

  @Test
  void whatSucceedsIsOverAndMayBeginAnew() {
    troubles.failing("reading", new Fault.Transient("reset", null), T);
    troubles.failing("writing", new Fault.Throttled("slow down", null), T);
    troubles.succeeded("reading");
    assertEquals("writing", troubles.recent().get(0).activity());
    assertFalse(troubles.recent().get(0).over());
    assertTrue(troubles.recent().get(1).over());
    troubles.failing("reading", new Fault.Transient("again", null), T.plusSeconds(9));
    Failure again = troubles.recent().get(0);
    assertEquals(T.plusSeconds(9), again.since());
    assertEquals(2, again.times());
    assertFalse(again.over());
  }

  @Test
  void isBoundedAndForgetsWhatIsOverFirst() {
    troubles.failing("goes on", new Fault.Transient("x", null), T);
    for (int i = 0; i < 100; i++) {
      troubles.failed("shard " + i, new Fault.TableFailed("x", null), T);
    }
    List<Failure> recent = troubles.recent();
    assertTrue(recent.size() < 50, "bounded");
    assertEquals("shard 99", recent.get(0).activity());
    assertEquals("goes on", recent.get(recent.size() - 1).activity());
  }
}
