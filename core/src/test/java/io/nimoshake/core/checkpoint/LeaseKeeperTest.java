package io.nimoshake.core.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.nimoshake.core.MemoryCheckpointStore;
import io.nimoshake.core.checkpoint.LeaseKeeper.Acquisition;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeaseKeeperTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration TIME = Duration.ofSeconds(30);

  private final MemoryCheckpointStore store = new MemoryCheckpointStore();

  private Acquisition acquire(Lease me) throws Fault {
    return LeaseKeeper.acquire(store, TIME, NOW, me);
  }

  @Test
  void twoInOneProcessAreNotTheSameHolder() throws Fault {
    assertInstanceOf(Acquisition.Acquired.class, acquire(LeaseKeeper.inThisProcess("one")));
    assertInstanceOf(Acquisition.HeldBy.class, acquire(LeaseKeeper.inThisProcess("two")));
    assertInstanceOf(Acquisition.HeldBy.class, LeaseKeeper.acquire(store, TIME, NOW));
  }

  @Test
  void theSameAskingAgainGetsItUnderAHigherNumber() throws Fault {
    acquire(LeaseKeeper.inThisProcess("one"));
    Acquisition again = acquire(LeaseKeeper.inThisProcess("one"));
    assertEquals(2, assertInstanceOf(Acquisition.Acquired.class, again).keeper().fence());
  }

  @Test
  void aDeadProcessOfThisMachineIsReplacedWhateverItHeld() throws Fault {
    Lease mine = LeaseKeeper.inThisProcess("one");
    Lease dead = new Lease(1, mine.machine() + "/other", 1, Instant.MAX, NOW.plusSeconds(9));
    store.lease = Optional.of(dead);
    assertInstanceOf(Acquisition.Acquired.class, acquire(mine));
  }

  @Test
  void anotherMachineIsWaitedFor() throws Fault {
    store.lease = Optional.of(new Lease(1, "elsewhere", 1, Instant.MAX, NOW.plusSeconds(1)));
    assertInstanceOf(Acquisition.HeldBy.class, acquire(LeaseKeeper.inThisProcess("one")));
    store.lease = Optional.of(new Lease(1, "elsewhere", 1, Instant.MAX, NOW));
    assertInstanceOf(Acquisition.Acquired.class, acquire(LeaseKeeper.inThisProcess("one")));
  }
}
