package io.nimoshake.setup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.setup.CopyEstimate.Bound;
import io.nimoshake.setup.CopyEstimate.Limits;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CopyEstimateTest {
  private static final Limits FAST =
      new Limits(1000, OptionalLong.empty(), 0, OptionalLong.empty());

  @Test
  void halfAUnitForEach4Kb() {
    assertEquals(0.5, CopyEstimate.of(1, 1, FAST).readUnits());
    assertEquals(131_072, CopyEstimate.of(1_000_000, 1L << 30, FAST).readUnits());
  }

  @Test
  void theTightestLimitCounts() {
    long gigabyte = 1_000_000_000;
    CopyEstimate free = CopyEstimate.of(1_000_000, gigabyte, FAST);
    assertEquals(Bound.SPEED, free.boundBy());
    assertEquals(Duration.ofSeconds(100), free.duration());
    CopyEstimate byCalls =
        CopyEstimate.of(
            1_000_000, gigabyte, new Limits(10, OptionalLong.of(100), 0, OptionalLong.empty()));
    assertEquals(Bound.CALLS, byCalls.boundBy());
    assertEquals(Duration.ofSeconds(1000), byCalls.duration());
    CopyEstimate byCapacity =
        CopyEstimate.of(
            1_000_000, 8192_000, new Limits(1000, OptionalLong.empty(), 10, OptionalLong.of(50)));
    assertEquals(Bound.CAPACITY, byCapacity.boundBy());
    assertEquals(Duration.ofSeconds(100), byCapacity.duration());
    CopyEstimate byTable =
        CopyEstimate.of(
            1_000_000, 8192_000, new Limits(1000, OptionalLong.empty(), 0, OptionalLong.of(50)));
    assertEquals(Bound.PROVISIONED, byTable.boundBy());
    assertEquals(Duration.ofSeconds(20), byTable.duration());
  }

  @Test
  void tablesAreCopiedSideBySide() {
    List<CopyEstimate> estimates = List.of(seconds(10), seconds(4), seconds(5), seconds(1));
    assertEquals(Duration.ofSeconds(20), CopyEstimate.together(estimates, 1));
    assertEquals(Duration.ofSeconds(10), CopyEstimate.together(estimates, 2));
    assertEquals(Duration.ZERO, CopyEstimate.together(List.of(), 4));
  }

  private static CopyEstimate seconds(long seconds) {
    return new CopyEstimate(1, 1, Duration.ofSeconds(seconds), Bound.SPEED);
  }
}
