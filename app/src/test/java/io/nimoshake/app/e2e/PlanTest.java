package io.nimoshake.app.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimoshake.app.ChildProgram;
import io.nimoshake.app.preview.DryRun;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.testkit.export.ExportEndpoint;
import io.nimoshake.testkit.export.ObjectServer;
import io.nimoshake.testkit.fault.HttpFault;
import io.nimoshake.testkit.fault.HttpFaultProxy;
import io.nimoshake.testkit.fault.MongoFault;
import io.nimoshake.testkit.fault.MongoFaultProxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/** The dry run against real servers. */
class PlanTest {
  @TempDir Path directory;

  @Test
  void saysWhatWouldHappenAndDoesNothingOfIt() throws Exception {
    try (Servers servers = Servers.shared();
        HttpFaultProxy source = HttpFaultProxy.to(servers.dynamoServer.endpoint())) {
      BothSides.create(servers, List.of(Shape.S, Shape.N, Shape.S_N), 20);
      servers.dynamo.updateTable(
          r ->
              r.tableName(Shape.N.table)
                  .streamSpecification(
                      s -> s.streamEnabled(true).streamViewType(StreamViewType.KEYS_ONLY)));
      servers.collection(Shape.S.table).insertOne(new BsonDocument("_id", new BsonInt32(1)));
      Path mapping =
          Files.writeString(
              directory.resolve("mapping.yaml"),
              "version: 1\ntables: {" + Shape.N.table + ": {collection: renamed}}");
      Path conf =
          servers.configuration(
              directory,
              source.endpoint(),
              servers.mongoServer.uri(),
              "mapping.file = " + mapping,
              "target.db.exist = drop",
              "filter.collection.black = " + Shape.S_N.table,
              "qps.full = 1",
              "qps.full.batch_num = 5",
              "price.read_request_units = 1000000");
      ChildProgram plan = plan(conf, "--json");
      assertEquals("", plan.err());
      assertEquals(0, plan.exitCode(), plan.out());
      JsonNode json = new ObjectMapper().readTree(plan.out());
      assertTrue(json.path("permitted").asBoolean());
      assertEquals(List.of(Shape.S_N.table), names(json.path("left_out")));
      assertEquals(List.of(Shape.N.table, Shape.S.table), names(json.path("tables")));
      JsonNode byNumber = json.path("tables").get(0);
      assertEquals(20, byNumber.path("items").asLong());
      // 20 items, five a call, one call a second
      assertEquals(4, byNumber.path("seconds").asDouble());
      assertEquals("qps.full", byNumber.path("bound_by").asText());
      assertEquals(byNumber.path("read_units").asDouble(), byNumber.path("cost").asDouble(), 0.001);
      assertEquals("by_group", byNumber.path("indexes").get(0).asText());
      assertEquals("[\"group\"]", byNumber.path("index_keys").path("by_group").toString());
      assertTrue(byNumber.path("stream").asText().contains("KEYS_ONLY"), plan.out());
      assertTrue(byNumber.path("target").asText().contains("will be created"), plan.out());
      JsonNode byText = json.path("tables").get(1);
      assertTrue(byText.path("stream").asText().startsWith("none"), plan.out());
      assertTrue(
          byText.path("target").asText().contains("DROPPED first; has 1 document,"), plan.out());
      JsonNode sample = json.path("mapping").get(0);
      assertEquals(1, json.path("mapping").size());
      assertEquals(Shape.N.table, sample.path("table").asText());
      assertEquals(20, sample.path("sampled").asInt());
      assertTrue(sample.path("read_units").asDouble() > 0, plan.out());
      assertEquals(20, sample.path("rules").get(0).path("matched").asInt());
      assertEquals("renamed", sample.path("rules").get(0).path("becomes").asText());
      assertTrue(sample.path("rules").get(0).path("after").has("_id"), plan.out());
      List<String> warnings =
          StreamSupport.stream(json.path("warnings").spliterator(), false)
              .map(JsonNode::asText)
              .toList();
      assertTrue(warnings.stream().anyMatch(w -> w.contains("KEYS_ONLY")), plan.out());
      assertTrue(warnings.stream().anyMatch(w -> w.contains("= drop")), plan.out());

      assertEquals(
          List.of(),
          servers
              .mongo
              .getDatabase(Servers.ID + "-checkpoint")
              .listCollectionNames()
              .into(new ArrayList<>()));
      assertEquals(1, servers.collection(Shape.S.table).countDocuments());
      assertEquals(
          null,
          servers.dynamo.describeTable(r -> r.tableName(Shape.S.table)).table().latestStreamArn());
    }
  }

  @Test
  void namesThePreImagesThatTheWayBackWillNeed() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S), 1);
      Path conf = servers.configuration(directory, "target.mongodb.id = objectid");
      ChildProgram plan = plan(conf);
      assertEquals(0, plan.exitCode(), plan.out());
      assertTrue(plan.out().contains("No way back to DynamoDB after a cut-over"), plan.out());
      assertTrue(
          plan.out()
              .contains(
                  "db.runCommand({collMod: \""
                      + Shape.S.table
                      + "\", changeStreamPreAndPostImages: {enabled: true}})"),
          plan.out());
    }
  }

  @Test
  void showsBothWaysAndTheirPermissionsAndRequestsNoExport() throws Exception {
    try (Servers servers = Servers.shared();
        ObjectServer objects = ObjectServer.start("exports", directory);
        ExportEndpoint exports =
            ExportEndpoint.to(servers.dynamoServer.endpoint(), "exports", directory, 1);
        HttpFaultProxy source = HttpFaultProxy.to(exports.endpoint())) {
      BothSides.create(servers, List.of(Shape.S), 20);
      exports.enableRecovery(Shape.S.table);
      source.fail("DescribeExport").with(HttpFault.ACCESS_DENIED);
      Path conf =
          servers.configuration(
              directory,
              source.endpoint(),
              servers.mongoServer.uri(),
              "full.source = auto",
              "export.bucket = exports",
              "export.endpoint_url = " + objects.endpoint(),
              "export.path_style = true",
              "qps.full = 1",
              "qps.full.batch_num = 5");
      ChildProgram plan = plan(conf, "--json");
      assertEquals(1, plan.exitCode(), plan.out());
      JsonNode json = new ObjectMapper().readTree(plan.out());
      JsonNode ways = json.path("tables").get(0).path("ways");
      assertEquals(4, ways.path("scan_seconds").asDouble());
      assertTrue(ways.path("export_seconds").asDouble() >= 1_800, plan.out());
      assertTrue(ways.path("auto").asText().contains("takes the Scan"), plan.out());
      Map<String, String> outcomes = new TreeMap<>();
      json.path("permissions")
          .forEach(p -> outcomes.put(p.path("action").asText(), p.path("outcome").asText()));
      assertEquals("allowed", outcomes.get("dynamodb:DescribeContinuousBackups"));
      assertEquals("allowed", outcomes.get("dynamodb:ExportTableToPointInTime"));
      assertEquals("denied", outcomes.get("dynamodb:DescribeExport"));
      assertEquals("allowed", outcomes.get("dynamodb:ListExports"));
      assertEquals("allowed", outcomes.get("s3:GetObject on s3://exports"));
      assertEquals("not_tried", outcomes.get("s3:PutObject"));
      assertEquals(List.of(), exports.exports());
      String text = plan(conf).out();
      assertTrue(text.contains("    by Scan: $0.01, at least 4 s"), text);
      assertTrue(text.contains("    from an export: $0.01, about 30 min"), text);
    }
  }

  @Test
  void showsWhatABackfillNeeds() throws Exception {
    try (Servers servers = Servers.shared();
        ObjectServer objects = ObjectServer.start("exports", directory);
        ExportEndpoint exports =
            ExportEndpoint.to(servers.dynamoServer.endpoint(), "exports", directory, 1);
        HttpFaultProxy source = HttpFaultProxy.to(exports.endpoint())) {
      BothSides.create(servers, List.of(Shape.S, Shape.N), 1);
      exports.enableRecovery(Shape.N.table);
      source.fail("ExportTableToPointInTime").with(HttpFault.ACCESS_DENIED);
      Path conf =
          servers.configuration(
              directory,
              source.endpoint(),
              servers.mongoServer.uri(),
              "on_gap = backfill",
              "export.bucket = exports",
              "export.endpoint_url = " + objects.endpoint(),
              "export.path_style = true");
      assertEquals(List.of("dynamodb:ExportTableToPointInTime"), denied(conf));
      String text = String.join("\n", dryRun(conf).lines());
      assertTrue(text.contains("    point-in-time recovery: on"), text);
      assertTrue(text.contains("    point-in-time recovery: off"), text);
      assertTrue(
          text.contains(
              "! " + Shape.S.table + ": point-in-time recovery is off, so a gap could not be"),
          text);
      assertTrue(text.contains("ok        dynamodb:DescribeContinuousBackups on "), text);
      assertTrue(text.contains("ok        s3:GetObject on s3://exports"), text);
      assertTrue(!text.contains("from an export"), text);
      assertEquals(List.of(), exports.exports());
    }
  }

  @Test
  void aGivenSchemaNeedsNoSource() throws Exception {
    try (Servers servers = Servers.shared()) {
      Path conf =
          servers.configuration(
              directory,
              URI.create("http://127.0.0.1:1"),
              servers.mongoServer.uri(),
              "start.timeout = 1s",
              "sync_mode = full",
              "full.source = export",
              "export.manifest = " + directory,
              "full.read.filter_expression = a = :a",
              "full.read.filter_attributevalues = a```N```1",
              "export.schema = orders=customer:S,number:N");
      JsonNode json = new ObjectMapper().readTree(dryRun(conf).json());
      assertEquals(List.of("orders"), names(json.path("tables")));
      assertEquals("from an export", json.path("tables").get(0).path("bound_by").asText());
      assertTrue(json.path("permitted").asBoolean());
      String warnings = json.path("warnings").toString();
      assertTrue(warnings.contains("orders cannot be copied from an export: "), warnings);
    }
  }

  @Test
  void namesEveryPermissionThatIsMissing() throws Exception {
    try (Servers servers = Servers.shared();
        HttpFaultProxy source = HttpFaultProxy.to(servers.dynamoServer.endpoint())) {
      BothSides.create(servers, List.of(Shape.S, Shape.N), 1);
      servers.dynamo.updateTable(
          r ->
              r.tableName(Shape.N.table)
                  .streamSpecification(
                      s -> s.streamEnabled(true).streamViewType(StreamViewType.KEYS_ONLY)));
      Path conf =
          servers.configuration(
              directory,
              source.endpoint(),
              servers.mongoServer.uri(),
              "filter.collection.white = " + Shape.S.table + ";" + Shape.N.table);
      for (String denied :
          List.of(
              "ListTables",
              "DescribeTable",
              "Scan",
              "UpdateTable",
              "DescribeStream",
              "GetShardIterator",
              "GetRecords",
              "BatchGetItem")) {
        source.heal();
        source.always(denied, HttpFault.ACCESS_DENIED);
        assertEquals(List.of("dynamodb:" + denied), denied(conf));
      }
      source.heal();
      assertEquals(List.of(), denied(conf));

      source.always(HttpFaultProxy.ANY, HttpFault.ACCESS_DENIED);
      ChildProgram plan = plan(conf);
      assertEquals(1, plan.exitCode(), plan.out() + plan.err());
      for (String action : List.of("ListTables", "DescribeTable", "Scan")) {
        assertTrue(plan.out().contains("! not permitted: dynamodb:" + action), plan.out());
      }
    }
  }

  @Test
  void tellsThatACollectionCannotHoldTheTable() throws Exception {
    try (Servers servers = Servers.shared()) {
      servers.createTable("items", "id");
      servers.collection("items").insertOne(new BsonDocument("_id", new BsonString("a")));
      try (MongoFaultProxy proxy = MongoFaultProxy.to("127.0.0.1", servers.mongoServer.port())) {
        proxy
            .fail("listCollections")
            .with(
                MongoFault.edit(
                    "capped",
                    reply ->
                        reply
                            .getDocument("cursor")
                            .getArray("firstBatch")
                            .forEach(
                                each ->
                                    each.asDocument()
                                        .append("options", BsonDocument.parse("{capped: true}")))));
        Path conf = servers.configuration(directory, "target.address = " + proxy.uri());
        JsonNode json = new ObjectMapper().readTree(dryRun(conf).json());
        assertTrue(
            json.path("tables").get(0).path("target").asText().startsWith("will FAIL; has 1 "),
            json::toString);
        assertTrue(json.path("warnings").toString().contains("it is capped"), json::toString);
      }
    }
  }

  @Test
  void isToldThatNobodyAnswers() throws Exception {
    try (Servers servers = new Servers()) {
      Path conf = servers.configuration(directory, "start.timeout = 1s");
      servers.dynamoServer.close();
      ChildProgram plan = plan(conf);
      assertEquals(3, plan.exitCode(), plan.out() + plan.err());
      // On a slow machine it may say before that it waits.
      List<String> lines = plan.err().lines().filter(l -> !l.contains(" start-up waits")).toList();
      assertEquals(1, lines.size(), plan.err());
      assertTrue(lines.get(0).startsWith("nimo-shake: source: cannot list"), plan.err());
    }
  }

  private static List<String> denied(Path conf) throws Exception {
    DryRun plan = dryRun(conf);
    JsonNode json = new ObjectMapper().readTree(plan.json());
    List<String> denied =
        StreamSupport.stream(json.path("permissions").spliterator(), false)
            .filter(permission -> permission.path("outcome").asText().equals("denied"))
            .map(permission -> permission.path("action").asText())
            .toList();
    assertEquals(denied.isEmpty(), plan.isPermitted());
    return denied;
  }

  private static DryRun dryRun(Path conf) throws Exception {
    return DryRun.of(Configuration.load(Optional.of(conf), Map.of(), List.of()), 0);
  }

  private ChildProgram plan(Path conf, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("plan", "--conf", conf.toString()));
    arguments.addAll(List.of(more));
    return ChildProgram.run(directory, Map.of(), arguments.toArray(String[]::new));
  }

  private static List<String> names(JsonNode tables) {
    return StreamSupport.stream(tables.spliterator(), false)
        .map(table -> table.path("table").asText())
        .toList();
  }
}
