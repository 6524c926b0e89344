package io.nimoshake.app.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.cutover.Accepted;
import io.nimoshake.app.cutover.CutOverReport;
import io.nimoshake.app.cutover.CutOverResult;
import io.nimoshake.app.cutover.Readiness;
import io.nimoshake.app.cutover.Turn;
import io.nimoshake.app.progress.CutOvers;
import io.nimoshake.app.progress.SideBySide;
import io.nimoshake.app.progress.SyncMonitor;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.ChangedKeys;
import io.nimoshake.core.plan.PlanView;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The cut-over of the sync: shows it, begins it, calls it off, and records it. Each of them answers
 * the state after it.
 */
final class CutOverRoutes {
  private static final String AT = "at";
  private static final String FREEZE = "freeze";
  private static final String UNDO = "undo";
  private static final String WAY_BACK = "way_back";
  private static final String ACCEPT_DEAD_LETTERS = "accept_dead_letters";
  private static final String KEEP_FOLLOWING = "keep_following";

  private static final int KEYS_A_PART = 20_000;

  private final SyncMonitor monitor;
  private final Status status;

  CutOverRoutes(SyncMonitor monitor, Status status) {
    this.monitor = monitor;
    this.status = status;
  }

  void show(Exchange exchange) throws IOException, HttpError {
    exchange.query().allow();
    exchange.json(200, state());
  }

  /** The keys of a table that changed since a moment, or from a number on, in parts. */
  void changed(Exchange exchange) throws IOException, HttpError {
    Query query = exchange.query().allow("table", "since", "from");
    String table =
        query
            .get("table")
            .orElseThrow(() -> HttpError.badRequest("the query parameter table is missing"));
    ChangedKeys changed =
        cutOvers()
            .changed(table)
            .orElseThrow(() -> HttpError.notFound("this run has prepared no such table"));
    long end = changed.end();
    long from;
    try {
      Optional<Long> number = query.get("from").map(Long::parseLong);
      Instant since = query.get("since").map(Instant::parse).orElse(Instant.EPOCH);
      from = number.isPresent() ? number.get() : changed.firstSince(since);
    } catch (NumberFormatException | DateTimeException e) {
      throw HttpError.badRequest("since must be a time, and from a whole number");
    }
    ChangedKeys.Part part = changed.part(from, KEYS_A_PART);
    Base64.Encoder encoder = Base64.getEncoder();
    exchange.json(
        200,
        Map.of(
            "since",
            part.since().toString(),
            "next",
            part.next(),
            "end",
            end,
            "keys",
            part.keys().stream().map(key -> encoder.encodeToString(key.copy())).toList()));
  }

  void freeze(Exchange exchange) throws IOException, HttpError {
    JsonNode body = body(exchange, Set.of(AT, WAY_BACK));
    Optional<Instant> at = time(body, AT);
    CutOvers cutOvers = cutOvers();
    try {
      cutOvers.freeze(at, body.path(WAY_BACK).asBoolean(false));
    } catch (Fault e) {
      throw new HttpError(503, name(cutOvers) + " cannot begin: " + e.getMessage());
    }
    exchange.json(200, state());
  }

  void compare(Exchange exchange) throws IOException, HttpError {
    body(exchange, Set.of());
    CutOvers cutOvers = cutOvers();
    try {
      cutOvers.compare(Instant.parse(state().sides().changedSince()));
    } catch (Fault e) {
      throw new HttpError(503, "nothing can be compared now: " + e.getMessage());
    }
    exchange.json(200, state());
  }

  void abort(Exchange exchange) throws IOException, HttpError {
    JsonNode body = body(exchange, Set.of(UNDO));
    cutOvers().abort(body.path(UNDO).asBoolean(false));
    exchange.json(200, state());
  }

  void finish(Exchange exchange) throws IOException, HttpError {
    JsonNode body = body(exchange, Set.of(FREEZE, KEEP_FOLLOWING, ACCEPT_DEAD_LETTERS));
    CutOvers cutOvers = cutOvers();
    boolean done;
    try {
      done = cutOvers.finish(time(body, FREEZE), body.path(ACCEPT_DEAD_LETTERS).asBoolean(false));
    } catch (Fault e) {
      throw new HttpError(503, name(cutOvers) + " is not recorded: " + e.getMessage());
    }
    if (!done && isRecorded(cutOvers)) {
      // It may still be undone. Whoever has asked first has the answer that counts.
      throw new HttpError(503, name(cutOvers) + " is recorded by another request: see its answer");
    }
    try {
      CutOverAnswer state = state();
      exchange.json(200, done ? state.with(report(state)) : state);
    } finally {
      // Even if whoever asked is not there any more: it is recorded.
      if (done && (cutOvers.goesBack() || !body.path(KEEP_FOLLOWING).asBoolean(false))) {
        cutOvers.end();
      }
    }
  }

  private static boolean isRecorded(CutOvers cutOvers) {
    return cutOvers.state().filter(now -> now.stage() != PlanView.CutOverStage.WAITING).isPresent();
  }

  private static Optional<Instant> time(JsonNode body, String key) throws HttpError {
    if (!body.has(key)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.parse(body.get(key).asText()));
    } catch (DateTimeException e) {
      throw HttpError.badRequest(key + " must be a time like 2026-01-31T12:00:00Z");
    }
  }

  private CutOverReport report(CutOverAnswer state) throws HttpError {
    Map<String, Long> compared =
        state.sides().equal()
            ? cutOvers().comparison().map(SideBySide::items).orElse(Map.of())
            : Map.of();
    Instant now = Instant.now().plus(monitor.view().clockCorrection());
    Duration waited = Duration.between(Instant.parse(state.cutOver().freeze()), now);
    return new CutOverReport(
        cutOvers().goesBack() ? Turn.RETURN : Turn.CUT_OVER,
        status.about().id(),
        status.about().route().target(),
        CutOverResult.done(Exchange.tree(state), compared, waited));
  }

  private CutOverAnswer state() {
    SyncView view = monitor.view();
    Optional<CutOvers> running = monitor.cutOvers();
    CutOverAnswer state =
        new CutOverAnswer(
            CutOverJson.of(running, view),
            running.map(of -> SidesJson.of(of, view, Instant.now())).orElse(null));
    return state.with(
        Readiness.problems(
            Exchange.tree(status.withoutSplits()), Exchange.tree(state), Accepted.NOTHING));
  }

  private CutOvers cutOvers() throws HttpError {
    return monitor
        .cutOvers()
        .orElseThrow(() -> new HttpError(503, "the sync has not started yet: try again"));
  }

  private static String name(CutOvers cutOvers) {
    return cutOvers.goesBack() ? "the return" : "the cut-over";
  }

  private static JsonNode body(Exchange exchange, Set<String> known) throws IOException, HttpError {
    exchange.query().allow();
    JsonNode body = exchange.body();
    if (!body.isObject()) {
      throw HttpError.badRequest("the body must be a JSON object");
    }
    for (var field : body.properties()) {
      if (!known.contains(field.getKey())) {
        throw HttpError.badRequest("the body has an unknown key");
      }
    }
    return body;
  }
}
