package io.nimoshake.core.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.ManualScheduler;
import io.nimoshake.core.MemoryCheckpointStore;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.RecentFailures.Failure;
import io.nimoshake.core.flow.SyncStats;
import io.nimoshake.core.port.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaseRenewalTest {
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final Fault DOWN = new Fault.Transient("the store is down", null);

  private final ManualScheduler time = new ManualScheduler();
  private final MemoryCheckpointStore store = new MemoryCheckpointStore();
  private final SyncStats stats = new SyncStats();
  private final List<Fault> lost = new ArrayList<>();
  private LeaseRenewal renewal;
  private int ends;

  @BeforeEach
  void acquire() throws Fault {
    LeaseClaim claim = new LeaseClaim(store, LEASE, time, ProcessIdentity.ofThisProcess());
    LeaseKeeper keeper =
        assertInstanceOf(LeaseClaim.Attempt.Acquired.class, claim.attempt()).keeper();
    renewal = new LeaseRenewal(keeper, time, stats, lost::add);
    renewal.start();
  }

  private Instant expires() {
    return store.lease.orElseThrow().expires();
  }

  @Test
  void theLeaseIsRenewedLongBeforeItRunsOut() {
    time.pass(Duration.ofMinutes(10));
    assertTrue(expires().isAfter(time.now().plus(LEASE.dividedBy(2))), "it expires " + expires());
    assertEquals(List.of(), lost);
  }

  @Test
  void aStoreThatIsDownForAMomentIsAskedAgain() {
    time.pass(Duration.ofSeconds(10));
    store.down = Optional.of(DOWN);
    time.pass(Duration.ofSeconds(30));
    assertEquals(
        "renewing the lease", stats.failures.recent().get(0).activity(), "it is shown meanwhile");
    assertTrue(stats.retries.failed.sum() > 3, "and counted");
    store.down = Optional.empty();
    time.pass(Duration.ofSeconds(2));
    assertTrue(expires().isAfter(time.now().plusSeconds(55)), "it expires " + expires());
    assertTrue(stats.failures.recent().stream().allMatch(Failure::over));
    assertEquals(List.of(), lost);
  }

  @Test
  void aStoreThatIsDownForHoursIsAskedAgain() {
    store.down = Optional.of(DOWN);
    time.pass(Duration.ofHours(3));
    assertEquals(List.of(), lost, "nothing is written meanwhile, and nobody has taken the lease");
    store.down = Optional.empty();
    time.pass(Duration.ofSeconds(2));
    assertTrue(expires().isAfter(time.now()), "it expires " + expires());
  }

  @Test
  void aLeaseThatAnotherProcessHasTakenIsLostAtOnce() {
    store.lease = Optional.of(new Lease(2, "elsewhere", 1, Instant.EPOCH, Instant.MAX));
    time.pass(Duration.ofSeconds(21));
    assertEquals(1, lost.size());
    assertEquals("another process has taken over this sync", lost.get(0).getMessage());
    assertTrue(time.isIdle());
  }

  @Test
  void nothingIsRenewedAfterTheEnd() {
    Instant before = expires();
    renewal.end(() -> ends++);
    assertEquals(1, ends);
    time.pass(Duration.ofMinutes(10));
    assertEquals(before, expires());
    assertTrue(time.isIdle());
  }

  @Test
  void theEndWaitsForARenewalUnderWay() {
    store.delay =
        () -> {
          renewal.end(() -> ends++);
          assertEquals(0, ends, "the lease may still change");
        };
    time.pass(Duration.ofSeconds(21));
    assertEquals(1, ends);
    assertTrue(time.isIdle());
  }

  @Test
  void everybodyWhoEndsItIsTold() {
    store.delay =
        () -> {
          renewal.end(() -> ends++);
          renewal.end(() -> {});
        };
    time.pass(Duration.ofSeconds(21));
    assertEquals(1, ends);
  }

  @Test
  void theEndWaitsForARenewalThatFails() {
    store.onFailure = () -> renewal.end(() -> ends++);
    store.faults.add(DOWN);
    time.pass(Duration.ofSeconds(21));
    assertEquals(1, ends);
    time.pass(Duration.ofMinutes(1));
    assertEquals(1, ends, "it is called once");
    assertTrue(time.isIdle());
  }
}
