package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;

import io.nimoshake.flink.CapturedLog;
import io.nimoshake.flink.MiniHost;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.junit.jupiter.api.Assertions;

/** A sync as a job of a cluster in this process. */
final class JobSync implements Sync {
  private final CapturedLog log = new CapturedLog();
  private final MiniHost flink;
  private final JobID job;

  private JobSync(MiniHost flink, Path conf, int parallelism, Map<String, String> settings)
      throws Exception {
    this.flink = flink;
    this.job = flink.submit(conf, parallelism, Optional.empty(), settings);
  }

  static JobSync start(MiniHost flink, Path conf, int parallelism) throws Exception {
    return start(flink, conf, parallelism, Map.of());
  }

  static JobSync start(MiniHost flink, Path conf, int parallelism, Map<String, String> settings)
      throws Exception {
    return new JobSync(flink, conf, parallelism, settings);
  }

  @Override
  public boolean isAlive() {
    return flink.isAlive(job);
  }

  @Override
  public String output() {
    return isAlive() ? log.text() : log.text() + flink.failure(job);
  }

  @Override
  public void awaitStarted() {
    await()
        .atMost(BothSides.LIMIT)
        .failFast(() -> Assertions.assertTrue(isAlive(), this::output))
        .until(() -> output().contains(" begins "));
  }

  /** Its TaskManagers die, and so does the job; a clean end of all is not to be had in one JVM. */
  @Override
  public void kill9() throws Exception {
    flink.replaceTaskManager(0);
    flink.replaceTaskManager(0);
    flink.cancel(job);
  }

  @Override
  public int terminate() throws Exception {
    flink.awaitRunning(job);
    flink.stopWithSavepoint(job);
    return exitCode();
  }

  @Override
  public int awaitExit() {
    flink.awaitEnd(job);
    return exitCode();
  }

  private int exitCode() {
    return flink.status(job) == JobStatus.FINISHED ? 0 : 1;
  }

  @Override
  public void close() {
    log.close();
    if (isAlive()) {
      flink.cancel(job);
    }
  }
}
