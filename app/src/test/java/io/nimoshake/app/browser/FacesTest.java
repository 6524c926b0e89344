package io.nimoshake.app.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import io.nimoshake.app.GivenConfiguration;
import io.nimoshake.app.cli.StatusText;
import io.nimoshake.app.http.Scraped;
import io.nimoshake.app.progress.GivenMonitor;
import io.nimoshake.app.progress.GivenObserver;
import io.nimoshake.app.progress.GivenTable;
import io.nimoshake.app.progress.ProgressText;
import io.nimoshake.app.progress.Terminal;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.GivenShard;
import io.nimoshake.core.plan.PlanView.Progress;
import io.nimoshake.core.plan.TableState;
import io.nimoshake.setup.config.Configuration;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * At one moment, everything that shows a number shows the same: the log, the API, the page, the
 * metrics, the terminal, and the answers of the Go tool. In every state that a table can have.
 */
class FacesTest extends PageTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.500Z");
  private static final Instant RECORD = NOW.minusMillis(2_500);
  private static final long SAVES = 17;

  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient client = HttpClient.newHttpClient();
  private GivenObserver observer;
  private String url;

  /** A state, and whether the table has been paused in it. */
  enum Phase {
    WAITING(TableState.WAITING, "waiting"),
    PREPARING(TableState.PREPARING, "preparing"),
    COPYING(TableState.COPYING, "copying"),
    COPY_PAUSED(TableState.COPYING, "paused"),
    FINISHING(TableState.FINISHING, "finishing"),
    SWAPPING(TableState.SWAPPING, "swapping"),
    FOLLOWING(TableState.FOLLOWING, "following"),
    CAUGHT_UP(TableState.FOLLOWING, "caught_up"),
    RETRYING(TableState.FOLLOWING, "retrying"),
    PAUSED(TableState.FOLLOWING, "paused"),
    STOPPING(TableState.STOPPING, "stopping"),
    DONE(TableState.DONE, "done"),
    FAILED(TableState.FAILED, "failed");

    private final TableState state;
    private final String shown;

    Phase(TableState state, String shown) {
      this.state = state;
      this.shown = shown;
    }

    /** How far a copy of 4,000 items in 4 segments is. */
    int segmentsDone() {
      return switch (state) {
        case WAITING, PREPARING, STOPPING -> 0;
        case COPYING, FAILED -> 1;
        case FINISHING, SWAPPING, FOLLOWING, BACKFILLING, DONE -> 4;
      };
    }

    boolean isFollowing() {
      return state == TableState.FOLLOWING;
    }
  }

  @ParameterizedTest
  @EnumSource
  void allShowTheSame(Phase phase) throws Exception {
    TableView table = table(phase);
    TableView other = GivenTable.of("other", TableState.COPYING).items(500).segments(0, 1).view();
    start(table, other);
    if (phase.segmentsDone() > 0) {
      observer.written(table, 1_030, phase.isFollowing() ? 40 : 0);
    }
    JsonNode status = json.readTree(get("api/v1/status"));
    JsonNode api = status.at("/tables/0");
    Scraped metrics = Scraped.of(get("metrics"));

    assertEquals(phase.shown, api.get("state").asText());
    // The other table is being copied.
    int inThisState = phase.shown.equals("copying") ? 2 : 1;
    assertEquals(inThisState, status.at("/totals/states").path(phase.shown).asInt());
    assertEquals(inThisState, metrics.value("nimoshake_tables", Map.of("state", phase.shown)));
    assertTrue(observer.line().startsWith("orders " + terminal(phase) + " "), observer.line());
    if (!phase.shown.equals("failed")) {
      assertTrue(observer.state(0).startsWith(phase.shown.replace('_', ' ')), observer.state(0));
    }
    assertEquals(
        phase == Phase.FAILED ? "unhealthy" : phase == Phase.RETRYING ? "retrying" : "healthy",
        status.get("health").asText());
    command(phase, status);
    numbers(api, metrics);
    totals(status, metrics);
    goTool(phase, api, status);
    page(api, status);
  }

  /** What {@code nimo-shake status} prints. */
  private static void command(Phase phase, JsonNode status) {
    List<String> lines = StatusText.lines(status, Terminal.UNLIMITED);
    assertTrue(lines.get(0).endsWith(": " + status.get("health").asText()), lines.get(0));
    String row = lines.stream().filter(line -> line.startsWith("  orders ")).findFirst().get();
    assertTrue(row.contains(" " + terminal(phase) + " "), row);
    long copied = status.at("/tables/0/copy/written").asLong();
    assertTrue(row.contains(String.format(Locale.ROOT, " %,d copied", copied)), row);
    String total = lines.get(lines.size() - 1);
    long all = status.at("/totals/copied").asLong();
    assertTrue(total.startsWith("  total  "), total);
    assertTrue(total.contains(String.format(Locale.ROOT, " %,d copied", all)), total);
    assertEquals(
        phase == Phase.RETRYING ? 1 : 0,
        lines.stream().filter(line -> line.startsWith("  retrying: ")).count(),
        lines + "");
  }

  private static String terminal(Phase phase) {
    return phase == Phase.FAILED ? "FAILED" : phase.shown.replace('_', ' ');
  }

  private TableView table(Phase phase) {
    GivenTable table = GivenTable.of("orders", phase.state).items(4_000);
    table.segments(phase.segmentsDone(), 4);
    table.failure("it is gone");
    if (phase.isFollowing()) {
      table.shard("shard-1", Progress.DONE, RECORD).shard("shard-2", Progress.RUNNING, RECORD);
      table.unreadSince(NOW.minusSeconds(3_600));
    }
    TableView view = table.view();
    if (phase.isFollowing()) {
      GivenShard shard = new GivenShard(view.stats(), view.plan().splits().get(5).split());
      if (phase == Phase.CAUGHT_UP) {
        shard.readEmpty(NOW);
      } else {
        shard.read(RECORD, RECORD);
      }
    }
    if (phase.shown.equals("paused")) {
      view.limits().gate().shut();
    }
    view.stats().reading.throttled.add(2);
    view.stats().writing.failed.add(1);
    view.stats().copy.rejected.add(3);
    Instant since = phase == Phase.RETRYING ? NOW.minusSeconds(20) : NOW;
    view.stats().failures.failing("writing", new Fault.Transient("refused", null), since);
    return view;
  }

  /** The numbers of one table. */
  private void numbers(JsonNode api, Scraped metrics) {
    long copied = api.at("/copy/written").asLong();
    long changes = api.at("/stream/written").asLong();
    double progress = api.get("progress").asDouble();
    double rate = api.at("/copy/rate").asDouble() + api.at("/stream/rate").asDouble();
    long calls = api.get("retries").asLong() + api.get("throttles").asLong();
    assertEquals(copied, ofTable(metrics, "items_written_total", "phase", "copy"));
    assertEquals(changes, ofTable(metrics, "items_written_total", "phase", "stream"));
    assertEquals(progress, ofTable(metrics, "copy_progress_ratio"));
    assertEquals(api.get("items").asLong(), ofTable(metrics, "copy_items"));
    assertEquals(api.get("paused").asBoolean() ? 1 : 0, ofTable(metrics, "table_paused"));
    assertEquals(calls, ofTable(metrics, "retries_total"));
    assertEquals(api.get("rejected").asLong(), ofTable(metrics, "items_rejected_total"));
    for (String kind : List.of("segment", "shard")) {
      for (String state : List.of("waiting", "running", "done")) {
        assertEquals(
            api.at("/" + kind + "s/" + state).asLong(),
            metrics.value(
                "nimoshake_splits", Map.of("table", "orders", "kind", kind, "state", state)),
            kind + " " + state);
      }
    }
    String line = observer.line();
    assertTrue(line.contains(percent(progress) + ", "), line);
    assertTrue(line.contains(String.format(Locale.ROOT, " %,d copied", copied)), line);
    assertTrue(line.contains(String.format(Locale.ROOT, " %,.0f/s", rate)), line);
    assertTrue(line.contains(calls + " retries"), line);
    assertEquals(changes > 0, line.contains(changes + " changes"), line);
    JsonNode lag = api.get("lag_seconds");
    assertEquals(lag.isNumber(), metrics.has("nimoshake_stream_lag_seconds", Map.of()));
    if (lag.isNumber()) {
      assertEquals(lag.asDouble(), ofTable(metrics, "stream_lag_seconds"));
      assertEquals(
          api.get("headroom_seconds").asDouble(), ofTable(metrics, "stream_headroom_seconds"));
    }
  }

  /** The numbers of all tables together, in the API, in the log and as sums of the metrics. */
  private void totals(JsonNode status, Scraped metrics) {
    JsonNode totals = status.get("totals");
    long written = totals.get("copied").asLong() + totals.get("changes").asLong();
    long calls = totals.get("retries").asLong() + totals.get("throttles").asLong();
    double rate = totals.get("copy_rate").asDouble() + totals.get("stream_rate").asDouble();
    JsonNode lag = totals.get("lag_seconds");
    assertEquals(written, metrics.value("nimoshake_items_written_total", Map.of()));
    assertEquals(calls, metrics.value("nimoshake_retries_total", Map.of()));
    assertEquals(SAVES, metrics.value("nimoshake_checkpoint_saves_total", Map.of()));
    assertEquals(SAVES, status.get("checkpoint_saves").asLong());
    assertEquals(
        status.get("memory_held_bytes").asLong(),
        metrics.value("nimoshake_memory_held_bytes", Map.of()));
    String report = ProgressText.report(observer.numbers(), SAVES);
    assertTrue(
        report.contains(
            String.format(
                Locale.ROOT,
                "write_success=%d, tps=%.0f, ckpt_times=%d, retries=%d, lag=%s",
                written,
                rate,
                SAVES,
                calls,
                lag.isNumber() ? Math.round(lag.asDouble() * 1000) + "ms" : "-")),
        report);
  }

  private void goTool(Phase phase, JsonNode api, JsonNode status) throws Exception {
    JsonNode progress = json.readTree(get("progress"));
    JsonNode metric = json.readTree(get("metric"));
    String shown = progress.at("/collection_metric/orders").asText();
    if (phase.segmentsDone() > 0) {
      double share = api.get("progress").asDouble();
      String percent =
          share == 1 ? "100%" : String.format(Locale.ROOT, "%.2f%%", Math.floor(share * 1e4) / 100);
      assertEquals(percent + " (" + api.at("/copy/written").asLong() + "/4000)", shown);
    } else {
      assertEquals("-", shown);
    }
    assertEquals(
        status.at("/totals/tables").asInt(), progress.get("total_collection_number").asInt());
    assertEquals(
        status.at("/totals/copied_tables").asInt(),
        progress.get("finished_collection_number").asInt());
    assertEquals(status.at("/totals/changes").asLong(), metric.get("records_write").asLong());
    assertEquals(status.get("checkpoint_saves").asLong(), metric.get("checkpoint_times").asLong());
    assertEquals(
        api.at("/shards/running").asInt(), metric.at("/checkpoint_update_times/orders").size());
  }

  private void page(JsonNode api, JsonNode status) {
    Page page = browser.page();
    browser.look(1280, 900, false);
    page.navigate(url);
    Locator row = page.locator("article[aria-label=orders]");
    assertThat(row.locator(".chip")).hasText(api.get("state").asText().replace('_', ' '));
    assertThat(row.locator("progress")).hasAttribute("value", js(api.get("progress").asDouble()));
    long copied = api.at("/copy/written").asLong();
    double progress = api.get("progress").asDouble();
    assertThat(row.locator(".copied")).hasText(String.format(Locale.ROOT, "%,d", copied));
    assertThat(row.locator(".changes"))
        .hasText(String.format(Locale.ROOT, "%,d", api.at("/stream/written").asLong()));
    if (progress < 1 && copied > 0) {
      assertThat(row.locator(".progress small").first())
          .containsText((int) Math.floor(progress * 100) + " %");
    }
    double rate = api.at("/copy/rate").asDouble() + api.at("/stream/rate").asDouble();
    assertThat(row.locator(".rate")).hasText(String.format(Locale.ROOT, "%,.0f/s", rate));
    JsonNode lag = api.get("lag_seconds");
    assertThat(row.locator(".lag"))
        .hasText(
            !lag.isNumber()
                ? "-"
                : lag.asDouble() == 0
                    ? "0 s"
                    : String.format(Locale.ROOT, "%.1f s", lag.asDouble()));
    long trouble =
        api.get("retries").asLong() + api.get("throttles").asLong() + api.get("rejected").asLong();
    assertThat(row.locator(".errors")).hasText(trouble + "");
    JsonNode totals = status.get("totals");
    assertThat(page.locator("#copied"))
        .hasText(String.format(Locale.ROOT, "%,d", totals.get("copied").asLong()));
    assertThat(page.locator("#changes"))
        .hasText(String.format(Locale.ROOT, "%,d", totals.get("changes").asLong()));
    double all = totals.get("copy_rate").asDouble() + totals.get("stream_rate").asDouble();
    assertThat(page.locator("#rate")).hasText(String.format(Locale.ROOT, "%,.0f/s", all));
    assertThat(page.locator("#rate-at"))
        .hasText(
            String.format(
                Locale.ROOT,
                "now: copy %,.0f/s, stream %s/s",
                totals.get("copy_rate").asDouble(),
                totals.get("stream_rate").asDouble() == 0
                    ? "0"
                    : totals.get("stream_rate").asText()));
    assertThat(page.locator("#error-list .message")).hasText("writing: refused");
    assertEquals(List.of(), browser.errors());
  }

  private static double ofTable(Scraped metrics, String name, String... label) {
    Map<String, String> labels =
        label.length == 0
            ? Map.of("table", "orders")
            : Map.of("table", "orders", label[0], label[1]);
    return metrics.value("nimoshake_" + name, labels);
  }

  private static String percent(double progress) {
    return (int) Math.floor(progress * 100) + "%";
  }

  private static String js(double number) {
    return number == Math.rint(number) ? (int) number + "" : number + "";
  }

  private void start(TableView... tables) throws Exception {
    Configuration configuration = GivenConfiguration.least();
    observer =
        new GivenObserver(new GivenMonitor(() -> GivenTable.sync(tables), SAVES, Map.of()), NOW);
    url = serve(configuration, observer);
  }

  private String get(String path) throws Exception {
    return client
        .send(HttpRequest.newBuilder(URI.create(url + path)).build(), BodyHandlers.ofString())
        .body();
  }
}
