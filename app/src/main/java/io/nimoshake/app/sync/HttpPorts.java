package io.nimoshake.app.sync;

import io.nimoshake.app.http.HttpInterface;
import io.nimoshake.setup.config.ConfigKey;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ConfigurationException;
import io.nimoshake.setup.config.OperationKeys;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the ports of the configuration. */
final class HttpPorts {
  private static final Logger LOG = LoggerFactory.getLogger(HttpPorts.class);

  private HttpPorts() {}

  /**
   * A port that somebody asked for must be free; one that is a default is left out with a warning,
   * as a second sync on the machine finds it taken by the first.
   */
  static void open(Configuration configuration, HttpInterface http) throws ConfigurationException {
    String address = configuration.get(OperationKeys.HTTP_ADDRESS);
    Set<Integer> open = new HashSet<>(Set.of(0));
    for (ConfigKey<Integer> key :
        List.of(OperationKeys.FULL_HTTP_PORT, OperationKeys.INCR_HTTP_PORT)) {
      int port = configuration.get(key);
      if (!open.add(port)) {
        continue;
      }
      try {
        http.listen(new InetSocketAddress(address, port));
        LOG.info("HTTP on {}:{}", address, port);
      } catch (IOException e) {
        String problem =
            key.name() + ": cannot listen on " + address + ":" + port + ": " + e.getMessage();
        if (configuration.isSet(key)) {
          throw new ConfigurationException(problem);
        }
        LOG.warn("{}: going on without it", problem);
      }
    }
  }
}
