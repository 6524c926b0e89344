package io.nimoshake.app.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import io.nimoshake.app.GivenConfiguration;
import io.nimoshake.app.progress.GivenMonitor;
import io.nimoshake.app.progress.GivenTable;
import io.nimoshake.app.progress.Observer;
import io.nimoshake.app.progress.SyncMonitor;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.plan.PlanView.Progress;
import io.nimoshake.core.plan.TableState;
import io.nimoshake.setup.config.Configuration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page in a real browser, in front of a sync whose state is given. */
class DashboardTest extends PageTest {
  private static final String HOSTILE = "<img src=x onerror=alert(1)>";

  private final TableView orders = table("orders", TableState.COPYING, 4_000L);
  private final TableView hostile = table(HOSTILE, TableState.FOLLOWING, 10L);
  private final List<TableView> tables = new CopyOnWriteArrayList<>(List.of(orders, hostile));
  private Observer observer;
  private Page page;

  @Test
  void showsNumbersAsTheyMove() throws Exception {
    openPage(Map.of());
    orders.stats().copy.written.add(1_234);
    assertThat(page.locator("#copied")).hasText("1,234");
    assertThat(page.locator("article progress").first()).hasAttribute("value", "0.3085");
    orders.stats().copy.written.add(1);
    assertThat(page.locator("#copied")).hasText("1,235");
    assertThat(page.locator("#memory")).hasText("5.2 MB");
    assertThat(page.locator("#headroom")).hasText(Pattern.compile("19 h 5\\d min|20 h"));
    assertThat(page.locator("#rate-chart .line-copy").first())
        .hasAttribute("d", Pattern.compile("M.+"));
    assertEquals(List.of(), browser.errors());
  }

  @Test
  void namesAreNeverMarkup() throws Exception {
    openPage(Map.of());
    // Only a failure of the last seconds keeps the page from being called healthy or unhealthy.
    hostile.stats().failures.failing(HOSTILE, new Fault.Transient(HOSTILE, null), Instant.now());
    assertThat(page.locator("article:nth-child(2) .name")).hasText(HOSTILE);
    assertThat(page.locator("#error-list .message")).hasText(HOSTILE + ": " + HOSTILE);
    page.locator("article:nth-child(2) .name").click();
    assertThat(page.locator("circle.node")).hasCount(3);
    assertEquals(0, page.locator("img").count());
    assertEquals(List.of(), browser.errors());
  }

  @Test
  void isSteeredWithTheKeyboardAlone() throws Exception {
    openPage(Map.of());
    tabTo("pause");
    page.keyboard().press("Enter");
    await()
        .atMost(LIMIT)
        .until(() -> !orders.limits().gate().isOpen() && !hostile.limits().gate().isOpen());
    assertThat(page.locator("article .chip").first()).hasText("paused");
    assertThat(page.locator("#resume")).isFocused();
    page.keyboard().press("Space");
    await().atMost(LIMIT).until(() -> orders.limits().gate().isOpen());

    page.locator("article:nth-child(2) .name").focus();
    page.keyboard().press("Enter");
    assertThat(page.locator("circle.node")).hasCount(3);
    page.keyboard().press("Tab"); // its Pause
    page.keyboard().press("Tab");
    assertThat(page.locator("circle.node:focus")).hasAttribute("data-id", "shard-3");
    page.keyboard().press("ArrowLeft");
    assertThat(page.locator("article:nth-child(2) .about"))
        .hasText(Pattern.compile("shard-2: running, at 123, last record of .* behind"));

    page.locator("article:nth-child(2) input[name=copy_calls]").focus();
    page.keyboard().type("7");
    page.keyboard().press("Enter");
    await().atMost(LIMIT).until(() -> hostile.limits().copyCalls().get() == 7);
    assertEquals(0, orders.limits().copyCalls().get(), "was not meant");
    assertEquals(List.of(), browser.errors());
  }

  private void tabTo(String id) {
    for (int i = 0; i < 30; i++) {
      if (id.equals(page.evaluate("document.activeElement.id"))) {
        return;
      }
      page.keyboard().press("Tab");
    }
    throw new AssertionError(id + " is not reached by the keyboard");
  }

  @Test
  void setsLimitsOfAllTablesAndPausesOne() throws Exception {
    openPage(Map.of());
    page.locator("article .toggle").first().click();
    await().atMost(LIMIT).until(() -> !orders.limits().gate().isOpen());
    assertTrue(hostile.limits().gate().isOpen());
    page.locator("#limit-all").click();
    page.locator("#limits-of-all input[name=stream_calls]").fill("3");
    page.locator("#limits-of-all button").click();
    await().atMost(LIMIT).until(() -> hostile.limits().streamCalls().get() == 3);
    assertEquals(3, orders.limits().streamCalls().get());
    assertThat(page.locator("#told")).hasText("limits changed: 2 tables");
    assertEquals(List.of(), browser.errors());
  }

  @Test
  void findsATableByItsNameOrState() throws Exception {
    openPage(Map.of());
    page.locator("#filter").fill("copying");
    assertThat(page.locator("article:visible .name")).hasText("orders");
    page.locator("#filter").fill("IMG");
    assertThat(page.locator("article:visible .name")).hasText(HOSTILE);
  }

  @Test
  void showsTheConfigurationWithoutSecrets() throws Exception {
    openPage(
        Map.of(
            "NIMO_SHAKE_SOURCE_ACCESS_KEY_ID",
            "AKIA1",
            "NIMO_SHAKE_SOURCE_SECRET_ACCESS_KEY",
            "s3cr3t"));
    page.locator("#config summary").click();
    assertThat(page.locator("#config li:has-text('source.secret_access_key')"))
        .hasText("source.secret_access_key = ***");
  }

  @Test
  void asksForTheTokenAndThenShows() throws Exception {
    openPage(Map.of("NIMO_SHAKE_HTTP_TOKEN", "open sesame"), false);
    assertThat(page.locator("#login")).isVisible();
    page.locator("#token").fill("open sesame");
    page.keyboard().press("Enter");
    assertThat(page.locator("#health")).hasText("healthy");
    assertThat(page.locator("#login")).isHidden();
    assertThat(page.locator("article")).hasCount(2);
    page.locator("#pause").click();
    await().atMost(LIMIT).until(() -> !orders.limits().gate().isOpen());
    browser.errors().clear(); // the answer 401 is one
  }

  @Test
  void saysWhenTheProcessIsLost() throws Exception {
    openPage(Map.of());
    stopServing();
    assertThat(page.locator("#lost"))
        .hasText(Pattern.compile("nimo-shake has not answered since \\d\\d:\\d\\d:\\d\\d .*"));
    assertThat(page.locator("#health")).hasText("no answer");
    browser.errors().clear(); // of connections that are refused
  }

  @Test
  void fitsNarrowAndWideDarkAndLight() throws Exception {
    tables.add(table("broken", TableState.FAILED, 100L));
    tables.add(
        table(
            "a-table-with-a-rather-long-name-as-some-have.of-many-parts", TableState.WAITING, 9L));
    orders.stats().copy.written.add(2_000);
    orders
        .stats()
        .failures
        .failing("writing", new Fault.Throttled("Rate exceeded", null), Instant.now());
    openPage(Map.of());
    page.locator("article:nth-child(2) .name").click();
    assertThat(page.locator("circle.node")).hasCount(3);
    assertThat(page.locator("#problems li")).hasText("table broken has failed: it is gone");
    browser.pictures("given", where -> {});
    assertEquals(List.of(), browser.errors());
  }

  private void openPage(Map<String, String> environment) throws Exception {
    openPage(environment, true);
    assertThat(page.locator("#health")).hasText(Pattern.compile("healthy|unhealthy"));
  }

  private void openPage(Map<String, String> environment, boolean wide) throws Exception {
    Configuration configuration = GivenConfiguration.least(environment);
    SyncMonitor monitor = new GivenMonitor(() -> GivenTable.sync(tables, false, 5 << 20));
    observer = new Observer(monitor);
    String url = serve(configuration, observer);
    page = browser.page();
    browser.look(wide ? 1280 : 800, 800, false);
    page.navigate(url);
  }

  private static TableView table(String name, TableState state, long items) {
    GivenTable table = GivenTable.of(name, state).items(items);
    Instant record = Instant.now().minusMillis(400);
    return switch (state) {
      case FOLLOWING ->
          table
              .shard("shard-1", Progress.DONE, record)
              .shard("shard-2", Progress.RUNNING, record, "shard-1")
              .shard("shard-3", Progress.WAITING, record, "shard-1")
              .unreadSince(Instant.now().minusSeconds(4 * 3_600))
              .view();
      case COPYING -> table.segments(0, 1).view();
      case FAILED -> table.failure("it is gone").view();
      default -> table.view();
    };
  }
}
