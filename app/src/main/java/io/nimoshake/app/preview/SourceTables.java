package io.nimoshake.app.preview;

import io.nimoshake.app.preview.Preview.Filtered;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.filter.InvalidFilterException;
import io.nimoshake.dynamodb.preview.SourceProbe;
import io.nimoshake.dynamodb.preview.TableFacts;
import io.nimoshake.dynamodb.source.ReadOptions;
import io.nimoshake.setup.StartUp;
import io.nimoshake.setup.StartUp.Server;
import io.nimoshake.setup.StartUpChecks;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ExportKeys;
import io.nimoshake.setup.config.ExportKeys.CopySource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The tables of the source: as the service describes them or, with {@code export.schema}, as the
 * configuration does. Then no call is made to the service.
 */
final class SourceTables {
  private final Configuration configuration;
  private final StartUp start;
  private final SourceProbe source;
  private final Map<String, TableSchema> given;

  SourceTables(Configuration configuration, StartUp start, SourceProbe source) {
    this.configuration = configuration;
    this.start = start;
    this.source = source;
    this.given = given(configuration);
  }

  /** The schemas of {@code export.schema}; empty if the service describes its tables. */
  static Map<String, TableSchema> given(Configuration configuration) {
    return configuration.get(ExportKeys.SOURCE) == CopySource.SCAN
        ? Map.of()
        : configuration.find(ExportKeys.SCHEMA).orElse(Map.of());
  }

  /** The names of all tables; empty if they may not be listed. */
  Optional<List<String>> names() throws StartUpException {
    return given.isEmpty()
        ? start.call(Server.SOURCE, "listing the tables of the source", source::listTables)
        : Optional.of(List.copyOf(given.keySet()));
  }

  /** A table; empty if it cannot be described. */
  Optional<TableFacts> facts(String table, boolean follows) throws StartUpException {
    if (given.containsKey(table)) {
      return Optional.of(
          new TableFacts(
              given.get(table),
              "ACTIVE",
              table,
              OptionalLong.empty(),
              Optional.empty(),
              Optional.empty(),
              OptionalLong.empty()));
    }
    // A copy that reads exports alone need not be allowed to scan.
    boolean mayScan = configuration.get(ExportKeys.SOURCE) != CopySource.EXPORT;
    return start.call(
        Server.SOURCE, "looking at table " + table, () -> source.look(table, mayScan, follows));
  }

  /** How many of the first items of a table pass the filter; null if it was not tried. */
  Filtered filter(String table) throws StartUpException {
    Optional<ReadOptions.Filter> filter = new SyncSetup(configuration).readOptions().filter();
    if (filter.isEmpty() || given.containsKey(table)) {
      return null;
    }
    try {
      return source
          .tryFilter(table, filter.get())
          .map(trial -> new Filtered(trial.read(), trial.passed()))
          .orElse(null);
    } catch (InvalidFilterException e) {
      throw StartUpChecks.refusedFilter(e);
    }
  }
}
