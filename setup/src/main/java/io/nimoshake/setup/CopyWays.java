package io.nimoshake.setup;

import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.export.ExportChoice;
import io.nimoshake.dynamodb.export.ExportFileReader;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ExportKeys;
import io.nimoshake.setup.config.PriceKeys;
import io.nimoshake.setup.config.SourceKeys;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * The two ways to copy a table, beside each other, and the one that {@code full.source = auto}
 * takes: the faster one, if an export can be made. The prices are those of the configuration.
 *
 * @param scan the copy by Scan
 * @param scanDollars what it costs; 0 if the capacity is provisioned
 * @param export how long a copy from an export takes, with the wait for it
 * @param exportDollars what the export costs
 * @param recoveryDollars what point-in-time recovery costs a month, if it has to be enabled; else 0
 * @param takesExport whether {@code auto} takes the export
 * @param why which way {@code auto} takes, and why, for people
 */
public record CopyWays(
    CopyEstimate scan,
    double scanDollars,
    Duration export,
    double exportDollars,
    double recoveryDollars,
    boolean takesExport,
    String why) {
  /** An assumption: DynamoDB says of no export how long it will take. */
  static final Duration WAIT = Duration.ofMinutes(30);

  private static final double GIGABYTE = 1 << 30;

  /**
   * @param provisionedReads provisioned read capacity units a second; empty for an on-demand table
   * @param recoveryIsOn whether point-in-time recovery is on
   */
  public static CopyWays of(
      Configuration configuration,
      TableSchema table,
      OptionalLong provisionedReads,
      boolean recoveryIsOn) {
    CopyEstimate scan = scan(configuration, table, provisionedReads);
    double bytes = table.approximateBytes();
    double calls = bytes / ExportFileReader.PAGE_BYTES / configuration.get(SourceKeys.QPS_FULL);
    double reading = Math.max(bytes / CopyEstimate.BYTES_PER_SECOND, calls);
    Duration export = WAIT.plusMillis((long) (reading * 1000));
    boolean mayBeMade = recoveryIsOn || configuration.get(ExportKeys.ENABLE_PITR);
    boolean faster = export.compareTo(scan.duration()) < 0;
    return new CopyWays(
        scan,
        provisionedReads.isPresent()
            ? 0
            : scan.readUnits() / 1e6 * configuration.get(PriceKeys.READ_UNITS).doubleValue(),
        export,
        bytes / GIGABYTE * configuration.get(PriceKeys.EXPORT_GB).doubleValue(),
        recoveryIsOn
            ? 0
            : bytes / GIGABYTE * configuration.get(PriceKeys.PITR_GB_MONTH).doubleValue(),
        mayBeMade && faster,
        why(mayBeMade, faster, scan));
  }

  private static String why(boolean mayBeMade, boolean faster, CopyEstimate scan) {
    if (!mayBeMade) {
      return "full.source = auto takes the Scan: point-in-time recovery is off, and"
          + " export.enable_pitr is false";
    }
    return faster
        ? "full.source = auto takes an export: it is faster than a Scan, which is limited by "
            + scan.boundBy()
        : "full.source = auto takes the Scan: it is faster than an export";
  }

  /** The choice of {@code full.source = auto}. */
  static ExportChoice choice(Configuration configuration) {
    return (table, provisionedReads, recoveryIsOn) -> {
      CopyWays ways = of(configuration, table, provisionedReads, recoveryIsOn);
      return new ExportChoice.Decision(ways.takesExport(), ways.why());
    };
  }

  /** The cost and time of a Scan of a table. */
  public static CopyEstimate scan(
      Configuration configuration, TableSchema table, OptionalLong provisionedReads) {
    return CopyEstimate.of(
        table.approximateItems(),
        table.approximateBytes(),
        new CopyEstimate.Limits(
            configuration.get(SourceKeys.QPS_FULL),
            configuration.isSet(SourceKeys.QPS_FULL_BATCH)
                ? OptionalLong.of(configuration.get(SourceKeys.QPS_FULL_BATCH))
                : OptionalLong.empty(),
            configuration.find(SourceKeys.READ_CAPACITY).orElse(0),
            provisionedReads));
  }
}
