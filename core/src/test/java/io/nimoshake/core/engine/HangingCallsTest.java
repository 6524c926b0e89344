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
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Source.ShardListing;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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

  /** A source lets each call wait for its turn: DescribeStream may be called ten times a second. */
  @Test
  void listingsThatWaitForTheirTurnKeepNoWriteAndNoTimerWaiting() throws Exception {
    int threads = 2;
    CountDownLatch waiting = new CountDownLatch(threads);
    CountDownLatch turn = new CountDownLatch(1);
    CountDownLatch written = new CountDownLatch(1);
    CountDownLatch rung = new CountDownLatch(1);
    try (ThreadScheduler scheduler = new ThreadScheduler(threads)) {
      Source source =
          (Source)
              Proxy.newProxyInstance(
                  getClass().getClassLoader(),
                  new Class<?>[] {Source.class},
                  (proxy, method, arguments) -> {
                    waiting.countDown();
                    awaitUninterruptibly(turn);
                    return new ShardListing(List.of(), true, true, scheduler.now());
                  });
      TableWork work =
          new TableWork(
              Options.of(SyncOptions.Mode.ALL),
              source,
              new FakeTarget(),
              scheduler,
              new ServiceClock(scheduler),
              new TableRegistry(table -> TableLimits.none()),
              () -> false,
              event -> {},
              fault -> {});
      for (int table = 0; table < 5 * threads; table++) {
        work.listShards(new Command.ListShards("t" + table, "arn", Optional.empty(), 1));
      }
      assertTrue(waiting.await(LIMIT_MINUTES, TimeUnit.MINUTES));
      scheduler.execute(written::countDown);
      scheduler.after(Duration.ofMillis(1), rung::countDown);
      assertTrue(written.await(LIMIT_MINUTES, TimeUnit.MINUTES), "a write waits behind listings");
      assertTrue(rung.await(LIMIT_MINUTES, TimeUnit.MINUTES), "a timer waits behind listings");
    } finally {
      turn.countDown();
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
