package io.nimoshake.dynamodb.write;

import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.dynamodb.client.DynamoClients;
import io.nimoshake.dynamodb.client.Faults;
import io.nimoshake.dynamodb.client.TableIdentity;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Writes to a DynamoDB-compatible service. Each table gets a table of the same key and indexes;
 * items are written unchanged. A mapping may give tables other names, and change attributes.
 *
 * <p>Items and keys come as DynamoDB JSON. The service cannot insert many items only where none
 * exists. So the copy replaces items, and the stream waits until the copy is done. A table cannot
 * be renamed, so a new copy cannot take the place of an old one. Thread-safe.
 */
public final class DynamoTarget implements Target {
  /**
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html">
   *     BatchWriteItem: 25 requests, 16 MB</a>
   */
  private static final Capabilities CAPABILITIES =
      new Capabilities(
          false, BatchWriter.MOST_CHANGES, 16 * 1024 * 1024 - BatchBody.FRAME_BYTES, false);

  private final DynamoTargetSettings settings;
  private final DynamoClients clients;
  private final TargetTables tables;
  private final BatchWriter writer;

  /** Schemas of the source, by name. */
  private final Map<String, TableSchema> prepared = new ConcurrentHashMap<>();

  /**
   * Makes no call yet; see {@link #check}.
   *
   * @throws Fault.Fatal if no region is configured and the AWS default chain finds none
   */
  public DynamoTarget(DynamoTargetSettings settings) throws Fault.Fatal {
    this.settings = settings;
    this.clients = new DynamoClients(settings.service(), List.of(new BodyInterceptor()));
    this.tables = new TargetTables(clients.tables(), settings.userIndexes());
    this.writer = new BatchWriter(clients.tables(), settings.shapes());
  }

  /**
   * Checks that the service answers and accepts the credentials. Called at start-up, before
   * anything is changed.
   *
   * @throws Fault if not
   */
  public void check() throws Fault {
    try {
      clients.tables().listTables(request -> request.limit(1));
    } catch (AwsServiceException e) {
      // The credentials are valid. The permission to list is not needed.
      if (!Faults.code(e).equals("AccessDeniedException")) {
        throw Faults.ofService("reach " + settings.service().place(), e);
      }
    } catch (SdkException e) {
      throw Faults.ofService("reach " + settings.service().place(), e);
    }
  }

  /** Identifies a table across services; empty if no table has this name. */
  public Optional<TableIdentity> identity(String table) throws Fault {
    return tables.find(settings.shapes().nameOf(table)).map(TableIdentity::of);
  }

  @Override
  public Capabilities capabilities() {
    return CAPABILITIES;
  }

  /**
   * {@inheritDoc}
   *
   * <p>When resuming, the result is {@code fresh = false}. {@link Existing#RENAME} gives {@link
   * Fault.TableFailed}, because DynamoDB cannot rename tables.
   */
  @Override
  public Prepared prepare(TableSchema table, Existing existing) throws Fault {
    prepared.put(table.name(), table);
    List<String> problems = settings.shapes().problems(prepared.values());
    if (!problems.isEmpty()) {
      prepared.remove(table.name());
      throw new Fault.TableFailed(String.join("; ", problems), null);
    }
    writer.forget(table.name());
    return new Prepared(tables.prepare(there(table), existing));
  }

  /** {@inheritDoc} This target knows no tombstones; deletes are always real. */
  @Override
  public List<Rejected> write(TableSchema table, List<Change> changes, WriteMode mode)
      throws Fault {
    boolean copies = mode == WriteMode.COPY_IF_ABSENT || mode == WriteMode.COPY_REPLACE;
    if (mode == WriteMode.COPY_IF_ABSENT
        || copies && changes.stream().anyMatch(change -> change instanceof Change.Delete)) {
      throw new IllegalArgumentException("this target does not support " + mode);
    }
    return writer.write(table, changes);
  }

  /** The table of the target. */
  private TableSchema there(TableSchema table) {
    return table.named(settings.shapes().nameOf(table.name()));
  }

  @Override
  public void purgeTombstones(TableSchema table) {
    // This target has no tombstones.
  }

  @Override
  public void finish(TableSchema table) throws Fault {
    tables.finish(there(table));
  }

  @Override
  public void swapIn(TableSchema table) {
    throw new IllegalStateException("DynamoDB cannot replace a table by another");
  }

  @Override
  public FailedCalls failedCalls() {
    return clients.failedCalls();
  }

  @Override
  public void close() {
    tables.close();
    clients.close();
  }
}
