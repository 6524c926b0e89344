package io.nimoshake.app.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * Changes the source as its users would: puts, updates and deletes, some keys again and again, new
 * keys and old ones. Runs on a thread of its own until it is told to stop; seeded.
 */
final class Workload extends BackgroundLoad {
  private static final int HOT_KEYS = 5;

  private Workload(
      DynamoDbClient dynamo, List<Shape> shapes, int keys, Random random, int changesASecond) {
    super("workload", changesASecond, () -> change(dynamo, shapes, keys, random));
  }

  /** Writes items 0 to count - 1 of a table. */
  static void load(DynamoDbClient dynamo, Shape shape, int count, long seed) {
    Random random = new Random(seed);
    for (int from = 0; from < count; from += TableWrites.BATCH) {
      List<WriteRequest> requests = new ArrayList<>();
      for (int i = from; i < Math.min(count, from + TableWrites.BATCH); i++) {
        requests.add(TableWrites.put(shape.item(i, random)));
      }
      TableWrites.write(dynamo, shape.table, requests);
    }
  }

  /** Begins to change keys from 0 to keys - 1. */
  static Workload start(DynamoDbClient dynamo, List<Shape> shapes, int keys, long seed) {
    return new Workload(dynamo, shapes, keys, new Random(seed), CHANGES_A_SECOND);
  }

  /** The same, as fast as it can. */
  static Workload startAtFullSpeed(DynamoDbClient dynamo, List<Shape> shapes, int keys, long seed) {
    return new Workload(dynamo, shapes, keys, new Random(seed), 0);
  }

  private static int change(DynamoDbClient dynamo, List<Shape> shapes, int keys, Random random) {
    Shape shape = shapes.get(random.nextInt(shapes.size()));
    List<WriteRequest> requests = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < TableWrites.BATCH; i++) {
      int number = random.nextInt(4) == 0 ? random.nextInt(HOT_KEYS) : random.nextInt(keys);
      if (!numbers.contains(number)) {
        numbers.add(number);
        requests.add(
            random.nextInt(3) == 0
                ? TableWrites.delete(shape.key(number))
                : TableWrites.put(shape.item(number, random)));
      }
    }
    TableWrites.write(dynamo, shape.table, requests);
    return requests.size();
  }
}
