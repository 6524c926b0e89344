package io.nimoshake.flink;

import static org.apache.flink.configuration.CheckpointingOptions.CHECKPOINTING_INTERVAL;
import static org.apache.flink.configuration.CheckpointingOptions.ENABLE_UNALIGNED;
import static org.apache.flink.configuration.CheckpointingOptions.TOLERABLE_FAILURE_NUMBER;
import static org.apache.flink.configuration.DeploymentOptions.PROGRAM_CONFIG_ENABLED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.setup.config.ConfigurationException;
import java.time.Duration;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

class FlinkSettingsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Configuration cluster = new Configuration();

  private Configuration applied() throws ConfigurationException {
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(cluster);
    FlinkSettings.apply(environment);
    return (Configuration) environment.getConfiguration();
  }

  @Test
  void whatIsMissingIsSet() throws ConfigurationException {
    Configuration applied = applied();
    assertEquals(Duration.ofSeconds(5), applied.get(CHECKPOINTING_INTERVAL));
    assertEquals(Integer.MAX_VALUE, applied.get(TOLERABLE_FAILURE_NUMBER));
  }

  @Test
  void whatIsSetStaysButForUnalignedCheckpoints() throws ConfigurationException {
    cluster.set(CHECKPOINTING_INTERVAL, MINUTE);
    cluster.set(TOLERABLE_FAILURE_NUMBER, 3);
    cluster.set(ENABLE_UNALIGNED, true);
    Configuration applied = applied();
    assertEquals(MINUTE, applied.get(CHECKPOINTING_INTERVAL));
    assertEquals(3, applied.get(TOLERABLE_FAILURE_NUMBER));
    assertFalse(applied.get(ENABLE_UNALIGNED));
  }

  @Test
  void nothingIsSetWhereTheClusterForbidsIt() throws ConfigurationException {
    cluster.set(PROGRAM_CONFIG_ENABLED, false);
    cluster.set(CHECKPOINTING_INTERVAL, MINUTE);
    Configuration before = new Configuration(cluster);
    try (CapturedLog log = new CapturedLog()) {
      Configuration applied = applied();
      before.toMap().forEach((key, value) -> assertEquals(value, applied.toMap().get(key)));
      assertTrue(applied.getOptional(TOLERABLE_FAILURE_NUMBER).isEmpty());
      assertTrue(
          log.text().contains("execution.checkpointing.tolerable-failed-checkpoints = 2147483647"),
          log.text());
    }
  }

  @Test
  void aClusterThatForbidsItAndCannotRunTheJobIsRefused() {
    cluster.set(PROGRAM_CONFIG_ENABLED, false);
    assertTrue(refused().contains("set execution.checkpointing.interval = 5 s on the cluster"));
    cluster.set(CHECKPOINTING_INTERVAL, MINUTE);
    cluster.set(ENABLE_UNALIGNED, true);
    assertTrue(refused().contains("set execution.checkpointing.unaligned.enabled = false"));
  }

  private String refused() {
    return assertThrows(ConfigurationException.class, this::applied).getMessage();
  }
}
