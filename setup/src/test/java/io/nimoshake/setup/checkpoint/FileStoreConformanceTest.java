package io.nimoshake.setup.checkpoint;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.testkit.conformance.CheckpointStoreConformance;
import io.nimoshake.testkit.fault.PortFault;
import io.nimoshake.testkit.fault.PortFaults;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The store in files keeps what the port promises. */
class FileStoreConformanceTest {
  @Nested
  class InFiles extends CheckpointStoreConformance {
    @TempDir Path directory;

    @Override
    protected CheckpointStore open() throws Fault {
      return new FileCheckpointStore(directory.resolve("made"), "orders");
    }
  }

  /** Every third call fails before or after its effect, and is made again as the engine does. */
  @Nested
  class InFilesUnderFaults extends CheckpointStoreConformance {
    @TempDir Path directory;

    @Override
    protected CheckpointStore open() throws Fault {
      // Who loses the answer to replaceLease cannot ask again: it looks who has the lease.
      PortFaults faults =
          new PortFaults()
              .seeded(Set.of("save", "load", "lease"), 7, 0.3, PortFault.ANSWER_LOST)
              .seeded(Set.of(), 8, 0.3, PortFault.THROTTLED, PortFault.RESET);
      return PortFaults.comingAgain(
          CheckpointStore.class,
          faults.on(new FileCheckpointStore(directory.resolve("made"), "orders")));
    }
  }
}
