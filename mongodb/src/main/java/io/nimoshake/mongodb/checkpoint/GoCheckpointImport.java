package io.nimoshake.mongodb.checkpoint;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointStore;
import java.util.List;
import java.util.Optional;

/** A store in whose place the Go tool may have kept its checkpoint. */
public interface GoCheckpointImport extends CheckpointStore {
  /** The Go tool's checkpoint that is to be taken over; empty if there is none, or it was. */
  Optional<GoCheckpoint> goCheckpoint() throws Fault;

  /**
   * Puts our checkpoint in the place of the Go tool's. From one moment on, ours counts; before it,
   * the Go tool's is as it was.
   *
   * @param fence number of the lease under which this is done
   */
  void takeOver(long fence, List<CheckpointEntry> entries) throws Fault;
}
