package io.nimoshake.app.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import io.nimoshake.app.progress.GivenObserver;
import io.nimoshake.setup.config.Configuration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The page in the situations in which people look at it: wide and narrow, light and dark. Leaves a
 * picture of each in target/screenshots, for people to look at.
 */
class DashboardScenesTest extends PageTest {
  private static final int PAST_SECONDS = 240;

  /** Texts that are cut, although they carry what a person came to read. */
  private static final String CUT =
      """
      [...document.querySelectorAll(
          '#health, #route, #overall p *, #totals b, .row .right, .row small, .row .chip, '
          + '.note, #problems li, #error-list span:not(.table), figcaption *')]
        .filter((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1
          && getComputedStyle(e).display !== 'inline')
        .map((e) => e.className + ' ' + e.textContent)
      """;

  /**
   * Texts that are hard to read: their contrast is less than 4.5, the least of WCAG 2.2, 1.4.3.
   * Disabled buttons are excepted, as they are there.
   */
  static final String FAINT =
      """
      (() => {
        const parse = (color) => color.match(/[\\d.]+/g).map(Number);
        const light = (color) => {
          const [r, g, b] = color.map((c) => c / 255)
            .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const behind = (e) => {
          for (let at = e; at; at = at.parentElement) {
            const color = parse(getComputedStyle(at).backgroundColor);
            if (color.length === 3 || color[3] > 0) return color.slice(0, 3);
          }
          return [255, 255, 255];
        };
        return [...document.querySelectorAll('body *')]
          .filter((e) => e.checkVisibility() && !e.disabled && !(e instanceof SVGElement)
            && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
          .map((e) => {
            const [one, other] = [light(parse(getComputedStyle(e).color).slice(0, 3)), light(behind(e))];
            const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
            return { contrast, text: contrast.toFixed(2) + ' ' + e.className + ' ' + e.textContent };
          })
          .filter(({ contrast }) => contrast < 4.5)
          .map(({ text }) => text);
      })()
      """;

  private GivenObserver observer;
  private Scene scene;
  private Page page;

  @Test
  void starting() throws Exception {
    open(Scene.Name.STARTING);
    assertThat(page.locator("#health")).hasText("starting");
    assertThat(page.locator("#route"))
        .hasText("DynamoDB in eu-west-1 → MongoDB at mongo-1.internal:27017, database shop");
    assertThat(page.locator("#overall-state")).hasText("starting: the tables are not known yet");
    assertEquals(
        List.of("0", "5/s", "10/s"),
        page.locator("#rate-chart .axis").allTextContents().subList(0, 3));
    assertThat(page.locator("#rate-chart .axis")).hasCount(7);
    look("starting");
  }

  @Test
  void aFilterThatSelectsNoTable() throws Exception {
    open(Scene.Name.NO_TABLE);
    assertThat(page.locator("#health.warn")).hasText("not ready");
    assertThat(page.locator("#overall-state"))
        .hasText("the filter selects none of the tables of the source: customers, orders");
    look("no-table");
  }

  @Test
  void copying() throws Exception {
    open(Scene.Name.COPYING);
    assertThat(page.locator("#overall-state")).hasText(Pattern.compile("\\d\\d? % copied"));
    assertThat(page.locator("#overall-items"))
        .hasText(Pattern.compile("[\\d,]+ of about 2,692,480 items, 1 of 4 tables complete"));
    assertThat(page.locator("#overall-left")).hasText(Pattern.compile("\\d+ (h|min).* left"));
    assertThat(row("orders").locator("progress")).isVisible();
    assertThat(row("orders").locator(".spark")).isHidden();
    assertThat(row("orders").locator(".progress small").first())
        .hasText(Pattern.compile("\\d+ %, .+ left"));
    assertThat(row("events").locator(".resumed")).hasText("resumed: 9 segments of 16 done");
    assertThat(page.locator("#error-list .table")).hasAttribute("title", Scene.LONG_NAME);
    look("copying");
  }

  @Test
  void sixtyIdleTables() throws Exception {
    open(Scene.Name.IDLE);
    assertThat(page.locator("article")).hasCount(60);
    assertThat(page.locator("article .chip.good:text-is('caught up')")).hasCount(60);
    assertThat(page.locator("#states button")).hasText("60 caught up");
    assertThat(page.locator("#overall-state")).hasText("All 60 tables are copied");
    assertThat(page.locator("#overall-bar")).isHidden();
    assertThat(page.locator("#lag")).hasText("0 s");
    assertThat(page.locator("#lag-more")).hasText("every stream is caught up");
    assertThat(page.locator("article progress:visible")).hasCount(0);
    assertThat(page.locator("article .spark:visible:has(.line-lag[d^=M])")).hasCount(60);
    assertThat(page.locator(".name span").last()).hasAttribute("title", Scene.LONG_NAME);
    look("idle");
  }

  @Test
  void aFailedTable() throws Exception {
    open(Scene.Name.FAILED);
    String why = "the target has no permission to write to shop.orders (code 13)";
    assertThat(page.locator("#health.bad")).hasText("unhealthy");
    assertThat(page.locator("#problems li")).hasText("table orders has failed: " + why);
    assertThat(page.locator("#overall-state")).hasText("2 of 3 tables copied, 1 failed");
    assertThat(row("orders").locator(".chip.bad")).hasText("failed");
    assertThat(row("orders").locator(".note.bad")).hasText(why);
    page.locator("#states button:has-text('failed')").click();
    assertThat(page.locator("article:visible")).hasCount(1);
    page.locator("#states button:has-text('failed')").click();
    assertThat(page.locator("article:visible")).hasCount(3);
    look("failed");
  }

  @Test
  void aDeadLetter() throws Exception {
    open(Scene.Name.DEAD_LETTER);
    assertThat(page.locator("#problems li.warn"))
        .hasText("1 rejected item left out, see letters.jsonl");
    assertThat(row("orders").locator(".note.warn"))
        .hasText("1 rejected item left out, see letters.jsonl");
    assertThat(row("customers").locator(".note.warn")).isHidden();
    assertThat(page.locator("#error-list .message"))
        .hasText("rejected item: the number 1E+200 of attribute a\\uff0eb is too large");
    look("dead-letter");
  }

  @Test
  void theTargetGoesAndComesBack() throws Exception {
    open(Scene.Name.TARGET_DOWN);
    assertThat(page.locator("#health.warn")).hasText("retrying");
    assertThat(page.locator("#problems li.warn"))
        .hasText(
            Pattern.compile(
                "MongoDB at mongo-1.internal:27017 refuses connections since"
                    + " \\d\\d:\\d\\d:\\d\\d; 3 tables wait"));
    assertThat(page.locator("article .chip.warn:text-is('retrying')")).hasCount(3);
    look("target-down");
    scene.targetIsBack();
    assertThat(page.locator("#health.good")).hasText("healthy");
    assertThat(page.locator("#problems li")).hasCount(0);
    assertThat(page.locator("article .chip:text-is('retrying')")).hasCount(0);
    look("target-back");
  }

  @Test
  void aPause() throws Exception {
    open(Scene.Name.PAUSED);
    assertThat(row("orders").locator(".chip.warn")).hasText("paused");
    assertThat(row("orders").locator(".toggle")).hasText("Resume");
    assertThat(row("orders").locator(".spark")).isVisible();
    assertThat(row("events").locator("progress")).isVisible();
    assertThat(page.locator("#pause")).isVisible();
    assertThat(page.locator("#resume")).isVisible();
    look("paused");
  }

  @Test
  void aTableIsCopiedAgainAfterAGap() throws Exception {
    open(Scene.Name.RESYNC);
    assertThat(row("orders").locator(".chip")).hasText("copying");
    assertThat(row("orders").locator("progress")).isVisible();
    assertThat(page.locator("#error-list .chip")).hasText("gap");
    assertThat(page.locator("#overall-items")).containsText("2 of 3 tables complete");
    look("resync");
  }

  @Test
  void theTokenIsAskedForAndNothingElseIsShown() throws Exception {
    open(Scene.Name.IDLE, Map.of("NIMO_SHAKE_HTTP_TOKEN", "open sesame"));
    assertThat(page.locator("#token")).isFocused();
    assertEquals(
        "Enter the http.token of this process\nShow",
        ((String) page.evaluate("document.body.innerText")).strip().replaceAll("\\s*\n\\s*", "\n"));
    page.locator("#token").fill("open says me");
    page.keyboard().press("Enter");
    assertThat(page.locator("#refused")).hasText("This token is not the right one.");
    pictures("token");
    page.locator("#token").fill("open sesame");
    page.keyboard().press("Enter");
    assertThat(page.locator("article")).hasCount(60);
    assertThat(page.locator("#login")).isHidden();
    browser.errors().clear(); // the answers 401 are two
  }

  @Test
  void aTokenThatIsEnteredBeforeTheAnswerToAnotherOneIsKept() throws Exception {
    open(Scene.Name.IDLE, Map.of("NIMO_SHAKE_HTTP_TOKEN", "open sesame"));
    List<Route> late = new ArrayList<>();
    page.route(
        "**/api/v1/events",
        route -> {
          String token = route.request().headers().getOrDefault("authorization", "");
          if (token.equals("Bearer open says me")) {
            late.add(route);
          } else {
            route.resume();
          }
        });
    page.locator("#token").fill("open says me");
    page.keyboard().press("Enter");
    page.waitForCondition(() -> !late.isEmpty());
    page.locator("#token").fill("open sesame");
    page.keyboard().press("Enter");
    late.get(0).resume();
    assertThat(page.locator("article")).hasCount(60);
    browser.errors().clear(); // the answers 401 are two
  }

  private Locator row(String table) {
    return page.locator("article[aria-label='" + table + "']");
  }

  /** Looks at every width and theme. */
  private void look(String name) {
    pictures(name);
    assertEquals(List.of(), browser.errors());
  }

  private void pictures(String name) {
    browser.pictures(
        name,
        where -> {
          assertEquals(List.of(), page.evaluate(CUT), "cut, " + where);
          assertEquals(List.of(), page.evaluate(FAINT), "faint, " + where);
          assertEquals(
              List.of(),
              page.evaluate(
                  "[...document.querySelectorAll('.name, #error-list .table')]"
                      + ".map((e) => e.offsetHeight)"
                      + ".filter((height) => height > 36)"),
              "names on several lines, " + where);
        });
  }

  private void open(Scene.Name name) throws Exception {
    open(name, Map.of());
    assertThat(page.locator("#health")).not().hasText("connecting");
    assertThat(page.locator("article")).hasCount(scene.view().tables().size());
  }

  private void open(Scene.Name name, Map<String, String> environment) throws Exception {
    Map<String, String> secrets = new HashMap<>(environment);
    secrets.put(
        "NIMO_SHAKE_TARGET_ADDRESS", "mongodb://u:s3cr3t@mongo-1.internal:27017/?w=majority");
    Configuration configuration =
        Configuration.load(
            Optional.empty(),
            secrets,
            List.of(
                "id=shop",
                "source.region=eu-west-1",
                "on_poison=dead_letter",
                "dead_letter.file=letters.jsonl"));
    Instant now = Instant.now();
    scene = Scene.of(name, now);
    observer = new GivenObserver(scene, now);
    String url = serve(configuration, observer);
    observer.past(PAST_SECONDS, scene::happens);
    page = browser.page();
    browser.look(1280, 900, false);
    page.navigate(url);
  }
}
