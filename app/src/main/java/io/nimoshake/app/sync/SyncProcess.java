package io.nimoshake.app.sync;

import io.nimoshake.app.http.HttpInterface;
import io.nimoshake.app.program.ExitCode;
import io.nimoshake.app.program.Text;
import io.nimoshake.app.program.Version;
import io.nimoshake.app.progress.Observer;
import io.nimoshake.app.progress.Screen;
import io.nimoshake.app.progress.Terminal;
import io.nimoshake.app.remote.RunningFile;
import io.nimoshake.core.engine.SyncResult;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.setup.Closer;
import io.nimoshake.setup.StartUp;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.config.ConfigKey;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ConfigurationException;
import io.nimoshake.setup.config.GeneralKeys;
import io.nimoshake.setup.config.PriceKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The command {@code sync}: runs a sync until it is done or the process gets SIGTERM or SIGINT.
 * Then finishes the writes that have begun, saves the checkpoint and ends with the right exit code.
 */
public final class SyncProcess {
  private static final Logger LOG = LoggerFactory.getLogger(SyncProcess.class);

  /** The documented time to stop is ten seconds. Tests on a busy machine allow more. */
  private static final long DRAIN_MILLIS = Long.getLong("nimoshake.drain.millis", 9_000);

  private final Configuration configuration;
  private final SyncRun run;
  private final Observer observer;
  private final long begunNanos = System.nanoTime();
  private final Closer closer;
  private final ProgressLog progress;
  private final Optional<Screen> screen;

  private SyncProcess(Configuration configuration, SyncRun run, Observer observer, Closer closer) {
    this.configuration = configuration;
    this.run = run;
    this.observer = observer;
    this.closer = closer;
    MemoryOfCopy.watch(observer);
    this.progress = ProgressLog.start(observer);
    this.screen =
        Terminal.isThere()
            ? Optional.of(new Screen(System.out, true, 0, observer))
            : Optional.empty();
  }

  /** Runs a sync to its end. Returns the exit code. */
  public static int run(Configuration configuration)
      throws ConfigurationException, StartUpException, Fault, InterruptedException {
    new StartText(configuration).lines(Version.line()).forEach(SyncProcess::tellStart);
    LOG.debug("configuration: {}", String.join(", ", configuration.effective()));
    StopSignal signal = StopSignal.watch(DRAIN_MILLIS);
    try {
      return run(configuration, signal);
    } catch (StartUpException | Fault e) {
      if (!signal.endsStart()) {
        throw e;
      }
      LOG.info("ended: stopped before the sync had started");
      return ExitCode.DONE;
    } finally {
      Thread.interrupted();
      signal.remove();
    }
  }

  private static int run(Configuration configuration, StopSignal signal)
      throws ConfigurationException, StartUpException, Fault, InterruptedException {
    try (Closer closer = new Closer()) {
      StartUp start = closer.keep(new SyncSetup(configuration).startUp());
      StartingMonitor monitor = new StartingMonitor(start);
      Observer observer = closer.keep(new Observer(monitor));
      HttpInterface http = closer.keep(new HttpInterface(configuration, observer, Version.line()));
      HttpPorts ports = HttpPorts.open(configuration, http);
      tellStart(StartText.page(ports.listening()));
      tellDifferences(configuration);
      Optional<Path> pidPath = configuration.find(GeneralKeys.PID_PATH).map(Path::of);
      String id = configuration.get(GeneralKeys.ID);
      SyncRun.LastCheck beforeAnyWrite =
          () -> {
            ports.require();
            if (pidPath.isPresent()) {
              PidFile.requireWritable(pidPath.get(), id);
            }
          };
      SyncRun run = closer.keep(SyncRun.open(configuration, start, beforeAnyWrite));
      closer.keep(runningFile(configuration, ports));
      if (pidPath.isPresent()) {
        closer.keep(PidFile.write(pidPath.get(), id));
      }
      run.start(start);
      monitor.started(run);
      return new SyncProcess(configuration, run, observer, closer).await(signal);
    }
  }

  /** Without this file, commands such as status look at the configured port only. */
  private static AutoCloseable runningFile(Configuration configuration, HttpPorts ports) {
    try {
      return RunningFile.write(configuration, ports.listening());
    } catch (IOException e) {
      LOG.warn("the file that says where this sync listens cannot be written: {}", e.toString());
      return () -> {};
    }
  }

  private static void tellStart(String line) {
    LOG.atInfo().addKeyValue("event", "start").log(line);
  }

  /** A file of the Go tool does not do here what it did there, unless it sets every key. */
  private static void tellDifferences(Configuration configuration) {
    List<ConfigKey<?>> unused = configuration.withoutEffect();
    if (!unused.isEmpty()) {
      LOG.info(
          "these keys have no effect: {}",
          unused.stream().map(ConfigKey::name).collect(Collectors.joining(", ")));
    }
    List<ConfigKey<?>> others =
        configuration.isOfGoTool() ? configuration.otherThanInGo() : List.of();
    if (!others.isEmpty()) {
      LOG.info(
          "defaults that differ from the Go tool (its default): {}",
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

  private int await(StopSignal signal) throws InterruptedException {
    boolean runs = signal.running(this::drain);
    if (!runs) {
      run.stop();
    }
    SyncResult result = run.awaitEnd();
    if (runs) {
      signal.remove();
    }
    return end(result);
  }

  /**
   * Runs in the shutdown hook. It halts, because otherwise the JVM ends with the signal's exit
   * code.
   */
  private void drain() {
    LOG.info("stopping: finishing writes and saving the checkpoint");
    run.stop();
    int exitCode = ExitCode.FATAL;
    try {
      exitCode = end(run.done().get(DRAIN_MILLIS, TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      LOG.error(
          "some writes did not finish in time; the next run resumes from the last checkpoint");
    } catch (InterruptedException | ExecutionException e) {
      LOG.error("stopping failed", e);
    }
    Runtime.getRuntime().halt(exitCode);
  }

  private int end(SyncResult result) {
    progress.close();
    screen.ifPresent(Screen::close);
    Duration took = Duration.ofNanos(System.nanoTime() - begunNanos);
    double price = configuration.get(PriceKeys.READ_UNITS).doubleValue();
    new EndSummary(observer.numbers(), took, price)
        .lines()
        .forEach(line -> LOG.atInfo().addKeyValue("event", "summary").log(line));
    long rejected = run.rejectedItems();
    int exitCode = exitCode(result, rejected);
    List<String> filtered = ProgressLog.filteredAway(run.view());
    if (!filtered.isEmpty()) {
      LOG.warn(
          "no item of these tables passes full.read.filter_expression (items scanned): {}",
          String.join(", ", filtered));
    }
    if (rejected > 0 && run.deadLetterFile().isPresent()) {
      LOG.warn(
          "ended: {} left out, see {}", Text.count(rejected, "item"), run.deadLetterFile().get());
    }
    if (exitCode == ExitCode.DONE || !result.isSuccess() || rejected == 0) {
      LOG.info(
          "ended: {}",
          run.arrived().filter(text -> result.isSuccess()).orElseGet(() -> describe(result)));
    }
    closer.close();
    return exitCode;
  }

  /**
   * A sync that ended by itself and left items out was not a success. A stopped one goes on later.
   */
  private static int exitCode(SyncResult result, long rejected) {
    if (result.fatal().isPresent()) {
      return ExitCode.FATAL;
    }
    boolean incomplete = !result.failedTables().isEmpty() || rejected > 0 && !result.stopped();
    return incomplete ? ExitCode.FAILED_TABLES : ExitCode.DONE;
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
