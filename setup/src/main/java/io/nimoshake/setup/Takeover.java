package io.nimoshake.setup;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.engine.SyncOptions.Mode;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfSync;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Source.ShardInfo;
import io.nimoshake.core.port.Source.ShardListing;
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.mongodb.checkpoint.GoCheckpoint;
import io.nimoshake.mongodb.checkpoint.GoCheckpointImport;
import io.nimoshake.mongodb.checkpoint.GoShard;
import io.nimoshake.mongodb.write.MongoTarget;
import io.nimoshake.setup.StartUp.Server;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.TargetKeys;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Continues a sync of the Go tool: converts its checkpoint to our format, once, before anything is
 * read or written. The Go tool's checkpoint does not name a table's stream, so the current stream
 * is looked up. Shards that it does not name are listed like new ones, and expired records are a
 * gap.
 */
public final class Takeover {
  private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);

  /** No record is skipped for its age: the positions say what was written. */
  private static final Instant ALL = Instant.EPOCH;

  private final StartUp start;
  private final SyncOptions options;
  private final Source source;
  private final Target target;

  /** Whether numbers become exact because convert.type is not set. */
  private final boolean exactByDefault;

  private final boolean mapped;

  /**
   * @param start makes the calls
   */
  public Takeover(
      StartUp start,
      Configuration configuration,
      SyncOptions options,
      Source source,
      Target target) {
    this.start = start;
    this.mapped = !new SyncSetup(configuration).mappingText().isEmpty();
    this.options = options;
    this.source = source;
    this.target = target;
    this.exactByDefault =
        target instanceof MongoTarget && !configuration.isSet(TargetKeys.CONVERSION);
  }

  /**
   * Checks that this configuration can continue from a checkpoint of the Go tool, if there is one.
   * Changes nothing.
   */
  public void check(GoCheckpointImport store) throws StartUpException {
    Optional<GoCheckpoint> go = read(store);
    if (go.isPresent()) {
      checkMode(go.get());
      if (mapped && go.get().copied()) {
        throw StartUpException.refused(
            "the Go tool has copied the tables of this id without a mapping: leave the mapping out"
                + " to continue that sync, or choose another id to copy by the mapping",
            null);
      }
      if (exactByDefault && go.get().copied()) {
        for (String table : wanted(go.get()).keySet()) {
          checkNumbers(
              start.call(Server.SOURCE, "describing table " + table, () -> source.describe(table)));
        }
      }
    }
  }

  private Optional<GoCheckpoint> read(GoCheckpointImport store) throws StartUpException {
    return start.call(
        Server.CHECKPOINT, "looking for a checkpoint of the Go tool", store::goCheckpoint);
  }

  private void checkMode(GoCheckpoint go) throws StartUpException {
    if (options.mode() == Mode.FULL) {
      throw StartUpException.refused(
          "this id has a checkpoint of the Go tool, and sync_mode = full would end that sync: set"
              + " sync_mode = all to continue it, or choose another id",
          null);
    }
    if (options.mode() == Mode.INCR && !go.copied()) {
      throw StartUpException.refused(
          "the Go tool's checkpoint says that its copy did not finish, and sync_mode = incr copies"
              + " nothing: set sync_mode = all",
          null);
    }
  }

  /** MongoDB does not always find a double by a Decimal128: the item would be there twice. */
  private void checkNumbers(TableSchema table) throws StartUpException {
    boolean doubles =
        start.call(
            Server.TARGET,
            "looking at the keys of table " + table.name(),
            () -> ((MongoTarget) target).hasDoublesAsKeys(table));
    if (doubles) {
      throw StartUpException.refused(
          "convert.type: the Go tool wrote the keys of table "
              + table.name()
              + " as doubles, and MongoDB does not always find a double by an exact number: set"
              + " convert.type = mchange to continue with doubles, or convert.type = change if all"
              + " keys are whole numbers",
          null);
    }
  }

  /** Converts the Go tool's checkpoint, if there is one. Needs our lease. */
  public void carryOut(GoCheckpointImport store, long fence) throws StartUpException, Fault.Fatal {
    Optional<GoCheckpoint> go = read(store);
    if (go.isPresent()) {
      checkMode(go.get());
      List<CheckpointEntry> entries = go.get().copied() ? taken(go.get()) : neverCopied();
      start.run(
          Server.CHECKPOINT,
          "taking over the checkpoint of the Go tool",
          () -> store.takeOver(fence, entries));
    }
  }

  private List<CheckpointEntry> neverCopied() {
    LOG.warn("the Go tool's checkpoint says that its copy did not finish: {}", copiedAgain());
    return List.of(new OfSync(false));
  }

  private List<CheckpointEntry> taken(GoCheckpoint go) throws StartUpException, Fault.Fatal {
    Map<String, List<GoShard>> tables = wanted(go);
    LOG.info("continuing from the Go tool's checkpoint; tables in it: {}", tables.size());
    if (exactByDefault) {
      LOG.warn(
          "convert.type is not set: the Go tool writes numbers as doubles (mchange) by default, and"
              + " from now on they are written exactly (change); set convert.type to one of them"
              + " and this warning goes away");
    }
    List<CheckpointEntry> entries = new ArrayList<>();
    boolean complete = true;
    for (Map.Entry<String, List<GoShard>> table : tables.entrySet()) {
      List<CheckpointEntry> ofTable = entriesOf(table.getKey(), table.getValue());
      complete &= !ofTable.isEmpty();
      entries.addAll(ofTable);
    }
    entries.add(new OfSync(complete));
    return entries;
  }

  private Map<String, List<GoShard>> wanted(GoCheckpoint go) throws StartUpException {
    Map<String, List<GoShard>> wanted = new TreeMap<>();
    for (String table :
        start.call(Server.SOURCE, "listing the tables of the source", source::listTables)) {
      if (options.tables().test(table) && go.tables().containsKey(table)) {
        wanted.put(table, go.tables().get(table));
      }
    }
    return wanted;
  }

  /** The converted entries of a table. Empty if the table must be copied again. */
  private List<CheckpointEntry> entriesOf(String table, List<GoShard> shards)
      throws StartUpException, Fault.Fatal {
    Map<String, Position> positions = new HashMap<>();
    for (GoShard shard : shards) {
      Optional<Position> position = shard.position();
      if (position.isEmpty()) {
        return copyAgain(
            table, "the entry of shard " + shard.shardId() + " says that the copy did not finish");
      }
      positions.put(shard.shardId(), position.get());
    }
    Optional<StreamHandle> stream =
        start.call(
            Server.SOURCE,
            "looking for the stream of table " + table,
            () -> source.currentStream(table));
    if (stream.isEmpty()) {
      return copyAgain(table, "the table no longer has a stream");
    }
    String arn = stream.get().arn();
    Map<String, ShardInfo> listed = new HashMap<>();
    ShardListing listing =
        start.call(
            Server.SOURCE,
            "listing the shards of table " + table,
            () -> source.listShards(table, arn, Optional.empty()));
    for (ShardInfo info : listing.shards()) {
      listed.put(info.shardId(), info);
    }
    List<CheckpointEntry> entries = new ArrayList<>();
    boolean fresh = options.existing() != Existing.KEEP;
    entries.add(new OfTable(table, Phase.COPIED, Optional.of(ALL), List.of(arn), 0, fresh, false));
    int unfinished = 0;
    for (GoShard shard : shards) {
      Position position = positions.get(shard.shardId());
      unfinished += position instanceof Position.End ? 0 : 1;
      Optional<ShardInfo> info = Optional.ofNullable(listed.get(shard.shardId()));
      entries.add(entryOf(table, shard, position, stream.get(), info));
    }
    LOG.info(
        "table {}: continues from the Go tool's checkpoint; shards: {}, not finished: {}",
        table,
        shards.size(),
        unfinished);
    return entries;
  }

  private static OfSplit entryOf(
      String table,
      GoShard shard,
      Position position,
      StreamHandle stream,
      Optional<ShardInfo> listed) {
    StreamShard split =
        new StreamShard(
            table,
            stream.arn(),
            shard.shardId(),
            shard.fatherId().isEmpty() ? Set.of() : Set.of(shard.fatherId()),
            listed.flatMap(ShardInfo::endingSequenceNumber),
            ALL);
    // While a shard is still listed, its records have not expired, and the records of its children
    // are newer: so no record of an unread child is lost. The Go tool's own dates do not prove
    // that.
    boolean nothingLost = position instanceof Position.End && listed.isPresent();
    return new OfSplit(
        split,
        position,
        shard.recordTime(),
        Instant.EPOCH,
        nothingLost ? Optional.of(stream.serviceTime()) : shard.recordTime());
  }

  private List<CheckpointEntry> copyAgain(String table, String reason) throws StartUpException {
    if (options.mode() == Mode.INCR || !options.onGap().resyncs()) {
      throw StartUpException.refused(
          "table "
              + table
              + " in the Go tool's checkpoint: "
              + reason
              + ", so the table must be copied again: set sync_mode = all and on_gap = resync",
          null);
    }
    LOG.warn("table {} in the Go tool's checkpoint: {}: {}", table, reason, copiedAgain());
    return List.of();
  }

  private String copiedAgain() {
    return switch (options.existing()) {
      case DROP -> "it is copied again; the collection is dropped first (target.db.exist = drop)";
      case RENAME ->
          "it is copied again; the collection is renamed first (target.db.exist = rename)";
      case KEEP, RESUME, BESIDE, RESUME_BESIDE ->
          "it is copied again into the existing collection; documents whose items were deleted in"
              + " the meantime stay there (set target.db.exist = drop or rename to avoid that)";
    };
  }
}
