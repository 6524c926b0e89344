package io.nimoshake.app.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.PutRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** Creates tables with items. */
final class TableLoader {
  /** The most items that one BatchWriteItem may have. */
  private static final int BATCH = 25;

  private final DynamoDbClient client;

  TableLoader(DynamoDbClient client) {
    this.client = client;
  }

  void load(CreateTableRequest definition, List<Map<String, AttributeValue>> items) {
    String table = definition.tableName();
    client.createTable(definition);
    client.waiter().waitUntilTableExists(request -> request.tableName(table));
    for (int from = 0; from < items.size(); from += BATCH) {
      write(table, items.subList(from, Math.min(from + BATCH, items.size())));
    }
  }

  private void write(String table, List<Map<String, AttributeValue>> items) {
    List<WriteRequest> writes = new ArrayList<>();
    for (Map<String, AttributeValue> item : items) {
      PutRequest put = PutRequest.builder().item(item).build();
      writes.add(WriteRequest.builder().putRequest(put).build());
    }
    Map<String, List<WriteRequest>> left = Map.of(table, writes);
    while (!left.isEmpty()) {
      Map<String, List<WriteRequest>> request = left;
      left = client.batchWriteItem(batch -> batch.requestItems(request)).unprocessedItems();
    }
  }
}
