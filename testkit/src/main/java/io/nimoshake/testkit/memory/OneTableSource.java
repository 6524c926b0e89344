package io.nimoshake.testkit.memory;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Source;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A source of one table with the key {@code k} and an open stream. Every listing shows all shards
 * at once. What they hold is up to the test.
 */
public abstract class OneTableSource implements Source {
  private final String table;
  private final String streamArn;

  protected OneTableSource(String table, String streamArn) {
    this.table = table;
    this.streamArn = streamArn;
  }

  /** The shards as they are now. */
  protected abstract List<ShardInfo> shards();

  @Override
  public List<String> listTables() {
    return List.of(table);
  }

  @Override
  public TableSchema describe(String name) {
    return new TableSchema(
        name, new KeyAttribute("k", KeyAttribute.Type.S), Optional.empty(), List.of(), 0, 0);
  }

  @Override
  public Optional<StreamHandle> ensureStream(String name) {
    return currentStream(name);
  }

  @Override
  public Optional<StreamHandle> currentStream(String name) {
    return Optional.of(new StreamHandle(streamArn, true, Instant.now()));
  }

  @Override
  public ShardListing listShards(String name, String arn, Optional<String> childrenOf) {
    return new ShardListing(shards(), true, true, Instant.now());
  }

  @Override
  public void close() {}
}
