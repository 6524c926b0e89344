package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.port.Source.ShardListing;
import io.nimoshake.core.port.Source.StreamHandle;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a host tells the plan. */
public sealed interface Event {
  /** The wanted tables that exist now. */
  record TablesListed(List<String> tables) implements Event {}

  /**
   * The answer to {@link Command.PrepareTable}.
   *
   * @param segments how many segments a new copy is to have
   * @param fresh whether the target holds nothing of others
   * @param stream the open stream, if one was asked for; its service time is T0 of a new copy
   */
  record TablePrepared(String table, int segments, boolean fresh, Optional<StreamHandle> stream)
      implements Event {}

  /** The answer to {@link Command.ListShards}. */
  record ShardsListed(String table, String streamArn, ShardListing listing) implements Event {}

  /** The answer to {@link Command.FindStream}: the table's stream as it is now. */
  record StreamFound(String table, Optional<StreamHandle> stream) implements Event {}

  /**
   * Everything of a split up to a position is durable in the target.
   *
   * @param recordTime creation time of the newest durable record, for shards
   * @param at when, by the host's clock
   */
  record Durable(
      String table, String splitId, Position position, Optional<Instant> recordTime, Instant at)
      implements Event {}

  /**
   * A shard was read to its newest record again and again, and nothing came: all that was made
   * before {@code at} has been read, a few minutes for clocks and delays aside. Sent now and then.
   */
  record CaughtUp(String table, String splitId, Instant at) implements Event {}

  /** No write in the former mode is under way any more: answer to {@link Command.DeleteForReal}. */
  record DeletesAreReal(String table) implements Event {}

  /** The answer to {@link Command.FinishTable}. */
  record TableFinished(String table) implements Event {}

  /** The answer to {@link Command.SwapTable}. */
  record TableSwapped(String table) implements Event {}

  /** No split of the table is running any more: answer to {@link Command.StopTable}. */
  record TableStopped(String table) implements Event {}

  /** A split stopped at something that trying again will not mend. */
  record SplitFault(String table, String splitId, Fault fault) implements Event {}

  /** Something about a table went wrong that trying again will not mend. */
  record TableFault(String table, Fault fault) implements Event {}

  /** Time has passed; sent about every {@code table.discovery.interval}. */
  record Tick(Instant now) implements Event {}
}
