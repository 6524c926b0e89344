package io.nimoshake.core.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.MemoryCheckpointStore;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.Clock;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.WriteMode;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class LeasedTargetTest {
  private static final Duration LIFETIME = Duration.ofSeconds(30);
  private static final TableSchema TABLE =
      new TableSchema(
          "t", new KeyAttribute("k", KeyAttribute.Type.S), Optional.empty(), List.of(), 0, 0);

  /** Two clocks that a test moves apart. */
  private static final class TwoClocks implements Clock {
    Instant wall = Instant.parse("2026-01-01T00:00:00Z");
    long steadyNanos;

    @Override
    public Instant now() {
      return wall;
    }

    @Override
    public long nanoTime() {
      return steadyNanos;
    }

    @Override
    public double random() {
      return 1;
    }

    void pass(Duration time) {
      wall = wall.plus(time);
      steadyNanos += time.toNanos();
    }
  }

  private final TwoClocks clock = new TwoClocks();
  private final MemoryCheckpointStore store = new MemoryCheckpointStore();
  private final List<String> calls = new ArrayList<>();
  private LeaseKeeper lease;
  private LeasedTarget target;

  /** Runs within the next call, as if something happened meanwhile. */
  private Runnable meanwhile = () -> {};

  private int ends;

  @BeforeEach
  void acquire() throws Fault {
    LeaseClaim claim =
        new LeaseClaim(store, LIFETIME, clock, ProcessIdentity.ofThisProcess("test"));
    lease = assertInstanceOf(LeaseClaim.Attempt.Acquired.class, claim.attempt()).keeper();
    target = new LeasedTarget(recording(), lease);
  }

  private Target recording() {
    return (Target)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Target.class},
            (proxy, method, arguments) -> {
              calls.add(method.getName());
              Runnable now = meanwhile;
              meanwhile = () -> {};
              now.run();
              return method.getReturnType() == List.class ? List.of() : null;
            });
  }

  private void assertNothingIsWritten() {
    calls.clear();
    List<Executable> changes =
        List.of(
            () -> target.write(TABLE, List.of(), WriteMode.STREAM),
            () -> target.prepare(TABLE, Target.Existing.DROP),
            () -> target.purgeTombstones(TABLE),
            () -> target.finish(TABLE),
            () -> target.swapIn(TABLE));
    for (Executable change : changes) {
      assertTrue(assertThrows(Fault.class, change).isRetryable());
    }
    assertEquals(List.of(), calls);
  }

  @Test
  void writesWhileTheLeaseIsValid() throws Fault {
    clock.pass(LIFETIME.minusMillis(1));
    target.write(TABLE, List.of(), WriteMode.STREAM);
    target.swapIn(TABLE);
    assertEquals(List.of("write", "swapIn"), calls);
  }

  @Test
  void writesNothingOnceTheLeaseHasRunOutUntilItIsRenewed() throws Fault {
    clock.pass(LIFETIME);
    assertNothingIsWritten();
    lease.renew();
    target.write(TABLE, List.of(), WriteMode.STREAM);
    assertEquals(List.of("write"), calls);
  }

  @Test
  void aMachineThatWasSuspendedWritesNothing() {
    clock.wall = clock.wall.plus(LIFETIME);
    assertNothingIsWritten();
  }

  @Test
  void aWallClockThatIsSetBackDoesNotLengthenTheLease() {
    clock.pass(LIFETIME);
    clock.wall = clock.wall.minus(Duration.ofHours(1));
    assertNothingIsWritten();
  }

  @Test
  void nothingIsWrittenAfterTheEnd() {
    target.end(() -> ends++);
    assertEquals(1, ends);
    assertNothingIsWritten();
  }

  @Test
  void theEndWaitsForACallUnderWay() throws Fault {
    meanwhile =
        () -> {
          target.end(() -> ends++);
          target.end(() -> ends++);
          assertEquals(0, ends);
          assertNothingIsWritten();
        };
    target.prepare(TABLE, Target.Existing.DROP);
    assertEquals(2, ends);
  }

  @Test
  void theEndWaitsForACallThatFails() {
    meanwhile =
        () -> {
          target.end(() -> ends++);
          throw new IllegalStateException("as a driver may");
        };
    assertThrows(IllegalStateException.class, () -> target.swapIn(TABLE));
    assertEquals(1, ends);
  }

  /** The store may have had the renewal for as long as its answer took to come. */
  @Test
  void aRenewalCountsFromTheMomentItWasAskedFor() throws Fault {
    clock.pass(Duration.ofSeconds(10));
    store.delay = () -> clock.pass(Duration.ofSeconds(20));
    lease.renew();
    clock.pass(Duration.ofSeconds(10));
    assertNothingIsWritten();
  }
}
