package io.nimoshake.flink;

import static org.awaitility.Awaitility.await;

import io.nimoshake.app.config.Configuration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
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

  private MiniHost(MiniCluster cluster, Path checkpoints) {
    this.cluster = cluster;
    this.checkpoints = checkpoints;
  }

  public static MiniHost start(Path directory, int taskManagers, int slots) throws Exception {
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setNumTaskManagers(taskManagers)
                .setNumSlotsPerTaskManager(slots)
                .withRandomPorts()
                .setConfiguration(
                    org.apache.flink.configuration.Configuration.fromMap(
                        Map.of(
                            "heartbeat.interval",
                            "500",
                            // Who is taken away says so; who is late on a busy machine is alive.
                            "heartbeat.timeout",
                            "60000",
                            "pekko.ask.timeout",
                            "60 s")))
                .build());
    cluster.start();
    return new MiniHost(cluster, directory.resolve("flink-checkpoints"));
  }

  public static JobGraph jobGraph(SyncPorts ports, int parallelism, Map<String, String> settings) {
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
    Map<String, String> settings = new HashMap<>(settings());
    settings.putAll(more);
    JobGraph graph = jobGraph(ports(conf), parallelism, settings);
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

  public void cancel(JobID job) throws Exception {
    cluster.cancelJob(job).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
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

  /** One TaskManager dies, and another begins. */
  public void replaceTaskManager(int index) throws Exception {
    cluster.terminateTaskManager(index).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    cluster.startTaskManager();
  }

  @Override
  public void close() throws Exception {
    cluster.close();
  }
}
