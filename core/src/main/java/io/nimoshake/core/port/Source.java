package io.nimoshake.core.port;

import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The tables and streams that are read. Methods block and may be called from several threads. No
 * method retries for long: it throws a {@link Fault} that may pass, and the caller calls again.
 */
public interface Source extends AutoCloseable {
  /** Names of all tables. */
  List<String> listTables() throws Fault;

  /** Schema and size of a table; {@link Fault.TableGone} if there is no such table. */
  TableSchema describe(String table) throws Fault;

  /**
   * Enables a stream with new and old images if the table has none. Does not wait: the answer is
   * empty as long as the stream is not ENABLED, and the caller asks again.
   */
  Optional<StreamHandle> ensureStream(String table) throws Fault;

  /**
   * The table's stream as it is now, open or closed. Changes nothing. Empty if the table has no
   * stream or does not exist.
   */
  Optional<StreamHandle> currentStream(String table) throws Fault;

  /**
   * The shards of a stream; {@link Fault.StreamGone} if the service does not know the stream.
   *
   * @param childrenOf asks only for children of this shard; a source that cannot filter lists all
   */
  ShardListing listShards(String table, String streamArn, Optional<String> childrenOf) throws Fault;

  /**
   * The export from which a new copy of the table is made; empty: by Scan. An export that is still
   * to be made is not requested yet: its id has to be in the checkpoint before.
   *
   * @param stream the table's stream if it is to be followed after the copy
   * @param again whether the table was copied before and changes were lost since: an export from
   *     before that does not help
   * @throws Fault.TableFailed if the export cannot be used
   */
  default Optional<Export> export(TableSchema table, Optional<StreamHandle> stream, boolean again)
      throws Fault {
    return Optional.empty();
  }

  /**
   * Takes an export that is not ready a step further: requests it if that was not done yet, else
   * asks how far it is. A call that is made again, also after a restart, makes no second export.
   *
   * @param id of an {@link Export.Pending}
   */
  default Export pursue(TableSchema table, String id) throws Fault {
    throw new Fault.TableFailed("this source makes no export of table " + table.name(), null);
  }

  /**
   * The incremental export of the changes of a table in a span of time. Requests it if that was not
   * done. Does not wait: the answer is empty as long as the export is not complete, and the caller
   * asks again. Asking again, also after a restart, does not make a second export.
   *
   * @param from inclusive, whole seconds
   * @param to exclusive, whole seconds, 15 minutes to 24 hours after {@code from}. It may lie a few
   *     minutes ahead: the answer is empty until then.
   * @throws Fault.NoBackfill if there is no such export and there will be none
   */
  default Optional<ChangeExport> exportChanges(String table, Instant from, Instant to)
      throws Fault {
    throw new Fault.NoBackfill("this source has no incremental exports", null);
  }

  /** Opens a split for reading from a position. A split has at most one reader at any time. */
  SplitReader open(Split split, Position from) throws Fault;

  /** Counts of the calls that failed since this was opened; empty if there is no server. */
  default FailedCalls failedCalls() {
    return new FailedCalls();
  }

  @Override
  void close();

  /**
   * A table's stream.
   *
   * @param arn identifies the stream: one that is enabled again has another ARN
   * @param open whether the stream still takes records
   * @param serviceTime the service's clock when it answered
   * @param oldestKept the time of the oldest change that the service still has; empty where it does
   *     not say so
   * @param next where a change stream has to be read from so that no change is missed that is made
   *     from now on; empty where shards say that, and where nobody has asked
   */
  record StreamHandle(
      String arn,
      boolean open,
      Instant serviceTime,
      Optional<Instant> oldestKept,
      Optional<String> next) {
    public StreamHandle(
        String arn, boolean open, Instant serviceTime, Optional<Instant> oldestKept) {
      this(arn, open, serviceTime, oldestKept, Optional.empty());
    }

    /** A stream of DynamoDB, which keeps every record for the same time. */
    public StreamHandle(String arn, boolean open, Instant serviceTime) {
      this(arn, open, serviceTime, Optional.empty());
    }

    /** The same, with the place from which its changes are read. */
    public StreamHandle from(String position) {
      return new StreamHandle(arn, open, serviceTime, oldestKept, Optional.of(position));
    }
  }

  /** An export of a table, and how far it is. */
  sealed interface Export {
    /** Identifies it in the checkpoint. */
    String id();

    /**
     * It can be read.
     *
     * @param files number of its data files
     * @param time it has the table's items as they were at this time, by the service's clock
     */
    record Ready(String id, int files, Instant time) implements Export {}

    /**
     * It is wanted, or being made.
     *
     * @param time as above
     * @param progress what is waited for, for people: "the export requested at ..."
     */
    record Pending(String id, Instant time, String progress) implements Export {}

    /**
     * It will never be ready.
     *
     * @param id of another one, which is not requested before the next start
     * @param reason for people
     */
    record Failed(String id, String reason) implements Export {}
  }

  /**
   * An incremental export of a table, complete.
   *
   * @param id identifies the export, also after a restart
   * @param files number of its data files
   * @param serviceTime the service's clock when it answered
   */
  record ChangeExport(String id, int files, Instant serviceTime) {}

  /**
   * The answer to a listing of shards. It may lag: a parent may look open beside its child, and a
   * child may be missing.
   *
   * @param shards the shards, in any order
   * @param complete whether all shards of the stream were asked for, not only the children of one
   * @param open whether the stream still takes records; the last shards of a closed stream have no
   *     children
   * @param serviceTime the service's clock when the listing began
   */
  record ShardListing(List<ShardInfo> shards, boolean complete, boolean open, Instant serviceTime) {
    public ShardListing {
      shards = List.copyOf(shards);
    }
  }

  /**
   * One listed shard.
   *
   * @param parents ids of the shards it continues, listed or not
   * @param endingSequenceNumber set once the shard takes no more records
   */
  record ShardInfo(String shardId, Set<String> parents, Optional<String> endingSequenceNumber) {
    public ShardInfo {
      parents = Set.copyOf(parents);
    }
  }
}
