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
 * What the processes of a job are told of the sync and what they connect to. It travels with the
 * job; each process opens connections of its own and closes them.
 */
public interface SyncPorts extends Serializable {
  /** The id of the sync. */
  String id();

  SyncOptions options();

  /** The limits a table starts with, of the whole job. */
  TableLimits limits();

  /** Whether everything is there and lets us in, before anything is touched. */
  void check() throws Fault;

  Source openSource() throws Fault;

  Target openTarget() throws Fault;

  CheckpointStore openCheckpoints() throws Fault;

  /** Makes a checkpoint that is there of another kind ours, under our lease. */
  default void takeOver(Source source, Target target, CheckpointStore store, long fence)
      throws Fault {}

  /** What becomes of poisonous items; closed too if it can be. */
  DeadLetters openDeadLetters() throws Fault;
}
