package io.nimoshake.app.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimoshake.app.ChildProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The comparison as a user calls it. */
class CheckCommandTest {
  @TempDir Path directory;

  @Test
  void saysWhatItFoundInEveryForm() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S), 50);
      addTheLongestNames(servers, 9);
      Path conf = servers.configuration(directory, "sync_mode = full");
      assertEquals(0, ChildProgram.run(directory, Map.of(), "-conf=" + conf).exitCode());

      ChildProgram equal = check(conf);
      assertEquals("", equal.err());
      assertEquals(0, equal.exitCode(), equal.out());
      assertEquals(
          List.of(
              "by_s          50 items  50 documents  missing=0 extra=0 different=0  equal",
              "all           50 items  50 documents  missing=0 extra=0 different=0  equal"),
          equal.out().lines().toList());

      BsonDocument changed = servers.collection(Shape.S.table).find(byId(7)).first();
      changed.put("text", new BsonString("changed \"by\" hand"));
      servers.collection(Shape.S.table).replaceOne(byId(7), changed);
      servers.collection(Shape.S.table).deleteOne(byId(8));
      Path out = directory.resolve("differences.jsonl");
      ChildProgram different = check(conf, "--json", "--out", out.toString());
      assertEquals(1, different.exitCode(), different.out());
      JsonNode summary = new ObjectMapper().readTree(different.out());
      assertEquals(1, summary.path("missing").asInt());
      assertEquals(0, summary.path("extra").asInt());
      assertEquals(1, summary.path("different").asInt());
      List<String> lines = Files.readAllLines(out);
      assertEquals(2, lines.size());
      for (String line : lines) {
        JsonNode finding = new ObjectMapper().readTree(line);
        assertEquals("by_s", finding.path("table").asText());
        JsonNode path = finding.path("paths").get(0);
        if (finding.path("kind").asText().equals("different")) {
          assertEquals("key-7", finding.path("key").path("hash.key").path("S").asText());
          assertEquals("text", path.path("path").asText());
          assertTrue(path.path("source").has("S"));
          assertEquals("changed \"by\" hand", path.path("target").asText());
        } else {
          assertEquals("missing", finding.path("kind").asText());
          assertEquals("key-8", path.path("source").path("hash.key").path("S").asText());
          assertTrue(path.path("target").isMissingNode());
        }
      }

      servers.collection(Shape.S.table).deleteOne(byId(9));
      ChildProgram repairing = check(conf, "--repair", "--tables", "by_s");
      assertEquals(1, repairing.exitCode(), repairing.out());
      assertTrue(repairing.out().contains("-> inserted"), repairing.out());
      assertTrue(repairing.out().contains("-> replaced"), repairing.out());
      assertTrue(repairing.out().contains("repaired=3  DIFFERENT, repaired"), repairing.out());
      assertEquals(0, check(conf).exitCode());

      ChildProgram unknown = check(conf, "--tables", "nowhere");
      assertEquals(2, unknown.exitCode(), unknown.out());
      assertTrue(unknown.err().contains("no table nowhere"), unknown.err());
      assertEquals(2, check(conf, "--sample", "0").exitCode());
      servers.mongoServer.close();
      assertEquals(3, check(conf, "--set", "start.timeout=1s").exitCode());
    }
  }

  /** Adds names of 65,535 bytes to an item, one at the top and one nested. */
  private static void addTheLongestNames(Servers servers, int number) {
    String name = "n".repeat(65_535);
    Map<String, AttributeValue> key =
        Map.of(Shape.S.keyNames().get(0), AttributeValue.fromS("key-" + number));
    Map<String, AttributeValue> item =
        new HashMap<>(servers.dynamo.getItem(get -> get.tableName(Shape.S.table).key(key)).item());
    item.put(name, AttributeValue.fromM(Map.of(name, AttributeValue.fromS("value"))));
    servers.dynamo.putItem(put -> put.tableName(Shape.S.table).item(item));
  }

  private static BsonDocument byId(int number) {
    return new BsonDocument("_id", new BsonString("key-" + number));
  }

  private ChildProgram check(Path conf, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("check", "--conf", conf.toString()));
    arguments.addAll(List.of(more));
    return ChildProgram.run(directory, Map.of(), arguments.toArray(String[]::new));
  }
}
