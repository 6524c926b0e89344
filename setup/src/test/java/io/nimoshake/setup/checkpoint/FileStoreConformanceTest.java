package io.nimoshake.setup.checkpoint;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.testkit.conformance.CheckpointStoreConformance;
import java.nio.file.Path;
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

  @Nested
  class InFilesUnderFaults extends CheckpointStoreConformance {
    @TempDir Path directory;

    @Override
    protected CheckpointStore open() throws Fault {
      return underFaults(new FileCheckpointStore(directory.resolve("made"), "orders"));
    }
  }
}
