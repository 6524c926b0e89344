package io.nimoshake.app.preview;

import io.nimoshake.app.preview.Preview.Permission;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.dynamodb.export.PointInTimeRecovery;
import io.nimoshake.dynamodb.preview.ExportProbe;
import io.nimoshake.dynamodb.preview.TableFacts;
import io.nimoshake.setup.CopyWays;
import io.nimoshake.setup.StartUp;
import io.nimoshake.setup.StartUp.Server;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ExportKeys;
import io.nimoshake.setup.config.ExportKeys.CopySource;
import java.util.List;
import java.util.Optional;

/** What a sync that requests exports would do: both ways beside each other, and permissions. */
final class ExportPreview implements AutoCloseable {
  private final Configuration configuration;
  private final StartUp start;
  private final Optional<ExportProbe> probe;

  /**
   * @param copies whether items are copied at all
   */
  ExportPreview(Configuration configuration, StartUp start, boolean copies)
      throws StartUpException {
    this.configuration = configuration;
    this.start = start;
    SyncSetup setup = new SyncSetup(configuration);
    boolean requests =
        copies
            && configuration.get(ExportKeys.SOURCE) != CopySource.SCAN
            && setup.exportDestination().isPresent();
    this.probe =
        requests
            ? Optional.of(start.call(Server.SOURCE, "setting up the source", () -> probe(setup)))
            : Optional.empty();
  }

  private ExportProbe probe(SyncSetup setup) throws Fault {
    return new ExportProbe(
        setup.dynamoSettings().withMaxRetries(0),
        configuration.find(ExportKeys.ENDPOINT_URL),
        configuration.get(ExportKeys.PATH_STYLE),
        setup.exportDestination().orElseThrow());
  }

  /**
   * Both ways to copy a table; empty if no export is requested.
   *
   * @param warnings takes what the user should know before the sync starts
   */
  Optional<CopyWays> ways(TableFacts facts, List<String> warnings) throws StartUpException {
    if (probe.isEmpty()) {
      return Optional.empty();
    }
    String table = facts.schema().name();
    boolean enables = configuration.get(ExportKeys.ENABLE_PITR);
    Optional<Boolean> recovery =
        start.call(
            Server.SOURCE,
            "looking at the exports of table " + table,
            () -> probe.get().look(table, facts.arn(), enables));
    boolean isOn = recovery.orElse(true);
    if (!isOn && enables) {
      warnings.add(
          table + ": point-in-time recovery is off; the sync may enable it, and it stays on");
    } else if (!isOn) {
      warnings.add(
          table
              + ": point-in-time recovery is off, so no export can be made. Enable it with: "
              + PointInTimeRecovery.enablingCommand(table));
    }
    return Optional.of(CopyWays.of(configuration, facts.schema(), facts.provisionedReads(), isOn));
  }

  /** The permissions that exports need, tried on all tables that were looked at. */
  List<Permission> permissions() throws StartUpException {
    if (probe.isEmpty()) {
      return List.of();
    }
    start.run(Server.SOURCE, "looking at the bucket of the exports", probe.get()::lookAtBucket);
    return Permissions.of(probe.get().attempts());
  }

  @Override
  public void close() {
    probe.ifPresent(ExportProbe::close);
  }
}
