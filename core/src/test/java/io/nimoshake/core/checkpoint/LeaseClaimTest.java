package io.nimoshake.core.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.ManualScheduler;
import io.nimoshake.core.MemoryCheckpointStore;
import io.nimoshake.core.checkpoint.LeaseClaim.Attempt;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeaseClaimTest {
  private static final Duration LIFETIME = Duration.ofSeconds(30);
  private static final Lease ME = ProcessIdentity.ofThisProcess("me");

  /** Of a machine whose clock is a year behind: its moments mean nothing here. */
  private static final Lease ELSEWHERE =
      new Lease(
          5, ME.host(), "another kernel", 1, Instant.EPOCH, Instant.parse("2025-01-01T00:00:00Z"));

  private final ManualScheduler time = new ManualScheduler();
  private final MemoryCheckpointStore store = new MemoryCheckpointStore();
  private final LeaseClaim claim = claim(ME);

  private LeaseClaim claim(Lease me) {
    return new LeaseClaim(store, LIFETIME, time, me);
  }

  private LeaseKeeper acquired(LeaseClaim by) throws Fault {
    return assertInstanceOf(Attempt.Acquired.class, by.attempt()).keeper();
  }

  private Attempt.HeldBy held() throws Fault {
    return assertInstanceOf(Attempt.HeldBy.class, claim.attempt());
  }

  @Test
  void aLeaseThatWasGivenBackIsTakenAtOnceUnderAHigherNumber() throws Fault {
    acquired(claim(ProcessIdentity.ofThisProcess("other"))).release();
    assertEquals(2, acquired(claim).fence());
  }

  @Test
  void twoInOneProcessAreNotTheSameHolder() throws Fault {
    acquired(claim(ProcessIdentity.ofThisProcess("other")));
    assertTrue(held().alive(), "its process is this one, which lives");
  }

  @Test
  void theSameAskingAgainGetsItUnderAHigherNumber() throws Fault {
    acquired(claim);
    assertEquals(2, acquired(claim(ME)).fence());
  }

  @Test
  void aDeadProcessOfTheSameKernelIsReplacedAtOnce() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    store.lease = Optional.of(lease(process.pid()));
    assertEquals(2, acquired(claim).fence());
  }

  /** The pid is used again, or somebody has set the clock, from which the start is computed. */
  @Test
  void aProcessWithTheSamePidAndAnotherStartIsWatched() throws Fault {
    store.lease = Optional.of(lease(ME.pid()));
    assertEquals(false, held().alive());
    time.pass(LIFETIME.minusMillis(1));
    store.lease = store.lease.map(lease -> lease.until(Instant.parse("2026-11-29T02:20:00Z")));
    assertTrue(held().alive(), "it renews its lease");
    time.pass(LIFETIME);
    assertEquals(2, acquired(claim).fence());
  }

  private static Lease lease(long pid) {
    return new Lease(
        1, "any name", ME.kernel(), pid, ME.processStarted().plusSeconds(1), Instant.MAX);
  }

  @Test
  void aProcessOfTheSameHostNameInAnotherContainerIsNotTakenForDead() throws Fault {
    store.lease = Optional.of(new Lease(1, ME.host(), 1, Instant.MAX, Instant.MAX));
    assertEquals(false, held().alive());
  }

  @Test
  void aLeaseThatDoesNotChangeForItsLifetimeIsTakenWhateverTheClocksSay() throws Fault {
    store.lease = Optional.of(ELSEWHERE);
    assertEquals(false, held().alive());
    time.pass(LIFETIME.minusMillis(1));
    assertEquals(false, held().alive());
    time.pass(Duration.ofMillis(1));
    assertEquals(6, acquired(claim).fence());
  }

  @Test
  void aLeaseThatIsRenewedBelongsToAProcessThatLives() throws Fault {
    store.lease = Optional.of(ELSEWHERE);
    held();
    time.pass(LIFETIME.minusMillis(1));
    store.lease = Optional.of(ELSEWHERE.until(ELSEWHERE.expires().plusSeconds(10)));
    assertTrue(held().alive());
    time.pass(LIFETIME.minusMillis(1));
    assertEquals(false, held().alive(), "not renewed since");
    time.pass(Duration.ofMillis(1));
    acquired(claim);
  }

  @Test
  void aNewHolderIsWatchedFromTheBeginning() throws Fault {
    store.lease = Optional.of(ELSEWHERE);
    held();
    time.pass(LIFETIME.minusMillis(1));
    store.lease = Optional.of(ELSEWHERE.withFence(6));
    assertEquals(false, held().alive());
    time.pass(LIFETIME.minusMillis(1));
    held();
  }
}
