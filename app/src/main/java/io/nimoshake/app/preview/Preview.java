package io.nimoshake.app.preview;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.nimoshake.setup.CopyWays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a sync would do, in the form of {@code plan --json}. Sizes and counts come from
 * DescribeTable and may be six hours old. Durations are in seconds and are lower bounds.
 *
 * @param warnings what the user should know before the sync starts
 * @param noWayBack why documents could not become items again after a cut-over
 * @param permitted whether no permission is missing, as far as known
 */
record Preview(
    String id,
    @JsonProperty("sync_mode") String syncMode,
    String source,
    List<String> warnings,
    @JsonProperty("no_way_back") List<String> noWayBack,
    boolean permitted,
    List<Permission> permissions,
    TargetState target,
    List<TablePreview> tables,
    @JsonProperty("left_out") List<LeftOut> leftOut,
    Totals totals,
    @JsonProperty("other_than_in_go") List<String> otherThanInGo) {

  /**
   * One action and whether it is permitted.
   *
   * @param outcome allowed, denied, failed, not_tried or unknown
   * @param tables the tables that were tried; empty if the action does not concern a table
   */
  record Permission(String action, String outcome, List<String> tables, String message) {}

  /**
   * The target as a whole.
   *
   * @param version null if unknown
   * @param resuming whether there is a checkpoint, so that nothing is dropped or renamed
   */
  record TargetState(
      String kind, String database, String version, Boolean sharded, boolean resuming) {}

  /**
   * One table.
   *
   * @param cost US dollars for reading the table on demand; 0 if its capacity is provisioned
   * @param seconds the copy takes at least this long
   * @param boundBy what limits the speed
   * @param stream the state of its stream, and what the sync will do about it
   * @param streamCostPerDay US dollars for polling an idle stream; 0 if it is not followed
   * @param indexes the secondary indexes that will be created in the target
   * @param indexKeys the key attributes of each, the partition key first
   * @param filter how the filter was tried; null if there is none
   * @param target what the target has now, and what the sync will do with it
   * @param ways both ways to copy it; null if no export is requested
   * @param recoveryIsOn whether point-in-time recovery is on; null if it was not asked
   */
  record TablePreview(
      String table,
      long items,
      long bytes,
      int segments,
      @JsonProperty("read_units") double readUnits,
      double cost,
      double seconds,
      @JsonProperty("bound_by") String boundBy,
      String stream,
      @JsonProperty("stream_cost_per_day") double streamCostPerDay,
      List<String> indexes,
      @JsonProperty("index_keys") Map<String, List<String>> indexKeys,
      Filtered filter,
      String target,
      Ways ways,
      @JsonProperty("point_in_time_recovery") Boolean recoveryIsOn) {}

  /**
   * Both ways to copy a table, if exports are requested.
   *
   * @param recoveryCost US dollars a month for point-in-time recovery, if it has to be enabled
   * @param auto which way {@code full.source = auto} takes, and why
   */
  record Ways(
      @JsonProperty("scan_cost") double scanCost,
      @JsonProperty("scan_seconds") double scanSeconds,
      @JsonProperty("export_cost") double exportCost,
      @JsonProperty("export_seconds") double exportSeconds,
      @JsonProperty("recovery_cost_per_month") double recoveryCost,
      String auto) {
    static Ways of(CopyWays ways) {
      return new Ways(
          ways.scanDollars(),
          ways.scan().duration().toMillis() / 1000.0,
          ways.exportDollars(),
          ways.export().toMillis() / 1000.0,
          ways.recoveryDollars(),
          ways.why());
    }
  }

  /**
   * A filter that was tried with the first items of a table. The estimates of the copy are for all
   * items, because a Scan reads and bills those too that do not pass.
   */
  record Filtered(int read, int passed) {}

  record LeftOut(String table, String reason) {}

  record Totals(
      int tables,
      long items,
      long bytes,
      @JsonProperty("read_units") double readUnits,
      double cost,
      double seconds,
      @JsonProperty("stream_cost_per_day") double streamCostPerDay) {}

  /** Names of the tables that are synced. */
  List<String> tableNames() {
    return tables.stream().map(TablePreview::table).toList();
  }

  Preview withWarnings(List<String> more) {
    return new Preview(
        id,
        syncMode,
        source,
        Stream.concat(warnings.stream(), more.stream()).toList(),
        noWayBack,
        permitted,
        permissions,
        target,
        tables,
        leftOut,
        totals,
        otherThanInGo);
  }
}
