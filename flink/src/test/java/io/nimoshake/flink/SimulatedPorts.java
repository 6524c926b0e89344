package io.nimoshake.flink;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Target;
import io.nimoshake.flink.ports.SyncPorts;
import io.nimoshake.testkit.sim.SimHost;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A simulated world as a job's tasks find it: they run in this process, but get only what can be
 * serialized, which is its name.
 */
final class SimulatedPorts implements SyncPorts, AutoCloseable {
  private static final long serialVersionUID = 1;
  private static final Map<String, SimHost.World> WORLDS = new ConcurrentHashMap<>();

  private final String name = "simulated-" + UUID.randomUUID();

  SimulatedPorts(SimHost.World world) {
    WORLDS.put(name, world);
  }

  private SimHost.World world() {
    return WORLDS.get(name);
  }

  @Override
  public String id() {
    return name;
  }

  @Override
  public SyncOptions options() {
    return world().options();
  }

  @Override
  public TableLimits limits() {
    return TableLimits.none();
  }

  @Override
  public void check() {}

  @Override
  public Source openSource() {
    return world().openSource();
  }

  @Override
  public Target openTarget() {
    return world().openTarget();
  }

  @Override
  public CheckpointStore openCheckpoints() {
    return world().openCheckpoints();
  }

  @Override
  public DeadLetters openDeadLetters() {
    return DeadLetters.FAIL;
  }

  /** No task looks for it any more. */
  @Override
  public void close() {
    WORLDS.remove(name);
  }
}
