package io.nimoshake.flink;

import static org.awaitility.Awaitility.await;

import io.nimoshake.flink.ports.ConfiguredPorts;
import io.nimoshake.flink.ports.SyncPorts;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ConfigurationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.highavailability.nonha.embedded.HaLeadershipControl;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.SerializedThrowable;

/** A Flink cluster in this process, whose TaskManagers can be taken away. */
public final class MiniHost implements AutoCloseable {
  /** Of every wait for what must come: reached only if it never does. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final MiniCluster cluster;
  private final Path checkpoints;

  /** The cluster's numbers of those that live. */
  private final List<Integer> taskManagers = new ArrayList<>();

  private int lastTaskManager;

  private MiniHost(MiniCluster cluster, Path checkpoints, int taskManagers) {
    this.cluster = cluster;
    this.checkpoints = checkpoints;
    for (lastTaskManager = 0; lastTaskManager < taskManagers; lastTaskManager++) {
      this.taskManagers.add(lastTaskManager);
    }
  }

  public static MiniHost start(Path directory, int taskManagers, int slots) throws Exception {
    return start(directory, taskManagers, slots, Map.of());
  }

  /**
   * @param more settings of the cluster
   */
  static MiniHost start(Path directory, int taskManagers, int slots, Map<String, String> more)
      throws Exception {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("heartbeat.interval", "500");
    // Who is taken away says so; who is late on a busy machine is alive.
    settings.put("heartbeat.timeout", "60000");
    settings.put("pekko.ask.timeout", "60 s");
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setNumTaskManagers(taskManagers)
                .setNumSlotsPerTaskManager(slots)
                .withRandomPorts()
                .setHaServices(MiniCluster.HaServices.WITH_LEADERSHIP_CONTROL)
                .setConfiguration(org.apache.flink.configuration.Configuration.fromMap(settings))
                .build());
    cluster.start();
    return new MiniHost(cluster, directory.resolve("flink-checkpoints"), taskManagers);
  }

  public static JobGraph jobGraph(SyncPorts ports, int parallelism, Map<String, String> settings)
      throws ConfigurationException {
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(
            org.apache.flink.configuration.Configuration.fromMap(settings));
    environment.setParallelism(parallelism);
    NimoShakeJob.build(environment, ports);
    return environment.getStreamGraph().getJobGraph();
  }

  /** The ports of a configuration file. */
  public static SyncPorts ports(Path conf) throws Exception {
    return new ConfiguredPorts(Configuration.load(Optional.of(conf), Map.of(), List.of()));
  }

  public Map<String, String> settings() {
    return Map.of(
        "execution.checkpointing.interval", "200 ms",
        "execution.checkpointing.dir", checkpoints.toUri().toString(),
        "restart-strategy.type", "fixed-delay",
        "restart-strategy.fixed-delay.attempts", "1000",
        "restart-strategy.fixed-delay.delay", "100 ms");
  }

  public JobID submit(Path conf, int parallelism, Optional<String> savepoint) throws Exception {
    return submit(conf, parallelism, savepoint, Map.of());
  }

  public JobID submit(
      Path conf, int parallelism, Optional<String> savepoint, Map<String, String> more)
      throws Exception {
    return submit(ports(conf), parallelism, savepoint, more);
  }

  JobID submit(
      SyncPorts ports, int parallelism, Optional<String> savepoint, Map<String, String> more)
      throws Exception {
    Map<String, String> settings = new HashMap<>(settings());
    settings.putAll(more);
    JobGraph graph = jobGraph(ports, parallelism, settings);
    savepoint.ifPresent(
        path -> graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(path)));
    cluster.submitJob(graph).get();
    return graph.getJobID();
  }

  public JobStatus status(JobID job) {
    try {
      return cluster.getJobStatus(job).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) { // Of whatever kind: the test ends with it.
      throw new AssertionError(e);
    }
  }

  public boolean isAlive(JobID job) {
    return !status(job).isGloballyTerminalState();
  }

  /** Stops it; the savepoint's path. */
  public String stopWithSavepoint(JobID job) throws Exception {
    // Of the tasks that were started again some may be needed by nobody yet, and not run yet.
    await().atMost(LIMIT).until(() -> runsWhole(job));
    String path =
        cluster
            .stopWithSavepoint(
                job, checkpoints.toUri().toString(), false, SavepointFormatType.CANONICAL)
            .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    awaitEnd(job);
    return path;
  }

  private boolean runsWhole(JobID job) throws Exception {
    for (AccessExecutionVertex task :
        cluster
            .getExecutionGraph(job)
            .get(LIMIT.toSeconds(), TimeUnit.SECONDS)
            .getAllExecutionVertices()) {
      if (task.getExecutionState() != ExecutionState.RUNNING) {
        return false;
      }
    }
    return true;
  }

  public void cancel(JobID job) {
    cluster.cancelJob(job).join();
    awaitEnd(job);
  }

  public JobStatus awaitEnd(JobID job) {
    await().atMost(LIMIT).until(() -> status(job).isGloballyTerminalState());
    return status(job);
  }

  /** Why it failed. */
  public String failure(JobID job) {
    try {
      return cluster
          .requestJobResult(job)
          .get(LIMIT.toSeconds(), TimeUnit.SECONDS)
          .getSerializedThrowable()
          .map(SerializedThrowable::getFullStringifiedStackTrace)
          .orElse("it did not");
    } catch (Exception e) { // Of whatever kind: it is asked for when there is a failure already.
      return e.toString();
    }
  }

  /**
   * One TaskManager dies, and another begins.
   *
   * @param nth counted from the one that has lived longest, from 0
   */
  public void replaceTaskManager(int nth) {
    replaceTaskManager(nth, new CompletableFuture<>()).join();
  }

  /**
   * The same, without waiting.
   *
   * @param dead completed when the one is dead
   * @return completed when the other has begun
   */
  CompletableFuture<Void> replaceTaskManager(int nth, CompletableFuture<Void> dead) {
    int dying = taskManagers.remove(nth);
    taskManagers.add(lastTaskManager++);
    return cluster
        .terminateTaskManager(dying)
        .whenComplete((ok, failure) -> dead.complete(null))
        .thenRunAsync(this::startTaskManager);
  }

  private void startTaskManager() {
    try {
      cluster.startTaskManager();
    } catch (Exception e) { // Of whatever kind: the future fails with it.
      throw new CompletionException(e);
    }
  }

  /**
   * The JobManager of a job dies, and another takes its place; tasks begin anew.
   *
   * @return completed when the other one has begun
   */
  CompletableFuture<Void> replaceJobManager(JobID job) {
    HaLeadershipControl leaders = cluster.getHaLeadershipControl().orElseThrow();
    return leaders
        .revokeJobMasterLeadership(job)
        .thenComposeAsync(gone -> leaders.grantJobMasterLeadership(job));
  }

  /** Waits until every task of it runs. */
  public void awaitRunning(JobID job) {
    await()
        .atMost(LIMIT)
        .failFast(() -> failIfOver(job))
        .until(() -> tasks(job).stream().allMatch(ExecutionState.RUNNING::equals));
  }

  private void failIfOver(JobID job) {
    if (!isAlive(job)) {
      throw new AssertionError(failure(job));
    }
  }

  List<ExecutionState> tasks(JobID job) {
    List<ExecutionState> states = new ArrayList<>();
    cluster
        .getExecutionGraph(job)
        .join()
        .getAllExecutionVertices()
        .forEach(task -> states.add(task.getExecutionState()));
    return states;
  }

  @Override
  public void close() throws Exception {
    cluster.close();
  }
}
