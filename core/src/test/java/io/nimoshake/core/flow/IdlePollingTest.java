package io.nimoshake.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IdlePollingTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  private static final Split SHARD =
      new Split.StreamShard("t", "arn", "s", Set.of(), Optional.empty(), Instant.MIN);

  private IdlePolling polling = new IdlePolling(SHARD);
  private long nanos = -1_000_000_000;

  @Test
  void aShardJustOpenedIsTakenToBeQuiet() {
    assertEquals(List.of(200L, 400L, 800L, 1000L, 1000L), next(5));
  }

  @Test
  void aTrickleIsFollowedClosely() {
    records();
    assertEquals(List.of(100L, 100L), next(2));
    records();
    assertEquals(List.of(100L), next(1));
  }

  @Test
  void aShardIdleForMinutesIsPolledLittle() {
    idle(Duration.ofMinutes(2));
    assertEquals(List.of(3000L), next(1));
    records();
    assertEquals(List.of(100L), next(1));
  }

  @Test
  void aChangeStreamIsPolledCloselyHoweverLongItIsIdle() {
    polling = new IdlePolling(new Split.ChangeStream("t"));
    assertEquals(List.of(200L, 400L, 400L), next(3));
    idle(Duration.ofHours(2));
    assertEquals(List.of(400L), next(1));
  }

  @Test
  void aMinuteOfEmptyPagesIsToldAndThenEveryFive() {
    assertFalse(polling.isToBeTold());
    idle(Duration.ofMinutes(1));
    assertTrue(polling.isToBeTold());
    assertFalse(polling.isToBeTold());
    idle(Duration.ofMinutes(4));
    assertFalse(polling.isToBeTold());
    idle(Duration.ofMinutes(1));
    assertTrue(polling.isToBeTold());
    records();
    assertFalse(polling.isToBeTold());
  }

  /** A few quick polls, hours of sleep and one more poll are not hours of empty pages. */
  @Test
  void aSuspendedMachineDoesNotCountItsSleep() {
    next(20);
    nanos += Duration.ofHours(20).toNanos();
    next(3);
    assertFalse(polling.isToBeTold());
    idle(Duration.ofMinutes(1));
    assertTrue(polling.isToBeTold());
  }

  /** Changes made during a pause are unread: one empty page after it does not say otherwise. */
  @Test
  void whatWasEmptyBeforeAPauseDoesNotCountAfterIt() {
    idle(Duration.ofSeconds(50));
    polling.interrupted();
    nanos += Duration.ofHours(1).toNanos();
    polling.next(nanos);
    assertFalse(polling.isToBeTold());
    idle(Duration.ofMinutes(1));
    assertTrue(polling.isToBeTold());
  }

  /** As where a rate limit leaves each of many shards one call in twenty minutes. */
  @Test
  void whatIsRarelyPolledIsToldByTheTimeThatPassed() {
    for (int poll = 0; poll < 9; poll++) {
      polling.next(nanos);
      nanos += Duration.ofMinutes(20).toNanos();
      assertFalse(polling.isToBeTold());
    }
    polling.next(nanos);
    assertTrue(polling.isToBeTold());
    nanos += Duration.ofMinutes(20).toNanos();
    polling.next(nanos);
    assertTrue(polling.isToBeTold());
  }

  /** Asked again at once, it would have nothing: that would be two calls for each page. */
  @Test
  void aShardAtItsEndIsAskedAfterAMoment() {
    next(1);
    assertEquals(Duration.ofMillis(100), records(true, NOW));
    assertEquals(Duration.ofMillis(100), records(true, NOW.minusSeconds(1)));
    Instant asked = NOW.minusMillis(30);
    assertEquals(Duration.ofMillis(70), polling.afterRecords(page(true, NOW), asked, NOW));
    asked = NOW.minusMillis(300);
    assertEquals(Duration.ofMillis(1), polling.afterRecords(page(true, NOW), asked, NOW));
  }

  @Test
  void aRecordIsNewByTheClockOfTheService() {
    Instant here = NOW.plusSeconds(3_600);
    next(1);
    ChangeBatch page =
        ChangeBatch.builder().skip(NOW).begun(NOW).small().build(Position.after("1"));
    assertEquals(Duration.ofMillis(100), polling.afterRecords(page, here, here));
  }

  @Test
  void aShardThatMayHaveMoreIsAskedAtOnce() {
    assertEquals(Duration.ZERO, records(true, NOW), "it was not at its end before");
    next(1);
    assertEquals(Duration.ZERO, records(false, NOW), "the page is large");
    assertEquals(Duration.ZERO, records(true, NOW), "the page before it was large");
    next(1);
    assertEquals(Duration.ZERO, records(true, NOW.minusSeconds(2)), "its records are old");
    next(1);
    polling.interrupted();
    assertEquals(Duration.ZERO, records(true, NOW), "it was paused");
  }

  private void records() {
    records(false, NOW);
  }

  private Duration records(boolean small, Instant newest) {
    return polling.afterRecords(page(small, newest), NOW, NOW);
  }

  private static ChangeBatch page(boolean small, Instant newest) {
    ChangeBatch.Builder page = ChangeBatch.builder().skip(newest);
    if (small) {
      page.small();
    }
    return page.build(Position.after("1"));
  }

  private Duration next() {
    Duration wait = polling.next(nanos);
    nanos += wait.toNanos();
    return wait;
  }

  private List<Long> next(int times) {
    return Stream.generate(() -> next().toMillis()).limit(times).toList();
  }

  private void idle(Duration time) {
    long end = nanos + time.toNanos();
    while (nanos < end) {
      next();
    }
    // Of the last wait an empty page tells.
    polling.next(nanos);
  }
}
