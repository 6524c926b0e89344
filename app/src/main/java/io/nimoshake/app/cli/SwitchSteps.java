package io.nimoshake.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.check.CheckOptions;
import io.nimoshake.app.cutover.CutOverFlow;
import io.nimoshake.app.cutover.CutOverReport;
import io.nimoshake.app.cutover.CutOverResult;
import io.nimoshake.app.program.ExitCode;
import io.nimoshake.app.remote.NoSuchSyncException;
import io.nimoshake.app.remote.SyncClient;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.setup.StartUpException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What the commands {@code cutover} and {@code return} have in common. */
final class SwitchSteps {
  private static final String NOTHING = "none";
  private static final String ALL = "all";

  private SwitchSteps() {}

  /** Undoes what the checkpoint says, after the sync has ended. */
  interface Undo {
    /** Returns what was done, as a sentence. */
    String undo() throws StartUpException, Fault;
  }

  /** Goes through the flow. Ctrl-C calls it off. */
  static CutOverResult run(CutOverFlow flow) throws Exception {
    Thread hook =
        new Thread(
            () -> {
              try {
                flow.abort();
              } catch (NoSuchSyncException e) {
                System.err.println("it could not be called off: " + e.getMessage());
              }
            },
            "nimo-shake-switch-abort");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return flow.run();
    } finally {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The process is ending: the hook calls it off.
        System.err.println("called off");
      }
    }
  }

  /** Calls off what is under way, or undoes what is done. */
  static int abort(SyncClient sync, Undo undo) throws NoSuchSyncException, StartUpException, Fault {
    try {
      JsonNode state = sync.post("/api/v1/cutover/abort", Map.of("undo", true));
      System.out.println("called off; the state is now: " + state.path("state").asText());
    } catch (NoSuchSyncException e) {
      if (e.reason() != NoSuchSyncException.Reason.NOT_RUNNING) {
        throw e;
      }
      System.out.println(undo.undo());
    }
    return ExitCode.DONE;
  }

  /**
   * Asks the operator whether no application writes any more.
   *
   * @param where to which they write
   */
  static boolean writersStopped(String where) {
    System.err.print(
        "Stop every application that writes to "
            + where
            + " now. Does none write any more? Type yes: ");
    System.err.flush();
    try {
      String answer = new BufferedReader(new InputStreamReader(System.in)).readLine();
      return answer != null && answer.strip().toLowerCase(Locale.ROOT).equals("yes");
    } catch (IOException e) {
      // Nobody can be asked, so nobody has said it.
      return false;
    }
  }

  /** The time of the option {@code --at}; null if it is not given. */
  static Optional<Instant> time(CommandSpec spec, String at) {
    try {
      return Optional.ofNullable(at).map(Instant::parse);
    } catch (DateTimeException e) {
      throw new ParameterException(
          spec.commandLine(), "--at: must be a time like 2026-01-31T12:00:00Z");
    }
  }

  /** What the option {@code --compare} asks for; empty: nothing. */
  static Optional<CheckOptions> comparison(CommandSpec spec, String compare) {
    if (compare.equals(NOTHING)) {
      return Optional.empty();
    } else if (compare.equals(ALL)) {
      return Optional.of(CheckOptions.ALL);
    }
    OptionalInt items = number(compare);
    if (items.isEmpty() || items.getAsInt() < 1) {
      throw new ParameterException(
          spec.commandLine(), "--compare: must be a number from 1, all or none");
    }
    return Optional.of(new CheckOptions(List.of(), items, Optional.empty(), false));
  }

  private static OptionalInt number(String text) {
    try {
      return OptionalInt.of(Integer.parseInt(text));
    } catch (NumberFormatException e) {
      // The caller says what would be right.
      return OptionalInt.empty();
    }
  }

  /**
   * Prints the result and writes the page.
   *
   * @param page where it is written; null if it is not wanted
   * @return the exit code
   */
  static int report(CutOverReport report, boolean asJson, Path page) throws IOException {
    if (page != null) {
      Files.writeString(page, report.html());
    }
    if (asJson) {
      System.out.println(report.json());
    } else {
      report.lines().forEach(System.out::println);
    }
    return report.result().outcome() == CutOverResult.Outcome.CUT_OVER
        ? ExitCode.DONE
        : ExitCode.FAILED_TABLES;
  }
}
