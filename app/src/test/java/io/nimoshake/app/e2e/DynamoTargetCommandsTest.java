package io.nimoshake.app.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimoshake.app.ChildProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What a user asks for around a sync to a DynamoDB-compatible target, as it is called. */
class DynamoTargetCommandsTest {
  private static final int ITEMS = 40;
  private static final Shape SHAPE = Shape.S_N;

  /** The name of the table in the target. */
  private static final String THERE = "copied";

  @TempDir Path directory;

  @Test
  void planSyncAndCheck() throws Exception {
    try (TwoDynamos servers = new TwoDynamos()) {
      servers.source.createTable(SHAPE.definition());
      Workload.load(servers.source, SHAPE, ITEMS, 1);
      Path mapping =
          Files.writeString(
              directory.resolve("mapping.yaml"),
              """
              version: 1
              tables:
                %s:
                  collection: %s
                  attributes:
                    - drop: [nothing]
                    - rename: {strings: words}
                    - set: {tenant: eu}
              """
                  .formatted(SHAPE.table, THERE));
      Path conf = servers.configuration(directory, "sync_mode = full", "mapping.file = " + mapping);

      JsonNode plan = plan(conf);
      JsonNode table = plan.path("tables").get(0);
      assertEquals(SHAPE.table, table.path("table").asText());
      assertEquals(
          "will be created, with the same key as the source table", table.path("target").asText());
      assertEquals(
          Set.of("DescribeTable", "Scan", "CreateTable", "UpdateTable", "BatchWriteItem"),
          notTried(plan));
      assertEquals(List.of(), servers.target.listTables().tableNames(), "nothing was done");

      assertEquals(0, run("-conf=" + conf).exitCode());

      assertEquals(List.of(THERE), servers.target.listTables().tableNames());
      Map<String, AttributeValue> item =
          servers.target.getItem(r -> r.tableName(THERE).key(SHAPE.key(7))).item();
      assertEquals(AttributeValue.fromS("eu"), item.get("tenant"));
      assertTrue(item.containsKey("words"), item::toString);
      assertTrue(!item.containsKey("strings") && !item.containsKey("nothing"), item::toString);

      JsonNode sample = plan(conf).path("mapping").get(0);
      assertEquals(ITEMS, sample.path("sampled").asInt());
      assertEquals(
          "eu", sample.path("rules").get(0).path("after").path("tenant").path("S").asText());

      String there = plan(conf).path("tables").get(0).path("target").asText();
      assertEquals("will be merged into; has about 40 items", there);
      ChildProgram equal = run("check", "--conf", conf.toString());
      assertEquals("", equal.err());
      assertEquals(0, equal.exitCode(), equal.out());
      assertTrue(equal.out().contains("missing=0 extra=0 different=0  equal"), equal.out());

      damage(servers);
      ChildProgram different = run("check", "--conf", conf.toString(), "--json");
      assertEquals(1, different.exitCode(), different.out());
      JsonNode summary = new ObjectMapper().readTree(different.out());
      assertEquals(1, summary.path("missing").asInt());
      assertEquals(1, summary.path("extra").asInt());
      assertEquals(1, summary.path("different").asInt());

      ChildProgram repairing = run("check", "--conf", conf.toString(), "--repair");
      assertEquals(1, repairing.exitCode(), repairing.out());
      for (String done : List.of("-> inserted", "-> deleted", "-> replaced")) {
        assertTrue(repairing.out().contains(done), repairing.out());
      }
      assertEquals(0, run("check", "--conf", conf.toString()).exitCode());

      servers.targetServer.close();
      for (String command : List.of("check", "plan")) {
        assertUnreachable(run(command, "--conf", conf.toString(), "--set", "start.timeout=1s"));
      }
    }
  }

  private static void damage(TwoDynamos servers) {
    servers.target.deleteItem(r -> r.tableName(THERE).key(SHAPE.key(7)));
    servers.source.deleteItem(r -> r.tableName(SHAPE.table).key(SHAPE.key(8)));
    Map<String, AttributeValue> item =
        new HashMap<>(servers.target.getItem(r -> r.tableName(THERE).key(SHAPE.key(9))).item());
    item.put("text", AttributeValue.fromS("changed by hand"));
    servers.target.putItem(r -> r.tableName(THERE).item(item));
  }

  private static void assertUnreachable(ChildProgram program) {
    assertEquals(3, program.exitCode(), program.out() + program.err());
    // On a slow machine one try takes so long that it is told of.
    assertEquals(
        1,
        program.err().lines().filter(line -> !line.contains("start-up waits:")).count(),
        program.err());
  }

  /** What may be done to the target and cannot be found out without doing it. */
  private static Set<String> notTried(JsonNode plan) {
    Set<String> actions = new TreeSet<>();
    for (JsonNode permission : plan.path("permissions")) {
      String action = permission.path("action").asText();
      if (action.startsWith("target: ")
          && permission.path("outcome").asText().equals("not_tried")) {
        actions.add(action.substring("target: dynamodb:".length()));
      }
    }
    return actions;
  }

  private JsonNode plan(Path conf) throws Exception {
    ChildProgram plan = run("plan", "--conf", conf.toString(), "--json");
    assertEquals("", plan.err());
    assertEquals(0, plan.exitCode(), plan.out());
    return new ObjectMapper().readTree(plan.out());
  }

  private ChildProgram run(String... arguments) throws Exception {
    return ChildProgram.run(directory, Map.of(), arguments);
  }
}
