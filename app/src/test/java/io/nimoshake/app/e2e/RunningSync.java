package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.ChildProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

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
    List<String> command = ChildProgram.command(List.of(jvmOptions));
    command.add("-conf=" + conf);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new RunningSync(process, output);
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
