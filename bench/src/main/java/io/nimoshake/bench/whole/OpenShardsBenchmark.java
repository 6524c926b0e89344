package io.nimoshake.bench.whole;

import com.mongodb.client.MongoCollection;
import io.nimoshake.app.Main;
import io.nimoshake.testkit.stream.ReshardingEndpoint;
import io.nimoshake.testkit.stream.ReshardingOptions;
import io.nimoshake.testkit.stream.ShardView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.bson.Document;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/**
 * Measures changes a second for a number of open shards. Each call takes a fixed time, so that the
 * shard is the limit and not the machine. Arguments: changes (default 6000), milliseconds a call
 * (default 100), records a page (default 25), then numbers of shards (default 1 2 4 8 16).
 */
public final class OpenShardsBenchmark {
  private static final Duration GIVE_UP = Duration.ofMinutes(5);

  private OpenShardsBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    int changes = argument(arguments, 0, 6_000);
    int callMillis = argument(arguments, 1, 100);
    int page = argument(arguments, 2, 25);
    List<Integer> shards =
        arguments.length > 3
            ? java.util.Arrays.stream(arguments).skip(3).map(Integer::valueOf).toList()
            : List.of(1, 2, 4, 8, 16);
    for (int open : shards) {
      double seconds = seconds(changes, callMillis, page, open);
      System.out.printf(
          Locale.ROOT,
          "%d open shards: %.0f changes/s (%d in %.2f s; a shard gives at most %d/s)%n",
          open,
          changes / seconds,
          changes,
          seconds,
          page * 1000 / callMillis);
    }
  }

  private static int argument(String[] arguments, int index, int otherwise) {
    return arguments.length > index ? Integer.parseInt(arguments[index]) : otherwise;
  }

  /** The time from the first change in the target to the last, in seconds. */
  private static double seconds(int changes, int callMillis, int page, int open) throws Exception {
    ReshardingOptions options =
        ReshardingOptions.calm()
            .pageRecords(page)
            .latency(Duration.ofMillis(callMillis))
            .pollEvery(Duration.ofMillis(50));
    try (BenchServers servers = new BenchServers();
        ReshardingEndpoint endpoint =
            ReshardingEndpoint.to(servers.dynamoServer.endpoint(), options)) {
      servers.createTable();
      servers.dynamo.updateTable(
          r ->
              r.tableName(BenchServers.TABLE)
                  .streamSpecification(
                      s ->
                          s.streamEnabled(true).streamViewType(StreamViewType.NEW_AND_OLD_IMAGES)));
      split(servers, endpoint, open);
      servers.load(changes);
      Path conf = servers.configuration("open", endpoint.endpoint(), "sync_mode = incr");
      try (MeasuredProcess sync =
          MeasuredProcess.start(List.of("-Xmx256m"), Main.class, "-conf=" + conf)) {
        MongoCollection<Document> target =
            servers.mongo.getDatabase("open").getCollection(BenchServers.TABLE);
        sync.await(() -> target.estimatedDocumentCount() >= 1, GIVE_UP);
        long first = System.nanoTime();
        long before = target.estimatedDocumentCount();
        sync.await(() -> target.estimatedDocumentCount() >= changes, GIVE_UP);
        double seconds = (System.nanoTime() - first) / 1e9 * changes / (changes - before);
        sync.terminate();
        return seconds;
      }
    }
  }

  private static void split(BenchServers servers, ReshardingEndpoint endpoint, int open) {
    String arn =
        servers
            .dynamo
            .describeTable(r -> r.tableName(BenchServers.TABLE))
            .table()
            .latestStreamArn();
    try (DynamoDbStreamsClient streams = BenchServers.streams(endpoint.endpoint())) {
      streams.describeStream(r -> r.streamArn(arn));
    }
    while (openShards(endpoint, arn).size() < open) {
      for (ShardView shard : openShards(endpoint, arn)) {
        if (openShards(endpoint, arn).size() < open) {
          endpoint.split(shard.shardId());
        }
      }
    }
  }

  private static List<ShardView> openShards(ReshardingEndpoint endpoint, String arn) {
    return endpoint.shards(arn).stream().filter(ShardView::open).toList();
  }
}
