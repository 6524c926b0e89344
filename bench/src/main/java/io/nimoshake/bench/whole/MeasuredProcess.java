package io.nimoshake.bench.whole;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A program in a process of its own. Measures CPU time and memory of this process and of those that
 * it starts, as the operating system counts them. They are sampled until the process ends, so the
 * last few milliseconds may be missing.
 */
final class MeasuredProcess implements AutoCloseable {
  private static final long SAMPLE_MILLIS = 10;
  private static final int OUTPUT_SHOWN = 4_000;

  /**
   * @param cpu user and system time
   * @param peakRssBytes largest resident size; 0 if the system does not tell
   */
  record Cost(Duration wall, Duration cpu, long peakRssBytes, int exitCode) {}

  private final Process process;
  private final Path output;
  private final long started;
  private final Thread endsWithUs;

  // Guarded by this.
  private final Map<Long, Duration> cpu = new HashMap<>();
  private final Map<Long, Long> peakRss = new HashMap<>();

  private MeasuredProcess(Process process, Path output, long started) {
    this.process = process;
    this.output = output;
    this.started = started;
    this.endsWithUs = new Thread(this::kill);
  }

  static MeasuredProcess start(
      Path directory, Map<String, String> environment, List<String> command) throws IOException {
    Path output = Files.createTempFile("bench", ".out");
    output.toFile().deleteOnExit();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    long started = System.nanoTime();
    MeasuredProcess measured = new MeasuredProcess(builder.start(), output, started);
    Runtime.getRuntime().addShutdownHook(measured.endsWithUs);
    return measured;
  }

  /** Starts a class from the class path of this JVM in a JVM of its own. */
  static MeasuredProcess start(List<String> jvmOptions, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return start(Path.of("").toAbsolutePath(), Map.of(), command);
  }

  /** The time of its start, in {@link System#nanoTime}. */
  long startedNanos() {
    return started;
  }

  /** User and system time so far. */
  synchronized Duration cpu() {
    sample();
    return cpu.values().stream().reduce(Duration.ZERO, Duration::plus);
  }

  synchronized long peakRssBytes() {
    sample();
    return peakRss.values().stream().mapToLong(Long::longValue).sum();
  }

  private void sample() {
    Stream.concat(Stream.of(process.toHandle()), process.descendants())
        .forEach(
            one -> {
              one.info().totalCpuDuration().ifPresent(time -> cpu.put(one.pid(), time));
              long peak = peakRssBytes(one.pid());
              if (peak > 0) {
                peakRss.put(one.pid(), peak);
              }
            });
  }

  /** Takes a sample and waits a moment. Returns whether the process still runs. */
  boolean isAliveAfterSample() throws InterruptedException {
    cpu();
    return !process.waitFor(SAMPLE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Waits until the process ends, and returns its cost. */
  Cost await() throws InterruptedException {
    return await(Duration.ofDays(1));
  }

  /** Waits until the process ends, and returns its cost. After this time, it ends the process. */
  Cost await(Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (isAliveAfterSample()) {
      if (System.nanoTime() > end) {
        terminate();
      }
    }
    Duration wall = Duration.ofNanos(System.nanoTime() - started);
    return new Cost(wall, cpu(), peakRssBytes(), process.exitValue());
  }

  /**
   * @param rssBytes resident size
   * @param threads platform threads, with those of the JVM itself
   */
  record Sample(Duration cpu, long rssBytes, long threads) {}

  /** The cost so far, without the processes it started; zeros if the system does not tell. */
  Sample now() {
    return new Sample(
        process.info().totalCpuDuration().orElse(Duration.ZERO),
        status(process.pid(), "VmRSS:") * 1024,
        status(process.pid(), "Threads:"));
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits until something holds. Fails if the process ends before that, or after this time. */
  void await(BooleanSupplier condition, Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (process.waitFor(SAMPLE_MILLIS, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
        throw new IllegalStateException("it did not come to that:\n" + output());
      }
    }
  }

  /** Asks the process to end and waits for that. */
  void terminate() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      kill();
      process.waitFor();
    }
  }

  /** Kills the process as kill -9 does. Does not wait. */
  void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** The last part of its output. */
  String output() {
    try {
      String all = Files.readString(output);
      return all.substring(Math.max(0, all.length() - OUTPUT_SHOWN));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long peakRssBytes(long pid) {
    return status(pid, "VmHWM:") * 1024;
  }

  private static long status(long pid, String field) {
    File status = new File("/proc/" + pid + "/status");
    try {
      return Files.readAllLines(status.toPath()).stream()
          .filter(line -> line.startsWith(field))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0; // no such file: not Linux, or the process has just ended
    }
  }

  @Override
  public void close() throws InterruptedException {
    kill();
    process.waitFor();
    Runtime.getRuntime().removeShutdownHook(endsWithUs);
  }
}
