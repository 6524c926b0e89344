package io.nimoshake.app.preview;

import io.nimoshake.app.preview.Preview.Permission;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.dynamodb.export.PointInTimeRecovery;
import io.nimoshake.dynamodb.preview.ExportProbe;
import io.nimoshake.dynamodb.preview.TableFacts;
import io.nimoshake.dynamodb.source.DynamoSource;
import io.nimoshake.setup.CopyWays;
import io.nimoshake.setup.StartUp;
import io.nimoshake.setup.StartUp.Server;
import io.nimoshake.setup.StartUpChecks;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ExportKeys;
import io.nimoshake.setup.config.ExportKeys.CopySource;
import java.util.List;
import java.util.Optional;

/**
 * What a sync that requests exports would do, to copy tables or to backfill gaps: both ways to copy
 * beside each other, whether point-in-time recovery is on, and permissions.
 */
final class ExportPreview implements AutoCloseable {
  private final Configuration configuration;
  private final StartUp start;

  /** Whether exports are requested to copy tables. */
  private final boolean copies;

  /** Whether exports are requested after a gap. */
  private final boolean backfills;

  private final Optional<ExportProbe> probe;

  /**
   * What is known of one table.
   *
   * @param recoveryIsOn whether point-in-time recovery is on; empty if it was not asked or may not
   *     be asked
   * @param ways both ways to copy it; empty if no export is requested for that
   */
  record OfTable(Optional<Boolean> recoveryIsOn, Optional<CopyWays> ways) {}

  /**
   * @param copies whether items are copied at all
   * @param follows whether streams are followed
   */
  ExportPreview(Configuration configuration, StartUp start, boolean copies, boolean follows)
      throws StartUpException {
    this.configuration = configuration;
    this.start = start;
    SyncSetup setup = new SyncSetup(configuration);
    boolean mayRequest = setup.exportDestination().isPresent();
    this.copies = mayRequest && copies && configuration.get(ExportKeys.SOURCE) != CopySource.SCAN;
    this.backfills = mayRequest && follows && setup.options().onGap().backfills();
    this.probe =
        this.copies || backfills
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
   * Looks at a table.
   *
   * @param warnings takes what the user should know before the sync starts
   */
  OfTable look(TableFacts facts, List<String> warnings) throws StartUpException {
    if (probe.isEmpty()) {
      return new OfTable(Optional.empty(), Optional.empty());
    }
    String table = facts.schema().name();
    boolean enables = copies && configuration.get(ExportKeys.ENABLE_PITR);
    Optional<Boolean> recovery =
        start.call(
            Server.SOURCE,
            "looking at the exports of table " + table,
            () -> probe.get().look(table, facts.arn(), enables));
    boolean isOn = recovery.orElse(true);
    if (!isOn) {
      warnings.add(table + ": point-in-time recovery is off" + consequence(table, enables));
    }
    return new OfTable(
        recovery,
        copies
            ? Optional.of(
                CopyWays.of(configuration, facts.schema(), facts.provisionedReads(), isOn))
            : Optional.empty());
  }

  /** What is wrong with the exports that these tables are copied from. */
  List<String> problems(List<String> tables) throws StartUpException {
    SyncSetup setup = new SyncSetup(configuration);
    try (DynamoSource source =
        start.call(
            Server.SOURCE,
            "setting up the source",
            () -> setup.source(setup.dynamoSettings().withMaxRetries(0)))) {
      return StartUpChecks.exportProblems(start, source, tables);
    }
  }

  private String consequence(String table, boolean enables) {
    String enable = ". Enable it with: " + PointInTimeRecovery.enablingCommand(table);
    if (enables) {
      return "; the sync may enable it, and it stays on";
    } else if (copies) {
      return ", so no export can be made" + enable;
    }
    return ", so a gap could not be backfilled" + enable;
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
