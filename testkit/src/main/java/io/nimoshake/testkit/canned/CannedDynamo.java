package io.nimoshake.testkit.canned;

import io.nimoshake.testkit.wire.Gateway;
import io.nimoshake.testkit.wire.HttpConnection;
import io.nimoshake.testkit.wire.HttpConnection.Request;
import io.nimoshake.testkit.wire.SocketServer;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * A DynamoDB that can be read and nothing else: ListTables, DescribeTable, Scan with segments,
 * Limit and ExclusiveStartKey, DescribeStream, GetShardIterator and GetRecords, and whatever else a
 * reader asks gets an error. Answers carry the service's checksum and date. What it takes to answer
 * is a copy of a page and a checksum.
 */
public final class CannedDynamo implements AutoCloseable {
  private static final Pattern FIELD =
      Pattern.compile("\"(\\w+)\":(?:\"([^\"]*)\"|(\\d+)|\\{\"id\":\\{\"S\":\"([^\"]*)\"\\}\\})");
  private static final int SHARDS_A_PAGE = 100;
  private static final int TAIL_BYTES = 1_024;

  /** What a call said, and the buffer of its connection. */
  private record Exchange(Map<String, String> request, byte[][] buffer) {
    String get(String field) {
      return request.getOrDefault(field, "");
    }

    long number(String field, long otherwise) {
      return request.containsKey(field) ? Long.parseLong(request.get(field)) : otherwise;
    }

    byte[] bufferOf(int bytes) {
      if (buffer[0].length < bytes) {
        buffer[0] = new byte[bytes];
      }
      return buffer[0];
    }
  }

  private record Answer(int status, byte[] body, int length) {
    static Answer of(int status, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return new Answer(status, bytes, bytes.length);
    }
  }

  private final Map<String, CannedTable> tables = new LinkedHashMap<>();
  private final Map<String, AtomicLong> calls = new ConcurrentHashMap<>();
  private final Map<String, Long> firstCalls = new ConcurrentHashMap<>();
  private final SocketServer server;

  private CannedDynamo(List<CannedTable> tables) {
    tables.forEach(table -> this.tables.put(table.name(), table));
    this.server = SocketServer.start("canned-dynamo", this::serve);
  }

  /** Returns when it takes connections. */
  public static CannedDynamo start(List<CannedTable> tables) {
    return new CannedDynamo(tables);
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  /** How often an operation was called. */
  public long calls(String operation) {
    AtomicLong count = calls.get(operation);
    return count == null ? 0 : count.get();
  }

  /** When an operation was called first, as {@link System#nanoTime} had it. */
  public Optional<Long> firstCallNanos(String operation) {
    return Optional.ofNullable(firstCalls.get(operation));
  }

  @Override
  public void close() {
    server.close();
  }

  private void serve(Socket socket) throws IOException {
    HttpConnection connection = new HttpConnection(socket);
    byte[][] buffer = {new byte[0]};
    for (Optional<Request> next = connection.next(); next.isPresent(); next = connection.next()) {
      Request request = next.get();
      String target = request.target();
      String operation = target.substring(target.indexOf('.') + 1);
      firstCalls.computeIfAbsent(operation, name -> System.nanoTime());
      calls.computeIfAbsent(operation, name -> new AtomicLong()).incrementAndGet();
      Answer answer = answer(operation, new Exchange(fields(request.text()), buffer));
      connection.answer(
          answer.status(), headers(answer), answer.body(), answer.length(), answer.length());
    }
  }

  private static String headers(Answer answer) {
    CRC32 checksum = new CRC32();
    checksum.update(answer.body(), 0, answer.length());
    return "Content-Type: application/x-amz-json-1.0\r\nDate: "
        + Gateway.date(ZonedDateTime.now(ZoneOffset.UTC))
        + "\r\nx-amzn-RequestId: 00000000-0000-0000-0000-000000000000\r\nx-amz-crc32: "
        + checksum.getValue()
        + "\r\n";
  }

  /** The fields with plain values, wherever they stand; no request here has a name twice. */
  private static Map<String, String> fields(String body) {
    Map<String, String> fields = new TreeMap<>();
    Matcher field = FIELD.matcher(body);
    while (field.find()) {
      String text = field.group(2) != null ? field.group(2) : field.group(3);
      fields.put(field.group(1), text != null ? text : field.group(4));
    }
    return fields;
  }

  private Answer answer(String operation, Exchange exchange) {
    return switch (operation) {
      case "ListTables" -> listTables(exchange);
      case "DescribeTable" -> describeTable(exchange);
      case "Scan" -> scan(exchange);
      case "DescribeStream" -> describeStream(exchange);
      case "GetShardIterator" -> shardIterator(exchange);
      case "GetRecords" -> records(exchange);
      default -> error("UnknownOperationException", operation + " is not canned");
    };
  }

  private static Answer error(String type, String message) {
    return Answer.of(
        400,
        "{\"__type\":\"com.amazonaws.dynamodb.v20120810#"
            + type
            + "\",\"message\":\""
            + message
            + "\"}");
  }

  private static Answer noSuchTable(String name) {
    return error("ResourceNotFoundException", "no table " + name);
  }

  private Answer listTables(Exchange call) {
    String after = call.get("ExclusiveStartTableName");
    long limit = call.number("Limit", 100);
    List<String> rest =
        tables.keySet().stream()
            .sorted()
            .filter(name -> name.compareTo(after) > 0)
            .map(name -> "\"" + name + "\"")
            .toList();
    List<String> page = rest.stream().limit(limit).toList();
    String last =
        page.size() == rest.size()
            ? ""
            : ",\"LastEvaluatedTableName\":" + page.get(page.size() - 1);
    return Answer.of(200, "{\"TableNames\":[" + String.join(",", page) + "]" + last + "}");
  }

  private Answer describeTable(Exchange call) {
    CannedTable table = tables.get(call.get("TableName"));
    return table == null
        ? noSuchTable(call.get("TableName"))
        : Answer.of(200, "{\"Table\":" + table.description() + "}");
  }

  private Answer scan(Exchange call) {
    CannedTable table = tables.get(call.get("TableName"));
    if (table == null) {
      return noSuchTable(call.get("TableName"));
    }
    long segment = call.number("Segment", 0);
    long total = call.number("TotalSegments", 1);
    long end = (segment + 1) * table.items() / total;
    long from = segment * table.items() / total;
    String after = call.get("ExclusiveStartKey");
    if (!after.isEmpty()) {
      String digits = after.substring(after.length() - PageTemplate.NUMBER.length());
      from = Long.parseLong(digits) + 1;
    }
    PageTemplate page = table.scan();
    int count = (int) Math.min(page.entries(), Math.min(call.number("Limit", end), end - from));
    if (count <= 0) {
      return Answer.of(200, "{\"Items\":[],\"Count\":0,\"ScannedCount\":0}");
    }
    byte[] body = call.bufferOf(page.fullBytes() + TAIL_BYTES);
    int length = page.render(body, count, from, 0);
    String key = "";
    if (from + count < end) {
      // The last item's id, whatever stands before its number.
      String last = lastId(body, length);
      key = ",\"LastEvaluatedKey\":{\"id\":{\"S\":\"" + last + "\"}}";
    }
    return finish(
        body,
        length,
        "],\"Count\":"
            + count
            + ",\"ScannedCount\":"
            + count
            + ",\"ConsumedCapacity\":{\"TableName\":\""
            + table.name()
            + "\",\"CapacityUnits\":128.0}"
            + key
            + "}");
  }

  private static String lastId(byte[] body, int length) {
    String mark = "{\"id\":{\"S\":\"";
    for (int at = length - mark.length(); ; at--) {
      if (startsWith(body, at, mark)) {
        int from = at + mark.length();
        int to = from;
        while (body[to] != '"') {
          to++;
        }
        return new String(body, from, to - from, StandardCharsets.UTF_8);
      }
    }
  }

  private static boolean startsWith(byte[] body, int at, String mark) {
    for (int i = 0; i < mark.length(); i++) {
      if (body[at + i] != mark.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static Answer finish(byte[] body, int length, String tail) {
    byte[] end = tail.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(end, 0, body, length, end.length);
    return new Answer(200, body, length + end.length);
  }

  private Answer describeStream(Exchange call) {
    String arn = call.get("StreamArn");
    CannedTable table = tables.get(CannedTable.tableOfStream(arn));
    if (table == null) {
      return noSuchTable(arn);
    }
    String after = call.get("ExclusiveStartShardId");
    int from = after.isEmpty() ? 0 : CannedTable.shardIndex(after) + 1;
    // No shard has children here.
    int end = call.get("Type").equals("CHILD_SHARDS") ? 0 : table.shards();
    int to = (int) Math.min(end, from + Math.min(SHARDS_A_PAGE, call.number("Limit", end)));
    StringBuilder shards = new StringBuilder();
    for (int i = from; i < to; i++) {
      shards
          .append(i == from ? "" : ",")
          .append("{\"ShardId\":\"")
          .append(table.shardId(i))
          .append("\",\"SequenceNumberRange\":{\"StartingSequenceNumber\":\"")
          .append(CannedTable.SEQUENCE_PREFIX)
          .append("%012d".formatted(i * table.changesPerShard()))
          .append("\"}}");
    }
    String last = to < end ? ",\"LastEvaluatedShardId\":\"" + table.shardId(to - 1) + "\"" : "";
    return Answer.of(
        200,
        "{\"StreamDescription\":{\"StreamArn\":\""
            + arn
            + "\",\"StreamLabel\":\"2026-01-01T00:00:00.000\",\"StreamStatus\":\"ENABLED\","
            + "\"StreamViewType\":\"NEW_AND_OLD_IMAGES\",\"CreationRequestDateTime\":1700000000,"
            + "\"TableName\":\""
            + table.name()
            + "\",\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"}],\"Shards\":["
            + shards
            + "]"
            + last
            + "}}");
  }

  private Answer shardIterator(Exchange call) {
    String arn = call.get("StreamArn");
    CannedTable table = tables.get(CannedTable.tableOfStream(arn));
    if (table == null) {
      return noSuchTable(arn);
    }
    int shard = CannedTable.shardIndex(call.get("ShardId"));
    long first = shard * table.changesPerShard();
    long at =
        switch (call.get("ShardIteratorType")) {
          case "LATEST" -> table.endOfChanges(shard);
          case "AT_SEQUENCE_NUMBER" -> sequence(call);
          case "AFTER_SEQUENCE_NUMBER" -> sequence(call) + 1;
          default -> first;
        };
    return Answer.of(200, "{\"ShardIterator\":\"" + iterator(table, shard, at) + "\"}");
  }

  private static long sequence(Exchange call) {
    return Long.parseLong(
        call.get("SequenceNumber").substring(CannedTable.SEQUENCE_PREFIX.length()));
  }

  private static String iterator(CannedTable table, int shard, long at) {
    return table.name() + "|" + shard + "|" + at;
  }

  private Answer records(Exchange call) {
    String[] iterator = call.get("ShardIterator").split("\\|");
    CannedTable table = tables.get(iterator[0]);
    if (table == null) {
      return noSuchTable(iterator[0]);
    }
    int shard = Integer.parseInt(iterator[1]);
    long from = Long.parseLong(iterator[2]);
    long end = table.endOfChanges(shard);
    PageTemplate page = table.records();
    int count = (int) Math.min(page.entries(), Math.min(call.number("Limit", end), end - from));
    if (count <= 0) {
      return Answer.of(
          200, "{\"Records\":[],\"NextShardIterator\":\"" + iterator(table, shard, from) + "\"}");
    }
    byte[] body = call.bufferOf(page.fullBytes() + TAIL_BYTES);
    int length = page.render(body, count, from, System.currentTimeMillis() / 1000);
    return finish(
        body, length, "],\"NextShardIterator\":\"" + iterator(table, shard, from + count) + "\"}");
  }
}
