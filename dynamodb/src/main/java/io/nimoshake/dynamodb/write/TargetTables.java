package io.nimoshake.dynamodb.write;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.model.TableSchema.SecondaryIndex;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.dynamodb.client.Faults;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.IndexStatus;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.Select;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;

/**
 * Creates and deletes tables and indexes, and waits until they can be used. A call waits two
 * seconds at most, then throws {@link Fault.Transient}; the caller comes back. Every call can be
 * repeated.
 */
final class TargetTables {
  private static final Logger LOG = LoggerFactory.getLogger(TargetTables.class);

  /** How long one call waits for the service to create or delete something. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final RetryPolicy LOOK_AGAIN =
      new RetryPolicy(Duration.ofMillis(100), Duration.ofMillis(500));

  private final DynamoDbClient client;
  private final boolean withIndexes;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Tables whose old table is deleted already: the new one must not be deleted. */
  private final Set<String> dropped = ConcurrentHashMap.newKeySet();

  TargetTables(DynamoDbClient client, boolean withIndexes) {
    this.client = client;
    this.withIndexes = withIndexes;
  }

  /**
   * Makes the table ready for writes.
   *
   * @return whether it holds no items
   */
  boolean prepare(TableSchema table, Existing existing) throws Fault {
    String name = table.name();
    switch (existing) {
      case DROP -> {
        if (dropped.add(name)) {
          try {
            await("table " + name + " of the target to be deleted", () -> isDeleted(name));
          } catch (Fault f) {
            dropped.remove(name);
            throw f;
          }
        }
        create(table);
        dropped.remove(name);
      }
      case KEEP -> {
        if (find(name).isEmpty()) {
          create(table);
        } else {
          awaitActive(name);
        }
      }
      case RESUME -> {
        if (find(name).isEmpty()) {
          throw new Fault.TableFailed(
              "table "
                  + name
                  + " no longer exists in the target, although the checkpoint says that items were"
                  + " copied to it",
              null);
        }
        awaitActive(name);
      }
      case RENAME ->
          throw new Fault.TableFailed(
              "table " + name + " of the target cannot be renamed: DynamoDB cannot rename tables",
              null);
      case BESIDE, RESUME_BESIDE ->
          throw new IllegalStateException("DynamoDB cannot replace a table by another");
    }
    checkKey(table);
    return existing != Existing.RESUME && isEmpty(name);
  }

  /** Adds the missing indexes to a table that existed before. */
  void finish(TableSchema table) throws Fault {
    if (!withIndexes) {
      return;
    }
    TableDescription description = found(table.name());
    for (SecondaryIndex index : table.indexes()) {
      if (index.global()) {
        addIfMissing(table, index);
      } else if (description.localSecondaryIndexes().stream()
          .noneMatch(has -> has.indexName().equals(index.name()))) {
        LOG.warn(
            "local index {} of table {} is not created: DynamoDB creates local indexes only together"
                + " with their table",
            index.name(),
            table.name());
      }
    }
  }

  /** Ends all waits. */
  void close() {
    closed.countDown();
  }

  /** Describes a table; empty if it does not exist. */
  Optional<TableDescription> find(String table) throws Fault {
    try {
      return Optional.of(client.describeTable(request -> request.tableName(table)).table());
    } catch (ResourceNotFoundException e) {
      return Optional.empty();
    } catch (SdkException e) {
      throw Faults.ofTable("describe table " + table + " of the target", e);
    }
  }

  private TableDescription found(String table) throws Fault {
    return find(table)
        .orElseThrow(
            () ->
                new Fault.TableFailed("table " + table + " no longer exists in the target", null));
  }

  private void create(TableSchema table) throws Fault {
    try {
      client.createTable(TableRequests.create(table, withIndexes));
    } catch (ResourceInUseException e) {
      // An earlier call created it, and its answer was lost.
      LOG.debug("table {} exists already", table.name());
    } catch (SdkException e) {
      throw Faults.ofTable("create table " + table.name() + " of the target", e);
    }
    awaitActive(table.name());
  }

  private void awaitActive(String table) throws Fault {
    await(
        "table " + table + " of the target to become ACTIVE",
        () -> find(table).filter(TargetTables::isUsable).isPresent());
  }

  /** A table accepts writes while it is being changed. */
  private static boolean isUsable(TableDescription table) {
    return table.tableStatus() == TableStatus.ACTIVE || table.tableStatus() == TableStatus.UPDATING;
  }

  private boolean isDeleted(String table) throws Fault {
    Optional<TableDescription> there = find(table);
    if (there.isPresent() && there.get().tableStatus() != TableStatus.DELETING) {
      try {
        client.deleteTable(request -> request.tableName(table));
      } catch (ResourceInUseException | ResourceNotFoundException e) {
        // The table is being changed, or is deleted already. The next check shows which.
        return false;
      } catch (SdkException e) {
        throw Faults.ofTable("delete table " + table + " of the target", e);
      }
    }
    return there.isEmpty();
  }

  private void addIfMissing(TableSchema table, SecondaryIndex index) throws Fault {
    String what = "index " + index.name() + " of table " + table.name() + " of the target";
    Optional<IndexStatus> status = statusOf(table.name(), index.name());
    if (status.isEmpty()) {
      LOG.info("table {}: creating index {}", table.name(), index.name());
      try {
        client.updateTable(TableRequests.addIndex(table, index));
      } catch (SdkException e) {
        throw Faults.ofTable("create " + what, e);
      }
    }
    await(
        what + " to become ACTIVE",
        () -> statusOf(table.name(), index.name()).equals(Optional.of(IndexStatus.ACTIVE)));
  }

  private Optional<IndexStatus> statusOf(String table, String index) throws Fault {
    return found(table).globalSecondaryIndexes().stream()
        .filter(has -> has.indexName().equals(index))
        // An endpoint that gives no status builds indexes at once.
        .map(has -> has.indexStatus() == null ? IndexStatus.ACTIVE : has.indexStatus())
        .findFirst();
  }

  private void checkKey(TableSchema table) throws Fault {
    TableDescription description = found(table.name());
    boolean same =
        List.copyOf(description.keySchema()).equals(TableRequests.key(table))
            && table.key().stream().allMatch(attribute -> hasType(description, attribute));
    if (!same) {
      throw new Fault.TableFailed(
          "table "
              + table.name()
              + " of the target has another key than the source's table: "
              + description.keySchema().stream().map(key -> key.attributeName()).toList()
              + " of types "
              + description.attributeDefinitions().stream()
                  .map(attribute -> attribute.attributeName() + " " + attribute.attributeType())
                  .toList(),
          null);
    }
  }

  private static boolean hasType(TableDescription table, KeyAttribute attribute) {
    return table.attributeDefinitions().stream()
        .anyMatch(
            defined ->
                defined.attributeName().equals(attribute.name())
                    && attribute.type().name().equals(defined.attributeTypeAsString()));
  }

  private boolean isEmpty(String table) throws Fault {
    try {
      ScanResponse page =
          client.scan(
              request ->
                  request.tableName(table).limit(1).select(Select.COUNT).consistentRead(true));
      return page.count() == 0 && !page.hasLastEvaluatedKey();
    } catch (SdkException e) {
      throw Faults.ofTable("scan table " + table + " of the target", e);
    }
  }

  private interface Condition {
    boolean holds() throws Fault;
  }

  private void await(String what, Condition condition) throws Fault {
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (int look = 1; !condition.holds(); look++) {
      // Without jitter: no other caller waits for the same.
      long nanos = LOOK_AGAIN.delay(look, 1).toNanos();
      boolean ended;
      try {
        ended = closed.await(nanos, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        ended = true;
      }
      if (ended || System.nanoTime() - end >= 0) {
        throw new Fault.Transient("waiting for " + what, null);
      }
    }
  }
}
