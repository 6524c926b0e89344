package io.nimoshake.app.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.progress.GivenTable;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.GivenShard;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.plan.PlanView.Progress;
import io.nimoshake.core.plan.PlanView.SplitState;
import io.nimoshake.core.plan.TableState;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hawkular.agent.prometheus.types.Histogram;
import org.junit.jupiter.api.Test;

/** The interface over a real socket, in front of a sync whose state is given. */
class HttpInterfaceTest extends HttpFixture {
  @Test
  void progressIsThatOfTheGoTool() throws Exception {
    start(Map.of());
    assertEquals(
        json.readTree(
            """
            {"progress": "-%", "total_collection_number": 0, "finished_collection_number": 0,
             "processing_collection_number": 0, "wait_collection_number": 0,
             "collection_metric": {}}
            """),
        json.readTree(get("/progress").body()));

    table("done", TableState.FOLLOWING, 7L).copy.written.add(8);
    table("half", TableState.COPYING, 8L).copy.written.add(1);
    table("next", TableState.WAITING, null);
    table("over", TableState.DONE, 2L).copy.written.add(2);
    table("lost", TableState.FAILED, 4L).copy.written.add(1);
    assertEquals(
        json.readTree(
            """
            {"progress": "40.00%", "total_collection_number": 5, "finished_collection_number": 2,
             "processing_collection_number": 1, "wait_collection_number": 1,
             "collection_metric": {"done": "100% (8/7)", "half": "12.50% (1/8)", "next": "-",
                                   "lost": "25.00% (1/4)", "over": "100% (2/2)"}}
            """),
        json.readTree(get("/progress").body()));
  }

  @Test
  void metricIsThatOfTheGoTool() throws Exception {
    start(Map.of());
    TableStats stats =
        table(
            "orders",
            TableState.FOLLOWING,
            1L,
            shard("shard-2", Progress.RUNNING, Position.after("222")),
            shard("shard-1", Progress.DONE, Position.END),
            shard("shard-3", Progress.RUNNING, new Position.At("333")));
    stats.stream.read.add(5);
    stats.stream.written.add(4);
    assertEquals(
        json.readTree(
            """
            {"records_get": 5, "records_write": 4, "checkpoint_times": 9,
             "checkpoint_update_times": {"orders": {"shard-2": {
               "update_time": "2026-01-02T03:04:06Z",
               "sync_approximate_time": "2026-01-02T03:04:05Z",
               "father_shard_id": "parent", "sequence_number": "222", "SequenceNumber": "222"},
               "shard-3": {
               "update_time": "2026-01-02T03:04:06Z",
               "sync_approximate_time": "2026-01-02T03:04:05Z",
               "father_shard_id": "parent", "sequence_number": "333", "SequenceNumber": "333"}}},
             "error": ""}
            """),
        json.readTree(get("/metric").body()));
  }

  @Test
  void metricsAreInPrometheusTextFormat() throws Exception {
    start(Map.of());
    SplitState shard = shard("s", Progress.RUNNING, Position.after("1"));
    TableStats stats = table("a\"b\n", TableState.FOLLOWING, 1L, shard);
    new GivenShard(stats, shard.split()).readEmpty(Instant.now());
    stats.copy.read.add(3);
    stats.stream.writeLatency.record(1_500_000_000);
    stats.stream.writeLatency.record(4_000_000);
    Scraped metrics = Scraped.of(get("/metrics").body());
    Map<String, String> table = Map.of("table", "a\"b\n");
    Map<String, String> copied = Map.of("table", "a\"b\n", "phase", "copy");
    assertEquals(3, metrics.value("nimoshake_items_read_total", copied));
    assertEquals(0, metrics.value("nimoshake_stream_lag_seconds", table));
    assertEquals(1, metrics.value("nimoshake_tables", Map.of("state", "caught_up")));
    assertEquals(9, metrics.value("nimoshake_checkpoint_saves_total", Map.of()));
    assertTrue(metrics.names().contains("jvm_memory_used_bytes"), metrics.names().toString());
    Map<String, String> streamed = Map.of("table", "a\"b\n", "phase", "stream");
    Histogram durations = metrics.histogram("nimoshake_write_duration_seconds", streamed);
    assertEquals(2, durations.getSampleCount());
    assertEquals(1.504, durations.getSampleSum(), 1e-9);
    assertEquals(
        List.of(0.0, 1.0, 2.0),
        List.of(0.002, 1.0, 2.0).stream()
            .map(
                bound ->
                    durations.getBuckets().stream()
                            .filter(bucket -> bucket.getUpperBound() == bound)
                            .findFirst()
                            .orElseThrow()
                            .getCumulativeCount()
                        * 1.0)
            .toList());
    stats.copy.read.add(1);
    assertEquals(
        4, Scraped.of(get("/metrics").body()).value("nimoshake_items_read_total", copied), "moves");
  }

  @Test
  void healthTellsWhy() throws Exception {
    start(Map.of("NIMO_SHAKE_HEALTH_MAX_LAG", "1m"));
    Answer starting = get("/readyz");
    assertEquals(503, starting.status());
    assertEquals("starting: the tables are not known yet\n", starting.body());
    nothingSelected = Optional.of("the filter selects none of the tables of the source: a, b");
    Answer nothing = get("/readyz");
    assertEquals(503, nothing.status());
    assertEquals(nothingSelected.get() + "\n", nothing.body());
    SplitState shard = shard("s", Progress.RUNNING, Position.after("1"));
    TableStats stats = table("slow", TableState.FOLLOWING, 1L, shard);
    GivenShard progress = new GivenShard(stats, shard.split()).readEmpty(Instant.now());
    assertEquals(200, get("/healthz").status(), "what is idle does not lag");
    assertEquals(200, get("/readyz").status());
    stopping = true;
    assertEquals(503, get("/readyz").status(), "what is ending takes no part any more");
    stopping = false;
    progress.read(RECORD, RECORD);
    Answer behind = get("/healthz");
    assertEquals(503, behind.status());
    assertTrue(
        behind.body().matches("table slow: it is \\d+ d( \\d+ h)? behind its stream\\R"),
        behind.body());

    tables.clear();
    tables.add(GivenTable.of("lost", TableState.FAILED).failure("gone").view());
    assertEquals("table lost has failed: gone\n", get("/healthz").body());
    assertEquals("lost: gone", json.readTree(get("/metric").body()).get("error").asText());
    tables.add(tables.get(0));
    assertEquals(
        "lost: gone; lost: gone", json.readTree(get("/metric").body()).get("error").asText());
  }

  @Test
  void recentErrorsAreTold() throws Exception {
    start(
        Map.of(
            "NIMO_SHAKE_SOURCE_ACCESS_KEY_ID", "AKIA1",
            "NIMO_SHAKE_SOURCE_SECRET_ACCESS_KEY", "s3cr3t"));
    TableStats stats = table("orders", TableState.COPYING, 1L);
    stats.failures.failing("writing", new Fault.Transient("refused s3cr3t", null), RECORD);
    stats.failures.failed("reading s", new Fault.Gap("expired", null), RECORD.plusSeconds(1));
    JsonNode errors = json.readTree(get("/api/v1/errors").body()).get("errors");
    assertEquals(
        json.readTree(
            """
            [{"table": "orders", "activity": "reading s", "kind": "gap", "message": "expired",
              "since": "2026-01-02T03:04:06.678Z", "last": "2026-01-02T03:04:06.678Z",
              "times": 1, "over": true},
             {"table": "orders", "activity": "writing", "kind": "transient",
              "message": "refused ***", "since": "2026-01-02T03:04:05.678Z",
              "last": "2026-01-02T03:04:05.678Z", "times": 1, "over": false}]
            """),
        errors);
    assertEquals(errors, json.readTree(get("/api/v1/status").body()).get("errors"));
  }

  @Test
  void splitsAndHistoryOfATable() throws Exception {
    start(Map.of());
    table("a b&c", TableState.FOLLOWING, 4L, shard("s2", Progress.RUNNING, Position.after("22")));
    JsonNode splits = json.readTree(get("/api/v1/splits?table=a%20b%26c").body()).get("splits");
    assertEquals("s2", splits.get(0).get("id").asText());
    assertEquals(404, get("/api/v1/splits?table=none").status());
    assertEquals(400, get("/api/v1/splits").status());
    assertEquals(404, get("/api/v1/history?table=none").status());

    JsonNode history = json.readTree(get("/api/v1/history?step=15&table=a%20b%26c").body());
    assertEquals(15, history.get("step_seconds").asInt());
    assertTrue(history.get("lag").isArray(), history.toString());
    assertEquals(400, get("/api/v1/history?step=3").status());
    assertEquals(400, get("/api/v1/history?step=x").status());
    assertEquals(400, get("/api/v1/history?after=9999999999999999999").status());
    for (String ignored :
        List.of(
            "history?tabel=a", "history?step=2&step=15", "splits?table=a&x", "status?table=a")) {
      assertEquals(400, get("/api/v1/" + ignored).status(), ignored);
    }
    assertEquals(200, get("/api/v1/history?step=2&after=0&table=&lags=1").status());
  }

  @Test
  void statusHasTablesAndSplits() throws Exception {
    start(Map.of());
    table("orders", TableState.FOLLOWING, 4L, shard("s2", Progress.RUNNING, Position.after("22")));
    JsonNode status = json.readTree(get("/api/v1/status").body());
    assertEquals("test 1", status.get("version").asText());
    JsonNode table = status.get("tables").get(0);
    assertEquals("following", table.get("state").asText());
    assertEquals(1.0, table.get("progress").asDouble());
    JsonNode split = table.get("splits").get(0);
    assertEquals("shard", split.get("kind").asText());
    assertEquals("22", split.get("position").asText());
    assertEquals("parent", split.get("parents").get(0).asText());
  }

  @Test
  void pausesResumesAndLimits() throws Exception {
    start(Map.of());
    table("one", TableState.COPYING, 1L);
    table("two", TableState.COPYING, 1L);
    assertEquals("{\"tables\":[\"two\"]}", post("/api/v1/pause", "{\"table\":\"two\"}").body());
    assertTrue(tables.get(0).limits().gate().isOpen());
    assertFalse(tables.get(1).limits().gate().isOpen());
    assertEquals(200, post("/api/v1/resume", "").status());
    assertTrue(tables.get(1).limits().gate().isOpen());
    assertEquals(200, post("/api/v1/limits", "{\"copy_calls\": 2.5}").status());
    assertEquals(2.5, tables.get(0).limits().copyCalls().get());

    assertEquals(400, post("/api/v1/limits", "{\"copy_calls\": -1}").status());
    assertEquals(400, post("/api/v1/limits", "{\"copy_calls\": 1e10}").status());
    assertEquals(400, post("/api/v1/limits", "{\"copy_calls\": \"1\"}").status());
    assertEquals(400, post("/api/v1/limits", "{\"copy_calls\": 1, \"speed\": 1}").status());
    assertEquals(400, post("/api/v1/limits", "{}").status());
    assertEquals(400, post("/api/v1/pause", "{\"table\":\"three\"}").status());
    assertEquals(400, post("/api/v1/pause", "[]").status());
    assertEquals(400, post("/api/v1/pause", "{").status());
    for (String path : List.of("pause", "resume", "limits")) {
      // Each of these would have been carried out for all tables.
      for (String mistaken :
          List.of(
              "{\"tabel\": \"two\", \"copy_calls\": 1}",
              "{\"Table\": \"two\", \"copy_calls\": 1}",
              "{\"table\": null, \"copy_calls\": 1}",
              "{\"table\": [\"two\"], \"copy_calls\": 1}",
              "{\"table\": \"two\", \"table\": \"one\", \"copy_calls\": 1}",
              "{\"copy_calls\": 1} {\"table\": \"two\"}")) {
        Answer refused = post("/api/v1/" + path, mistaken);
        assertEquals(400, refused.status(), path + " " + mistaken);
        assertTrue(json.readTree(refused.body()).path("error").isTextual(), refused.body());
      }
    }
    assertEquals(400, post("/api/v1/pause", "{\"copy_calls\": 1}").status());
    assertEquals(400, post("/api/v1/pause?table=two", "").status());
    assertTrue(tables.stream().allMatch(table -> table.limits().gate().isOpen()));
    assertEquals(2.5, tables.get(0).limits().copyCalls().get());
  }

  @Test
  void beforeTheTablesAreKnownNothingCanBePaused() throws Exception {
    start(Map.of());
    assertEquals(503, post("/api/v1/pause", "{}").status());
  }

  @Test
  void aPathSaysWhichMethodsItAllows() throws Exception {
    start(Map.of());
    Answer wrong = get("/api/v1/pause");
    assertEquals(405, wrong.status());
    assertTrue(wrong.head().contains("Allow: POST"), wrong.head());
    wrong = post("/api/v1/status", "{}");
    assertEquals(405, wrong.status());
    assertTrue(wrong.head().contains("Allow: GET, HEAD"), wrong.head());
    assertTrue(json.readTree(wrong.body()).path("error").isTextual(), wrong.body());
    wrong = request("DELETE", "/", "Host: localhost\r\nContent-Type: application/json\r\n", "");
    assertEquals(405, wrong.status());
    assertEquals("only GET, HEAD is allowed here\n", wrong.body());
  }

  @Test
  void eventsTellTheStateAgainAndAgain() throws Exception {
    start(
        Map.of(
            "NIMO_SHAKE_SOURCE_ACCESS_KEY_ID", "AKIA1",
            "NIMO_SHAKE_SOURCE_SECRET_ACCESS_KEY", "s3cr3t"));
    TableStats stats = table("orders", TableState.COPYING, 4L);
    stats.failures.failing("writing", new Fault.Transient("refused s3cr3t", null), RECORD);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      BufferedReader lines = events(socket);
      for (int event = 0; event < 2; event++) {
        String line = lines.readLine();
        while (!line.startsWith("data: ")) {
          line = lines.readLine();
        }
        assertTrue(line.contains("refused ***"), line);
        JsonNode status = json.readTree(line.substring("data: ".length()));
        assertEquals("orders", status.get("tables").get(0).get("name").asText());
      }
    }
  }

  /** Each takes a thread; who has gone makes room. */
  @Test
  void onlySoManyListenAtATime() throws Exception {
    start(Map.of());
    List<Socket> listeners = new ArrayList<>();
    try {
      for (int i = 0; i < Routes.LISTENERS; i++) {
        listeners.add(new Socket(InetAddress.getLoopbackAddress(), port));
        assertEquals("HTTP/1.1 200 OK", events(listeners.get(i)).readLine());
      }
      assertEquals(503, oneMoreListener());
    } finally {
      for (Socket listener : listeners) {
        listener.close();
      }
    }
    await().atMost(Duration.ofMillis(LIMIT_MILLIS)).until(() -> oneMoreListener() == 200);
  }

  private int oneMoreListener() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return Integer.parseInt(events(socket).readLine().split(" ")[1]);
    }
  }
}
