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
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Keeps items in a DynamoDB-compatible service: a table of the same name, keys and indexes for each
 * table, items as they came.
 *
 * <p>Items and keys come as DynamoDB JSON. There is no way to insert many items only where nothing
 * is, so the copy replaces and the stream waits for its end; and a table cannot take the place of
 * another. Safe for use by many threads.
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

  /**
   * Does not connect yet; see {@link #check}.
   *
   * @throws Fault.Fatal if no region is given and none is found
   */
  public DynamoTarget(DynamoTargetSettings settings) throws Fault.Fatal {
    this.settings = settings;
    this.clients = new DynamoClients(settings.service(), List.of(new BodyInterceptor()));
    this.tables = new TargetTables(clients.tables(), settings.userIndexes());
    this.writer = new BatchWriter(clients.tables());
  }

  /**
   * For start-up, before anything is touched: whether the service answers and lets us in.
   *
   * @throws Fault one clear line if not
   */
  public void check() throws Fault {
    try {
      clients.tables().listTables(request -> request.limit(1));
    } catch (AwsServiceException e) {
      // It knows us, and need not let us list: what matters is what we may do to each table.
      if (!Faults.code(e).equals("AccessDeniedException")) {
        throw Faults.ofService("reach " + settings.service().place(), e);
      }
    } catch (SdkException e) {
      throw Faults.ofService("reach " + settings.service().place(), e);
    }
  }

  /** What tells a table of this service from any other; empty if there is none of this name. */
  public Optional<TableIdentity> identity(String table) throws Fault {
    return tables.find(table).map(TableIdentity::of);
  }

  @Override
  public Capabilities capabilities() {
    return CAPABILITIES;
  }

  /**
   * {@inheritDoc}
   *
   * <p>When resuming, the answer is {@code fresh = false}. {@link Existing#RENAME} is a {@link
   * Fault.TableFailed}: there is no renaming of tables.
   */
  @Override
  public Prepared prepare(TableSchema table, Existing existing) throws Fault {
    writer.forget(table.name());
    return new Prepared(tables.prepare(table, existing));
  }

  /** {@inheritDoc} Tombstones cannot be asked for; deletes are always real. */
  @Override
  public List<Rejected> write(TableSchema table, List<Change> changes, WriteMode mode)
      throws Fault {
    boolean copies = mode == WriteMode.COPY_IF_ABSENT || mode == WriteMode.COPY_REPLACE;
    if (mode == WriteMode.COPY_IF_ABSENT
        || copies && changes.stream().anyMatch(change -> change instanceof Change.Delete)) {
      throw new IllegalArgumentException("not what this target is asked to do: " + mode);
    }
    return writer.write(table, changes);
  }

  @Override
  public void purgeTombstones(TableSchema table) {
    // There are none.
  }

  @Override
  public void finish(TableSchema table) throws Fault {
    tables.finish(table);
  }

  @Override
  public void swapIn(TableSchema table) {
    throw new IllegalStateException("DynamoDB cannot put a table in the place of another");
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
