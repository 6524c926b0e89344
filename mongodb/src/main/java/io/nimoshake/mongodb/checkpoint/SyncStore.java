package io.nimoshake.mongodb.checkpoint;

import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Notes;

/**
 * Where a sync keeps its checkpoint, with notes beside it. It can take over a checkpoint of the Go
 * tool.
 */
public interface SyncStore extends CheckpointStore, Notes, GoCheckpointImport {
  @Override
  void close();
}
