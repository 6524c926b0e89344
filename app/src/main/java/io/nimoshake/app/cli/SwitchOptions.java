package io.nimoshake.app.cli;

import io.nimoshake.app.cutover.Accepted;
import io.nimoshake.app.cutover.CutOverOptions;
import io.nimoshake.app.cutover.CutOverReport;
import io.nimoshake.app.cutover.CutOverResult;
import io.nimoshake.app.cutover.Turn;
import io.nimoshake.app.program.ExitCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that {@code cutover} and {@code return} have in common. */
final class SwitchOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description = "The applications stop at this time, such as 2026-01-31T12:00:00Z.")
  private String at;

  @Option(
      names = "--compare",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "When everything has arrived, compare the items that changed since the last check and N"
              + " random others of each table, or 'all' items, or 'none'. Default:"
              + " ${DEFAULT-VALUE}.")
  private String compare;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description =
          "Wait this long, from the moment on at which the applications stopped. Default:"
              + " ${DEFAULT-VALUE}.")
  private int timeout;

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean asJson;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write the result to this file, as a web page.")
  private Path report;

  /** Whether it is known when the applications stop. */
  boolean areTimed() {
    return at != null;
  }

  /** What the flow is to do, with these options and those of the command. */
  CutOverOptions with(Turn turn, Accepted accepted, boolean keepFollowing, boolean wayBack) {
    if (timeout < 1) {
      throw new ParameterException(spec.commandLine(), "--timeout: must be a number from 1");
    }
    return new CutOverOptions(
        turn, time(), accepted, keepFollowing, wayBack, Duration.ofSeconds(timeout));
  }

  private Optional<Instant> time() {
    try {
      return Optional.ofNullable(at).map(Instant::parse);
    } catch (DateTimeException e) {
      throw new ParameterException(
          spec.commandLine(), "--at: must be a time like 2026-01-31T12:00:00Z");
    }
  }

  /** The comparison when everything has arrived; empty: none. */
  Optional<LastComparison> comparison() {
    return LastComparison.parse(spec, compare);
  }

  /**
   * Tries that the page can be written, before anything is asked of the sync. A file that was not
   * there is not left behind.
   */
  void requireWritableReport() {
    if (report == null) {
      return;
    }
    boolean isNew = Files.notExists(report, LinkOption.NOFOLLOW_LINKS);
    try {
      FileChannel.open(report, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
      if (isNew) {
        Files.deleteIfExists(report);
      }
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), "--report: " + report + " cannot be written: " + e);
    }
  }

  /**
   * Prints the result, then writes the page. What is recorded is told even if the page cannot be
   * written.
   *
   * @return the exit code
   */
  int report(CutOverReport result) {
    if (asJson) {
      System.out.println(result.json());
    } else {
      result.lines().forEach(System.out::println);
    }
    if (report != null) {
      try {
        Files.writeString(report, result.html());
      } catch (IOException e) {
        System.err.println(
            "nimo-shake: --report: "
                + report
                + " cannot be written: "
                + e
                + "; the result above is valid all the same");
      }
    }
    return result.result().outcome() == CutOverResult.Outcome.CUT_OVER
        ? ExitCode.DONE
        : ExitCode.FAILED_TABLES;
  }
}
