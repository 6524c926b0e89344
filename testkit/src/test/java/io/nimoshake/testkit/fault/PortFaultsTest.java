package io.nimoshake.testkit.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Lease;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.testkit.memory.UnaskedSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortFaultsTest {
  private static final Split SPLIT = new Split.ScanSegment("t", 0, 1);

  private final PortFaults faults = new PortFaults();
  private final Store store = new Store();

  @Test
  void theNthCallFailsAndHasNoEffect() throws Fault {
    CheckpointStore decorated = faults.onNth("save", 2, PortFault.THROTTLED).on(store);
    decorated.save(1, List.of());
    assertThrows(Fault.Throttled.class, () -> decorated.save(2, List.of()));
    decorated.save(3, List.of());
    assertEquals(List.of(1L, 3L), store.saves);
    assertEquals(Map.of("throttled", 1L), faults.injected());
    assertEquals(3, faults.calls("save"));
  }

  @Test
  void aLostAnswerIsAnEffect() {
    CheckpointStore decorated = faults.onNth("save", 1, PortFault.ANSWER_LOST).on(store);
    assertThrows(Fault.Transient.class, () -> decorated.save(1, List.of()));
    assertEquals(List.of(1L), store.saves);
  }

  @Test
  void aFaultOfTheTestsOwnIsThrownAsItIs() {
    Fault own = new Fault.Fatal("own");
    DeadLetters decorated = faults.onNth("accept", 1, new PortFault.Fails(own)).on(items -> {});
    assertSame(own, assertThrows(Fault.class, () -> decorated.accept(List.of())));
  }

  @Test
  void theSameSeedStrikesTheSameCalls() {
    List<Boolean> first = struck(new PortFaults().seeded(Set.of("save"), 5, 0.3, PortFault.RESET));
    assertEquals(first, struck(new PortFaults().seeded(Set.of("save"), 5, 0.3, PortFault.RESET)));
    assertTrue(first.contains(true) && first.contains(false));
  }

  @Test
  void othersThanTheNamedMethodsAreLeftAlone() throws Fault {
    CheckpointStore decorated = faults.seeded(Set.of("save"), 5, 1, PortFault.RESET).on(store);
    assertEquals(List.of(), decorated.load());
    faults.heal();
    decorated.save(1, List.of());
  }

  @Test
  void aSlowCallIsMadeAfterAWhile() throws Fault {
    long begin = System.nanoTime();
    faults
        .onNth(PortFaults.ANY, 1, new PortFault.Slow(Duration.ofMillis(2)))
        .on(store)
        .save(1, List.of());
    assertEquals(List.of(1L), store.saves);
    assertTrue(System.nanoTime() - begin >= 2_000_000);
  }

  @Test
  void aPageWhoseAnswerIsLostIsReadAgain() throws Fault {
    SplitReader decorated = faults.onNth("read", 1, PortFault.ANSWER_LOST).on(new Pages());
    assertThrows(Fault.Transient.class, decorated::read);
    assertEquals(Position.after("1"), decorated.read().position());
    assertEquals(Position.after("2"), decorated.read().position());
  }

  @Test
  void aReaderWhoseOpeningSeemsToFailIsClosed() {
    Pages pages = new Pages();
    Source decorated = faults.onNth("open", 1, PortFault.ANSWER_LOST).on(new OpensOnly(pages));
    assertThrows(Fault.Transient.class, () -> decorated.open(SPLIT, Position.BEGINNING));
    assertTrue(pages.closed);
  }

  @Test
  void comingAgainMakesOneOfIt() throws Fault {
    CheckpointStore decorated = faults.seeded(Set.of(), 5, 0.5, PortFault.RESET).on(store);
    CheckpointStore again = PortFaults.comingAgain(CheckpointStore.class, decorated);
    for (long i = 0; i < 20; i++) {
      again.save(i, List.of());
    }
    assertEquals(20, store.saves.size());
    assertTrue(faults.calls("save") > 20);
  }

  private List<Boolean> struck(PortFaults some) {
    CheckpointStore decorated = some.on(new Store());
    List<Boolean> struck = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      try {
        decorated.save(i, List.of());
        struck.add(false);
      } catch (Fault fault) {
        struck.add(true);
      }
    }
    return struck;
  }

  private static final class Store implements CheckpointStore {
    final List<Long> saves = new ArrayList<>();

    @Override
    public List<CheckpointEntry> load() {
      return List.of();
    }

    @Override
    public void save(long fence, List<CheckpointEntry> entries) {
      saves.add(fence);
    }

    @Override
    public Optional<Lease> lease() {
      return Optional.empty();
    }

    @Override
    public boolean replaceLease(Optional<Lease> expected, Optional<Lease> next) {
      return true;
    }

    @Override
    public void close() {}
  }

  private static final class Pages implements SplitReader {
    int read;
    boolean closed;

    @Override
    public ChangeBatch read() {
      read++;
      return ChangeBatch.builder(SPLIT).build(Position.after(Integer.toString(read)));
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static final class OpensOnly extends UnaskedSource {
    private final SplitReader reader;

    OpensOnly(SplitReader reader) {
      this.reader = reader;
    }

    @Override
    public SplitReader open(Split split, Position from) {
      return reader;
    }
  }
}
