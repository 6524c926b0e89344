package io.nimoshake.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.cutover.CutOverFlow;
import io.nimoshake.app.cutover.CutOverOptions;
import io.nimoshake.app.cutover.CutOverReport;
import io.nimoshake.app.cutover.CutOverResult;
import io.nimoshake.app.program.ExitCode;
import io.nimoshake.app.remote.NoSuchSyncException;
import io.nimoshake.app.remote.SyncClient;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.SyncRoute;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.GeneralKeys;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the commands {@code cutover} and {@code return} have in common. */
final class SwitchSteps {
  private SwitchSteps() {}

  /** Undoes what the checkpoint says, after the sync has ended. */
  interface Undo {
    /** Returns what was done, as a sentence. */
    String undo() throws StartUpException, Fault;
  }

  /**
   * Goes through the flow. Ctrl-C calls it off.
   *
   * @param comparison of both sides when everything has arrived; empty: none
   */
  static CutOverReport run(
      Configuration loaded,
      SyncClient sync,
      CutOverOptions options,
      CutOverFlow.Confirmation writersStopped,
      Optional<LastComparison> comparison)
      throws Exception {
    CutOverFlow flow =
        new CutOverFlow(
            sync,
            options,
            writersStopped,
            comparison.map(last -> () -> last.run(loaded, sync)),
            line -> System.err.println(line));
    return new CutOverReport(
        options.turn(), loaded.get(GeneralKeys.ID), SyncRoute.of(loaded).target(), run(flow));
  }

  private static CutOverResult run(CutOverFlow flow) throws Exception {
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
}
