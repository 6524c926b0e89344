package io.nimoshake.dynamodb.write;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.model.TableSchema.SecondaryIndex;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.dynamodb.client.Faults;
import io.nimoshake.dynamodb.client.TableStatuses;
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

  /** Tables that are to be new and whose creation was requested: they must not be deleted again. */
  private final Set<String> createdAnew = ConcurrentHashMap.newKeySet();

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
        dropAndCreate(table);
        awaitActive(name);
        createdAnew.remove(name);
      }
      case KEEP -> {
        if (find(name).isEmpty()) {
          create(table);
        }
        awaitActive(name);
      }
      case RESUME -> {
        if (find(name).isEmpty()) {
          throw missing(name, ", although the checkpoint says that items were copied to it");
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
      throw Faults.ofTargetTable("describe table " + table + " of the target", e);
    }
  }

  private TableDescription found(String table) throws Fault {
    return find(table).orElseThrow(() -> missing(table, ""));
  }

  /** One answer proves nothing, so this is retried like an unknown error. */
  private static Fault.Unknown missing(String table, String more) {
    return new Fault.Unknown("table " + table + " does not exist in the target" + more, null);
  }

  private void dropAndCreate(TableSchema table) throws Fault {
    String name = table.name();
    if (createdAnew.contains(name)) {
      create(table);
      return;
    }
    await("table " + name + " of the target to be deleted", () -> deleted(name));
    createdAnew.add(name);
    if (!create(table)) {
      // DescribeTable may say for a moment that an existing table does not exist. The table that
      // is there may be the old one.
      createdAnew.remove(name);
      throw new Fault.Transient(
          "waiting for table " + name + " of the target to be deleted: it still exists", null);
    }
  }

  /** Returns false if the table exists already. */
  private boolean create(TableSchema table) throws Fault {
    try {
      client.createTable(TableRequests.create(table, withIndexes));
      return true;
    } catch (ResourceInUseException e) {
      LOG.debug("table {} exists already", table.name());
      return false;
    } catch (SdkException e) {
      throw Faults.ofTargetTable("create table " + table.name() + " of the target", e);
    }
  }

  private void awaitActive(String table) throws Fault {
    String name = "table " + table + " of the target";
    await(name + " to be ACTIVE", () -> pending(name, find(table)));
  }

  private static Optional<String> pending(String name, Optional<TableDescription> table)
      throws Fault {
    return table.isPresent()
        ? TableStatuses.pending(name, table.get()).map(status -> "its status is " + status)
        : Optional.of("the service does not know it yet");
  }

  private Optional<String> deleted(String table) throws Fault {
    Optional<TableDescription> found = find(table);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    if (found.get().tableStatus() != TableStatus.DELETING) {
      try {
        client.deleteTable(request -> request.tableName(table));
      } catch (ResourceInUseException | ResourceNotFoundException e) {
        // The table is being changed, or is deleted already. The next check shows which.
        LOG.debug("table {} cannot be deleted now", table, e);
      } catch (SdkException e) {
        throw Faults.ofTargetTable("delete table " + table + " of the target", e);
      }
    }
    return Optional.of("its status is " + found.get().tableStatusAsString());
  }

  private void addIfMissing(TableSchema table, SecondaryIndex index) throws Fault {
    String what = "index " + index.name() + " of table " + table.name() + " of the target";
    Optional<IndexStatus> status = statusOf(table.name(), index.name());
    if (status.isEmpty()) {
      LOG.info("table {}: creating index {}", table.name(), index.name());
      try {
        client.updateTable(TableRequests.addIndex(table, index));
      } catch (SdkException e) {
        throw Faults.ofTargetTable("create " + what, e);
      }
    }
    await(
        what + " to be ACTIVE",
        () -> {
          Optional<IndexStatus> now = statusOf(table.name(), index.name());
          return now.equals(Optional.of(IndexStatus.ACTIVE))
              ? Optional.empty()
              : Optional.of(
                  now.map(it -> "its status is " + it).orElse("the service does not know it yet"));
        });
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
      throw Faults.ofTargetTable("scan table " + table + " of the target", e);
    }
  }

  private interface Condition {
    /** What still has to change; empty when the condition holds. */
    Optional<String> pending() throws Fault;
  }

  private void await(String what, Condition condition) throws Fault {
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (int look = 1; ; look++) {
      Optional<String> pending = condition.pending();
      if (pending.isEmpty()) {
        return;
      }
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
        throw new Fault.Transient("waiting for " + what + ": " + pending.get(), null);
      }
    }
  }
}
