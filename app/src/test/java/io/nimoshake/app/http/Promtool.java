package io.nimoshake.app.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.app.SkippedTests;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The promtool of this machine: Prometheus's own judgement of metrics and rules. */
final class Promtool {
  private static final Path PROGRAM = Path.of("/usr/bin/promtool");

  private Promtool() {}

  /** Skips the test where there is no promtool, but never in CI. */
  static void require() {
    boolean there = Files.isExecutable(PROGRAM);
    if (!there && System.getenv("CI") == null) {
      SkippedTests.skipOne(
          "no promtool on this machine: apt-get install --no-install-recommends prometheus");
    }
    if (!there) {
      throw new IllegalStateException("no promtool, and in CI nothing is skipped: .ci/run");
    }
  }

  /** Fails where promtool finds anything wrong with the input. */
  static void check(String what, String input, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("check", what));
    arguments.addAll(List.of(more));
    run(arguments, input);
  }

  /** Runs the tests of rules; fails where an alert does not fire or clear when it should. */
  static void testRules(Path tests) throws Exception {
    run(List.of("test", "rules", tests.toString()), "");
  }

  private static void run(List<String> arguments, String input) throws Exception {
    List<String> command = new ArrayList<>(List.of(PROGRAM.toString()));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It has ended already; what it says tells why.
      process.waitFor();
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
  }
}
