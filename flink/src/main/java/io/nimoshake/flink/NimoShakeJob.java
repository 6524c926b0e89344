package io.nimoshake.flink;

import io.nimoshake.flink.ports.ConfiguredPorts;
import io.nimoshake.flink.ports.SyncPorts;
import io.nimoshake.flink.sink.TargetSink;
import io.nimoshake.flink.wire.WriteRequestType;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ConfigurationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The Flink job: {@code flink run nimo-shake-flink.jar --conf FILE [--set key=value]...}. The file
 * and the environment are read where this class runs, that is, where the job is submitted.
 */
public final class NimoShakeJob {
  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(5);

  private NimoShakeJob() {}

  public static void main(String[] args) throws Exception {
    Configuration configuration = configuration(args);
    StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
    SyncPorts ports = new ConfiguredPorts(configuration);
    build(environment, ports);
    environment.execute("nimo-shake " + ports.id());
  }

  private static Configuration configuration(String[] args) throws ConfigurationException {
    Optional<Path> file = Optional.empty();
    List<String> overrides = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      String name = args[i].replaceFirst("=.*", "").replaceFirst("^--?", "");
      boolean attached = args[i].contains("=");
      if (!attached && i + 1 == args.length) {
        throw new ConfigurationException(args[i] + ": needs a value after it");
      }
      String value = attached ? args[i].substring(args[i].indexOf('=') + 1) : args[++i];
      switch (name) {
        case "conf" -> file = Optional.of(Path.of(value));
        case "set" -> overrides.add(value);
        default ->
            throw new ConfigurationException(
                "unknown option " + args[i] + ": use --conf FILE and --set key=value");
      }
    }
    return Configuration.load(file, System.getenv(), overrides);
  }

  /** Builds the job. Options of Flink that the cluster or the user has set stay as they are. */
  static void build(StreamExecutionEnvironment environment, SyncPorts ports) {
    environment.setRuntimeMode(RuntimeExecutionMode.STREAMING);
    org.apache.flink.configuration.Configuration defaults =
        new org.apache.flink.configuration.Configuration();
    // Child shards and the end of a copy wait for a checkpoint, so it must not be rare.
    if (environment.getCheckpointConfig().getCheckpointInterval() <= 0) {
      defaults.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL);
    }
    // While the target does not answer, checkpoints fail. That is no reason to restart the job.
    if (!environment
        .getConfiguration()
        .getOptional(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER)
        .isPresent()) {
      defaults.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, Integer.MAX_VALUE);
    }
    if (!environment
        .getConfiguration()
        .getOptional(CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION)
        .isPresent()) {
      defaults.set(
          CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
          ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    }
    // If a barrier overtook a change, the checkpoint would name it before the target has it.
    defaults.set(CheckpointingOptions.ENABLE_UNALIGNED, false);
    environment.configure(defaults, NimoShakeJob.class.getClassLoader());
    environment
        .fromSource(
            new SyncSource(ports),
            WatermarkStrategy.noWatermarks(),
            "tables and streams",
            new WriteRequestType())
        .uid("nimo-shake-source")
        .sinkTo(new TargetSink(ports))
        .name("target")
        .uid("nimo-shake-sink");
  }
}
