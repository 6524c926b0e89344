package io.nimoshake.bench.whole;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Answers like DynamoDB with one empty table. The stream of the table has this number of open
 * shards and never a record. (DynamoDB Local has only one shard a table.) Counts the calls.
 */
final class IdleShardsServer implements AutoCloseable {
  static final String TABLE = "idle";
  private static final String ARN =
      "arn:aws:dynamodb:us-east-1:000000000000:table/" + TABLE + "/stream/2026-01-01T00:00:00.000";
  private static final int SHARDS_A_PAGE = 100;
  private static final Pattern START = Pattern.compile("\"ExclusiveStartShardId\":\"shard-(\\d+)");

  private final int shards;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(16);
  private final LongAdder polls = new LongAdder();
  private final LongAdder iterators = new LongAdder();

  IdleShardsServer(int shards) throws IOException {
    // Without this, the server closes most connections after each answer.
    System.setProperty("sun.net.httpserver.maxIdleConnections", "20000");
    System.setProperty("sun.net.httpserver.nodelay", "true");
    this.shards = shards;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** The number of GetRecords calls so far. */
  long polls() {
    return polls.sum();
  }

  /** The number of GetShardIterator calls so far. */
  long iterators() {
    return iterators.sum();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
    String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String operation = target.substring(target.indexOf('.') + 1);
    byte[] body = answer(operation, request).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private String answer(String operation, String request) {
    switch (operation) {
      case "GetRecords":
        polls.increment();
        return "{\"Records\":[],\"NextShardIterator\":\"next\"}";
      case "GetShardIterator":
        iterators.increment();
        return "{\"ShardIterator\":\"first\"}";
      case "DescribeStream":
        return stream(request);
      case "DescribeTable":
        return ("{'Table':{'TableName':'%s','TableStatus':'ACTIVE','ItemCount':0,"
                + "'TableSizeBytes':0,'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],"
                + "'AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],"
                + "'StreamSpecification':{'StreamEnabled':true,"
                + "'StreamViewType':'NEW_AND_OLD_IMAGES'},'LatestStreamArn':'%s'}}")
            .replace('\'', '"')
            .formatted(TABLE, ARN);
      case "ListTables":
        return "{\"TableNames\":[\"" + TABLE + "\"]}";
      default:
        throw new IllegalArgumentException("no answer to " + operation);
    }
  }

  private String stream(String request) {
    Matcher start = START.matcher(request);
    int from = start.find() ? Integer.parseInt(start.group(1)) + 1 : 0;
    int to = request.contains("\"Limit\":1,") ? from + 1 : Math.min(shards, from + SHARDS_A_PAGE);
    StringBuilder list = new StringBuilder();
    for (int shard = from; shard < to; shard++) {
      list.append(shard == from ? "" : ",")
          .append("{\"ShardId\":\"shard-%05d\"".formatted(shard))
          .append(",\"SequenceNumberRange\":{\"StartingSequenceNumber\":\"1\"}}");
    }
    String last = to < shards ? ",\"LastEvaluatedShardId\":\"shard-%05d\"".formatted(to - 1) : "";
    return "{\"StreamDescription\":{\"StreamArn\":\"%s\",\"StreamStatus\":\"ENABLED\""
            .formatted(ARN)
        + ",\"StreamViewType\":\"NEW_AND_OLD_IMAGES\",\"Shards\":["
        + list
        + "]"
        + last
        + "}}";
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
