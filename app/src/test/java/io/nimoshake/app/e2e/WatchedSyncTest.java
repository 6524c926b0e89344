package io.nimoshake.app.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import io.nimoshake.app.browser.Browser;
import io.nimoshake.testkit.stream.Resharding;
import io.nimoshake.testkit.stream.ReshardingEndpoint;
import io.nimoshake.testkit.stream.ReshardingOptions;
import io.nimoshake.testkit.wire.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard of a real sync: what it shows, steers, and says when the process is killed. */
class WatchedSyncTest {
  private static final int ITEMS = 300;
  private static final List<Shape> SHAPES = List.of(Shape.S, Shape.S_N);
  private static final int MARKER = 100_000;

  @TempDir Path directory;

  private final HttpClient client = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();
  private String url;
  private Page page;

  @Test
  void isShownSteeredAndMissed() throws Exception {
    ReshardingOptions options =
        ReshardingOptions.calm()
            .resharding(Resharding.seeded(3, 0.02, 0.01).withAtMost(5))
            .timesToTheSecond(true)
            .pollEvery(Duration.ofMillis(20));
    try (Browser browser = Browser.open();
        Servers servers = Servers.shared();
        ReshardingEndpoint endpoint =
            ReshardingEndpoint.to(servers.dynamoServer.endpoint(), options)) {
      PlaywrightAssertions.setDefaultAssertionTimeout(BothSides.LIMIT.toMillis());
      BothSides.create(servers, SHAPES, ITEMS);
      Path conf = configuration(servers, endpoint);
      page = browser.page();
      browser.look(1280, 900, false);
      try (RunningSync sync = RunningSync.start(conf)) {
        await().atMost(BothSides.LIMIT).until(this::answers);
        page.navigate(url);
        assertThat(page.locator("article .chip:text-is('copying')")).hasCount(SHAPES.size());
        browser.screenshot("sync-copying");
        copyQuickly();
        showsWhatTheApiSays(servers);
        takePictures(browser);
        // What is still under way when it is paused is written all the same.
        BothSides.awaitEqual(servers, SHAPES, sync);
        pausesAndResumes(servers);
        assertEquals(List.of(), browser.errors());

        sync.kill9();
        assertThat(page.locator("#lost")).hasText(Pattern.compile("nimo-shake has not answered.*"));
        assertThat(page.locator("#health")).hasText("no answer");
        browser.screenshot("sync-lost");
      }
      try (RunningSync again = RunningSync.start(conf)) {
        assertThat(page.locator("#health")).hasText("healthy");
        assertThat(page.locator("#lost")).isHidden();
        assertThat(page.locator("article .chip:text-matches('following|caught up')"))
            .hasCount(SHAPES.size());
        assertThat(page.locator("article .copied").first())
            .hasAttribute("title", "copied by an earlier run");
        assertEquals(0, again.terminate(), again::output);
      }
    }
  }

  private Path configuration(Servers servers, ReshardingEndpoint endpoint) throws Exception {
    int port = FreePort.pick();
    url = "http://127.0.0.1:" + port + "/";
    Path conf =
        servers.configuration(
            directory,
            endpoint.endpoint(),
            servers.mongoServer.uri(),
            "sync_mode = all",
            // As good as standing still, until it has been looked at.
            "qps.full = 1",
            "qps.full.batch_num = 1",
            "health.max_lag = 10m");
    // The second value of a key would be refused.
    return Files.writeString(
        conf,
        Files.readString(conf).replace("full_sync.http_port = 0", "full_sync.http_port = " + port));
  }

  private void copyQuickly() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "api/v1/limits"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"copy_calls\": 1000}"))
            .build();
    assertEquals(200, client.send(request, BodyHandlers.ofString()).statusCode());
  }

  private void showsWhatTheApiSays(Servers servers) throws Exception {
    try (Workload ignored = Workload.start(servers.dynamo, SHAPES, ITEMS + 100, 3)) {
      assertThat(page.locator("article .chip:text-matches('following|caught up')"))
          .hasCount(SHAPES.size());
      page.locator("article .name").first().click();
      await()
          .atMost(BothSides.LIMIT)
          .pollInSameThread()
          .until(() -> page.locator("circle.node-done").count() > 3);
      assertThat(page.locator("circle.node-running").first()).isVisible();
    }
    await()
        .atMost(BothSides.LIMIT)
        .pollInSameThread()
        .untilAsserted(
            () -> {
              JsonNode status = status();
              long copied = sum(status, table -> table.at("/copy/written").asLong());
              long changes = sum(status, table -> table.at("/stream/written").asLong());
              assertTrue(copied > 0 && changes > 0);
              assertThat(page.locator("#copied")).hasText(count(copied), soon());
              assertThat(page.locator("#changes")).hasText(count(changes), soon());
              for (JsonNode table : status.get("tables")) {
                String row = "article[aria-label='" + table.get("name").asText() + "'] ";
                assertThat(page.locator(row + ".copied"))
                    .hasText(count(table.at("/copy/written").asLong()), soon());
                assertThat(page.locator(row + ".changes"))
                    .hasText(count(table.at("/stream/written").asLong()), soon());
              }
            });
  }

  private static HasTextOptions soon() {
    return new HasTextOptions().setTimeout(2_000);
  }

  private void takePictures(Browser browser) {
    for (int width : new int[] {1280, 400}) {
      for (boolean dark : new boolean[] {false, true}) {
        browser.look(width, 900, dark);
        browser.screenshot("sync-" + width + (dark ? "-dark" : "-light"));
        assertEquals(width, page.evaluate("document.documentElement.scrollWidth"));
      }
    }
    browser.look(1280, 900, false);
  }

  private void pausesAndResumes(Servers servers) throws Exception {
    page.locator("#pause").click();
    assertThat(page.locator("article .chip:text-is('paused')")).hasCount(SHAPES.size());
    long written = written();
    Random random = new Random(1);
    for (Shape shape : SHAPES) {
      servers.dynamo.putItem(r -> r.tableName(shape.table).item(shape.item(MARKER, random)));
    }
    // Long enough for a sync that is not paused: it would ask several times meanwhile.
    long points = points();
    await().atMost(BothSides.LIMIT).until(() -> points() >= points + 2);
    assertEquals(written, written(), "writes while it is paused");
    for (Shape shape : SHAPES) {
      assertFalse(servers.hasItem(shape, MARKER));
    }
    page.locator("#resume").click();
    for (Shape shape : SHAPES) {
      await().atMost(BothSides.LIMIT).until(() -> servers.hasItem(shape, MARKER));
    }
    assertThat(page.locator("article .chip:text-matches('following|caught up')"))
        .hasCount(SHAPES.size());
  }

  private boolean answers() throws InterruptedException {
    try {
      return !status().get("tables").isEmpty();
    } catch (IOException e) {
      return false; // not yet
    }
  }

  private JsonNode status() throws IOException, InterruptedException {
    return get("api/v1/status");
  }

  private long written() throws Exception {
    return sum(status(), table -> table.at("/stream/written").asLong());
  }

  /** How many looks at the sync are remembered. */
  private int points() throws Exception {
    return get("api/v1/history?step=2").get("millis").size();
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + path)).build();
    return json.readTree(client.send(request, BodyHandlers.ofString()).body());
  }

  private static long sum(JsonNode status, ToLongFunction<JsonNode> of) {
    return StreamSupport.stream(status.get("tables").spliterator(), false).mapToLong(of).sum();
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
