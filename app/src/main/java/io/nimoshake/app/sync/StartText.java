package io.nimoshake.app.sync;

import io.nimoshake.core.engine.SyncOptions.Mode;
import io.nimoshake.setup.SyncRoute;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.TableFilter;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.GeneralKeys;
import io.nimoshake.setup.config.NamePattern;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Collectors;

/** What a sync says when it starts: what it does, from where, to where, how, and its page. */
final class StartText {
  private static final int NAMED = 5;

  private final Configuration configuration;

  StartText(Configuration configuration) {
    this.configuration = configuration;
  }

  /**
   * The lines about the configuration.
   *
   * @param version name and version of the program
   */
  List<String> lines(String version) {
    SyncRoute route = SyncRoute.of(configuration);
    return List.of(
        version
            + ", id "
            + configuration.get(GeneralKeys.ID)
            + ", process "
            + ProcessHandle.current().pid()
            + ": "
            + tables(),
        "  from: " + route.source(),
        "  to:   " + route.target(),
        "  mode: " + mode());
  }

  /** The line about the page. */
  static String page(List<InetSocketAddress> listening) {
    if (listening.isEmpty()) {
      return "  page: none, http ports are off or taken";
    }
    String first = "http://" + hostAndPort(listening.get(0)) + "/";
    String others =
        listening.stream()
            .skip(1)
            .map(address -> String.valueOf(address.getPort()))
            .collect(Collectors.joining(", "));
    return "  page: " + first + (others.isEmpty() ? "" : ", also on port " + others);
  }

  private static String hostAndPort(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  private String tables() {
    TableFilter filter = new SyncSetup(configuration).tableFilter();
    if (!filter.included().isEmpty()) {
      return names(filter.included());
    }
    return filter.excluded().isEmpty()
        ? "all tables"
        : "all tables but not " + names(filter.excluded());
  }

  private static String names(List<NamePattern> patterns) {
    String first =
        patterns.stream().limit(NAMED).map(NamePattern::text).collect(Collectors.joining(", "));
    int more = patterns.size() - NAMED;
    return more > 0 ? first + " and " + more + " more" : first;
  }

  private String mode() {
    if (configuration.get(GeneralKeys.SCHEMA_ONLY)) {
      return "create tables and indexes only, copy no items";
    }
    Mode mode = configuration.get(GeneralKeys.SYNC_MODE);
    return switch (mode) {
      case FULL -> "copy, then end";
      case ALL ->
          configuration.get(GeneralKeys.STREAM_DURING_COPY)
              ? "copy and follow the streams at the same time"
              : "copy, then follow the streams";
      case INCR -> "follow the streams, copy nothing";
      case BACK -> "the way back: write the changes of MongoDB to DynamoDB";
    };
  }
}
