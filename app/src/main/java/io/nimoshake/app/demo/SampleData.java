package io.nimoshake.app.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.PutRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** Fills the sample tables and changes them. */
final class SampleData {
  /** The most items that one BatchWriteItem may have. */
  private static final int BATCH = 25;

  private final DynamoDbClient client;
  private final Random random = new Random(1);

  SampleData(DynamoDbClient client) {
    this.client = client;
  }

  /** Creates the tables and their items. Returns the number of items. */
  int load() {
    int total = 0;
    for (SampleTable table : SampleTable.values()) {
      client.createTable(table.definition());
      client.waiter().waitUntilTableExists(request -> request.tableName(table.tableName()));
      for (int from = 0; from < table.size(); from += BATCH) {
        write(table, from, Math.min(from + BATCH, table.size()));
      }
      total += table.size();
    }
    return total;
  }

  private void write(SampleTable table, int from, int to) {
    List<WriteRequest> writes = new ArrayList<>();
    for (int number = from; number < to; number++) {
      PutRequest put = PutRequest.builder().item(table.item(number, random)).build();
      writes.add(WriteRequest.builder().putRequest(put).build());
    }
    Map<String, List<WriteRequest>> left = Map.of(table.tableName(), writes);
    while (!left.isEmpty()) {
      Map<String, List<WriteRequest>> request = left;
      left = client.batchWriteItem(batch -> batch.requestItems(request)).unprocessedItems();
    }
  }

  /** Makes a random change to a random item. A tenth of all changes go to the same ten items. */
  void change() {
    SampleTable table = SampleTable.values()[random.nextInt(SampleTable.values().length)];
    int number = random.nextInt(10) == 0 ? random.nextInt(10) : random.nextInt(table.size());
    switch (random.nextInt(5)) {
      case 0 -> put(table, table.size() + random.nextInt(table.size()));
      case 1 ->
          client.deleteItem(delete -> delete.tableName(table.tableName()).key(table.key(number)));
      case 2 ->
          client.updateItem(
              update ->
                  update
                      .tableName(table.tableName())
                      .key(table.key(number))
                      .updateExpression("ADD visits :one")
                      .expressionAttributeValues(Map.of(":one", AttributeValue.fromN("1"))));
      default -> put(table, number);
    }
  }

  private void put(SampleTable table, int number) {
    put(table, table.item(number, random));
  }

  /** The last change to every table: when it has arrived, all changes before it have too. */
  void putMarkers(int number) {
    for (SampleTable table : SampleTable.values()) {
      put(table, table.item(number, random));
    }
  }

  private void put(SampleTable table, Map<String, AttributeValue> item) {
    client.putItem(put -> put.tableName(table.tableName()).item(item));
  }
}
