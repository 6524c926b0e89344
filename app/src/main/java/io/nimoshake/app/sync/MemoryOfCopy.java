package io.nimoshake.app.sync;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.nimoshake.app.progress.Observer;
import io.nimoshake.app.progress.Totals;
import java.lang.management.ManagementFactory;

/**
 * Gives the memory that a copy has used back to the system when the copy has ended. A sync may then
 * follow for weeks, in which it uses so little memory that the JVM would never do this by itself:
 * the serial collector returns memory after a full collection only, and then keeps up to 70 % free.
 */
final class MemoryOfCopy {
  private static final String LEAST_FREE = "MinHeapFreeRatio";
  private static final String MOST_FREE = "MaxHeapFreeRatio";

  /** How much of the heap may be free after this collection, in percent. */
  private static final int FREE = 20;

  private final Runnable release;

  /** How many items this run had copied when memory was released last. */
  private long released;

  MemoryOfCopy(Runnable release) {
    this.release = release;
  }

  /** Watches the sync from now on. */
  static void watch(Observer observer) {
    MemoryOfCopy memory = new MemoryOfCopy(MemoryOfCopy::release);
    observer.onSample(numbers -> memory.look(numbers.totals()));
  }

  void look(Totals totals) {
    boolean copies = totals.copiedTables() + totals.failedTables() < totals.tables();
    if (!copies && totals.copied() != released) {
      released = totals.copied();
      release.run();
    }
  }

  /** Collects garbage once, and lets the JVM keep less free memory than usual meanwhile. */
  static void release() {
    HotSpotDiagnosticMXBean vm;
    String least;
    String most;
    try {
      vm =
          ManagementFactory.getPlatformMXBeans(HotSpotDiagnosticMXBean.class).stream()
              .findFirst()
              .orElseThrow(IllegalArgumentException::new);
      least = vm.getVMOption(LEAST_FREE).getValue();
      most = vm.getVMOption(MOST_FREE).getValue();
    } catch (IllegalArgumentException e) {
      // A JVM of another kind, which has other options.
      System.gc();
      return;
    }
    vm.setVMOption(LEAST_FREE, "0");
    vm.setVMOption(MOST_FREE, Integer.toString(FREE));
    try {
      System.gc();
    } finally {
      vm.setVMOption(MOST_FREE, most);
      vm.setVMOption(LEAST_FREE, least);
    }
  }
}
