package io.nimoshake.app.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DeleteRequest;
import software.amazon.awssdk.services.dynamodb.model.PutRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * Changes the source as its users would: puts, updates and deletes, some keys again and again, new
 * keys and old ones. Runs on a thread of its own until it is told to stop; seeded.
 */
final class Workload implements AutoCloseable {
  private static final int BATCH = 25;
  private static final int HOT_KEYS = 5;

  private final DynamoDbClient dynamo;
  private final List<Shape> shapes;
  private final int keys;
  private final Random random;
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicLong changes = new AtomicLong();
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
  private final Thread thread = new Thread(this::run, "workload");

  private Workload(DynamoDbClient dynamo, List<Shape> shapes, int keys, long seed) {
    this.dynamo = dynamo;
    this.shapes = shapes;
    this.keys = keys;
    this.random = new Random(seed);
  }

  /** Writes items 0 to count - 1 of a table. */
  static void load(DynamoDbClient dynamo, Shape shape, int count, long seed) {
    Random random = new Random(seed);
    for (int from = 0; from < count; from += BATCH) {
      List<WriteRequest> requests = new ArrayList<>();
      for (int i = from; i < Math.min(count, from + BATCH); i++) {
        requests.add(put(shape.item(i, random)));
      }
      write(dynamo, shape, requests);
    }
  }

  /** Begins to change keys from 0 to keys - 1. */
  static Workload start(DynamoDbClient dynamo, List<Shape> shapes, int keys, long seed) {
    Workload workload = new Workload(dynamo, shapes, keys, seed);
    workload.thread.setDaemon(true);
    workload.thread.start();
    return workload;
  }

  long changes() {
    return changes.get();
  }

  private void run() {
    try {
      while (!stop.get()) {
        Shape shape = shapes.get(random.nextInt(shapes.size()));
        List<WriteRequest> requests = new ArrayList<>();
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
          int number = random.nextInt(4) == 0 ? random.nextInt(HOT_KEYS) : random.nextInt(keys);
          if (!numbers.contains(number)) {
            numbers.add(number);
            requests.add(
                random.nextInt(3) == 0
                    ? delete(shape.key(number))
                    : put(shape.item(number, random)));
          }
        }
        write(dynamo, shape, requests);
        changes.addAndGet(requests.size());
      }
    } catch (RuntimeException e) {
      // Kept for the test's own thread, which must fail with it.
      failure.set(e);
    }
  }

  private static void write(DynamoDbClient dynamo, Shape shape, List<WriteRequest> requests) {
    Map<String, List<WriteRequest>> left = Map.of(shape.table, requests);
    while (!left.isEmpty()) {
      Map<String, List<WriteRequest>> now = left;
      left = dynamo.batchWriteItem(r -> r.requestItems(now)).unprocessedItems();
    }
  }

  private static WriteRequest put(Map<String, AttributeValue> item) {
    return WriteRequest.builder().putRequest(PutRequest.builder().item(item).build()).build();
  }

  private static WriteRequest delete(Map<String, AttributeValue> key) {
    return WriteRequest.builder().deleteRequest(DeleteRequest.builder().key(key).build()).build();
  }

  /** Ends it and waits until the last change is made. */
  @Override
  public void close() throws InterruptedException {
    stop.set(true);
    thread.join();
    if (failure.get() != null) {
      throw failure.get();
    }
  }
}
