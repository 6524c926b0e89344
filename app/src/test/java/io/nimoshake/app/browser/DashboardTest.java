package io.nimoshake.app.browser;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nimoshake.app.SyncMonitor;
import io.nimoshake.app.config.Configuration;
import io.nimoshake.app.http.HttpInterface;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.PlanView.Progress;
import io.nimoshake.core.plan.PlanView.SplitState;
import io.nimoshake.core.plan.PlanView.State;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser, in front of a sync whose state is given. */
class DashboardTest {
  private static final String HOSTILE = "<img src=x onerror=alert(1)>";
  private static final Path SCREENSHOTS = Path.of("target/screenshots");

  // The browser's last files may still be written while they are removed.
  @TempDir(cleanup = CleanupMode.NEVER)
  Path profile;

  private final TableView orders = table("orders", State.COPYING, 4_000L);
  private final TableView hostile = table(HOSTILE, State.STREAMING, 10L);
  private HttpInterface http;
  private Browser browser;
  private String url;

  @BeforeEach
  void openPage() throws Exception {
    Optional<Path> executable = Browser.find();
    assumeTrue(
        executable.isPresent() || System.getenv("CI") != null,
        "no browser on this machine: apt-get install chromium");
    Configuration configuration =
        Configuration.load(
            Optional.empty(), Map.of(), List.of("target.address=mongodb://127.0.0.1"));
    SyncMonitor monitor =
        new SyncMonitor() {
          @Override
          public SyncView view() {
            return new SyncView(List.of(orders, hostile), false, false, 5 << 20);
          }

          @Override
          public long checkpointSaves() {
            return 1;
          }
        };
    http = new HttpInterface(configuration, monitor, "nimo-shake test");
    url =
        "http://127.0.0.1:"
            + http.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            + "/";
    browser = new Browser(executable.orElseThrow(), profile);
    browser.look(1280, 800, false);
    browser.open(url);
    awaitText("#health", "healthy");
  }

  @AfterEach
  void close() throws Exception {
    if (browser != null) {
      browser.close();
    }
    if (http != null) {
      http.close();
    }
  }

  @Test
  void showsNumbersAsTheyMove() throws Exception {
    orders.stats().copy.written.add(1_234);
    awaitText("#copied", "1,234");
    assertEquals("0.3085", browser.evaluate("document.querySelector('progress').value"));
    orders.stats().copy.written.add(1);
    awaitText("#copied", "1,235");
    assertEquals("5.0 MB", text("#memory"));
    assertEquals(List.of(), browser.errors());
  }

  @Test
  void namesAreNeverMarkup() throws Exception {
    awaitText(".table:nth-child(2) .name", HOSTILE);
    browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)");
    await().until(() -> browser.evaluate("document.querySelectorAll('circle').length").equals("3"));
    assertEquals("0", browser.evaluate("document.images.length"));
    assertEquals(List.of(), browser.errors());
  }

  @Test
  void pausesAndResumes() throws Exception {
    browser.evaluate("document.querySelector('.table button').click()");
    await().until(() -> !orders.limits().gate().isOpen());
    assertTrue(hostile.limits().gate().isOpen());
    awaitText(".table .state-paused", "paused");
    browser.evaluate("document.getElementById('resume').click()");
    await().until(() -> orders.limits().gate().isOpen());
    browser.evaluate(
        "document.getElementById('limit-value').value = 7;"
            + "document.getElementById('limits').requestSubmit()");
    await().until(() -> orders.limits().copyCalls().get() == 7);
    assertEquals(List.of(), browser.errors());
  }

  @Test
  void saysWhenTheProcessIsLost() throws Exception {
    http.close();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> text("#health").startsWith("no connection to the process since"));
    assertEquals("lost", browser.evaluate("document.body.className"));
  }

  @Test
  void fitsNarrowAndWideDarkAndLight() throws Exception {
    orders.stats().copy.written.add(2_000);
    awaitText("#copied", "2,000");
    browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)");
    await().until(() -> browser.evaluate("document.querySelectorAll('circle').length").equals("3"));
    for (int width : new int[] {1280, 400}) {
      for (boolean dark : new boolean[] {false, true}) {
        browser.look(width, 900, dark);
        browser.screenshot(SCREENSHOTS.resolve(width + (dark ? "-dark.png" : "-light.png")));
        assertFalse(
            Boolean.parseBoolean(
                browser.evaluate(
                    "document.documentElement.scrollWidth > document.documentElement.clientWidth")),
            "scrolls sideways at " + width);
      }
    }
  }

  private void awaitText(String selector, String expected) {
    await().atMost(Duration.ofSeconds(20)).until(() -> text(selector).equals(expected));
  }

  private String text(String selector) throws Exception {
    return browser.evaluate(
        "(document.querySelector('" + selector + "') || {textContent: ''}).textContent");
  }

  private static TableView table(String name, State state, long items) {
    List<SplitState> splits =
        state == State.COPYING
            ? List.of(segment(name))
            : List.of(
                shard(name, "shard-1", Set.of(), Progress.DONE),
                shard(name, "shard-2", Set.of("shard-1"), Progress.RUNNING));
    return new TableView(
        new PlanView.Table(name, state, splits, Optional.empty()),
        Optional.of(items),
        new TableStats(),
        TableLimits.none());
  }

  private static SplitState segment(String table) {
    return new SplitState(
        new Split.ScanSegment(table, 0, 1),
        Progress.RUNNING,
        Position.BEGINNING,
        Optional.empty(),
        Instant.now());
  }

  private static SplitState shard(String table, String id, Set<String> parents, Progress progress) {
    return new SplitState(
        new Split.StreamShard(table, "arn", id, parents, Optional.empty(), Instant.MIN),
        progress,
        Position.after("123"),
        Optional.of(Instant.now().minusMillis(400)),
        Instant.now());
  }
}
