package io.nimoshake.app.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.nimoshake.app.progress.Observer;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.OperationKeys;
import io.nimoshake.setup.config.Redaction;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server of a sync: its state, its metrics, its page, and the requests that control it.
 */
public final class HttpInterface implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpInterface.class);
  private static final int THREADS = Routes.LISTENERS + 12;

  static {
    // The JDK's server reads this once, when its classes are loaded. It ends a request that is sent
    // too slowly; without it such a request would keep a thread for ever.
    System.getProperties().putIfAbsent("sun.net.httpserver.maxReqTime", "20");
  }

  private final Guard guard;
  private final Redaction redaction;
  private final Observer observer;
  private final Routes routes;
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
  public HttpInterface(Configuration configuration, Observer observer, String version) {
    this.guard = new Guard(configuration.find(OperationKeys.HTTP_TOKEN));
    this.redaction = configuration.redaction();
    this.observer = observer;
    this.routes = new Routes(configuration, observer, new Status(configuration, observer, version));
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
    observer.start();
    servers.add(server);
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange http) throws IOException {
    try (http) {
      Exchange exchange = new Exchange(http, redaction);
      Optional<Route> route = routes.find(exchange.path());
      try {
        guard.check(exchange, route.map(Route::open).orElse(false));
        answer(exchange, route.orElseThrow(() -> HttpError.notFound("there is no such path")));
      } catch (HttpError e) {
        exchange.refuse(e, route.map(Route::json).orElse(exchange.path().startsWith("/api/")));
      }
    } catch (RuntimeException e) {
      // A bug in an answer must be logged. It ends this request only, not the sync.
      LOG.error("answering {} failed", http.getRequestURI().getPath(), e);
      throw e;
    }
  }

  private static void answer(Exchange exchange, Route route) throws IOException, HttpError {
    if (!route.method().equals(exchange.method())) {
      exchange.setHeader("Allow", route.allow());
      throw new HttpError(405, "only " + route.allow() + " is allowed here");
    }
    route.handler().answer(exchange);
  }

  /** Every path that is answered. */
  Map<String, Route> routes() {
    return routes.all();
  }

  @Override
  public void close() {
    routes.close();
    servers.forEach(server -> server.stop(0));
    threads.shutdownNow();
  }
}
