package io.nimoshake.flink;

import static org.awaitility.Awaitility.await;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Target;
import io.nimoshake.testkit.sim.SimHost;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;
import org.apache.flink.api.common.JobID;

/**
 * Runs the lives of one simulated sync as jobs of a cluster, each of one or two subtasks, begun
 * from the savepoint of the one before or without.
 */
final class ClusterHost implements SimHost {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final int TASK_MANAGERS = 2;

  private final MiniHost flink;
  private Optional<String> savepoint = Optional.empty();

  /** Of all lives. */
  int taskManagersReplaced;

  int jobManagersReplaced;

  /**
   * @param flink has two TaskManagers of one slot
   */
  ClusterHost(MiniHost flink) {
    this.flink = flink;
  }

  /** Long enough for tasks to die and begin anew between two of some dozens. */
  @Override
  public Duration pace() {
    return Duration.ofMillis(50);
  }

  @Override
  public Life begin(World world, RandomGenerator random) {
    Gate gate = new Gate(world);
    SimulatedPorts ports = new SimulatedPorts(gate);
    Optional<String> from = savepoint.filter(path -> random.nextBoolean());
    savepoint = Optional.empty();
    Map<String, String> settings =
        Map.of("execution.checkpointing.interval", random.nextInt(20, 200) + " ms");
    try {
      JobID job = flink.submit(ports, 1 + random.nextInt(TASK_MANAGERS), from, settings);
      Job life = new Job(job, ports, gate, random);
      await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> gate.connected || life.isOver());
      return life;
    } catch (Exception e) { // Of whatever kind: the test ends with it.
      throw new AssertionError(e);
    }
  }

  /**
   * Lets nobody connect before what it takes the place of is gone: a process that is killed writes
   * nothing more, but tasks that end in this one do.
   */
  private static final class Gate implements World {
    private final World world;
    private volatile CompletableFuture<Void> gone = CompletableFuture.completedFuture(null);
    private volatile boolean connected;

    Gate(World world) {
      this.world = world;
    }

    @Override
    public SyncOptions options() {
      return world.options();
    }

    /** Ends with its task, which may be one of those it waits for. */
    private void pass() {
      try {
        gone.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("ended before it was connected", e);
      } catch (ExecutionException e) {
        throw new IllegalStateException("an end is never a failure", e);
      }
    }

    @Override
    public Source openSource() {
      pass();
      connected = true;
      return world.openSource();
    }

    @Override
    public Target openTarget() {
      pass();
      return world.openTarget();
    }

    @Override
    public CheckpointStore openCheckpoints() {
      return world.openCheckpoints();
    }

    @Override
    public CompletableFuture<Void> closed() {
      return world.closed();
    }
  }

  private final class Job implements Life {
    private final JobID id;
    private final SimulatedPorts ports;
    private final Gate gate;
    private final RandomGenerator random;
    private CompletableFuture<Void> replaced = CompletableFuture.completedFuture(null);

    Job(JobID id, SimulatedPorts ports, Gate gate, RandomGenerator random) {
      this.id = id;
      this.ports = ports;
      this.gate = gate;
      this.random = random;
    }

    @Override
    public boolean isOver() {
      return !flink.isAlive(id);
    }

    @Override
    public void disturb() {
      if (!replaced.isDone()) {
        return;
      }
      calm();
      if (random.nextInt(3) > 0) {
        taskManagersReplaced++;
        CompletableFuture<Void> dead = new CompletableFuture<>();
        gate.gone = dead;
        replaced = flink.replaceTaskManager(random.nextInt(TASK_MANAGERS), dead);
      } else {
        jobManagersReplaced++;
        gate.gone = gate.closed();
        replaced = flink.replaceJobManager(id);
      }
    }

    @Override
    public void calm() {
      replaced.join();
    }

    @Override
    public void end() {
      calm();
      // One that is cancelled while it is given slots may leave Flink with one that nobody has.
      flink.awaitRunning(id);
      try {
        if (random.nextBoolean()) {
          savepoint = Optional.of(flink.stopWithSavepoint(id));
        } else {
          flink.cancel(id);
        }
      } catch (Exception e) { // Of whatever kind: the test ends with it.
        throw new AssertionError(describe(), e);
      }
      ports.close();
    }

    @Override
    public String describe() {
      return "job " + id + " is " + flink.status(id) + ", its tasks " + flink.tasks(id);
    }
  }
}
