package io.nimoshake.testkit.fault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nimoshake.testkit.wire.Answer;
import io.nimoshake.testkit.wire.Call;
import java.io.IOException;
import java.util.Map;

/**
 * A BatchWriteItem of one table of which the server sees the first half, rounded down.
 *
 * @param call what the server sees; of one item it sees nothing, by a call that changes nothing
 * @param left the rest, as {@code UnprocessedItems}
 */
record HalfBatch(Call call, ObjectNode left) {
  private static final JsonMapper JSON = new JsonMapper();

  static HalfBatch of(Call whole) throws IOException {
    ObjectNode body = (ObjectNode) JSON.readTree(whole.body());
    Map.Entry<String, JsonNode> table = body.get("RequestItems").fields().next();
    ArrayNode first = JSON.createArrayNode();
    ArrayNode rest = JSON.createArrayNode();
    int half = table.getValue().size() / 2;
    for (int i = 0; i < table.getValue().size(); i++) {
      (i < half ? first : rest).add(table.getValue().get(i));
    }
    ObjectNode left = JSON.createObjectNode();
    left.set(table.getKey(), rest);
    if (first.isEmpty()) {
      byte[] harmless = JSON.writeValueAsBytes(Map.of("Limit", 1));
      return new HalfBatch(whole.with("DynamoDB_20120810.ListTables", harmless), left);
    }
    ((ObjectNode) body.get("RequestItems")).set(table.getKey(), first);
    return new HalfBatch(whole.with(whole.target(), JSON.writeValueAsBytes(body)), left);
  }

  /** What the client gets to see, unless the server refused its half. */
  Answer answer(Answer ofHalf) throws IOException {
    if (ofHalf.status() != 200) {
      return ofHalf;
    }
    ObjectNode answer = JSON.createObjectNode();
    answer.set("UnprocessedItems", left);
    return Answer.of(200, JSON.writeValueAsBytes(answer));
  }
}
