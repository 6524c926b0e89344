package io.nimoshake.setup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.MachineClock;
import io.nimoshake.core.flow.Retry;
import io.nimoshake.core.flow.Sleeper;
import io.nimoshake.setup.StartUp.Server;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StartUpTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final SteppedSleeper sleeper = new SteppedSleeper();
  private final StartUp start = new StartUp(TIMEOUT, sleeper, Optional.empty());
  private int calls;

  @AfterEach
  void close() {
    start.close();
  }

  @Test
  void aCallIsTriedAgainUntilItSucceeds() throws Exception {
    Retry.Call<String> call =
        failing(
            new Fault.Transient("503", null),
            new Fault.Throttled("slower", null),
            new Fault.Unknown("code 424242", null),
            new Fault.TableGone("one host does not know it", null),
            new Fault.StreamGone("one host does not know it", Instant.EPOCH, null));

    assertEquals("answer", start.call(Server.SOURCE, "listing", call));
    assertEquals(6, calls);
    assertTrue(start.failures().stream().allMatch(failure -> failure.over()));
  }

  @Test
  void aRefusalEndsTheStartAtOnce() {
    StartUpException refused =
        assertThrows(
            StartUpException.class,
            () ->
                start.call(
                    Server.TARGET, "connecting", failing(new Fault.Fatal("wrong password"))));

    assertEquals("target: wrong password", refused.getMessage());
    assertTrue(refused.isRefusal());
    assertEquals(1, calls);
  }

  @Test
  void aFileThatCannotBeOpenedIsNotWaitedFor() {
    Fault denied = new Fault.Transient("checkpoint in x", new AccessDeniedException("x/id.lock"));

    StartUpException refused =
        assertThrows(
            StartUpException.class,
            () -> start.call(Server.CHECKPOINT, "taking the lease", failing(denied)));

    assertTrue(refused.isRefusal());
    assertEquals(1, calls);
  }

  @Test
  void aServerThatStaysAwayIsGivenUpAfterTheTime() {
    StartUpException away =
        assertThrows(
            StartUpException.class,
            () ->
                start.call(
                    Server.SOURCE,
                    "listing",
                    () -> {
                      calls++;
                      throw new Fault.Transient("no such host", null);
                    }));

    assertFalse(away.isRefusal());
    assertTrue(
        away.getMessage().matches("source: no such host \\(tried for 6\\d s, see start.timeout\\)"),
        away.getMessage());
    assertTrue(sleeper.nanoTime() >= TIMEOUT.toNanos());
    assertTrue(calls > 5, "tried " + calls + " times");
  }

  @Test
  void aWaitingCallShowsWhyItWaits() throws Exception {
    Deque<String> shown = new ArrayDeque<>();
    Retry.Call<String> call = failing(new Fault.Transient("connection refused", null));

    start.call(
        Server.SOURCE,
        "listing",
        () -> {
          start.failures().stream()
              .filter(failure -> !failure.over())
              .forEach(failure -> shown.add(failure.activity() + ": " + failure.message()));
          return call.run();
        });

    assertEquals(List.of("listing: connection refused"), List.copyOf(shown));
  }

  @Test
  void aCallerThatRetriesItselfGetsTheFirstFailure() {
    assertThrows(
        StartUpException.class,
        () ->
            StartUp.once()
                .call(Server.SOURCE, "listing", failing(new Fault.Transient("503", null))));
    assertEquals(1, calls);
  }

  /** A call that fails with these faults, one after the other, and then succeeds. */
  private Retry.Call<String> failing(Fault... faults) {
    Deque<Fault> left = new ArrayDeque<>(List.of(faults));
    return () -> {
      calls++;
      if (!left.isEmpty()) {
        throw left.poll();
      }
      return "answer";
    };
  }

  /** Time passes only while it sleeps. */
  private static final class SteppedSleeper implements Sleeper, MachineClock {
    private long nanos;

    @Override
    public void sleep(Duration duration) {
      nanos += duration.toNanos();
    }

    @Override
    public long nanoTime() {
      return nanos;
    }
  }
}
