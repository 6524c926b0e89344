package io.nimoshake.bench.whole;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Java program in a process of its own, with what it cost as the operating system counts it. CPU
 * time and memory are sampled until it ends, so the last few milliseconds may be missing.
 */
final class MeasuredProcess implements AutoCloseable {
  private static final long SAMPLE_MILLIS = 20;

  /**
   * @param cpu user and system time
   * @param peakRssBytes largest resident size; 0 where the system does not say
   */
  record Cost(Duration wall, Duration cpu, long peakRssBytes, int exitCode) {}

  private final Process process;
  private final Path output;
  private final long started = System.nanoTime();

  private MeasuredProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  static MeasuredProcess start(List<String> jvmOptions, Class<?> main, String... arguments)
      throws IOException {
    Path output = Files.createTempFile("bench", ".out");
    output.toFile().deleteOnExit();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new MeasuredProcess(process, output);
  }

  /** Waits for its end and says what it cost. */
  Cost await() throws InterruptedException {
    Duration cpu = Duration.ZERO;
    long peak = 0;
    do {
      cpu = process.info().totalCpuDuration().orElse(cpu);
      peak = Math.max(peak, peakRssBytes(process.pid()));
    } while (!process.waitFor(SAMPLE_MILLIS, TimeUnit.MILLISECONDS));
    Duration wall = Duration.ofNanos(System.nanoTime() - started);
    return new Cost(wall, cpu, peak, process.exitValue());
  }

  /**
   * @param rssBytes resident size
   * @param threads platform threads, those of the JVM itself among them
   */
  record Sample(Duration cpu, long rssBytes, long threads) {}

  /** What it has cost until now; zeros where the system does not say. */
  Sample now() {
    return new Sample(
        process.info().totalCpuDuration().orElse(Duration.ZERO),
        status(process.pid(), "VmRSS:") * 1024,
        status(process.pid(), "Threads:"));
  }

  void terminate() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  String output() throws IOException {
    return Files.readString(output);
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
      return 0; // no such file: another system, or the process has just ended
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
