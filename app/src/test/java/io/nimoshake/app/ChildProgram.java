package io.nimoshake.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The program in a process of its own, as a user starts it.
 *
 * @param exitCode what it ended with
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
public record ChildProgram(int exitCode, String out, String err) {
  private static final long LIMIT_SECONDS = 600;

  /** Runs it to its end in a directory. */
  public static ChildProgram run(
      Path directory, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    Process process = start(directory, environment, arguments);
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("did not end: " + List.of(arguments));
    }
    return new ChildProgram(
        process.exitValue(), text(directory.resolve("out")), text(directory.resolve("err")));
  }

  /** Starts it; its output goes to the files out and err in the directory. */
  public static Process start(Path directory, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = command(List.of());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("NIMO_SHAKE_"));
    builder.environment().putAll(environment);
    return builder
        .redirectOutput(directory.resolve("out").toFile())
        .redirectError(directory.resolve("err").toFile())
        .start();
  }

  /** The command line that starts the program, to which its arguments are added. */
  public static List<String> command(List<String> jvmOptions) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // The demo's servers are in the checkout, where the program does not run here.
    command.add("-Dnimoshake.servers=" + Path.of("../testkit").toAbsolutePath().normalize());
    command.add("-Dnimoshake.servers.jvm=" + System.getProperty("nimoshake.servers.jvm", ""));
    // On a busy machine, a clean end may take longer than the ten seconds that a user is promised.
    command.add("-Dnimoshake.drain.millis=" + TimeUnit.MINUTES.toMillis(4));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", classPath(), Main.class.getName()));
    return command;
  }

  /** That of this test, without what only tests have. */
  private static String classPath() {
    return String.join(
        java.io.File.pathSeparator,
        List.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator)).stream()
            .filter(entry -> !entry.contains("test-classes"))
            .toList());
  }

  private static String text(Path file) throws IOException {
    return java.nio.file.Files.readString(file, StandardCharsets.UTF_8);
  }
}
