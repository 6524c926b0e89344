package io.nimoshake.bench.whole;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import io.nimoshake.bench.convert.SdkDocuments;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/**
 * A program that follows streams and that one can write in an afternoon: one thread for each shard
 * calls GetRecords with the SDK every 100 ms, builds Documents and calls bulkWrite. It keeps no
 * checkpoint. Arguments: source, target, database, tables.
 */
final class NaiveFollow {
  private static final long EVERY_MILLIS = 100;

  private NaiveFollow() {}

  public static void main(String[] arguments) {
    URI source = URI.create(arguments[0]);
    DynamoDbClient dynamo = BenchServers.client(source);
    DynamoDbStreamsClient streams = BenchServers.streams(source);
    MongoClient mongo = MongoClients.create(arguments[1]);
    for (String table : arguments[3].split(",")) {
      MongoCollection<Document> target = mongo.getDatabase(arguments[2]).getCollection(table);
      String arn = dynamo.describeTable(t -> t.tableName(table)).table().latestStreamArn();
      streams
          .describeStream(stream -> stream.streamArn(arn))
          .streamDescription()
          .shards()
          .forEach(
              shard -> new Thread(() -> follow(streams, arn, shard.shardId(), target)).start());
    }
  }

  private static void follow(
      DynamoDbStreamsClient streams, String arn, String shard, MongoCollection<Document> target) {
    String iterator =
        streams
            .getShardIterator(
                i ->
                    i.streamArn(arn)
                        .shardId(shard)
                        .shardIteratorType(ShardIteratorType.TRIM_HORIZON))
            .shardIterator();
    while (iterator != null) {
      String from = iterator;
      var page = streams.getRecords(records -> records.shardIterator(from));
      List<ReplaceOneModel<Document>> writes = new ArrayList<>();
      for (Record record : page.records()) {
        Document document = SdkDocuments.of(record.dynamodb().newImage());
        Object id = document.get("id");
        writes.add(
            new ReplaceOneModel<>(
                Filters.eq("_id", id),
                document.append("_id", id),
                new ReplaceOptions().upsert(true)));
      }
      if (!writes.isEmpty()) {
        target.bulkWrite(writes);
      }
      iterator = page.nextShardIterator();
      try {
        TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }
}
