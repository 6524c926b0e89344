package io.nimoshake.core.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A plan that is frozen, and what it still waits for. Times in seconds. */
abstract class CutOverFixture {
  static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

  /** The freeze time. */
  static final int F = 100;

  /** When answers begin to count. */
  static final int FROM = F + 10;

  final List<Command> commands = new ArrayList<>();

  /** A test makes it. */
  Plan plan;

  static Instant at(int second) {
    return T0.plusSeconds(second);
  }

  final void on(Event event) {
    commands.addAll(plan.on(event));
  }

  final void freeze() {
    on(new Event.Freeze(at(F)));
  }

  final PlanView.CutOver view() {
    return plan.cutOver().orElseThrow();
  }

  final void assertMissing(String reason) {
    assertFalse(view().isDrained(), "nothing is missing");
    assertTrue(view().missing().toString().contains(reason), view().missing().toString());
  }

  final void assertDrained() {
    assertEquals(List.of(), view().missing());
  }
}
