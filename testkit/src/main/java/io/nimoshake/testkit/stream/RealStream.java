package io.nimoshake.testkit.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nimoshake.testkit.wire.Answer;
import io.nimoshake.testkit.wire.Call;
import io.nimoshake.testkit.wire.Gateway;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads DynamoDB Local's stream from its beginning, in order. Relies on what that server does: at
 * any time one shard is open, and the closed ones form a chain. Not safe for several threads.
 */
final class RealStream {
  private static final String STREAMS = "DynamoDBStreams_20120810.";
  private static final String EXPIRED_ITERATOR = "ExpiredIteratorException";
  private static final String TRIMMED = "TrimmedDataAccessException";

  private final String arn;
  private final Gateway.Upstream server;
  private final Map<String, List<String>> headers;
  private Optional<String> shard = Optional.empty();
  private Optional<String> finished = Optional.empty();
  private Optional<String> iterator = Optional.empty();
  private Optional<String> lastSequence = Optional.empty();
  private boolean ended;

  /**
   * @param authorization the client's header: it tells the server which database is meant
   */
  RealStream(String arn, String authorization, Gateway.Upstream server) {
    this.arn = arn;
    this.server = server;
    headers =
        Map.of(
            "Authorization",
            List.of(authorization),
            "Content-Type",
            List.of("application/x-amz-json-1.0"));
  }

  /** The stream's description with all its shards. */
  ObjectNode describe() throws IOException, InterruptedException, StreamError {
    ObjectNode request = Json.object().put("StreamArn", arn);
    ObjectNode description = describePage(request);
    JsonNode last = description.remove("LastEvaluatedShardId");
    while (last != null && !last.isNull()) {
      ObjectNode next = describePage(request.put("ExclusiveStartShardId", last.asText()));
      next.path("Shards").forEach(description.withArray("/Shards")::add);
      last = next.get("LastEvaluatedShardId");
    }
    return description;
  }

  /** Whether the stream was closed and all of it has been read. */
  boolean ended() {
    return ended;
  }

  /** The next records; empty if there are none by now. */
  List<ObjectNode> poll() throws IOException, InterruptedException, StreamError {
    while (!ended) {
      if (shard.isEmpty() && !nextShard()) {
        return List.of();
      }
      Optional<ObjectNode> page = page();
      if (page.isEmpty()) {
        return List.of();
      }
      List<ObjectNode> records = new ArrayList<>();
      page.get().path("Records").forEach(record -> records.add((ObjectNode) record));
      if (!records.isEmpty()) {
        ObjectNode last = records.get(records.size() - 1);
        lastSequence = Optional.of(last.path("dynamodb").path("SequenceNumber").asText());
      }
      JsonNode next = page.get().path("NextShardIterator");
      if (next.isTextual()) {
        iterator = Optional.of(next.asText());
      } else {
        finished = shard;
        shard = Optional.empty();
        iterator = Optional.empty();
        lastSequence = Optional.empty();
      }
      if (!records.isEmpty() || next.isTextual()) {
        return records;
      }
    }
    return List.of();
  }

  /** Whether there is one that was not read yet. */
  private boolean nextShard() throws IOException, InterruptedException, StreamError {
    ObjectNode description = describe();
    Map<String, String> parents = new LinkedHashMap<>();
    for (JsonNode listed : description.path("Shards")) {
      parents.put(listed.path("ShardId").asText(), listed.path("ParentShardId").asText(""));
    }
    shard =
        parents.entrySet().stream()
            .filter(
                entry ->
                    finished.isPresent()
                        ? finished.get().equals(entry.getValue())
                        : !parents.containsKey(entry.getValue()))
            .map(Map.Entry::getKey)
            .findFirst();
    ended = shard.isEmpty() && description.path("StreamStatus").asText().equals("DISABLED");
    return shard.isPresent();
  }

  /** Empty if the server cannot say yet. */
  private Optional<ObjectNode> page() throws IOException, InterruptedException, StreamError {
    if (iterator.isEmpty()) {
      ObjectNode request = Json.object().put("StreamArn", arn).put("ShardId", shard.orElseThrow());
      if (lastSequence.isPresent()) {
        request
            .put("ShardIteratorType", "AFTER_SEQUENCE_NUMBER")
            .put("SequenceNumber", lastSequence.get());
      } else {
        request.put("ShardIteratorType", "TRIM_HORIZON");
      }
      iterator = Optional.of(call("GetShardIterator", request).path("ShardIterator").asText());
    }
    try {
      return Optional.of(
          call("GetRecords", Json.object().put("ShardIterator", iterator.orElseThrow())));
    } catch (StreamError e) {
      iterator = Optional.empty();
      String body = new String(e.answer().body(), StandardCharsets.UTF_8);
      // The latter is said of a shard that is still empty once other tables were written to.
      if (body.contains(EXPIRED_ITERATOR) || lastSequence.isEmpty() && body.contains(TRIMMED)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private ObjectNode describePage(ObjectNode request)
      throws IOException, InterruptedException, StreamError {
    return (ObjectNode) call("DescribeStream", request).path("StreamDescription");
  }

  private ObjectNode call(String operation, ObjectNode body)
      throws IOException, InterruptedException, StreamError {
    Answer answer = server.forward(new Call(STREAMS + operation, headers, Json.bytes(body)));
    if (answer.status() != 200) {
      throw new StreamError(answer);
    }
    return Json.read(answer.body());
  }
}
