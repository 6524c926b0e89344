package io.nimoshake.app.sync;

import io.nimoshake.app.http.HttpInterface;
import io.nimoshake.setup.config.ConfigKey;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ConfigurationException;
import io.nimoshake.setup.config.OperationKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the ports of the configuration. */
final class HttpPorts {
  private static final Logger LOG = LoggerFactory.getLogger(HttpPorts.class);

  private final List<InetSocketAddress> listening = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private HttpPorts() {}

  /**
   * Opens all ports. A second sync on this machine finds the default ports taken by the first one:
   * it gets a free port instead. A port that the user has set must be free, see {@link #require}.
   */
  static HttpPorts open(Configuration configuration, HttpInterface http)
      throws ConfigurationException {
    HttpPorts ports = new HttpPorts();
    Set<Integer> done = new HashSet<>(Set.of(0));
    for (ConfigKey<Integer> key :
        List.of(OperationKeys.FULL_HTTP_PORT, OperationKeys.INCR_HTTP_PORT)) {
      if (done.add(configuration.get(key))) {
        ports.open(configuration, key, http);
      }
    }
    return ports;
  }

  private void open(Configuration configuration, ConfigKey<Integer> key, HttpInterface http)
      throws ConfigurationException {
    String host = configuration.get(OperationKeys.HTTP_ADDRESS);
    int port = configuration.get(key);
    Optional<IOException> failure = listen(http, host, port);
    if (failure.isEmpty()) {
      return;
    }
    if (configuration.isSet(key) || configuration.isSet(OperationKeys.HTTP_ADDRESS)) {
      problems.add(
          key.name() + ": cannot listen on " + host + ":" + port + ": " + message(failure.get()));
    } else if (listening.isEmpty() && key == OperationKeys.FULL_HTTP_PORT) {
      LOG.info("port {} is taken, so HTTP gets a free port", port);
      listen(http, host, 0);
    }
  }

  private Optional<IOException> listen(HttpInterface http, String host, int port) {
    try {
      InetAddress address = InetAddress.getByName(host);
      int opened = http.listen(new InetSocketAddress(address, port));
      listening.add(new InetSocketAddress(address, opened));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e);
    }
  }

  private static String message(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /**
   * Fails if a port that the user has set is taken. Called late in the start: the port may be taken
   * because the same sync is already running, and then its lease explains that better.
   */
  void require() throws ConfigurationException {
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  /** The addresses that were opened. */
  List<InetSocketAddress> listening() {
    return List.copyOf(listening);
  }
}
