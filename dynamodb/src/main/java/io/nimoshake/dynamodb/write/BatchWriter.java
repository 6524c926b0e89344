package io.nimoshake.dynamodb.write;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.dynamodb.client.ComparableKey;
import io.nimoshake.dynamodb.client.Faults;
import io.nimoshake.dynamodb.shape.TargetShapes;
import io.nimoshake.dynamodb.shape.TargetShapes.ItemShape;
import io.nimoshake.dynamodb.shape.UnfitItemException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * Writes changes of distinct keys with BatchWriteItem. Thread-safe.
 *
 * <p>When the service leaves items unprocessed, {@link Fault.Throttled} is thrown. The caller waits
 * and calls again with the same list; only the rest of it is sent then. Large batches thus get
 * through a table of little capacity, and a stop never has to wait for a pause in here.
 *
 * <p>The service refuses a whole batch if it refuses one item, and does not name the item. The
 * batch is halved until that item is alone; the item is then rejected.
 */
final class BatchWriter {
  static final int MOST_CHANGES = 25;

  private final DynamoDbClient client;
  private final TargetShapes shapes;

  /** Keyed by the list's identity: an equal list may belong to another call. */
  private final Map<List<Change>, Pending> begun =
      Collections.synchronizedMap(new IdentityHashMap<>());

  BatchWriter(DynamoDbClient client, TargetShapes shapes) {
    this.client = client;
    this.shapes = shapes;
  }

  /** The rest of a write; each group is one request. */
  private static final class Pending {
    final TableSchema table;

    /** The table of the target. */
    final String there;

    final Deque<List<Change>> groups = new ArrayDeque<>();
    final List<Change> unprocessed = new ArrayList<>();
    final List<Rejected> rejected = new ArrayList<>();

    /** The items of the source from which changed items were made. */
    final Map<Change, Change.Upsert> originals = new IdentityHashMap<>();

    Pending(TableSchema table, String there) {
      this.table = table;
      this.there = there;
    }

    String doing() {
      return "write to table " + there + " of the target";
    }

    void reject(Change change, String reason) {
      Change.Upsert item = originals.getOrDefault(change, (Change.Upsert) change);
      rejected.add(
          new Rejected(
              table.name(), item.key().encoded().toUtf8(), reason, item.document().toUtf8()));
    }

    void add(List<Change> changes) {
      for (int from = 0; from < changes.size(); from += MOST_CHANGES) {
        groups.add(
            List.copyOf(changes.subList(from, Math.min(changes.size(), from + MOST_CHANGES))));
      }
    }
  }

  /** See {@link io.nimoshake.core.port.Target#write}. */
  List<Rejected> write(TableSchema table, List<Change> changes) throws Fault {
    Pending pending = begun.remove(changes);
    if (pending == null) {
      pending = new Pending(table, shapes.nameOf(table.name()));
      pending.add(shaped(changes, pending));
    }
    try {
      while (!pending.groups.isEmpty()) {
        send(pending);
      }
      if (!pending.unprocessed.isEmpty()) {
        throw leftOver(pending, changes.size());
      }
      return pending.rejected;
    } catch (Fault f) {
      if (f.isRetryable()) {
        begun.put(changes, pending);
      }
      throw f;
    }
  }

  /** The changes with items as the target is to have them. */
  private List<Change> shaped(List<Change> changes, Pending pending) {
    Optional<ItemShape> shape = shapes.itemsOf(pending.table.name());
    if (shape.isEmpty()) {
      return changes;
    }
    List<Change> shaped = new ArrayList<>();
    for (Change change : changes) {
      if (!(change instanceof Change.Upsert upsert)) {
        shaped.add(change);
        continue;
      }
      try {
        Change.Upsert made = new Change.Upsert(upsert.key(), shape.get().apply(upsert.document()));
        pending.originals.put(made, upsert);
        shaped.add(made);
      } catch (UnfitItemException e) {
        pending.reject(upsert, e.getMessage());
      }
    }
    return shaped;
  }

  /** Drops the unfinished writes of a table; no caller comes back for them. */
  void forget(String table) {
    synchronized (begun) {
      begun.values().removeIf(pending -> pending.table.name().equals(table));
    }
  }

  private static Fault leftOver(Pending pending, int of) {
    int count = pending.unprocessed.size();
    pending.add(pending.unprocessed);
    pending.unprocessed.clear();
    return new Fault.Throttled(
        pending.doing() + ": the service left " + count + " of " + of + " items unprocessed", null);
  }

  private void send(Pending pending) throws Fault {
    List<Change> group = pending.groups.peek();
    BatchWriteItemResponse answer;
    try {
      answer = call(pending.there, group);
    } catch (AwsServiceException e) {
      if (!Faults.isRefusal(e)) {
        throw Faults.ofTargetTable(pending.doing(), e);
      }
      pending.groups.poll();
      if (group.size() == 1) {
        reject(pending, group.get(0), e);
      } else {
        int half = group.size() / 2;
        pending.groups.push(group.subList(half, group.size()));
        pending.groups.push(group.subList(0, half));
      }
      return;
    } catch (SdkException e) {
      throw Faults.ofTargetTable(pending.doing(), e);
    }
    List<WriteRequest> left = answer.unprocessedItems().getOrDefault(pending.there, List.of());
    pending.unprocessed.addAll(unprocessed(pending.table, group, left));
    pending.groups.poll();
  }

  private BatchWriteItemResponse call(String table, List<Change> group) {
    byte[] body = BatchBody.of(table, group);
    // The interceptor sends the body, so the list stays empty. Endpoint rules need the table's
    // name.
    return client.batchWriteItem(
        request ->
            request
                .requestItems(Map.of(table, List.of()))
                .overrideConfiguration(
                    call -> call.putExecutionAttribute(BodyInterceptor.BODY, body)));
  }

  /** The changes whose requests the service returned as unprocessed. */
  private static List<Change> unprocessed(
      TableSchema table, List<Change> group, List<WriteRequest> left) {
    if (left.isEmpty()) {
      return List.of();
    }
    Map<Map<String, AttributeValue>, Change> byKey = new HashMap<>();
    for (Change change : group) {
      byKey.put(ComparableKey.of(AttributeJson.read(change.key().encoded().toUtf8())), change);
    }
    List<String> names = table.key().stream().map(KeyAttribute::name).toList();
    List<Change> found = new ArrayList<>();
    for (WriteRequest request : left) {
      Map<String, AttributeValue> item =
          request.putRequest() != null
              ? request.putRequest().item()
              : request.deleteRequest().key();
      Change change = byKey.get(ComparableKey.of(item, names));
      if (change == null) {
        // An unknown key: the whole group is written again, which does no harm.
        return group;
      }
      found.add(change);
    }
    return found;
  }

  private static void reject(Pending pending, Change change, AwsServiceException e) throws Fault {
    if (!(change instanceof Change.Upsert)) {
      throw new Fault.TableFailed(
          "cannot " + pending.doing() + ": the service refused a delete: " + Faults.describe(e), e);
    }
    pending.reject(change, Faults.describe(e));
  }
}
