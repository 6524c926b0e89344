package io.nimoshake.app.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption;
import io.nimoshake.app.progress.GivenMonitor;
import io.nimoshake.app.progress.GivenTable;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.plan.TableState;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MemoryOfCopyTest {
  private final AtomicInteger releases = new AtomicInteger();
  private final MemoryOfCopy memory = new MemoryOfCopy(releases::incrementAndGet);

  @Test
  void isReleasedOnceWhenTheLastCopyHasEnded() {
    assertEquals(0, after(table("a", TableState.COPYING, 5), table("b", TableState.WAITING, 0)));
    assertEquals(0, after(table("a", TableState.FOLLOWING, 9), table("b", TableState.COPYING, 2)));
    assertEquals(1, after(table("a", TableState.FOLLOWING, 9), table("b", TableState.FAILED, 4)));
    assertEquals(1, after(table("a", TableState.FOLLOWING, 9), table("b", TableState.FAILED, 4)));
  }

  /** One sample a second may miss the whole copy of a small table. */
  @Test
  void isReleasedAfterACopyThatNobodySaw() {
    assertEquals(0, after());
    assertEquals(1, after(table("a", TableState.FOLLOWING, 9)));
    assertEquals(2, after(table("a", TableState.FOLLOWING, 9), table("b", TableState.DONE, 1)));
  }

  @Test
  void isLeftAloneIfNothingIsCopied() {
    assertEquals(0, after());
    assertEquals(0, after(table("a", TableState.FOLLOWING, 0)));
  }

  /** Only the one collection may shrink the heap so far: later ones would come too often. */
  @Test
  void releasingChangesNoOptionOfTheJvm() {
    List<String> before = options();
    long collections = collections();
    MemoryOfCopy.release();
    assertEquals(before, options());
    assertEquals(1, Long.signum(collections() - collections));
  }

  private static List<String> options() {
    HotSpotDiagnosticMXBean vm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    return Stream.of("MinHeapFreeRatio", "MaxHeapFreeRatio")
        .map(vm::getVMOption)
        .map(VMOption::getValue)
        .toList();
  }

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  private int after(TableView... tables) {
    memory.look(GivenMonitor.numbers(GivenTable.sync(tables), Instant.EPOCH).totals());
    return releases.get();
  }

  private static TableView table(String name, TableState state, long copied) {
    return GivenTable.of(name, state).written(copied, 0).view();
  }
}
