package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.http.HttpInterface;
import io.nimoshake.app.http.Scraped;
import io.nimoshake.app.progress.Observer;
import io.nimoshake.app.sync.SyncRun;
import io.nimoshake.core.flow.Gate;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.testkit.fault.FaultProxy;
import io.nimoshake.testkit.fault.HttpFault;
import io.nimoshake.testkit.fault.HttpFaultProxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/** Each number of /metrics moves when that happens which it counts, in a real sync. */
class MetricsMoveTest {
  private static final int ITEMS = 200;
  private static final Shape SHAPE = Shape.S;
  private static final Map<String, String> TABLE = Map.of("table", SHAPE.table);
  private static final Map<String, String> COPY = Map.of("table", SHAPE.table, "phase", "copy");
  private static final Map<String, String> STREAM = Map.of("table", SHAPE.table, "phase", "stream");

  private static final String FAILED = "nimoshake_failed_calls_total";

  /** Says what runs, and nothing that could move. */
  private static final Set<String> CONSTANT =
      Set.of("nimoshake_build_info", "nimoshake_follows_streams");

  @TempDir Path directory;

  private final HttpClient client = HttpClient.newHttpClient();
  private final Random random = new Random(1);
  private final Map<String, Set<Double>> seen = new HashMap<>();
  private URI metrics;

  @Test
  void everyMetricMovesWhenItsCauseHappens() throws Exception {
    try (Servers servers = new Servers();
        HttpFaultProxy source = HttpFaultProxy.to(servers.dynamoServer.endpoint());
        FaultProxy target = FaultProxy.to("127.0.0.1", servers.mongoServer.port())) {
      BothSides.create(servers, List.of(SHAPE), ITEMS);
      changeLongBefore(servers);
      source.always("DescribeStream", HttpFault.INTERNAL_SERVER_ERROR);
      try (SyncRun run = SyncRun.start(configuration(servers, source, target));
          Observer observer = new Observer(run);
          HttpInterface http =
              new HttpInterface(configuration(servers, source, target), observer, "t")) {
        int port = http.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        metrics = URI.create("http://127.0.0.1:" + port + "/metrics");
        prepare(source, run);
        copy(source);
        follow(servers, source, run);
        holdUp(servers, target);
        run.stop();
        run.done().get();
      }
    }
    Set<String> still = new TreeSet<>();
    seen.forEach((series, values) -> still.add(name(series)));
    seen.forEach(
        (series, values) -> still.removeIf(n -> n.equals(name(series)) && values.size() > 1));
    assertEquals(CONSTANT, still, "have never moved");
  }

  /** Records the copy will have seen, with some time between them. */
  private void changeLongBefore(Servers servers) throws Exception {
    servers.dynamo.updateTable(
        r ->
            r.tableName(SHAPE.table)
                .streamSpecification(
                    s -> s.streamEnabled(true).streamViewType(StreamViewType.NEW_AND_OLD_IMAGES)));
    put(servers, 1);
    servers.dynamoServer.ageStreams(Duration.ofMinutes(30));
  }

  private void prepare(HttpFaultProxy source, SyncRun run) {
    awaitMetric(
        "nimoshake_retries_total",
        Map.of("table", SHAPE.table, "activity", "manage", "kind", "transient"),
        2);
    Scraped before = scrape();
    assertTrue(before.value(FAILED, failed("source", "DescribeStream", "server_error")) >= 2);
    assertEquals(0, before.value("nimoshake_items_read_total", COPY));
    assertEquals(0, before.value("nimoshake_copy_progress_ratio", TABLE));
    assertEquals(1, before.value("nimoshake_healthy", Map.of()));
    assertEquals(1, before.value("nimoshake_build_info", Map.of("version", "t", "id", Servers.ID)));
    double lease = before.value("nimoshake_lease_remaining_seconds", Map.of());
    assertTrue(lease > 0 && lease <= 30, "lease " + lease);
    // Held up, or the copy might be over before anybody has seen it run.
    Gate gate = run.view().tables().get(0).limits().gate();
    gate.shut();
    source.heal();
    awaitMetric("nimoshake_splits", Map.of("kind", "segment", "state", "running"), 1);
    source.onNth("Scan", 3, HttpFault.PROVISIONED_THROUGHPUT_EXCEEDED);
    gate.open();
  }

  private void copy(HttpFaultProxy source) {
    await()
        .atMost(BothSides.LIMIT)
        .until(
            () -> {
              Scraped now = scrape();
              return now.value("nimoshake_tables", Map.of("state", "following"))
                      + now.value("nimoshake_tables", Map.of("state", "caught_up"))
                  == 1;
            });
    Scraped after = scrape();
    assertEquals(ITEMS, after.value("nimoshake_items_read_total", COPY));
    assertEquals(ITEMS, after.value("nimoshake_items_written_total", COPY));
    for (String name : List.of("read_bytes", "written_bytes", "batches", "capacity_units")) {
      assertTrue(after.value("nimoshake_" + name + "_total", COPY) > 0, name);
    }
    assertEquals(
        after.value("nimoshake_batches_total", COPY),
        after.value("nimoshake_write_duration_seconds", COPY),
        "an entry for each write");
    assertEquals(1, after.value("nimoshake_copy_progress_ratio", TABLE));
    assertEquals(
        1,
        after.value(
            "nimoshake_retries_total",
            Map.of("table", SHAPE.table, "activity", "read", "kind", "throttled")));
    assertEquals(1, after.value(FAILED, failed("source", "Scan", "throttled")));
    assertTrue(after.value("nimoshake_checkpoint_saves_total", Map.of()) > 0);
    assertEquals(0, after.value("nimoshake_splits", Map.of("kind", "segment", "state", "running")));
    assertTrue(after.value("nimoshake_splits", Map.of("kind", "segment", "state", "done")) > 0);
    assertEquals(1, after.value("nimoshake_splits", Map.of("kind", "shard", "state", "running")));
    awaitMetric("nimoshake_items_skipped_total", STREAM, 1);
  }

  private void follow(Servers servers, HttpFaultProxy source, SyncRun run) {
    Gate gate = run.view().tables().get(0).limits().gate();
    gate.shut();
    awaitMetric("nimoshake_table_paused", TABLE, 1);
    for (int time = 0; time < 10; time++) {
      put(servers, 7);
    }
    Map<String, AttributeValue> poison = new HashMap<>(SHAPE.item(8, random));
    poison.put("a.b", AttributeValue.fromS("one"));
    poison.put("a\uFF0Eb", AttributeValue.fromS("other of the same name"));
    servers.dynamo.putItem(r -> r.tableName(SHAPE.table).item(poison));
    source.onNth("GetRecords", 2, HttpFault.THROTTLING);
    gate.open();
    awaitMetric("nimoshake_items_rejected_total", STREAM, 1);
    awaitMetric("nimoshake_items_coalesced_total", STREAM, 1);
    awaitMetric("nimoshake_items_written_total", STREAM, 1);
    awaitMetric("nimoshake_items_read_total", STREAM, 11);
    Scraped now = scrape();
    assertEquals(0, now.value("nimoshake_table_paused", TABLE));
    assertTrue(now.has("nimoshake_stream_lag_seconds", TABLE));
    assertTrue(now.has("nimoshake_stream_last_record_age_seconds", TABLE));
    double unread = now.value("nimoshake_stream_oldest_unread_age_seconds", TABLE);
    double headroom = now.value("nimoshake_stream_headroom_seconds", TABLE);
    assertEquals(24 * 3_600, unread + headroom, 1, "what is unread is kept for a day");
  }

  private void holdUp(Servers servers, FaultProxy target) {
    awaitMetricIs("nimoshake_changes_in_flight", TABLE, 0);
    target.down();
    put(servers, 9);
    awaitMetricIs("nimoshake_changes_in_flight", TABLE, 1);
    assertTrue(scrape().value("nimoshake_memory_held_bytes", Map.of()) > 0);
    // The configuration allows no lag at all, and a record is unwritten.
    awaitMetricIs("nimoshake_healthy", Map.of(), 0);
    awaitMetric(
        "nimoshake_retries_total",
        Map.of("table", SHAPE.table, "activity", "write", "kind", "transient"),
        1);
    awaitMetric(FAILED, failed("target", "heartbeat", "connection"), 1);
    awaitMetricIs("nimoshake_retrying", Map.of(), 1);
    target.up();
    awaitMetricIs("nimoshake_changes_in_flight", TABLE, 0);
    awaitMetricIs("nimoshake_retrying", Map.of(), 0);
  }

  private void put(Servers servers, int number) {
    servers.dynamo.putItem(r -> r.tableName(SHAPE.table).item(SHAPE.item(number, random)));
  }

  private Configuration configuration(Servers servers, HttpFaultProxy source, FaultProxy target)
      throws Exception {
    Path conf =
        servers.configuration(
            directory,
            source.endpoint(),
            "mongodb://127.0.0.1:" + target.port() + "/?serverSelectionTimeoutMS=5000",
            "sync_mode = all",
            "source.session.max_retries = 0",
            "qps.full = 5",
            "qps.full.batch_num = 10",
            "on_poison = dead_letter",
            "dead_letter.file = " + directory.resolve("letters"),
            "health.max_lag = 1ms");
    return Configuration.load(Optional.of(conf), Map.of(), List.of());
  }

  private void awaitMetric(String name, Map<String, String> labels, double least) {
    await().atMost(BothSides.LIMIT).until(() -> scrape().value(name, labels) >= least);
  }

  private void awaitMetricIs(String name, Map<String, String> labels, double value) {
    await().atMost(BothSides.LIMIT).until(() -> scrape().value(name, labels) == value);
  }

  private Scraped scrape() {
    Scraped scraped;
    try {
      scraped =
          Scraped.of(
              client.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString()).body());
    } catch (Exception e) { // Whatever it is, the test is over.
      throw new IllegalStateException(e);
    }
    Set<String> before = new HashSet<>(seen.keySet());
    scraped
        .series()
        .forEach(
            (series, value) -> {
              if (series.startsWith("nimoshake_")) {
                // What was not there at first has moved by coming.
                Set<Double> values = seen.computeIfAbsent(series, key -> new HashSet<>());
                values.add(value);
                if (!before.isEmpty() && !before.contains(series)) {
                  values.add(Double.NaN);
                }
              }
            });
    return scraped;
  }

  private static Map<String, String> failed(String server, String operation, String kind) {
    return Map.of("server", server, "operation", operation, "kind", kind);
  }

  private static String name(String series) {
    return series.substring(0, series.indexOf('{'));
  }
}
