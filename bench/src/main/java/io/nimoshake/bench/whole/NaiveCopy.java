package io.nimoshake.bench.whole;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.InsertManyOptions;
import io.nimoshake.bench.convert.SdkDocuments;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bson.Document;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;

/**
 * A copy program that one can write in an afternoon: it calls Scan with the SDK, builds Documents
 * and calls insertMany, with one thread for each segment. Arguments: source, target, database,
 * table, segments.
 */
final class NaiveCopy {
  private NaiveCopy() {}

  public static void main(String[] arguments) throws InterruptedException, ExecutionException {
    int segments = Integer.parseInt(arguments[4]);
    ExecutorService threads = Executors.newFixedThreadPool(segments);
    try (DynamoDbClient dynamo = BenchServers.client(URI.create(arguments[0]));
        MongoClient mongo = MongoClients.create(arguments[1])) {
      MongoCollection<Document> target =
          mongo.getDatabase(arguments[2]).getCollection(arguments[3]);
      List<Future<?>> copies = new ArrayList<>();
      for (int i = 0; i < segments; i++) {
        int segment = i;
        copies.add(threads.submit(() -> copy(dynamo, arguments[3], segment, segments, target)));
      }
      for (Future<?> copy : copies) {
        copy.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  private static void copy(
      DynamoDbClient dynamo,
      String table,
      int segment,
      int segments,
      MongoCollection<Document> target) {
    Map<String, AttributeValue> start = null;
    do {
      ScanResponse page =
          dynamo.scan(
              ScanRequest.builder()
                  .tableName(table)
                  .segment(segment)
                  .totalSegments(segments)
                  .exclusiveStartKey(start)
                  .build());
      List<Document> documents = new ArrayList<>();
      for (Map<String, AttributeValue> item : page.items()) {
        Document document = SdkDocuments.of(item);
        documents.add(document.append("_id", document.get("id")));
      }
      if (!documents.isEmpty()) {
        target.insertMany(documents, new InsertManyOptions().ordered(false));
      }
      start = page.lastEvaluatedKey().isEmpty() ? null : page.lastEvaluatedKey();
    } while (start != null);
  }
}
