package io.nimoshake.app.preview;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What a sync would do, as {@code plan --json} gives it. Sizes and counts are those of
 * DescribeTable, up to six hours old; durations are lower bounds in seconds.
 *
 * @param warnings what somebody should know before it begins
 * @param permitted whether no permission is known to be missing
 */
record Preview(
    String id,
    @JsonProperty("sync_mode") String syncMode,
    String source,
    List<String> warnings,
    boolean permitted,
    List<Permission> permissions,
    TargetState target,
    List<TablePreview> tables,
    @JsonProperty("left_out") List<LeftOut> leftOut,
    Totals totals,
    @JsonProperty("other_than_in_go") List<String> otherThanInGo) {

  /**
   * @param outcome allowed, denied, failed, not_tried, or unknown
   * @param tables on which tables; empty if it concerns none
   */
  record Permission(String action, String outcome, List<String> tables, String message) {}

  /**
   * @param version null if it could not be asked
   * @param resuming whether a checkpoint is there, so that nothing is dropped or renamed
   */
  record TargetState(
      String kind, String database, String version, Boolean sharded, boolean resuming) {}

  /**
   * @param cost US dollars for reading it on demand; 0 if its capacity is provisioned
   * @param seconds at least so many
   * @param boundBy what limits the speed
   * @param stream what its stream is like, and what will be done about it
   * @param streamCostPerDay US dollars for asking an idle stream's shards; 0 if it is not followed
   * @param indexes secondary indexes that will be made in the target
   * @param target what is there now and will become of it
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
      String target) {}

  record LeftOut(String table, String reason) {}

  record Totals(
      int tables,
      long items,
      long bytes,
      @JsonProperty("read_units") double readUnits,
      double cost,
      double seconds,
      @JsonProperty("stream_cost_per_day") double streamCostPerDay) {}
}
