package io.nimoshake.testkit.sim;

import static org.awaitility.Awaitility.await;

import io.nimoshake.core.checkpoint.LeaseClaim;
import io.nimoshake.core.checkpoint.ProcessIdentity;
import io.nimoshake.core.engine.SyncEngine;
import io.nimoshake.core.engine.SyncResult;
import io.nimoshake.core.engine.ThreadScheduler;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.port.DeadLetters;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

/** The standalone program's engine on its real scheduler. */
final class EngineHost implements SimHost {
  private static final Duration LEASE = Duration.ofMinutes(30);
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @Override
  public Duration pace() {
    return Duration.ofMillis(1);
  }

  @Override
  public Life begin(World world, RandomGenerator random) {
    return new EngineLife(world, random);
  }

  private static final class EngineLife implements Life {
    private final RandomGenerator random;
    private final ThreadScheduler scheduler;
    private final Map<String, TableLimits> limits = new ConcurrentHashMap<>();
    private final SyncEngine engine;

    EngineLife(World world, RandomGenerator random) {
      this.random = random;
      scheduler = new ThreadScheduler(world.options().ioThreads());
      try {
        LeaseClaim.Attempt got =
            new LeaseClaim(
                    world.openCheckpoints(), LEASE, scheduler, ProcessIdentity.ofThisProcess())
                .attempt();
        if (!(got instanceof LeaseClaim.Attempt.Acquired acquired)) {
          throw new SimFailure("the lease was not given back");
        }
        engine =
            new SyncEngine(
                world.options(),
                world.openSource(),
                world.openTarget(),
                world.openCheckpoints(),
                DeadLetters.FAIL,
                acquired.keeper(),
                scheduler,
                table -> limits.computeIfAbsent(table, name -> TableLimits.of(0, 0, 0)));
        engine.start();
      } catch (Fault fault) {
        throw new SimFailure("cannot start", fault);
      }
    }

    @Override
    public boolean isOver() {
      return engine.done().isDone();
    }

    /** Pauses all, or lets all go on. */
    @Override
    public void disturb() {
      if (random.nextBoolean()) {
        limits.values().forEach(each -> each.gate().shut());
      } else {
        calm();
      }
    }

    @Override
    public void calm() {
      limits.values().forEach(each -> each.gate().open());
    }

    @Override
    public void end() throws InterruptedException {
      engine.stop();
      try {
        SyncResult result = result();
        if (result.fatal().isPresent()) {
          throw new SimFailure("ended with " + result.fatal().get(), result.fatal().get());
        } else if (!result.failedTables().isEmpty()) {
          throw new SimFailure("failed tables " + result.failedTables());
        }
        // What was being read when it ended comes to its end a moment later.
        await("no memory held").atMost(LIMIT).until(() -> engine.view().memoryHeldBytes() == 0);
      } finally {
        scheduler.close();
      }
    }

    private SyncResult result() throws InterruptedException {
      try {
        return engine.done().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        throw new SimFailure("not stopped after " + LIMIT + ": " + describe(), e);
      } catch (ExecutionException e) {
        throw new SimFailure("the end is never a failure", e);
      }
    }

    @Override
    public String describe() {
      return engine.view().toString();
    }
  }
}
