package io.nimoshake.dynamodb.write;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.dynamodb.client.ComparableKey;
import io.nimoshake.dynamodb.client.Faults;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  private static final Set<String> REFUSES_ITEM =
      Set.of("ValidationException", "SerializationException", "RequestEntityTooLarge");
  private static final int TOO_LARGE = 413;

  private final DynamoDbClient client;

  /** Keyed by the list's identity: an equal list may belong to another call. */
  private final Map<List<Change>, Pending> begun =
      Collections.synchronizedMap(new IdentityHashMap<>());

  BatchWriter(DynamoDbClient client) {
    this.client = client;
  }

  /** The rest of a write; each group is one request. */
  private static final class Pending {
    final String table;
    final Deque<List<Change>> groups = new ArrayDeque<>();
    final List<Change> unprocessed = new ArrayList<>();
    final List<Rejected> rejected = new ArrayList<>();

    Pending(String table) {
      this.table = table;
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
      pending = new Pending(table.name());
      pending.add(changes);
    }
    try {
      while (!pending.groups.isEmpty()) {
        send(table, pending);
      }
      if (!pending.unprocessed.isEmpty()) {
        throw leftOver(table, pending, changes.size());
      }
      return pending.rejected;
    } catch (Fault f) {
      if (f.isRetryable()) {
        begun.put(changes, pending);
      }
      throw f;
    }
  }

  /** Drops the unfinished writes of a table; no caller comes back for them. */
  void forget(String table) {
    synchronized (begun) {
      begun.values().removeIf(pending -> pending.table.equals(table));
    }
  }

  private static Fault leftOver(TableSchema table, Pending pending, int of) {
    int count = pending.unprocessed.size();
    pending.add(pending.unprocessed);
    pending.unprocessed.clear();
    return new Fault.Throttled(
        doing(table) + ": the service left " + count + " of " + of + " items unprocessed", null);
  }

  private void send(TableSchema table, Pending pending) throws Fault {
    List<Change> group = pending.groups.peek();
    BatchWriteItemResponse answer;
    try {
      answer = call(table.name(), group);
    } catch (AwsServiceException e) {
      if (!refusesItem(e)) {
        throw Faults.ofTargetTable(doing(table), e);
      }
      pending.groups.poll();
      if (group.size() == 1) {
        pending.rejected.add(reject(table, group.get(0), e));
      } else {
        int half = group.size() / 2;
        pending.groups.push(group.subList(half, group.size()));
        pending.groups.push(group.subList(0, half));
      }
      return;
    } catch (SdkException e) {
      throw Faults.ofTargetTable(doing(table), e);
    }
    List<WriteRequest> left = answer.unprocessedItems().getOrDefault(table.name(), List.of());
    pending.unprocessed.addAll(unprocessed(table, group, left));
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

  private static boolean refusesItem(AwsServiceException e) {
    return REFUSES_ITEM.contains(Faults.code(e)) || e.statusCode() == TOO_LARGE;
  }

  private static Rejected reject(TableSchema table, Change change, AwsServiceException e)
      throws Fault {
    if (!(change instanceof Change.Upsert upsert)) {
      throw new Fault.TableFailed(
          "cannot " + doing(table) + ": the service refused a delete: " + Faults.describe(e), e);
    }
    return new Rejected(
        table.name(),
        upsert.key().encoded().toUtf8(),
        Faults.describe(e),
        upsert.document().toUtf8());
  }

  private static String doing(TableSchema table) {
    return "write to table " + table.name() + " of the target";
  }
}
