package io.nimoshake.setup;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.engine.SyncOptions.Mode;
import io.nimoshake.core.engine.SyncOptions.OnGap;
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
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.mongodb.checkpoint.GoCheckpoint;
import io.nimoshake.mongodb.checkpoint.GoCheckpointImport;
import io.nimoshake.mongodb.checkpoint.GoShard;
import io.nimoshake.mongodb.write.MongoTarget;
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
 * Goes on where a sync of the Go tool stopped: turns its checkpoint into ours, once, before
 * anything is read or written. What its checkpoint does not say is looked up (which stream a table
 * has now) or left to be found out (shards it did not know are listed like new ones; what expired
 * is a gap).
 */
public final class Takeover {
  private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);

  /** Nothing is left out for its age: positions say what was written. */
  private static final Instant ALL = Instant.EPOCH;

  private final SyncOptions options;
  private final Source source;
  private final Target target;

  /** Whether numbers become exact ones because nobody said anything else. */
  private final boolean exactByDefault;

  public Takeover(Configuration configuration, SyncOptions options, Source source, Target target) {
    this.options = options;
    this.source = source;
    this.target = target;
    this.exactByDefault =
        target instanceof MongoTarget && !configuration.isSet(TargetKeys.CONVERSION);
  }

  /**
   * Whether a checkpoint of the Go tool that is there can be taken over with this configuration;
   * changes nothing.
   */
  public void check(GoCheckpointImport store) throws StartUpException, Fault {
    Optional<GoCheckpoint> go = store.goCheckpoint();
    if (go.isPresent()) {
      checkMode(go.get());
      if (exactByDefault && go.get().copied()) {
        for (String table : wanted(go.get()).keySet()) {
          checkNumbers(source.describe(table));
        }
      }
    }
  }

  private void checkMode(GoCheckpoint go) throws StartUpException {
    if (options.mode() == Mode.FULL) {
      throw StartUpException.refused(
          "sync_mode = full would end the Go tool's sync whose checkpoint is kept here: set"
              + " sync_mode = all to go on with it, or choose another id",
          null);
    }
    if (options.mode() == Mode.INCR && !go.copied()) {
      throw StartUpException.refused(
          "the Go tool's checkpoint says that its copy never finished, and sync_mode = incr copies"
              + " nothing: set sync_mode = all",
          null);
    }
  }

  /** A key that was written as a double is not found by a Decimal128: the item would be doubled. */
  private void checkNumbers(TableSchema table) throws StartUpException, Fault {
    if (((MongoTarget) target).hasDoublesAsKeys(table)) {
      throw StartUpException.refused(
          "convert.type: the Go tool wrote the keys of table "
              + table.name()
              + " as doubles, which exact numbers do not always match: set convert.type = mchange"
              + " to go on with doubles (or change, if all of its keys are whole numbers)",
          null);
    }
  }

  /** Takes over what is there, if it is the Go tool's; under our lease. */
  public void carryOut(GoCheckpointImport store, long fence) throws StartUpException, Fault {
    Optional<GoCheckpoint> go = store.goCheckpoint();
    if (go.isPresent()) {
      checkMode(go.get());
      store.takeOver(fence, go.get().copied() ? taken(go.get()) : neverCopied());
    }
  }

  private List<CheckpointEntry> neverCopied() {
    LOG.warn("the Go tool's checkpoint says that its copy never finished: {}", copiedAgain());
    return List.of(new OfSync(false));
  }

  private List<CheckpointEntry> taken(GoCheckpoint go) throws StartUpException, Fault {
    Map<String, List<GoShard>> tables = wanted(go);
    LOG.info("going on from the Go tool's checkpoint, of {} tables", tables.size());
    if (exactByDefault) {
      LOG.warn(
          "convert.type is not set: the Go tool wrote numbers as doubles (mchange) unless it was"
              + " told otherwise, and from now on they are written exactly (change); set it to"
              + " decide, and to be rid of this line");
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

  private Map<String, List<GoShard>> wanted(GoCheckpoint go) throws Fault {
    Map<String, List<GoShard>> wanted = new TreeMap<>();
    for (String table : source.listTables()) {
      if (options.tables().test(table) && go.tables().containsKey(table)) {
        wanted.put(table, go.tables().get(table));
      }
    }
    return wanted;
  }

  /** Empty if the table is to be copied again. */
  private List<CheckpointEntry> entriesOf(String table, List<GoShard> shards)
      throws StartUpException, Fault {
    Map<String, Position> positions = new HashMap<>();
    for (GoShard shard : shards) {
      Optional<Position> position = shard.position();
      if (position.isEmpty()) {
        return copyAgain(table, "shard " + shard.shardId() + " says that its copy never finished");
      }
      positions.put(shard.shardId(), position.get());
    }
    Optional<StreamHandle> stream = source.currentStream(table);
    if (stream.isEmpty()) {
      return copyAgain(table, "it has no stream any more");
    }
    String arn = stream.get().arn();
    Map<String, ShardInfo> listed = new HashMap<>();
    for (ShardInfo info : source.listShards(table, arn, Optional.empty()).shards()) {
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
        "table {}: taken over, {} shards, {} of them to go on with",
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
    // A shard that is still listed has records that are kept, and its children only newer ones:
    // nothing is lost to a child that was not begun. The Go tool's own dates are no proof of that.
    boolean nothingLost = position instanceof Position.End && listed.isPresent();
    return new OfSplit(
        split,
        position,
        shard.recordTime(),
        Instant.EPOCH,
        nothingLost ? Optional.of(stream.serviceTime()) : shard.recordTime());
  }

  private List<CheckpointEntry> copyAgain(String table, String reason) throws StartUpException {
    if (options.mode() == Mode.INCR || options.onGap() == OnGap.FAIL) {
      throw StartUpException.refused(
          "table "
              + table
              + " of the Go tool's checkpoint: "
              + reason
              + ", so it must be copied again: set sync_mode = all and on_gap = resync",
          null);
    }
    LOG.warn("table {} of the Go tool's checkpoint: {}: {}", table, reason, copiedAgain());
    return List.of();
  }

  private String copiedAgain() {
    return switch (options.existing()) {
      case DROP -> "copied again, what is in the target is dropped (target.db.exist = drop)";
      case RENAME -> "copied again, what is in the target is renamed (target.db.exist = rename)";
      default ->
          "copied again over what is in the target; items deleted from the source meanwhile stay"
              + " there (target.db.exist = drop or rename would begin with nothing)";
    };
  }
}
