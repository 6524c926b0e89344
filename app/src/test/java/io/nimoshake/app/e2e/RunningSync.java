package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.Main;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The program as a user runs it, in a process of its own that can be killed. */
final class RunningSync implements Sync {

  private final Process process;
  private final Path output;

  private RunningSync(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** Starts it with a configuration file; output goes to a file beside it. */
  static RunningSync start(Path conf, String... jvmOptions) throws IOException {
    Path output = Files.createTempFile(conf.getParent(), "sync", ".out");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(List.of(jvmOptions));
    command.addAll(List.of("-cp", classPath(), Main.class.getName(), "-conf=" + conf));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new RunningSync(process, output);
  }

  private static String classPath() {
    return String.join(
        File.pathSeparator,
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("test-classes"))
            .toList());
  }

  /** SIGKILL: nothing of it gets a chance to tidy up. */
  @Override
  public void kill9() throws InterruptedException {
    process.destroyForcibly();
    awaitExit();
  }

  /** SIGTERM; the exit code. */
  @Override
  public int terminate() throws InterruptedException {
    process.destroy();
    return awaitExit();
  }

  @Override
  public int awaitExit() throws InterruptedException {
    if (!process.waitFor(BothSides.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("did not end; it printed:\n" + output());
    }
    return process.exitValue();
  }

  @Override
  public void awaitStarted() {
    await()
        .atMost(BothSides.LIMIT)
        .failFast(() -> assertTrue(isAlive(), this::output))
        .until(() -> output().contains("INFO  table "));
  }

  @Override
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
