package io.nimoshake.core.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long a table with gap after gap waits before it is copied again. */
class RecopyTest {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
  private static final Fault.Gap GAP = new Fault.Gap("records have expired", null);

  private final Recopy recopy = new Recopy();

  @Test
  void theFirstCopyBeginsAtOnce() {
    recopy.becauseOf(GAP, T0);
    assertEquals(Duration.ZERO, recopy.pause());
    assertFalse(recopy.begins().isAfter(T0));
  }

  @Test
  void everyFurtherCopyWaitsLongerUpToAnHour() {
    List<Long> minutes = new ArrayList<>();
    for (int gap = 0; gap < 10; gap++) {
      recopy.becauseOf(GAP, T0.plus(Duration.ofHours(gap)));
      minutes.add(recopy.pause().toMinutes());
      recopy.done();
    }
    assertEquals(List.of(0L, 1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L), minutes);
    assertEquals(T0.plus(Duration.ofHours(10)), recopy.begins());
  }

  @Test
  void aDayWithoutAGapIsCalm() {
    recopy.becauseOf(GAP, T0);
    recopy.becauseOf(GAP, T0.plusSeconds(60));
    recopy.becauseOf(GAP, T0.plusSeconds(60).plus(Duration.ofHours(24)));
    assertEquals(1, recopy.gaps());
    assertEquals(Duration.ZERO, recopy.pause());
  }

  @Test
  void gapAfterGapIsAProblemUntilTheCopyIsInPlace() {
    recopy.becauseOf(GAP, T0);
    assertTrue(recopy.problem("copied again").isEmpty(), "a single gap is mended by the copy");
    recopy.becauseOf(GAP, T0.plusSeconds(60));
    assertTrue(recopy.problem("copied again").orElseThrow().contains("lost 2 times"));
    recopy.done();
    assertTrue(recopy.problem("copied again").isEmpty());
  }

  @Test
  void aCopyInPlaceIsNotWantedAnyMore() {
    recopy.becauseOf(GAP, T0);
    assertTrue(recopy.isWanted());
    recopy.done();
    assertFalse(recopy.isWanted());
    assertTrue(recopy.gap().isEmpty());
  }
}
