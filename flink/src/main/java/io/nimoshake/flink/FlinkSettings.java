package io.nimoshake.flink;

import io.nimoshake.setup.config.ConfigurationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The options of Flink that the job needs. What the cluster or the user has set stays as it is. A
 * cluster may forbid that a job sets options ({@code execution.program-config.enabled = false}, as
 * managed services do). Then nothing is set, and the log says what to set on the cluster.
 */
final class FlinkSettings {
  private static final Logger LOG = LoggerFactory.getLogger(FlinkSettings.class);

  /** Child shards and the end of a copy wait for a checkpoint, so it must not be rare. */
  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(5);

  private final ReadableConfig given;
  private final Configuration wanted = new Configuration();
  private final List<String> missing = new ArrayList<>();

  private FlinkSettings(ReadableConfig given) {
    this.given = given;
  }

  /**
   * Sets what is missing.
   *
   * @throws ConfigurationException if the job cannot run with the options of the cluster, which
   *     forbids to change them
   */
  static void apply(StreamExecutionEnvironment environment) throws ConfigurationException {
    FlinkSettings settings = new FlinkSettings(environment.getConfiguration());
    settings.collect();
    boolean allowed = settings.given.get(DeploymentOptions.PROGRAM_CONFIG_ENABLED);
    if (allowed) {
      environment.configure(settings.wanted, FlinkSettings.class.getClassLoader());
    } else {
      settings.refuseWhatCannotWork();
      if (!settings.missing.isEmpty()) {
        LOG.warn(
            "the cluster forbids that a job sets options of Flink ({} = false). Set these on the"
                + " cluster: {}",
            DeploymentOptions.PROGRAM_CONFIG_ENABLED.key(),
            String.join(", ", settings.missing));
      }
    }
  }

  private void refuseWhatCannotWork() throws ConfigurationException {
    if (given.getOptional(CheckpointingOptions.CHECKPOINTING_INTERVAL).isEmpty()) {
      throw new ConfigurationException(
          "the cluster makes no checkpoints, and a sync goes on only with them: set "
              + CheckpointingOptions.CHECKPOINTING_INTERVAL.key()
              + " = 5 s on the cluster");
    }
    if (given.get(CheckpointingOptions.ENABLE_UNALIGNED)) {
      throw new ConfigurationException(
          "the cluster uses unaligned checkpoints, which could name changes that are not written"
              + " yet: set "
              + CheckpointingOptions.ENABLE_UNALIGNED.key()
              + " = false on the cluster");
    }
  }

  private void collect() {
    if (given.get(ExecutionOptions.RUNTIME_MODE) != RuntimeExecutionMode.STREAMING) {
      want(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.STREAMING);
    }
    unlessGiven(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL);
    // While the target does not answer, checkpoints fail. That is no reason to restart the job.
    unlessGiven(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, Integer.MAX_VALUE);
    unlessGiven(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    // If a barrier overtook a change, the checkpoint would name it before the target has it.
    if (given.get(CheckpointingOptions.ENABLE_UNALIGNED)) {
      want(CheckpointingOptions.ENABLE_UNALIGNED, false);
    }
  }

  private <T> void unlessGiven(ConfigOption<T> option, T value) {
    if (given.getOptional(option).isEmpty()) {
      want(option, value);
    }
  }

  private <T> void want(ConfigOption<T> option, T value) {
    wanted.set(option, value);
    // As Flink writes it in its configuration file.
    missing.add(option.key() + " = " + wanted.toMap().get(option.key()));
  }
}
