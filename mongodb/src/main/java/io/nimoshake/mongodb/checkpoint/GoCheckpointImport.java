package io.nimoshake.mongodb.checkpoint;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointEntry;
import java.util.List;
import java.util.Optional;

/** Takes over a checkpoint of the Go tool. */
public interface GoCheckpointImport {
  /** The checkpoint of the Go tool; empty if there is none or it was taken over already. */
  Optional<GoCheckpoint> goCheckpoint() throws Fault;

  /**
   * Replaces the checkpoint of the Go tool by ours, at one moment. Before this moment the
   * checkpoint of the Go tool is unchanged.
   *
   * @param fence number of our lease
   */
  void takeOver(long fence, List<CheckpointEntry> entries) throws Fault;
}
