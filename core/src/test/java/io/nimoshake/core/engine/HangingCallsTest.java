package io.nimoshake.core.engine;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.FakeSource;
import io.nimoshake.core.FakeTarget;
import io.nimoshake.core.MemoryCheckpointStore;
import io.nimoshake.core.checkpoint.LeaseClaim;
import io.nimoshake.core.checkpoint.LeaseKeeper;
import io.nimoshake.core.checkpoint.ProcessIdentity;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.port.DeadLetters;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Calls that never return must not keep the lease and the end waiting. */
class HangingCallsTest {
  private static final long LIMIT_MINUTES = 5;

  @Test
  void theLeaseIsRenewedAndTheSyncEndsWhileEveryThreadHangs() throws Exception {
    CountDownLatch renewals = new CountDownLatch(3);
    CountDownLatch release = new CountDownLatch(1);
    MemoryCheckpointStore store = new MemoryCheckpointStore();
    try (ThreadScheduler scheduler = new ThreadScheduler(1)) {
      LeaseClaim claim =
          new LeaseClaim(store, Duration.ofMillis(30), scheduler, ProcessIdentity.ofThisProcess());
      LeaseKeeper lease =
          assertInstanceOf(LeaseClaim.Attempt.Acquired.class, claim.attempt()).keeper();
      store.delay = renewals::countDown;
      SyncEngine engine =
          new SyncEngine(
              Options.of(SyncOptions.Mode.ALL),
              new FakeSource(),
              new FakeTarget(),
              store,
              DeadLetters.FAIL,
              lease,
              scheduler,
              table -> TableLimits.none());
      scheduler.execute(() -> awaitUninterruptibly(release));
      engine.start();
      assertTrue(renewals.await(LIMIT_MINUTES, TimeUnit.MINUTES), "the lease was not renewed");
      engine.stop();
      engine.done().get(LIMIT_MINUTES, TimeUnit.MINUTES);
      assertTrue(store.lease.orElseThrow().isGivenBack());
    } finally {
      release.countDown();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await(LIMIT_MINUTES, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
