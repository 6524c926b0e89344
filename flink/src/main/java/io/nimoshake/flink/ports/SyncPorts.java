package io.nimoshake.flink.ports;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Target;
import java.io.Serializable;

/**
 * What each process of a job knows about the sync, and what it connects to. This object travels
 * with the job. Each process opens its own connections and closes them.
 */
public interface SyncPorts extends Serializable {
  /** The id of the sync. */
  String id();

  SyncOptions options();

  /** The limits of a table at the start, for the whole job. */
  TableLimits limits();

  /** Checks that source and target answer and accept us. Changes nothing. */
  void check() throws Fault;

  Source openSource() throws Fault;

  Target openTarget() throws Fault;

  CheckpointStore openCheckpoints() throws Fault;

  /** Takes over a checkpoint of the Go tool, if there is one. Our lease is held. */
  default void takeOver(Source source, Target target, CheckpointStore store, long fence)
      throws Fault {}

  /** What happens to rejected items. The caller closes it if it is closeable. */
  DeadLetters openDeadLetters() throws Fault;
}
