package io.nimoshake.testkit.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.checkpoint.LeaseClaim;
import io.nimoshake.core.checkpoint.ProcessIdentity;
import io.nimoshake.core.engine.SyncEngine;
import io.nimoshake.core.engine.SyncResult;
import io.nimoshake.core.engine.ThreadScheduler;
import io.nimoshake.core.flow.Sleeper;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Target;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What no code expects ends the sync: it must neither go on nor hang. */
class EngineBugTest {
  @Test
  void aWriteThatEndsInABugEndsTheSync() throws Exception {
    SimRandom random = new SimRandom(1);
    SimLoop clock = SimLoop.clock(Instant.now(), random);
    SimScenario scenario = SimScenario.of(random, SimTroubles.NONE).onRealThreads(random);
    SimFaults none = new SimFaults(clock, 0, 0);
    SimPromises promises = new SimPromises();
    SimSource source = new SimSource(clock, none, scenario, promises);
    SimTable table = new SimTable("t", clock, Duration.ZERO, false);
    source.tables.put(table.name, table);
    table.enableStream(1, false);
    table.put("k");
    Target.Capabilities capabilities = new Target.Capabilities(true, 10, 1000, true);
    SimTarget target = new SimTarget(clock, none, capabilities, promises);
    SimCheckpointStore store = new SimCheckpointStore(clock, none, promises::stored);
    promises.watch(source, target);
    SimLife life = new SimLife("the sync");
    ThreadedWorld world = new ThreadedWorld(clock, true);
    LeaseClaim.Attempt.Acquired lease =
        (LeaseClaim.Attempt.Acquired)
            new LeaseClaim(
                    world.store(store.connect(life)),
                    Duration.ofSeconds(30),
                    Sleeper.IN_THREAD,
                    ProcessIdentity.ofThisProcess())
                .attempt();
    try (ThreadScheduler scheduler = new ThreadScheduler(8)) {
      SyncEngine engine =
          new SyncEngine(
              scenario.syncOptions(),
              world.source(source.connect(life)),
              failingToWrite(world.target(target.connect(life))),
              world.store(store.connect(life)),
              DeadLetters.FAIL,
              lease.keeper(),
              scheduler,
              name -> TableLimits.of(0, 0, 0));
      engine.start();
      SyncResult result = engine.done().get(5, TimeUnit.MINUTES);
      assertTrue(result.fatal().orElseThrow().getMessage().contains("a bug of the test"));
    }
  }

  private static Target failingToWrite(Target target) {
    return (Target)
        Proxy.newProxyInstance(
            Target.class.getClassLoader(),
            new Class<?>[] {Target.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("write")) {
                throw new IllegalStateException("a bug of the test");
              }
              try {
                return method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
