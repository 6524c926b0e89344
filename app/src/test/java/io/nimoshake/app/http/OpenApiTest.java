package io.nimoshake.app.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.nimoshake.app.progress.GivenTable;
import io.nimoshake.app.progress.ShownState;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.plan.PlanView.Backfill;
import io.nimoshake.core.plan.PlanView.Progress;
import io.nimoshake.core.plan.TableState;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The description of the API is true: every path, every answer, every field. */
class OpenApiTest extends HttpFixture {
  private static final JsonSchemaFactory SCHEMAS =
      JsonSchemaFactory.getInstance(VersionFlag.V202012);

  private JsonNode api;

  @BeforeEach
  void startWithEverythingThatCanBeShown() throws Exception {
    start(Map.of("NIMO_SHAKE_HEALTH_MAX_LAG", "1h"));
    api = json.readTree(get("/api/v1/openapi.json").body());
    TableStats stats =
        table(
            "copied",
            TableState.FOLLOWING,
            7L,
            shard("shard-1", Progress.DONE, Position.END),
            shard("shard-2", Progress.RUNNING));
    stats.failures.failing("writing", new Fault.Transient("refused", null), RECORD);
    tables.add(
        GivenTable.of("copying", TableState.COPYING)
            .items(1_000_000)
            .segments(1, 4)
            .resumed(1)
            .view());
    tables.add(
        GivenTable.of("backfilling", TableState.BACKFILLING)
            .backfill(new Backfill("lost", RECORD, RECORD, 0, 2, true, 1, 3))
            .view());
    tables.add(
        GivenTable.of("failed", TableState.FAILED)
            .failure("it is gone")
            .unreadSince(Instant.now())
            .view());
  }

  @Test
  void everyPathIsDescribedWithTheMethodItHas() {
    Set<String> described = new TreeSet<>();
    for (Map.Entry<String, JsonNode> path : api.get("paths").properties()) {
      path.getValue()
          .fieldNames()
          .forEachRemaining(method -> described.add(method.toUpperCase() + " " + path.getKey()));
    }
    Set<String> served = new TreeSet<>();
    http.routes()
        .forEach(
            (path, route) -> {
              if (!Pages.all().containsKey(path)) {
                served.add(route.method() + " " + path);
              }
            });
    assertEquals(served, described);
  }

  @Test
  void everyAnswerIsAsDescribedAndEveryFieldIsAnswered() throws Exception {
    Set<String> unanswered = new TreeSet<>(fields());
    for (String path : described("get")) {
      if (path.equals("/api/v1/events") || path.startsWith("/api/v1/cutover")) {
        continue;
      }
      String query = query(path);
      Answer answer = get(path + query);
      String type = header(answer, "Content-type").split(";")[0];
      JsonNode content =
          api.at("/paths").get(path).at("/get/responses").get(answer.status() + "").get("content");
      assertTrue(content.has(type), path + " answers " + type);
      if (type.equals("application/json")) {
        check(content.get(type).get("schema"), json.readTree(answer.body()), unanswered, path);
      }
    }
    check(ref("Status"), firstEvent(), unanswered, "events");
    awaitTimeLeft(unanswered);
    for (String path : described("post")) {
      if (path.startsWith("/api/v1/cutover/")) {
        continue;
      }
      Answer done = post(path, "{\"table\": \"copying\"" + limit(path) + "}");
      assertEquals(200, done.status(), path);
      check(ref("ChangedTables"), json.readTree(done.body()), unanswered, path);
    }
    Answer refused = get("/api/v1/splits?table=none");
    check(ref("Error"), json.readTree(refused.body()), unanswered, "error");
    assertEquals(Set.of(), unanswered, "described, but in no answer");
  }

  /** It is only known after two samples, a second apart. */
  private void awaitTimeLeft(Set<String> unanswered) {
    TableView copying = tables.get(1);
    await()
        .atMost(Duration.ofMillis(LIMIT_MILLIS))
        .until(
            () -> {
              copying.stats().copy.written.add(1);
              JsonNode status = json.readTree(get("/api/v1/status").body());
              check(ref("Status"), status, unanswered, "status");
              return status.at("/tables/1").has("seconds_left")
                  && status.at("/totals").has("seconds_left");
            });
  }

  private static String query(String path) {
    return switch (path) {
      case "/api/v1/splits" -> "?table=copied";
      case "/api/v1/history" -> "?lags=1";
      default -> "";
    };
  }

  private static String limit(String path) {
    return path.endsWith("limits") ? ", \"copy_calls\": 1" : "";
  }

  @Test
  void everyRefusalIsAsDescribed() throws Exception {
    Map<Integer, Answer> refusals = new HashMap<>();
    String host = "Host: localhost:" + port + "\r\n";
    String typed = host + "Content-Type: application/json\r\n";
    refusals.put(400, post("/api/v1/pause", "{\"tabel\": \"copied\"}"));
    refusals.put(403, request("POST", "/api/v1/pause", typed + "Origin: http://evil\r\n", "{}"));
    refusals.put(413, request("POST", "/api/v1/pause", typed, " ".repeat(70_000)));
    refusals.put(415, request("POST", "/api/v1/pause", host, "{}"));
    tables.clear();
    refusals.put(503, post("/api/v1/pause", "{}"));
    http.close();
    start(Map.of("NIMO_SHAKE_HTTP_TOKEN", "open sesame"));
    refusals.put(401, post("/api/v1/pause", "{}"));
    assertTrue(refusals.get(401).head().contains("Www-authenticate: Bearer"));
    JsonNode responses = api.at("/paths").get("/api/v1/pause").at("/post/responses");
    Set<String> described = new TreeSet<>();
    responses.fieldNames().forEachRemaining(described::add);
    described.remove("200");
    Set<String> seen = new TreeSet<>();
    for (Map.Entry<Integer, Answer> refusal : refusals.entrySet()) {
      assertEquals(refusal.getKey(), refusal.getValue().status());
      check(ref("Error"), json.readTree(refusal.getValue().body()), new TreeSet<>(), "error");
      seen.add(refusal.getKey() + "");
    }
    assertEquals(described, seen);
  }

  @Test
  void bodiesTakeTheDescribedKeysAndNoOthers() throws Exception {
    for (String path : described("post")) {
      JsonNode schema =
          resolved(api.at("/paths").get(path).at("/post/requestBody/content").findValue("schema"));
      assertFalse(schema.get("additionalProperties").asBoolean(true), path);
      if (path.startsWith("/api/v1/cutover/")) {
        continue;
      }
      List<String> keys = new ArrayList<>();
      schema.get("properties").fieldNames().forEachRemaining(keys::add);
      ObjectNode all = json.createObjectNode();
      keys.forEach(key -> all.put(key, 1));
      all.put("table", "copied");
      assertEquals(200, post(path, all.toString()).status(), path + " " + all);
      all.put("other", 1);
      assertEquals(400, post(path, all.toString()).status(), path + " " + all);
    }
  }

  @Test
  void theStatesAreThoseThatAreShown() {
    List<String> described = new ArrayList<>();
    resolved(ref("Table")).at("/properties/state/enum").forEach(e -> described.add(e.asText()));
    assertEquals(Arrays.stream(ShownState.values()).map(ShownState::key).toList(), described);
  }

  /** HEAD is GET without the body, on every path. */
  @Test
  void headHasTheHeadersOfGetAndNoBody() throws Exception {
    for (Map.Entry<String, Route> route : http.routes().entrySet()) {
      String path = route.getKey() + query(route.getKey());
      String host = "Host: localhost:" + port + "\r\n";
      Answer head = request("HEAD", path, host, "");
      assertEquals("", head.body(), path);
      if (!route.getValue().method().equals("GET")) {
        assertEquals(405, head.status(), path);
        continue;
      }
      if (path.startsWith("/api/v1/cutover/")) {
        assertEquals(400, head.status(), path);
        continue;
      }
      assertEquals(200, withoutProblems(path, head.status()), path);
      assertFalse(header(head, "Content-type").isEmpty(), path);
      if (!path.equals("/api/v1/events")) {
        assertTrue(Integer.parseInt(header(head, "Content-length")) > 0, path);
        Answer get = get(path);
        assertEquals(get.status(), head.status(), path);
        assertEquals(header(get, "Content-type"), header(head, "Content-type"), path);
      }
    }
  }

  private static int withoutProblems(String path, int status) {
    return path.equals("/healthz") && status == 503 ? 200 : status;
  }

  private JsonNode firstEvent() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String line = "";
      for (var lines = events(socket); !line.startsWith("data: "); ) {
        line = lines.readLine();
      }
      return json.readTree(line.substring("data: ".length()));
    }
  }

  private Set<String> described(String method) {
    Set<String> paths = new TreeSet<>();
    for (Map.Entry<String, JsonNode> path : api.get("paths").properties()) {
      if (path.getValue().has(method)) {
        paths.add(path.getKey());
      }
    }
    return paths;
  }

  /** Every field of every answer, as the place of its description. */
  private Set<String> fields() {
    Set<String> fields = new TreeSet<>();
    for (Map.Entry<String, JsonNode> schema : api.at("/components/schemas").properties()) {
      if (!Set.of("OneTable", "NewLimits").contains(schema.getKey())) {
        assertFalse(schema.getValue().get("additionalProperties").asBoolean(true), schema.getKey());
        schema
            .getValue()
            .get("properties")
            .fieldNames()
            .forEachRemaining(field -> fields.add(schema.getKey() + "." + field));
      }
    }
    return fields;
  }

  /** Validates an answer, and takes the fields it has from those that are looked for. */
  private void check(JsonNode schema, JsonNode answer, Set<String> unanswered, String where) {
    ObjectNode whole = json.createObjectNode();
    whole.set("components", api.get("components"));
    whole.setAll((ObjectNode) schema);
    JsonSchema validator = SCHEMAS.getSchema(whole);
    assertEquals(Set.of(), validator.validate(answer), where);
    strike(schema, answer, unanswered);
  }

  private void strike(JsonNode schema, JsonNode value, Set<String> unanswered) {
    JsonNode own = resolved(schema);
    if (value.isArray()) {
      value.forEach(each -> strike(own.get("items"), each, unanswered));
    }
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      JsonNode named = own.path("properties").path(field.getKey());
      if (schema.has("$ref")) {
        unanswered.remove(schema.get("$ref").asText().replaceAll(".*/", "") + "." + field.getKey());
      }
      JsonNode of = named.isMissingNode() ? own.path("additionalProperties") : named;
      if (of.isObject()) {
        strike(of, field.getValue(), unanswered);
      }
    }
  }

  private JsonNode ref(String name) {
    return json.createObjectNode().put("$ref", "#/components/schemas/" + name);
  }

  private JsonNode resolved(JsonNode schema) {
    return schema.has("$ref") ? api.at(schema.get("$ref").asText().substring(1)) : schema;
  }

  private static String header(Answer answer, String name) {
    return Arrays.stream(answer.head().split("\r\n"))
        .filter(line -> line.startsWith(name + ": "))
        .map(line -> line.substring(name.length() + 2))
        .findFirst()
        .orElse("");
  }
}
