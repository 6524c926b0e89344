package io.nimoshake.app.e2e;

import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DeleteRequest;
import software.amazon.awssdk.services.dynamodb.model.PutRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** Writes to a table as an application does. */
final class TableWrites {
  /** The most writes of one call. */
  static final int BATCH = 25;

  private TableWrites() {}

  static WriteRequest put(Map<String, AttributeValue> item) {
    return WriteRequest.builder().putRequest(PutRequest.builder().item(item).build()).build();
  }

  static WriteRequest delete(Map<String, AttributeValue> key) {
    return WriteRequest.builder().deleteRequest(DeleteRequest.builder().key(key).build()).build();
  }

  /** Writes at most {@link #BATCH} of them, until all are written. */
  static void write(DynamoDbClient dynamo, String table, List<WriteRequest> requests) {
    Map<String, List<WriteRequest>> left = Map.of(table, requests);
    while (!left.isEmpty()) {
      Map<String, List<WriteRequest>> now = left;
      left = dynamo.batchWriteItem(r -> r.requestItems(now)).unprocessedItems();
    }
  }
}
