package io.nimoshake.testkit.server;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A server in a child JVM. The child ends when this is closed, and also when this JVM ends in
 * whatever way: its standard input is then at its end, and it watches that (see {@link ChildMain}).
 */
final class ChildProcess implements AutoCloseable {
  /** Further options of the child's JVM, separated by spaces. */
  private static final String JVM_PROPERTY = "nimoshake.servers.jvm";

  private static final long START_LIMIT_SECONDS = 300;
  private static final long ANSWER_LIMIT_SECONDS = 300;
  private static final int LOG_TAIL_LINES = 40;

  private final String product;
  private final Process process;
  private final Path log;
  private final Writer commands;
  private final BufferedReader answers;
  private final int port;

  /**
   * Returns when the server takes connections.
   *
   * @param lib directory with the server's jars
   * @param main the child's class, which calls {@link ChildMain#serve}
   * @throws IllegalStateException if it does not start; the message carries the end of its log
   */
  static ChildProcess start(
      String product, Path lib, Class<?> main, int heapMegabytes, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx" + heapMegabytes + "m", "-Xss512k", "-XX:+UseSerialGC"));
    Stream.of(System.getProperty(JVM_PROPERTY, "").split(" "))
        .filter(option -> !option.isEmpty())
        .forEach(command::add);
    command.addAll(
        List.of("-cp", lib.resolve("*") + File.pathSeparator + classPathOf(main), main.getName()));
    command.addAll(arguments);
    try {
      Path log = Files.createTempFile("nimo-shake-" + main.getSimpleName(), ".log");
      log.toFile().deleteOnExit();
      Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
      return new ChildProcess(product, process, log);
    } catch (IOException e) {
      throw new UncheckedIOException(product + " cannot be started", e);
    }
  }

  private ChildProcess(String product, Process process, Path log) {
    this.product = product;
    this.process = process;
    this.log = log;
    commands = process.outputWriter(StandardCharsets.UTF_8);
    answers = process.inputReader(StandardCharsets.UTF_8);
    String answer = answerWithin(START_LIMIT_SECONDS);
    if (!answer.startsWith("ready ")) {
      throw failed("said " + answer);
    }
    port = Integer.parseInt(answer.substring("ready ".length()));
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  /** Has the child carry out a command, and returns when it has. */
  synchronized void command(String line) {
    try {
      commands.write(line + "\n");
      commands.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(product + " is gone", e);
    }
    String answer = answerWithin(ANSWER_LIMIT_SECONDS);
    if (!answer.equals("ok")) {
      throw new IllegalStateException(product + ", told to " + line + ", " + answer);
    }
  }

  /** Ends the child at once and waits until it is gone. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
      Files.deleteIfExists(log);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String answerWithin(long seconds) {
    CompletableFuture<String> line = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                line.complete(answers.readLine());
              } catch (IOException e) {
                line.completeExceptionally(e);
              }
            },
            product + " answer");
    reader.setDaemon(true);
    reader.start();
    try {
      String answer = line.get(seconds, TimeUnit.SECONDS);
      if (answer == null) {
        throw failed("ended");
      }
      return answer;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("was not waited for: this thread was interrupted");
    } catch (TimeoutException e) {
      throw failed("did not answer within " + seconds + " s");
    } catch (ExecutionException e) {
      throw failed("is gone: " + e.getCause());
    }
  }

  private IllegalStateException failed(String what) {
    String tail = logTail();
    close();
    return new IllegalStateException(product + " " + what + "; its log ends with:\n" + tail);
  }

  private String logTail() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join(
          "\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
    } catch (IOException e) {
      return "(unreadable: " + e + ")";
    }
  }

  private static Path classPathOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
