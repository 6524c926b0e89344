package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.core.port.WriteMode;
import java.time.Instant;
import java.util.Optional;

/**
 * What the plan wants its host to do. The host retries passing failures itself; the plan hears only
 * of what succeeded and of what retrying cannot mend.
 */
public sealed interface Command {
  /** Calls the method of the handler for this kind of command. */
  void to(Handler handler);

  /** Carries out commands. It has a method for each kind, so a new kind cannot be forgotten. */
  interface Handler {
    void listTables(ListTables command);

    void prepareTable(PrepareTable command);

    void awaitExport(AwaitExport command);

    void listShards(ListShards command);

    void findStream(FindStream command);

    void startSplit(StartSplit command);

    void deleteForReal(DeleteForReal command);

    void finishTable(FinishTable command);

    void swapTable(SwapTable command);

    void exportChanges(ExportChanges command);

    void stopTable(StopTable command);

    void save(Save command);

    void giveUp(GiveUp command);

    void tell(Tell command);

    void watchWrites(WatchWrites command);

    void noteLateWrite(NoteLateWrite command);

    void unwatchWrites(UnwatchWrites command);

    void tellStored(TellStored command);

    void complete(Complete command);
  }

  /** List the tables of the source again; the answer is {@link Event.TablesListed}. */
  record ListTables() implements Command {
    @Override
    public void to(Handler handler) {
      handler.listTables(this);
    }
  }

  /**
   * Describe the table, enable its stream if {@code stream}, make the target ready; the answer is
   * {@link Event.TablePrepared}.
   *
   * @param attempt as for {@link StartSplit}
   */
  record PrepareTable(String table, Existing existing, boolean stream, int attempt)
      implements Command {
    public PrepareTable(String table, Existing existing, boolean stream) {
      this(table, existing, stream, 1);
    }

    @Override
    public void to(Handler handler) {
      handler.prepareTable(this);
    }
  }

  /**
   * Once everything saved so far is stored, request the export of a table, or ask how far it is;
   * the answer is {@link Event.ExportSeen}.
   *
   * @param id of the export
   * @param attempt how often in a row the plan has asked, from 1: the host waits longer each time
   */
  record AwaitExport(String table, String id, int attempt) implements Command {
    @Override
    public void to(Handler handler) {
      handler.awaitExport(this);
    }
  }

  /**
   * List shards; the answer is {@link Event.ShardsListed}.
   *
   * @param childrenOf only this shard's children are of interest
   * @param attempt how often in a row the plan has asked without finding what is missing, from 1:
   *     the host waits longer each time
   */
  record ListShards(String table, String streamArn, Optional<String> childrenOf, int attempt)
      implements Command {
    @Override
    public void to(Handler handler) {
      handler.listShards(this);
    }
  }

  /** Look whether the table has another stream now; the answer is {@link Event.StreamFound}. */
  record FindStream(String table) implements Command {
    @Override
    public void to(Handler handler) {
      handler.findStream(this);
    }
  }

  /**
   * Read a split from a position and write it, reporting {@link Event.Durable} as it goes.
   *
   * @param attempt how often in a row the plan has started the split without success, from 1: the
   *     host waits longer each time before it reads
   */
  record StartSplit(Split split, Position from, WriteMode mode, int attempt) implements Command {
    public StartSplit(Split split, Position from, WriteMode mode) {
      this(split, from, mode, 1);
    }

    @Override
    public void to(Handler handler) {
      handler.startSplit(this);
    }
  }

  /**
   * From now on deletes of this table's stream are real ones; the answer is {@link
   * Event.DeletesAreReal}, when every write begun before is done.
   */
  record DeleteForReal(String table) implements Command {
    @Override
    public void to(Handler handler) {
      handler.deleteForReal(this);
    }
  }

  /**
   * Purge tombstones if asked, build indexes; the answer is {@link Event.TableFinished}.
   *
   * @param purge whether the copy may have left tombstones
   */
  record FinishTable(String table, boolean purge) implements Command {
    @Override
    public void to(Handler handler) {
      handler.finishTable(this);
    }
  }

  /**
   * Put the new copy in the place of the old one, once everything saved so far is stored; the
   * answer is {@link Event.TableSwapped}.
   *
   * @param attempt as for {@link StartSplit}
   */
  record SwapTable(String table, int attempt) implements Command {
    public SwapTable(String table) {
      this(table, 1);
    }

    @Override
    public void to(Handler handler) {
      handler.swapTable(this);
    }
  }

  /**
   * Have the changes of a span of time exported, and wait for the export; the answer is {@link
   * Event.ChangesExported}.
   *
   * @param from inclusive
   * @param to exclusive; it may lie a few minutes ahead
   * @param attempt as for {@link StartSplit}
   */
  record ExportChanges(String table, Instant from, Instant to, int attempt) implements Command {
    public ExportChanges(String table, Instant from, Instant to) {
      this(table, from, to, 1);
    }

    @Override
    public void to(Handler handler) {
      handler.exportChanges(this);
    }
  }

  /** Stop all splits of the table; the answer is {@link Event.TableStopped}. */
  record StopTable(String table) implements Command {
    @Override
    public void to(Handler handler) {
      handler.stopTable(this);
    }
  }

  /**
   * Store this entry. Entries are stored in the order in which they were given.
   *
   * @param soon true for a change of state, to be stored at once; false for progress, to be stored
   *     within the checkpoint interval
   */
  record Save(CheckpointEntry entry, boolean soon) implements Command {
    @Override
    public void to(Handler handler) {
      handler.save(this);
    }
  }

  /** The table has failed for good. */
  record GiveUp(String table, Fault fault) implements Command {
    @Override
    public void to(Handler handler) {
      handler.giveUp(this);
    }
  }

  /** Tell the user. */
  record Tell(String table, Level level, String message) implements Command {
    @Override
    public void to(Handler handler) {
      handler.tell(this);
    }
  }

  /** How loud to tell. */
  enum Level {
    INFO,
    WARN
  }

  /**
   * A cut-over waits: from now on tell of every shard that is read empty, by {@link
   * Event.ReadEmpty}.
   *
   * @param freeze nothing is to be written after this moment
   * @param emptyFrom only calls that began at this moment or later count; both by the service's
   *     clock
   */
  record WatchWrites(Instant freeze, Instant emptyFrom) implements Command {
    @Override
    public void to(Handler handler) {
      handler.watchWrites(this);
    }
  }

  /**
   * A record that was created after the freeze time was read before the cut-over began.
   *
   * @param created by the service's clock
   */
  record NoteLateWrite(String table, Instant created) implements Command {
    @Override
    public void to(Handler handler) {
      handler.noteLateWrite(this);
    }
  }

  /** No cut-over waits any more. */
  record UnwatchWrites() implements Command {
    @Override
    public void to(Handler handler) {
      handler.unwatchWrites(this);
    }
  }

  /** Tell by {@link Event.Stored} when everything saved so far is stored. */
  record TellStored() implements Command {
    @Override
    public void to(Handler handler) {
      handler.tellStored(this);
    }
  }

  /** Nothing is left to do, and nothing more will come. */
  record Complete() implements Command {
    @Override
    public void to(Handler handler) {
      handler.complete(this);
    }
  }
}
