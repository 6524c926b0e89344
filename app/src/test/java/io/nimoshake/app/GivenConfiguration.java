package io.nimoshake.app;

import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ConfigurationException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The least that a configuration must have: a target, which no test connects to. */
public final class GivenConfiguration {
  private GivenConfiguration() {}

  public static Configuration least() throws ConfigurationException {
    return least(Map.of());
  }

  public static Configuration least(Map<String, String> environment) throws ConfigurationException {
    return Configuration.load(
        Optional.empty(), environment, List.of("target.address=mongodb://127.0.0.1"));
  }
}
