package io.nimoshake.app.sync;

import io.nimoshake.app.http.HttpInterface;
import io.nimoshake.app.program.ExitCode;
import io.nimoshake.app.program.Version;
import io.nimoshake.app.progress.Observer;
import io.nimoshake.app.progress.Screen;
import io.nimoshake.core.engine.SyncResult;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.config.ConfigKey;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ConfigurationException;
import io.nimoshake.setup.config.GeneralKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sync that is this process: logs what it does, ends with its exit code, and drains when the
 * process is told to end (SIGTERM, SIGINT).
 */
public final class SyncProcess {
  private static final Logger LOG = LoggerFactory.getLogger(SyncProcess.class);

  /** Promised are ten seconds in all. */
  private static final long DRAIN_MILLIS = 9_000;

  private final SyncRun run;
  private final Optional<PidFile> pidFile;
  private final HttpInterface http;
  private final ProgressLog progress;
  private final Optional<Screen> screen;

  private SyncProcess(
      SyncRun run, Observer observer, Optional<PidFile> pidFile, HttpInterface http) {
    this.run = run;
    this.pidFile = pidFile;
    this.http = http;
    this.progress = ProgressLog.start(observer);
    this.screen =
        Screen.isTerminal()
            ? Optional.of(new Screen(System.out, true, 0, observer))
            : Optional.empty();
  }

  /** Runs to the end and returns the exit code. */
  public static int run(Configuration configuration)
      throws ConfigurationException, StartUpException, Fault, InterruptedException {
    LOG.info("{} begins: {}", Version.line(), String.join(", ", configuration.effective()));
    tellDifferences(configuration);
    MonitorOfLater monitor = new MonitorOfLater();
    Observer observer = new Observer(monitor);
    HttpInterface http = new HttpInterface(configuration, observer, Version.line());
    try (observer) {
      HttpPorts.open(configuration, http);
      SyncRun run = SyncRun.start(configuration);
      monitor.become(run);
      Optional<PidFile> pidFile = Optional.empty();
      Optional<Path> pidPath = configuration.find(GeneralKeys.PID_PATH).map(Path::of);
      if (pidPath.isPresent()) {
        pidFile = Optional.of(PidFile.write(pidPath.get(), configuration.get(GeneralKeys.ID)));
      }
      return new SyncProcess(run, observer, pidFile, http).await();
    } finally {
      http.close();
    }
  }

  private static void tellDifferences(Configuration configuration) {
    List<ConfigKey<?>> unused = configuration.withoutEffect();
    if (!unused.isEmpty()) {
      LOG.info(
          "without effect here: {}",
          unused.stream().map(ConfigKey::name).collect(Collectors.joining(", ")));
    }
    List<ConfigKey<?>> others = configuration.otherThanInGo();
    if (!others.isEmpty()) {
      LOG.info(
          "defaults that are not those of the Go tool: {}",
          others.stream()
              .map(
                  key ->
                      key.name()
                          + " = "
                          + configuration.defaultOf(key)
                          + " ("
                          + key.goDefault().get()
                          + ")")
              .collect(Collectors.joining(", ")));
    }
  }

  private int await() throws InterruptedException {
    Thread hook = new Thread(this::drain, "nimo-shake-drain");
    Runtime.getRuntime().addShutdownHook(hook);
    SyncResult result;
    try {
      result = run.done().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("never completed exceptionally", e);
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending already, and the hook is in charge of how.
      hook.join();
    }
    return end(result);
  }

  /** As a shutdown hook: the JVM would end with the signal's exit code, hence the halt. */
  private void drain() {
    LOG.info("stopping: draining and saving the checkpoint");
    run.stop();
    int exitCode = ExitCode.FATAL;
    try {
      exitCode = end(run.done().get(DRAIN_MILLIS, TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      LOG.error(
          "writes under way did not end in time; the next run goes on from the last checkpoint");
    } catch (InterruptedException | ExecutionException e) {
      LOG.error("draining failed", e);
    }
    Runtime.getRuntime().halt(exitCode);
  }

  private int end(SyncResult result) {
    progress.close();
    screen.ifPresent(Screen::close);
    int exitCode = exitCode(result);
    List<String> filtered = ProgressLog.filteredAway(run.view());
    if (!filtered.isEmpty()) {
      LOG.warn(
          "nothing was copied of these tables, as full.read.filter_expression let none of their"
              + " items (so many were scanned) through: {}",
          String.join(", ", filtered));
    }
    LOG.info("ended: {}", describe(result));
    http.close();
    run.close();
    if (pidFile.isPresent()) {
      try {
        pidFile.get().close();
      } catch (IOException e) {
        LOG.warn("the pid file cannot be removed: {}", e.toString());
      }
    }
    return exitCode;
  }

  private static int exitCode(SyncResult result) {
    if (result.fatal().isPresent()) {
      return ExitCode.FATAL;
    }
    return result.failedTables().isEmpty() ? ExitCode.DONE : ExitCode.FAILED_TABLES;
  }

  private static String describe(SyncResult result) {
    if (result.fatal().isPresent()) {
      return "it could not go on: " + result.fatal().get().getMessage();
    }
    if (!result.failedTables().isEmpty()) {
      return "these tables failed: " + String.join(", ", result.failedTables().keySet());
    }
    return result.stopped() ? "stopped, the checkpoint is saved" : "all is done";
  }
}
