package io.nimoshake.app.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.nimoshake.app.http.Guard.Refusal;
import io.nimoshake.app.http.Pages.Page;
import io.nimoshake.app.progress.SyncMonitor;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.GeneralKeys;
import io.nimoshake.setup.config.OperationKeys;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server of a sync: its state, its metrics, its page, and the requests that control it.
 */
public final class HttpInterface implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpInterface.class);
  static final int LISTENERS = 12;
  private static final int THREADS = LISTENERS + 12;

  static {
    // The JDK's server reads this once, when its classes are loaded. It ends a request that is sent
    // too slowly; without it such a request would keep a thread for ever.
    System.getProperties().putIfAbsent("sun.net.httpserver.maxReqTime", "20");
  }

  private static final long EVENT_MILLIS = 1_000;
  private static final int LARGEST_BODY_BYTES = 64 << 10;
  private static final String JSON_TYPE = "application/json; charset=utf-8";
  private static final String TEXT_TYPE = "text/plain; charset=utf-8";
  private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final ObjectMapper json = new ObjectMapper();
  private final SyncMonitor monitor;
  private final StateJson.About about;
  private final Configuration configuration;
  private final Guard guard;
  private final Controls controls;
  private final Metrics metrics;
  private final Health.Limits limits;
  private final Watch watch;
  private final Semaphore listeners = new Semaphore(LISTENERS);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<HttpServer> servers = new ArrayList<>();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS,
          work -> {
            Thread thread = new Thread(work, "nimo-shake-http");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Makes the server; it answers on no address before {@link #listen}.
   *
   * @param version the version of this program, as it is shown
   */
  public HttpInterface(Configuration configuration, SyncMonitor monitor, String version) {
    this.monitor = monitor;
    this.configuration = configuration;
    this.about = new StateJson.About(version, configuration.get(GeneralKeys.ID), Instant.now());
    this.guard = new Guard(configuration.find(OperationKeys.HTTP_TOKEN));
    this.controls = new Controls(monitor);
    this.limits =
        new Health.Limits(
            configuration.find(OperationKeys.MAX_LAG),
            configuration.get(OperationKeys.MIN_HEADROOM));
    this.watch = new Watch(monitor);
    this.metrics = new Metrics(new SyncMetrics(monitor, about, this::health));
  }

  /**
   * Listens on one more address and answers every path there.
   *
   * @return the port; if the address has port 0, the system chooses a free one
   */
  public int listen(InetSocketAddress address) throws IOException {
    HttpServer server = HttpServer.create(address, 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
    if (servers.isEmpty()) {
      watch.start();
    }
    servers.add(server);
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      Optional<Page> page = Pages.find(path);
      boolean open = page.isPresent() || path.equals("/healthz") || path.equals("/readyz");
      Optional<Refusal> refusal = guard.check(exchange, open);
      if (refusal.isPresent()) {
        text(exchange, refusal.get().status(), refusal.get().reason() + "\n");
        return;
      }
      switch (exchange.getRequestMethod()) {
        case "GET" -> {
          if (page.isPresent()) {
            page(exchange, page.get());
          } else {
            get(exchange, path);
          }
        }
        case "POST" -> post(exchange, path);
        default -> text(exchange, 405, "only GET and POST are allowed\n");
      }
    } catch (RuntimeException e) {
      // A bug in an answer must be logged. It ends this request only, not the sync.
      LOG.error("answering {} failed", exchange.getRequestURI().getPath(), e);
      throw e;
    }
  }

  private void get(HttpExchange exchange, String path) throws IOException {
    SyncView view = monitor.view();
    Query query = Query.of(exchange.getRequestURI());
    switch (path) {
      case "/progress" -> json(exchange, 200, GoAnswers.progress(view));
      case "/metric" -> json(exchange, 200, GoAnswers.metric(view, monitor.checkpointSaves()));
      case "/metrics" -> answer(exchange, 200, METRICS_TYPE, metrics.scrape());
      case "/healthz" -> {
        Health health = health(view);
        text(
            exchange,
            health.isHealthy() ? 200 : 503,
            health.isHealthy() ? "ok\n" : String.join("\n", health.problems()) + "\n");
      }
      case "/readyz" -> {
        boolean ready = !view.stopping() && !view.tables().isEmpty();
        text(
            exchange,
            ready ? 200 : 503,
            ready
                ? "ok\n"
                : view.stopping() ? "stopping\n" : "starting: the tables are not known yet\n");
      }
      case "/api/v1/status" -> json(exchange, 200, state(true));
      case "/api/v1/errors" -> json(exchange, 200, Map.of("errors", StateJson.errors(view)));
      case "/api/v1/splits" -> splits(exchange, view, query.get("table").orElse(""));
      case "/api/v1/history" -> history(exchange, query);
      case "/api/v1/events" -> events(exchange);
      case "/api/v1/config" -> json(exchange, 200, Map.of("effective", configuration.effective()));
      default -> text(exchange, 404, "there is no such path\n");
    }
  }

  private Health health(SyncView view) {
    return Health.of(view, limits, watch.movement(), Instant.now());
  }

  private StateJson state(boolean splits) {
    SyncView view = monitor.view();
    return StateJson.of(
        about, view, health(view), limits, watch.rates(), monitor.checkpointSaves(), splits);
  }

  private void splits(HttpExchange exchange, SyncView view, String name) throws IOException {
    Optional<TableView> table =
        view.tables().stream().filter(each -> each.name().equals(name)).findFirst();
    if (table.isEmpty()) {
      text(exchange, 404, "there is no such table\n");
    } else {
      json(exchange, 200, Map.of("splits", StateJson.splits(table.get())));
    }
  }

  private void history(HttpExchange exchange, Query query) throws IOException {
    History history = watch.history();
    try {
      int step = query.get("step").map(Integer::parseInt).orElse(history.steps().get(0));
      long after = query.get("after").map(Long::parseLong).orElse(0L);
      if (!history.steps().contains(step)) {
        text(exchange, 400, "step is one of " + history.steps() + "\n");
        return;
      }
      boolean lags = query.get("lags").isPresent();
      json(exchange, 200, history.points(step, after, query.get("table"), lags));
    } catch (NumberFormatException e) {
      text(exchange, 400, "step and after are whole numbers\n");
    }
  }

  /** Sends the state once a second, as server-sent events, until either side ends it. */
  private void events(HttpExchange exchange) throws IOException {
    if (!listeners.tryAcquire()) {
      text(exchange, 503, "too many clients read the events already: " + LISTENERS + "\n");
      return;
    }
    try {
      setHeaders(exchange, "text/event-stream; charset=utf-8");
      exchange.sendResponseHeaders(200, 0);
      OutputStream out = exchange.getResponseBody();
      do {
        String event = "data: " + redacted(json.writeValueAsString(state(false))) + "\n\n";
        out.write(event.getBytes(StandardCharsets.UTF_8));
        out.flush();
      } while (!closed.await(EVENT_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      listeners.release();
    }
  }

  private void post(HttpExchange exchange, String path) throws IOException {
    byte[] body;
    try (InputStream in = exchange.getRequestBody()) {
      body = in.readNBytes(LARGEST_BODY_BYTES + 1);
    }
    if (body.length > LARGEST_BODY_BYTES) {
      text(exchange, 413, "the body is larger than " + LARGEST_BODY_BYTES + " bytes\n");
      return;
    }
    try {
      JsonNode request = body.length == 0 ? json.createObjectNode() : json.readTree(body);
      List<String> tables =
          switch (path) {
            case "/api/v1/pause" -> controls.pause(request);
            case "/api/v1/resume" -> controls.resume(request);
            case "/api/v1/limits" -> controls.limits(request);
            default -> null;
          };
      if (tables == null) {
        text(exchange, 404, "there is no such path\n");
      } else {
        json(exchange, 200, Map.of("tables", tables));
      }
    } catch (JsonProcessingException e) {
      text(exchange, 400, "the body is not JSON\n");
    } catch (Controls.BadRequest e) {
      text(exchange, 400, e.getMessage() + "\n");
    }
  }

  private void json(HttpExchange exchange, int status, Object value) throws IOException {
    answer(exchange, status, JSON_TYPE, json.writeValueAsString(value));
  }

  private void text(HttpExchange exchange, int status, String text) throws IOException {
    answer(exchange, status, TEXT_TYPE, text);
  }

  private void answer(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    setHeaders(exchange, type);
    send(exchange, status, redacted(body).getBytes(StandardCharsets.UTF_8));
  }

  private void page(HttpExchange exchange, Page page) throws IOException {
    setHeaders(exchange, page.type());
    exchange.getResponseHeaders().set("Content-Security-Policy", Pages.CONTENT_SECURITY_POLICY);
    send(exchange, 200, page.content());
  }

  private static void setHeaders(HttpExchange exchange, String type) {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private String redacted(String text) {
    return configuration.redaction().apply(text);
  }

  @Override
  public void close() {
    closed.countDown();
    watch.close();
    servers.forEach(server -> server.stop(0));
    threads.shutdownNow();
    metrics.close();
  }
}
