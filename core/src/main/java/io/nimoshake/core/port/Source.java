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
 * The tables and streams that are read. Methods block and may be called from several threads; none
 * retries for long by itself: a {@link Fault} that may pass is thrown and the caller comes again.
 */
public interface Source extends AutoCloseable {
  /** Names of all tables. */
  List<String> listTables() throws Fault;

  /** Schema and size of a table; {@link Fault.TableGone} if there is no such table. */
  TableSchema describe(String table) throws Fault;

  /**
   * Makes sure the table has a stream with new and old images, enabling one where there is none,
   * and does not wait: empty as long as the stream is not ENABLED yet; ask again.
   */
  Optional<StreamHandle> ensureStream(String table) throws Fault;

  /**
   * The table's stream as it is now, open or closed; nothing is changed. Empty if it has none or is
   * gone.
   */
  Optional<StreamHandle> currentStream(String table) throws Fault;

  /**
   * The shards of a stream; {@link Fault.StreamGone} if the service does not know the stream.
   *
   * @param childrenOf ask only for children of this shard; a source that cannot filter lists all
   */
  ShardListing listShards(String table, String streamArn, Optional<String> childrenOf) throws Fault;

  /** Opens a split for reading from a position. One reader a split at any time. */
  SplitReader open(Split split, Position from) throws Fault;

  /** The attempts of calls that failed since this was opened. One without a server has none. */
  default FailedCalls failedCalls() {
    return new FailedCalls();
  }

  @Override
  void close();

  /**
   * A table's stream.
   *
   * @param arn names this enabling of the stream
   * @param open whether new records are still added to it
   * @param serviceTime the service's clock when it said so
   */
  record StreamHandle(String arn, boolean open, Instant serviceTime) {}

  /**
   * What a listing showed. It may lag: a parent may look open beside its child, a child be missing.
   *
   * @param shards the shards, in no order that counts
   * @param complete whether these are all shards of the stream, not only children of one
   * @param open whether the stream still takes records; the last shards of a closed one have no
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
