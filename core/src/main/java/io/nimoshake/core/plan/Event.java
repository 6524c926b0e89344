package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.port.Source.ChangeExport;
import io.nimoshake.core.port.Source.Export;
import io.nimoshake.core.port.Source.ShardListing;
import io.nimoshake.core.port.Source.StreamHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a host tells the plan. */
public sealed interface Event {
  /** Calls the method of the handler for this kind of event. */
  void to(Handler handler);

  /** The same event, with so much added to a time that was taken from the host's clock. */
  default Event corrected(Duration correction) {
    return this;
  }

  /** Takes events. It has a method for each kind, so a new kind cannot be forgotten. */
  interface Handler extends SplitHandler {
    void tablesListed(TablesListed event);

    void tablePrepared(TablePrepared event);

    void exportSeen(ExportSeen event);

    void exportFault(ExportFault event);

    void shardsListed(ShardsListed event);

    void streamFound(StreamFound event);

    void deletesAreReal(DeletesAreReal event);

    void tableFinished(TableFinished event);

    void tableSwapped(TableSwapped event);

    void changesExported(ChangesExported event);

    void tableStopped(TableStopped event);

    void tableFault(TableFault event);

    void tick(Tick event);

    void freeze(Freeze event);

    void thaw(Thaw event);

    void cutOver(CutOver event);

    void goBack(GoBack event);

    void stored(Stored event);
  }

  /** What a running split tells; the only events that come from where splits run. */
  sealed interface OfSplit extends Event {
    /** Calls the method of the handler for this kind of event. */
    void toSplitHandler(SplitHandler handler);

    @Override
    default void to(Handler handler) {
      toSplitHandler(handler);
    }
  }

  /** Takes the events of splits, a method for each kind. */
  interface SplitHandler {
    void durable(Durable event);

    void caughtUp(CaughtUp event);

    void readEmpty(ReadEmpty event);

    void splitFault(SplitFault event);
  }

  /** The wanted tables that exist now. */
  record TablesListed(List<String> tables) implements Event {
    @Override
    public void to(Handler handler) {
      handler.tablesListed(this);
    }
  }

  /**
   * The answer to {@link Command.PrepareTable}.
   *
   * @param segments how many segments a new copy is to have
   * @param fresh whether the target holds no documents of others
   * @param stream the open stream, if one was asked for; its service time is T0 of a new copy
   * @param export from which a new copy is made instead of by Scan, ready or pending
   */
  record TablePrepared(
      String table,
      int segments,
      boolean fresh,
      Optional<StreamHandle> stream,
      Optional<Export> export)
      implements Event {
    /** A table that is copied by Scan. */
    public TablePrepared(String table, int segments, boolean fresh, Optional<StreamHandle> stream) {
      this(table, segments, fresh, stream, Optional.empty());
    }

    @Override
    public void to(Handler handler) {
      handler.tablePrepared(this);
    }
  }

  /**
   * The answer to {@link Command.AwaitExport}.
   *
   * @param id of the export that was asked about
   * @param export how far it is; it may have another id now
   */
  record ExportSeen(String table, String id, Export export) implements Event {
    @Override
    public void to(Handler handler) {
      handler.exportSeen(this);
    }
  }

  /**
   * {@link Command.AwaitExport} met something that retrying cannot mend.
   *
   * @param id of the export that was asked about
   */
  record ExportFault(String table, String id, Fault fault) implements Event {
    @Override
    public void to(Handler handler) {
      handler.exportFault(this);
    }
  }

  /** The answer to {@link Command.ListShards}. */
  record ShardsListed(String table, String streamArn, ShardListing listing) implements Event {
    @Override
    public void to(Handler handler) {
      handler.shardsListed(this);
    }
  }

  /** The answer to {@link Command.FindStream}: the table's stream as it is now. */
  record StreamFound(String table, Optional<StreamHandle> stream) implements Event {
    @Override
    public void to(Handler handler) {
      handler.streamFound(this);
    }
  }

  /**
   * Everything of a split up to a position is durable in the target.
   *
   * @param recordTime creation time of the newest durable record, for shards
   * @param begun by the service's clock: what moved the split to this position was read at this
   *     moment or later; empty where nobody can tell. It alone decides whether records have expired
   *     unread: the clocks of a host may stand still for days
   * @param at when, by the clock of the source as far as the host knows it
   */
  record Durable(
      String table,
      String splitId,
      Position position,
      Optional<Instant> recordTime,
      Optional<Instant> begun,
      Instant at)
      implements OfSplit {
    /** Of a page of which nobody can tell when it was read: a part of a copy, for example. */
    public Durable(
        String table, String splitId, Position position, Optional<Instant> recordTime, Instant at) {
      this(table, splitId, position, recordTime, Optional.empty(), at);
    }

    @Override
    public Event corrected(Duration correction) {
      return new Durable(table, splitId, position, recordTime, begun, at.plus(correction));
    }

    @Override
    public void toSplitHandler(SplitHandler handler) {
      handler.durable(this);
    }
  }

  /**
   * A shard was read to its newest record again and again, and nothing came: every record created
   * before {@code at} has been read, except for a few minutes of delays. Sent now and then while it
   * stays so.
   *
   * @param at by the service's clock; by that of this host only if nobody can tell the other
   */
  record CaughtUp(String table, String splitId, Instant at) implements OfSplit {
    @Override
    public void toSplitHandler(SplitHandler handler) {
      handler.caughtUp(this);
    }
  }

  /**
   * A shard or a change stream was read to its newest record by one call, and nothing came:
   * everything that was read of it before is durable. Sent for every such call, but only after
   * {@link Command.WatchWrites} and for calls that began late enough.
   *
   * @param begun the call began at this moment or later, by the service's clock
   */
  record ReadEmpty(String table, String splitId, Instant begun) implements OfSplit {
    @Override
    public void toSplitHandler(SplitHandler handler) {
      handler.readEmpty(this);
    }
  }

  /** No write in the former mode is under way any more: answer to {@link Command.DeleteForReal}. */
  record DeletesAreReal(String table) implements Event {
    @Override
    public void to(Handler handler) {
      handler.deletesAreReal(this);
    }
  }

  /** The answer to {@link Command.FinishTable}. */
  record TableFinished(String table) implements Event {
    @Override
    public void to(Handler handler) {
      handler.tableFinished(this);
    }
  }

  /** The answer to {@link Command.SwapTable}. */
  record TableSwapped(String table) implements Event {
    @Override
    public void to(Handler handler) {
      handler.tableSwapped(this);
    }
  }

  /** The answer to {@link Command.ExportChanges}. */
  record ChangesExported(String table, Instant from, Instant to, ChangeExport export)
      implements Event {
    @Override
    public void to(Handler handler) {
      handler.changesExported(this);
    }
  }

  /** No split of the table is running any more: answer to {@link Command.StopTable}. */
  record TableStopped(String table) implements Event {
    @Override
    public void to(Handler handler) {
      handler.tableStopped(this);
    }
  }

  /** A split stopped at something that retrying cannot mend. */
  record SplitFault(String table, String splitId, Fault fault) implements OfSplit {
    @Override
    public void toSplitHandler(SplitHandler handler) {
      handler.splitFault(this);
    }
  }

  /** Something about a table went wrong that retrying cannot mend. */
  record TableFault(String table, Fault fault) implements Event {
    @Override
    public void to(Handler handler) {
      handler.tableFault(this);
    }
  }

  /**
   * The applications do not write any more: a cut-over or a return begins, or begins anew.
   *
   * @param at every write that the applications made was acknowledged before this moment, by the
   *     service's clock
   */
  record Freeze(Instant at) implements Event {
    @Override
    public void to(Handler handler) {
      handler.freeze(this);
    }
  }

  /**
   * The cut-over or the return is called off.
   *
   * @param undo even if it is recorded already; else it stays recorded
   */
  record Thaw(boolean undo) implements Event {
    @Override
    public void to(Handler handler) {
      handler.thaw(this);
    }
  }

  /**
   * The applications are about to be switched to the target. Counts only if everything written
   * before the freeze has arrived.
   *
   * @param wayBack where the change stream of the way back begins
   */
  record CutOver(Optional<String> wayBack) implements Event {
    @Override
    public void to(Handler handler) {
      handler.cutOver(this);
    }
  }

  /**
   * The applications are about to be switched back to DynamoDB. Counts only if everything written
   * before the freeze has arrived.
   *
   * @param streams the open stream of each table, as DynamoDB has just answered
   */
  record GoBack(Map<String, StreamHandle> streams) implements Event {
    public GoBack {
      streams = Map.copyOf(streams);
    }

    @Override
    public void to(Handler handler) {
      handler.goBack(this);
    }
  }

  /** The answer to {@link Command.TellStored}. */
  record Stored() implements Event {
    @Override
    public void to(Handler handler) {
      handler.stored(this);
    }
  }

  /**
   * Time has passed; sent about every {@code table.discovery.interval}.
   *
   * @param now by the clock of the source, as far as the host knows it
   * @param host by the clock of the host, to tell how much time lies between two ticks. The other
   *     one may be corrected in between
   */
  record Tick(Instant now, Instant host) implements Event {
    /** By a clock that is right. */
    public Tick(Instant now) {
      this(now, now);
    }

    @Override
    public Event corrected(Duration correction) {
      return new Tick(now.plus(correction), host);
    }

    @Override
    public void to(Handler handler) {
      handler.tick(this);
    }
  }
}
