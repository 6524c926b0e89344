package io.nimoshake.app.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.progress.Observer;
import io.nimoshake.app.progress.SyncMonitor;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.setup.config.Configuration;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Every path, and how it is answered. The answers of the API are described in openapi.json. */
final class Routes implements AutoCloseable {
  /** Each reader of the events keeps a thread. */
  static final int LISTENERS = 12;

  private static final long EVENT_MILLIS = 1_000;
  private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final SyncMonitor monitor;
  private final Status status;
  private final Controls controls;
  private final Metrics metrics;
  private final Observer observer;
  private final History history = new History();
  private final Map<String, Route> routes = new TreeMap<>();
  private final Semaphore listeners = new Semaphore(LISTENERS);
  private final CountDownLatch closed = new CountDownLatch(1);

  Routes(Configuration configuration, Observer observer, Status status) {
    this.observer = observer;
    this.monitor = observer.monitor();
    this.status = status;
    this.controls = new Controls(monitor);
    this.metrics = new Metrics(new SyncMetrics(observer, status));
    observer.onSample(history::sample);
    Pages.all().forEach((path, page) -> routes.put(path, Route.text(page::send).openToAll()));
    routes.put("/healthz", Route.text(this::healthz).openToAll());
    routes.put("/readyz", Route.text(this::readyz).openToAll());
    routes.put("/metrics", Route.text(e -> e.metrics(METRICS_TYPE, metrics.scrape())));
    routes.put("/progress", Route.json(e -> e.json(200, GoAnswers.progress(observer.numbers()))));
    routes.put("/metric", Route.json(this::metric));
    routes.put("/api/v1/openapi.json", Route.json(Pages.OPENAPI::send).openToAll());
    api("status", e -> e.json(200, status.withSplits()));
    api("errors", e -> e.json(200, Map.of("errors", StateJson.errors(monitor.view()))));
    api("config", e -> e.json(200, Map.of("effective", configuration.effective())));
    api("events", this::events);
    routes.put("/api/v1/splits", Route.json(this::splits));
    routes.put("/api/v1/history", Route.json(this::history));
    change("pause", controls::pause);
    change("resume", controls::resume);
    change("limits", controls::limits);
    CutOverRoutes cutOver = new CutOverRoutes(monitor, status);
    routes.put("/api/v1/cutover", Route.json(cutOver::show));
    routes.put("/api/v1/cutover/changed", Route.json(cutOver::changed));
    routes.put("/api/v1/cutover/freeze", Route.post(cutOver::freeze));
    routes.put("/api/v1/cutover/compare", Route.post(cutOver::compare));
    routes.put("/api/v1/cutover/abort", Route.post(cutOver::abort));
    routes.put("/api/v1/cutover/finish", Route.post(cutOver::finish));
  }

  private void api(String name, Route.Handler handler) {
    routes.put(
        "/api/v1/" + name,
        Route.json(
            exchange -> {
              exchange.query().allow();
              handler.answer(exchange);
            }));
  }

  /** What a change does; it returns the names of the tables it was done to. */
  private interface Change {
    List<String> carryOut(JsonNode body) throws HttpError;
  }

  private void change(String name, Change change) {
    routes.put(
        "/api/v1/" + name,
        Route.post(
            exchange -> {
              exchange.query().allow();
              exchange.json(200, Map.of("tables", change.carryOut(exchange.body())));
            }));
  }

  Optional<Route> find(String path) {
    return Optional.ofNullable(routes.get(path));
  }

  /** All paths. */
  Map<String, Route> all() {
    return routes;
  }

  private void metric(Exchange exchange) throws IOException {
    exchange.json(200, GoAnswers.metric(observer.numbers(), monitor.checkpointSaves()));
  }

  private void healthz(Exchange exchange) throws IOException {
    Health health = status.health(observer.numbers());
    List<String> lines = new ArrayList<>();
    switch (health.level()) {
      case HEALTHY -> lines.add(monitor.isStarting() ? "starting" : "ok");
      case RETRYING -> lines.add(monitor.isStarting() ? "starting" : "retrying");
      case UNHEALTHY -> lines.addAll(health.problems());
    }
    lines.addAll(health.retrying());
    exchange.text(health.isHealthy() ? 200 : 503, String.join("\n", lines) + "\n");
  }

  private void readyz(Exchange exchange) throws IOException {
    Optional<String> why = status.notReady(monitor.view());
    exchange.text(why.isEmpty() ? 200 : 503, why.orElse("ok") + "\n");
  }

  private void splits(Exchange exchange) throws IOException, HttpError {
    String name =
        exchange
            .query()
            .allow("table")
            .get("table")
            .orElseThrow(() -> HttpError.badRequest("the query parameter table is missing"));
    exchange.json(200, Map.of("splits", StateJson.splits(table(name))));
  }

  private TableView table(String name) throws HttpError {
    return monitor.view().tables().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow(() -> HttpError.notFound("there is no such table"));
  }

  private void history(Exchange exchange) throws IOException, HttpError {
    Query query = exchange.query().allow("step", "after", "table", "lags");
    int step;
    long after;
    try {
      step = query.get("step").map(Integer::parseInt).orElse(history.steps().get(0));
      after = query.get("after").map(Long::parseLong).orElse(0L);
    } catch (NumberFormatException e) {
      throw HttpError.badRequest("step and after must be whole numbers");
    }
    if (!history.steps().contains(step)) {
      throw HttpError.badRequest("step must be one of " + history.steps());
    }
    Optional<String> table = query.get("table");
    if (table.isPresent()) {
      table(table.get());
    }
    exchange.json(200, history.points(step, after, table, query.get("lags").isPresent()));
  }

  /** Sends the state once a second, as server-sent events, until either side ends it. */
  private void events(Exchange exchange) throws IOException, HttpError {
    if (!listeners.tryAcquire()) {
      throw new HttpError(503, LISTENERS + " clients read the events already, which is the limit");
    }
    try {
      OutputStream out = exchange.events();
      do {
        if (exchange.isHead()) {
          return;
        }
        exchange.event(out, status.withoutSplits());
      } while (!closed.await(EVENT_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      listeners.release();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    metrics.close();
  }
}
