package io.nimoshake.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.CapturedLog;
import io.nimoshake.core.ManualScheduler;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.RecentFailures.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RetryTest {
  private static final Fault DOWN = new Fault.Transient("connection refused", null);
  private static final Fault SLOW = new Fault.Throttled("slow down", null);
  private static final Fault WRONG = new Fault.TableFailed("no such table", null);

  private final ManualScheduler time = new ManualScheduler();
  private final CapturedLog log = new CapturedLog(Retry.class);
  private final TableStats stats = new TableStats();
  private final List<String> told = new ArrayList<>();
  private final Deque<Fault> faults = new ArrayDeque<>();
  private int tries;
  private boolean stopped;

  @AfterEach
  void endLog() {
    log.close();
  }

  private Retry retry(RetryPolicy policy) {
    return new Retry(
        Activity.ofTable("orders", "reading shard-1", stats.reading, stats.failures), policy, time);
  }

  /** Fails with these faults, in order, and then succeeds. */
  private String attempt() throws Fault {
    tries++;
    Fault next = faults.poll();
    if (next != null) {
      throw next;
    }
    return "done";
  }

  private void run(Fault... toCome) {
    run(RetryPolicy.DEFAULT, toCome);
  }

  private void run(RetryPolicy policy, Fault... toCome) {
    faults.addAll(Arrays.asList(toCome));
    retry(policy).run(this::attempt, new Told(), time);
  }

  private final class Told implements Retry.Outcome<String> {
    @Override
    public void succeeded(String result) {
      told.add(result);
    }

    @Override
    public void failed(Fault fault) {
      told.add("failed: " + fault.getMessage());
    }

    @Override
    public void stopped() {
      told.add("stopped");
    }

    @Override
    public boolean isStopped() {
      return stopped;
    }
  }

  @Test
  void aCallThatSucceedsIsNeitherCountedNorTold() {
    run();
    assertEquals(List.of("done"), told);
    assertEquals(0, stats.retries() + stats.throttles());
    assertEquals(List.of(), stats.failures.recent());
    assertEquals(List.of(), log.lines());
    assertTrue(time.isIdle());
  }

  @Test
  void pausesGrowAndNoThreadWaits() {
    run(DOWN, DOWN, DOWN, DOWN);
    List<Duration> pauses = new ArrayList<>();
    while (!time.isIdle()) {
      pauses.add(time.nextDue());
      time.pass(time.nextDue());
    }
    assertEquals(List.of(50L, 100L, 200L, 400L), pauses.stream().map(Duration::toMillis).toList());
    assertEquals(List.of("done"), told);
  }

  @Test
  void failuresAreCountedByKindAndShownUntilTheyAreOver() {
    run(DOWN, SLOW, DOWN);
    time.pass(Duration.ofMillis(60));
    assertEquals(1, stats.reading.failed.sum());
    assertEquals(1, stats.reading.throttled.sum());
    Failure first = stats.failures.recent().get(1);
    assertEquals("reading shard-1", first.activity());
    assertEquals("connection refused", first.message());
    assertFalse(first.over());
    time.pass(Duration.ofMinutes(1));
    assertEquals(2, stats.reading.failed.sum());
    assertTrue(stats.failures.recent().stream().allMatch(Failure::over));
  }

  @Test
  void theLogHasOneLineWhenItKeepsFailingAndOneWhenItWorksAgain() {
    run(DOWN, DOWN, DOWN, DOWN, DOWN);
    time.pass(Duration.ofMillis(150));
    List<String> failing =
        List.of(
            "WARN table orders: reading shard-1 has failed 3 times and is tried again"
                + " (transient): connection refused");
    assertEquals(failing, log.lines());
    time.pass(Duration.ofMinutes(1));
    assertEquals(
        "INFO table orders: reading shard-1 works again after 5 failed tries", log.lines().get(1));
    assertEquals(2, log.lines().size());
  }

  @Test
  void aFailureOrTwoAreNoLineInTheLog() {
    run(DOWN, DOWN);
    time.pass(Duration.ofMinutes(1));
    assertEquals(List.of("done"), told);
    assertEquals(List.of(), log.lines());
  }

  @Test
  void aSuccessBeginsAnew() throws Fault {
    Retry retry = retry(RetryPolicy.DEFAULT);
    retry.failed(DOWN);
    retry.failed(DOWN);
    retry.succeeded();
    assertEquals(Duration.ofMillis(50), retry.failed(DOWN).pause().orElseThrow());
    assertEquals(List.of(), log.lines());
  }

  @Test
  void whatCannotBeMendedIsFinal() {
    run(DOWN, WRONG);
    time.pass(Duration.ofMinutes(1));
    assertEquals(2, tries);
    assertEquals(List.of("failed: no such table"), told);
    assertEquals(1, stats.retries(), "the final failure is no retry");
    assertTrue(stats.failures.recent().stream().allMatch(Failure::over));
    assertEquals("no such table", stats.failures.recent().get(0).message());
  }

  @Test
  void itGivesUpWhenTriesAndTimeAreUsedUp() {
    Fault[] many = new Fault[100];
    Arrays.fill(many, DOWN);
    RetryPolicy policy =
        new RetryPolicy(Duration.ofSeconds(1), Duration.ofSeconds(1))
            .givingUpAfter(5, Duration.ofSeconds(10));
    run(policy, many);
    time.pass(Duration.ofSeconds(9));
    assertEquals(List.of(), told, "the tries are used up, the time is not");
    time.pass(Duration.ofSeconds(1));
    assertEquals(List.of("failed: connection refused"), told);
    assertEquals(11, tries);
    assertTrue(time.isIdle());
  }

  /** A machine that was suspended has used up the time by its second try. */
  @Test
  void timeAloneIsNoReasonToGiveUp() {
    RetryPolicy policy =
        new RetryPolicy(Duration.ofHours(1), Duration.ofHours(1))
            .givingUpAfter(3, Duration.ofSeconds(10));
    run(policy, DOWN, DOWN);
    time.pass(Duration.ofHours(1));
    assertEquals(List.of(), told);
    time.pass(Duration.ofHours(1));
    assertEquals(List.of("done"), told);
  }

  @Test
  void anUnknownErrorFailsTheTableWhenItsTimeIsOver() {
    Fault unknown = new Fault.Unknown("code 424242", null);
    Fault[] many = new Fault[1000];
    Arrays.fill(many, unknown);
    RetryPolicy policy =
        new RetryPolicy(Duration.ofSeconds(1), Duration.ofSeconds(1))
            .withUnknownFor(Duration.ofMinutes(3));
    run(policy, many);
    time.pass(Duration.ofSeconds(179));
    assertEquals(List.of(), told);
    assertEquals(180, tries);
    time.pass(Duration.ofSeconds(1));
    assertEquals(
        List.of(
            "failed: code 424242 (an unknown error that did not pass in 180 s; see"
                + " retry.unknown)"),
        told);
    assertEquals("tablefailed", stats.failures.recent().get(0).kind());
    assertTrue(time.isIdle());
  }

  @Test
  void anOutageOfHoursSaysNothingOfAnUnknownErrorAfterIt() {
    Fault unknown = new Fault.Unknown("code 424242", null);
    RetryPolicy policy =
        new RetryPolicy(Duration.ofMinutes(1), Duration.ofMinutes(1))
            .withUnknownFor(Duration.ofMinutes(10));
    Fault[] faults = new Fault[200];
    Arrays.fill(faults, 0, 100, DOWN);
    Arrays.fill(faults, 100, 200, unknown);
    run(policy, faults);
    time.pass(Duration.ofMinutes(109));
    assertEquals(List.of(), told);
    time.pass(Duration.ofMinutes(1));
    assertEquals(1, told.size());
    assertTrue(told.get(0).startsWith("failed: code 424242 "), told.get(0));
  }

  @Test
  void otherFaultsBetweenUnknownErrorsDoNotLengthenTheirTime() {
    Fault unknown = new Fault.Unknown("code 424242", null);
    RetryPolicy policy =
        new RetryPolicy(Duration.ofMinutes(1), Duration.ofMinutes(1))
            .withUnknownFor(Duration.ofMinutes(10));
    Fault[] faults = new Fault[40];
    for (int i = 0; i < faults.length; i++) {
      faults[i] = i % 2 == 0 ? unknown : DOWN;
    }
    run(policy, faults);
    time.pass(Duration.ofMinutes(9));
    assertEquals(List.of(), told);
    time.pass(Duration.ofMinutes(1));
    assertEquals(1, told.size());
  }

  @Test
  void aSuspendedMachineHasNotTriedAnUnknownErrorOftenEnough() {
    RetryPolicy policy =
        new RetryPolicy(Duration.ofHours(1), Duration.ofHours(1))
            .withUnknownFor(Duration.ofMinutes(10));
    Fault unknown = new Fault.Unknown("code 424242", null);
    run(policy, unknown, unknown, unknown, unknown);
    time.pass(Duration.ofHours(5));
    assertEquals(List.of("done"), told);
  }

  /** As after a machine slept for a day: many failures before it, one after it. */
  @Test
  void aSleepBetweenTwoUnknownErrorsIsNotTheTimeOfTheError() {
    RetryPolicy policy =
        new RetryPolicy(Duration.ofSeconds(1), Duration.ofSeconds(1))
            .withUnknownFor(Duration.ofMinutes(10));
    Retry retry = retry(policy);
    Fault unknown = new Fault.Unknown("code 424242", null);
    for (int failure = 0; failure < 5; failure++) {
      assertTrue(retry.failed(unknown).pause().isPresent());
      time.pass(Duration.ofSeconds(1));
    }
    time.pass(Duration.ofDays(1));
    assertTrue(retry.failed(unknown).pause().isPresent());
    int tries = 0;
    do {
      time.pass(Duration.ofSeconds(1));
      tries++;
    } while (retry.failed(unknown).pause().isPresent());
    assertEquals(476, tries);
  }

  @Test
  void aStopIsNoticedBeforeTheNextTry() {
    run(DOWN, DOWN);
    stopped = true;
    time.pass(Duration.ofMinutes(1));
    assertEquals(1, tries);
    assertEquals(List.of("stopped"), told);
  }

  // --- a thread that waits ---------------------------------------------------------------------

  private final List<Duration> slept = new ArrayList<>();

  private final Sleeper sleeper =
      new Sleeper() {
        @Override
        public void sleep(Duration duration) throws Fault {
          if (stopped) {
            throw new Fault.Fatal("interrupted");
          }
          slept.add(duration);
          time.pass(duration);
        }

        @Override
        public Instant now() {
          return time.now();
        }

        @Override
        public long nanoTime() {
          return time.nanoTime();
        }

        @Override
        public double random() {
          return time.random();
        }
      };

  private String call(RetryPolicy policy, Fault... toCome) throws Fault {
    faults.addAll(Arrays.asList(toCome));
    return retry(policy).call(this::attempt, sleeper);
  }

  @Test
  void aBlockingCallWaitsAndReturnsTheResult() throws Fault {
    assertEquals("done", call(RetryPolicy.DEFAULT, DOWN, SLOW));
    assertEquals(List.of(Duration.ofMillis(50), Duration.ofMillis(100)), slept);
    assertEquals(1, stats.reading.throttled.sum());
    assertTrue(stats.failures.recent().stream().allMatch(Failure::over));
  }

  @Test
  void aBlockingCallThrowsTheLastFaultWhenItGivesUp() {
    Fault last = new Fault.Transient("still down", null);
    RetryPolicy policy = RetryPolicy.DEFAULT.givingUpAfter(3, Duration.ZERO);
    Fault thrown = assertThrows(Fault.class, () -> call(policy, DOWN, DOWN, last));
    assertSame(last, thrown);
    assertEquals(2, slept.size());
  }

  @Test
  void aBlockingCallEndsWhenItsThreadIsToEnd() {
    stopped = true;
    Fault thrown = assertThrows(Fault.class, () -> call(RetryPolicy.DEFAULT, DOWN, DOWN));
    assertEquals("interrupted", thrown.getMessage());
    assertEquals(1, tries);
  }
}
