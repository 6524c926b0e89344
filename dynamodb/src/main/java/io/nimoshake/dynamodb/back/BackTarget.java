package io.nimoshake.dynamodb.back;

import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.dynamodb.client.DynamoClients;
import io.nimoshake.dynamodb.write.DynamoTarget;
import io.nimoshake.dynamodb.write.DynamoTargetSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes changes of MongoDB to the tables of DynamoDB. A change has the key in the encoding of
 * MongoDB; the document of an upsert is BSON, {@code {collection: <string>, document: <the stored
 * document>}}.
 *
 * <p>For each batch it reads the items that are there, where a document does not say by itself what
 * its item is, and makes the items. The inner {@link DynamoTarget} writes them. A document that no
 * item can hold is returned as rejected, with the document as its item. Tables are never created,
 * emptied or swapped. Thread-safe.
 */
public final class BackTarget implements Target {
  private final DynamoTarget inner;
  private final DynamoClients clients;
  private final BackSettings settings;

  /**
   * The items of writes that the inner target could not finish: it goes on only if it gets the same
   * list again. Keyed by the identity of the list of changes.
   */
  private final Map<List<Change>, BackItems.Made> begun =
      Collections.synchronizedMap(new IdentityHashMap<>());

  /**
   * Makes no call yet.
   *
   * @throws Fault.Fatal if no region is configured and the AWS default chain finds none
   */
  public BackTarget(BackSettings settings) throws Fault.Fatal {
    this.settings = settings;
    this.inner = new DynamoTarget(new DynamoTargetSettings(settings.service(), false));
    this.clients = new DynamoClients(settings.service(), List.of());
  }

  /**
   * Checks that the service answers and accepts the credentials.
   *
   * @throws Fault if not
   */
  public void check() throws Fault {
    inner.check();
  }

  @Override
  public Capabilities capabilities() {
    return inner.capabilities();
  }

  /** {@inheritDoc} The table has to be there, whatever {@code existing} says. */
  @Override
  public Prepared prepare(TableSchema table, Existing existing) throws Fault {
    synchronized (begun) {
      begun.values().removeIf(made -> made.table().equals(table.name()));
    }
    return inner.prepare(table, Existing.RESUME);
  }

  @Override
  public List<Rejected> write(TableSchema table, List<Change> changes, WriteMode mode)
      throws Fault {
    BackItems.Made made = begun.remove(changes);
    if (made == null) {
      made = new BackItems(clients.tables(), settings, table).of(changes);
    }
    try {
      List<Rejected> rejected = new ArrayList<>(made.rejected());
      if (!made.items().isEmpty()) {
        rejected.addAll(inner.write(table, made.items(), mode));
      }
      return rejected;
    } catch (Fault f) {
      if (f.isRetryable()) {
        begun.put(changes, made);
      }
      throw f;
    }
  }

  @Override
  public void purgeTombstones(TableSchema table) {
    // DynamoDB has no tombstones.
  }

  @Override
  public void finish(TableSchema table) {
    // The table has its indexes.
  }

  @Override
  public void swapIn(TableSchema table) {
    throw new IllegalStateException("a table of DynamoDB cannot be replaced");
  }

  @Override
  public FailedCalls failedCalls() {
    return inner.failedCalls();
  }

  @Override
  public void close() {
    inner.close();
    clients.close();
  }
}
