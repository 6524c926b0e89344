package io.nimoshake.app.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Page;
import io.nimoshake.app.history.MadeCheck;
import io.nimoshake.app.history.MadeCheck.Outcome;
import io.nimoshake.app.history.MadeCheck.Scope;
import io.nimoshake.app.history.TableChecks;
import io.nimoshake.app.progress.CutOvers;
import io.nimoshake.app.progress.GivenObserver;
import io.nimoshake.app.progress.SideBySide;
import io.nimoshake.app.progress.SyncMonitor;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.ChangedKeys;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.PlanView.CutOver;
import io.nimoshake.core.plan.PlanView.CutOverStage;
import io.nimoshake.setup.config.Configuration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The cut-over on the page, in front of a sync whose state is given. */
class CutOverPageTest extends PageTest {
  private static final Instant FREEZE = Instant.parse("2026-01-31T12:00:03Z");

  private final Instant now = Instant.now();
  private final Given given = new Given();
  private Page page;

  /** A sync that does what it is asked, and notes it. */
  private final class Given implements SyncMonitor, CutOvers {
    final List<String> asked = new CopyOnWriteArrayList<>();
    volatile Scene scene;
    volatile boolean back;
    volatile Optional<CutOver> state = Optional.empty();
    volatile Optional<LateWrite> late = Optional.empty();
    volatile Optional<SideBySide> made = Optional.empty();
    volatile Map<String, TableChecks> checks = Map.of();

    @Override
    public boolean goesBack() {
      return back;
    }

    @Override
    public Optional<CutOvers> cutOvers() {
      return Optional.of(this);
    }

    @Override
    public SyncView view() {
      return scene.view();
    }

    @Override
    public Optional<CutOver> state() {
      return state;
    }

    @Override
    public Optional<LateWrite> lateWrite() {
      return late;
    }

    @Override
    public Optional<Path> deadLetters() {
      return Optional.empty();
    }

    @Override
    public Map<String, TableChecks> checks() {
      return checks;
    }

    @Override
    public Optional<ChangedKeys> changed(String table) {
      return Optional.empty();
    }

    @Override
    public void compare(Instant changedSince) {
      asked.add("compare");
      made = Optional.of(new SideBySide(now, Optional.empty(), false, true, List.of(), Map.of()));
    }

    @Override
    public Optional<SideBySide> comparison() {
      return made;
    }

    @Override
    public void freeze(Optional<Instant> at, boolean wayBack) throws Fault {
      asked.add("freeze " + wayBack);
      state = Optional.of(waiting());
    }

    @Override
    public void abort(boolean undo) {
      asked.add("abort " + undo);
      state = Optional.empty();
    }

    @Override
    public boolean finish(Optional<Instant> freeze, boolean acceptDeadLetters) {
      asked.add("finish " + freeze.orElseThrow() + " " + acceptDeadLetters);
      state = Optional.of(cutOver(CutOverStage.STORED, List.of()));
      return true;
    }

    @Override
    public boolean hasWayBack() {
      return asked.contains("freeze true");
    }

    @Override
    public void end() {
      asked.add("end");
    }

    @Override
    public long checkpointSaves() {
      return 1;
    }

    @Override
    public Optional<String> nothingSelected() {
      return Optional.empty();
    }

    @Override
    public Map<String, FailedCalls> failedCalls() {
      return Map.of();
    }
  }

  private static CutOver cutOver(CutOverStage stage, List<PlanView.Missing> missing) {
    return new CutOver(
        FREEZE, FREEZE.plusSeconds(10), FREEZE.plusSeconds(15), 0, 0, stage, missing);
  }

  private static CutOver waiting() {
    return cutOver(
        CutOverStage.WAITING,
        List.of(
            new PlanView.Missing(
                Optional.of("orders"),
                Optional.of("shardId-00000001764313200002-7f3a91c2"),
                "it was not yet read empty often enough")));
  }

  @Test
  void isBegunComparedAndRecorded() throws Exception {
    open(Scene.Name.FOLLOWED);
    assertThat(page.locator("#cutover-checks")).containsText("Never checked");
    page.locator("#cutover-begin").click();
    assertThat(page.locator("#cutover-question")).containsText("writes to DynamoDB in eu-west-1");
    assertThat(page.locator("#cutover-yes")).isFocused();
    look("cutover-form");
    page.keyboard().type("no");
    page.keyboard().press("Enter");
    assertThat(page.locator("#cutover-told")).hasText("Type yes, or cancel.");
    assertEquals(List.of(), given.asked);
    page.locator("#cutover-way-back").check();
    page.locator("#cutover-yes").fill("yes");
    page.keyboard().press("Enter");
    await().atMost(LIMIT).until(() -> given.asked.contains("freeze true"));
    given.late =
        Optional.of(
            new CutOvers.LateWrite(
                "orders", Optional.of("{\"customer\": \"customer9\"}"), FREEZE.plusSeconds(20)));
    assertThat(page.locator("#cutover-steps li.now span").first())
        .hasText(
            "still being written to: table orders, key {\"customer\": \"customer9\"}, at"
                + " 2026-01-31T12:00:23Z");
    look("cutover-waiting");
    given.state = Optional.of(cutOver(CutOverStage.WAITING, List.of()));
    // Whoever has begun it here need not ask for the comparison.
    await().atMost(LIMIT).until(() -> given.asked.contains("compare"));
    assertThat(page.locator("#cutover-steps li.now")).containsText("comparing both sides");
    assertThat(page.locator("#cutover-finish")).isHidden();
    given.made = Optional.of(compared(true, "all  5,933 items  equal"));
    page.locator("#cutover-finish").click();
    look("cutover-equal");
    page.locator("#cutover-yes").fill("yes");
    page.keyboard().press("Enter");
    assertThat(page.locator("#cutover-headline"))
        .hasText(
            "Everything written before 2026-01-31T12:00:03Z is in MongoDB at"
                + " mongo-1.internal:27017, database shop: switch now");
    assertThat(page.locator("#cutover-evidence li").last())
        .containsText("compared 1012 items, equal, last check of every item: none");
    Download report = page.waitForDownload(() -> page.locator("#cutover-report").click());
    assertTrue(Files.readString(report.path()).contains("Cut-over of shop"));
    look("cutover-done");
    assertEquals(
        List.of("freeze true", "compare", "finish 2026-01-31T12:00:03Z false", "end"),
        List.copyOf(given.asked));
    stopServing();
    assertThat(page.locator("#health")).hasText("ended: cut over");
    assertThat(page.locator("#lost")).isHidden();
    assertThat(page.locator("#cutover-headline")).isVisible();
    browser.errors().clear(); // of connections that are refused
  }

  @Test
  void showsWhatIsInTheWayAndWhatACommandHasBegun() throws Exception {
    given.checks =
        Map.of(
            "customers", TableChecks.NONE.with(made(Scope.ALL, Outcome.EQUAL, 0)),
            "orders", TableChecks.NONE.with(made(Scope.SAMPLE, Outcome.DIFFERENT, 3)));
    open(Scene.Name.RESYNC);
    assertThat(page.locator("#cutover-begin")).isDisabled();
    assertThat(page.locator("#cutover-steps li.now span"))
        .containsText(
            new String[] {"table orders: it is not followed yet", "table orders: the check of"});
    assertThat(page.locator("#cutover-checks")).containsText("with differences: orders");
    look("cutover-not-ready");
    given.state = Optional.of(waiting());
    assertThat(page.locator("#cutover-state")).hasText("waiting");
    given.state = Optional.of(cutOver(CutOverStage.WAITING, List.of()));
    given.made = Optional.of(compared(false, "orders  missing=1  DIFFERENT"));
    assertThat(page.locator("#cutover-steps")).containsText("orders missing=1 DIFFERENT");
    assertThat(page.locator("#cutover-finish")).isHidden();
    look("cutover-different");
    page.locator("#cutover-abort").click();
    assertThat(page.locator("#cutover-begin")).isVisible();
    assertEquals(List.of("abort false"), List.copyOf(given.asked), "it was not begun here");
  }

  @Test
  void aReturnHasTheSameStepsTheOtherWay() throws Exception {
    given.back = true;
    open(Scene.Name.FOLLOWED, "sync_mode=back");
    assertThat(page.locator("#cutover-title")).hasText("Return");
    page.locator("#cutover-begin").click();
    assertThat(page.locator("#cutover-question"))
        .containsText("writes to MongoDB at mongo-1.internal:27017");
    assertThat(page.locator("#cutover-way-back")).isHidden();
    page.locator("#cutover-yes").fill("yes");
    page.keyboard().press("Enter");
    await().atMost(LIMIT).until(() -> given.asked.contains("freeze false"));
    given.state = Optional.of(cutOver(CutOverStage.STORED, List.of()));
    assertThat(page.locator("#cutover-state")).hasText("returned");
    assertThat(page.locator("#cutover-headline")).containsText("is in DynamoDB in eu-west-1");
    assertEquals(List.of(), browser.errors());
  }

  private SideBySide compared(boolean equal, String line) {
    return new SideBySide(
        now, Optional.of(now), equal, true, List.of(line), Map.of("orders", 1_012L));
  }

  private MadeCheck made(Scope scope, Outcome outcome, long differences) {
    Instant ended = now.minusSeconds(754);
    return new MadeCheck(
        ended.minusSeconds(9), ended, scope, Optional.empty(), 9, outcome, differences, false);
  }

  /** Looks at every width and theme. */
  private void look(String name) {
    browser.pictures(
        name,
        where ->
            assertEquals(List.of(), page.evaluate(DashboardScenesTest.FAINT), "faint, " + where));
    assertEquals(List.of(), browser.errors());
  }

  private void open(Scene.Name name, String... more) throws Exception {
    List<String> lines = new ArrayList<>(List.of(more));
    lines.addAll(
        List.of(
            "id=shop",
            "source.region=eu-west-1",
            "target.address=mongodb://mongo-1.internal:27017"));
    Configuration configuration = Configuration.load(Optional.empty(), Map.of(), lines);
    Scene scene = Scene.of(name, now);
    given.scene = scene;
    GivenObserver observer = new GivenObserver(given, now);
    String url = serve(configuration, observer);
    observer.past(60, scene::happens);
    page = browser.page();
    browser.look(1280, 900, false);
    page.navigate(url);
    assertThat(page.locator("#cutover")).isVisible();
  }
}
