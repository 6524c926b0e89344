package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.core.port.WriteMode;
import java.util.Optional;

/** What the plan wants a host to do. A host tries again by itself what may pass. */
public sealed interface Command {
  /** List tables again; the answer is {@link Event.TablesListed}. */
  record ListTables() implements Command {}

  /**
   * Describe the table, enable its stream if {@code stream}, make the target ready; the answer is
   * {@link Event.TablePrepared}.
   */
  record PrepareTable(String table, Existing existing, boolean stream) implements Command {}

  /**
   * List shards; the answer is {@link Event.ShardsListed}.
   *
   * @param childrenOf only this shard's children are of interest
   * @param attempt how often in a row this was asked without finding what is missing, from 1: the
   *     host waits longer each time
   */
  record ListShards(String table, String streamArn, Optional<String> childrenOf, int attempt)
      implements Command {}

  /** Look whether the table has another stream now; the answer is {@link Event.StreamFound}. */
  record FindStream(String table) implements Command {}

  /** Read a split from a position and write it, reporting {@link Event.Durable} as it goes. */
  record StartSplit(Split split, Position from, WriteMode mode) implements Command {}

  /**
   * From now on deletes of this table's stream are real ones; answer {@link Event.DeletesAreReal}
   * when every write begun before is done.
   */
  record DeleteForReal(String table) implements Command {}

  /**
   * Purge tombstones if asked, build indexes; the answer is {@link Event.TableFinished}.
   *
   * @param purge whether the copy may have left tombstones
   */
  record FinishTable(String table, boolean purge) implements Command {}

  /**
   * Put the new copy in the place of the old one, once everything saved so far is stored; the
   * answer is {@link Event.TableSwapped}.
   */
  record SwapTable(String table) implements Command {}

  /** Stop all splits of the table; the answer is {@link Event.TableStopped}. */
  record StopTable(String table) implements Command {}

  /**
   * Store this. Entries are stored in the order in which they were given.
   *
   * @param soon whether it is a change of state, to be stored at once, or progress, to be stored
   *     within the checkpoint interval
   */
  record Save(CheckpointEntry entry, boolean soon) implements Command {}

  /** The table has failed for good. */
  record GiveUp(String table, Fault fault) implements Command {}

  /** Tell the user. */
  record Tell(String table, Level level, String message) implements Command {}

  /** How loud to tell. */
  enum Level {
    INFO,
    WARN
  }

  /** Nothing is left to do, and nothing will come. */
  record Complete() implements Command {}
}
