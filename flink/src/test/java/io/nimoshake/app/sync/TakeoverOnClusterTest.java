package io.nimoshake.app.sync;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.flink.CapturedLog;
import io.nimoshake.flink.MiniHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Taken over by a job; most kinds of a takeover only with {@code -Dflink.scenarios=all}. */
class TakeoverOnClusterTest extends TakeoverScenarios {
  @TempDir private static Path checkpoints;
  private static MiniHost flink;

  @BeforeAll
  static void startCluster() throws Exception {
    flink = MiniHost.start(checkpoints, 2, 1);
  }

  @AfterAll
  static void stopCluster() throws Exception {
    flink.close();
  }

  @Override
  String runUntilEqual(GoSync go, Path conf) throws Exception {
    try (CapturedLog log = new CapturedLog()) {
      JobID job = flink.submit(conf, 2, Optional.empty());
      await()
          .atMost(Duration.ofMinutes(5))
          .failFast(() -> assertTrue(flink.isAlive(job), () -> flink.failure(job)))
          .untilAsserted(() -> assertEquals(List.of(), go.differences()));
      flink.stopWithSavepoint(job);
      return log.text();
    }
  }

  @Override
  void assertRefused(String message, Path conf) throws Exception {
    JobID job = flink.submit(conf, 2, Optional.empty());
    assertEquals(JobStatus.FAILED, flink.awaitEnd(job));
    assertTrue(flink.failure(job).contains(message), () -> flink.failure(job));
  }

  @Test
  @EnabledIfSystemProperty(named = "flink.scenarios", matches = "all")
  @Override
  void goesOnWhereTheCopyHadJustEnded() throws Exception {
    super.goesOnWhereTheCopyHadJustEnded();
  }

  @Test
  @EnabledIfSystemProperty(named = "flink.scenarios", matches = "all")
  @Override
  void copiesAgainWhereTheCopyNeverEnded() throws Exception {
    super.copiesAgainWhereTheCopyNeverEnded();
  }

  @Test
  @EnabledIfSystemProperty(named = "flink.scenarios", matches = "all")
  @Override
  void goesOnWithShardsThatWaitInFiles() throws Exception {
    super.goesOnWithShardsThatWaitInFiles();
  }
}
