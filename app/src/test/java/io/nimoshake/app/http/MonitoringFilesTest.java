package io.nimoshake.app.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimoshake.app.GivenConfiguration;
import io.nimoshake.app.progress.GivenMonitor;
import io.nimoshake.app.progress.GivenTable;
import io.nimoshake.app.progress.Observer;
import io.nimoshake.app.progress.ShownState;
import io.nimoshake.app.progress.SyncMonitor;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.TableState;
import io.nimoshake.setup.config.Configuration;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is passed on to Grafana, Prometheus and readers names only numbers that there are. */
class MonitoringFilesTest {
  private static final Path DASHBOARD = Path.of("../docs/grafana/nimo-shake.json");
  private static final Path ALERTS = Path.of("../docs/grafana/alerts.yml");
  private static final Path ALERT_TESTS = Path.of("../docs/grafana/alerts.test.yml");
  private static final Path OPERATIONS = Path.of("../docs/operations.md");
  private static final Pattern NAME =
      Pattern.compile("\\b(nimoshake|jvm|process|system)_[a-z_]+[a-z]\\b");
  private static final Pattern ALERT = Pattern.compile("alert: (\\w+)");

  @Test
  void grafanaLoadsItAndEveryNameExists() throws Exception {
    JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
    assertEquals("nimo-shake", dashboard.get("uid").asText());
    assertTrue(dashboard.get("schemaVersion").asInt() >= 36, "an old form");
    Set<Integer> ids = new HashSet<>();
    Set<String> places = new HashSet<>();
    for (JsonNode panel : dashboard.get("panels")) {
      assertTrue(ids.add(panel.get("id").asInt()), "two panels of one id");
      JsonNode place = panel.get("gridPos");
      assertTrue(place.get("x").asInt() + place.get("w").asInt() <= 24, place + "");
      assertTrue(places.add(place.get("x") + "," + place.get("y")), "two panels in one place");
      assertTrue(Set.of("stat", "gauge", "timeseries").contains(panel.get("type").asText()));
      for (JsonNode target : panel.get("targets")) {
        assertTrue(names(target.get("expr").asText()).size() > 0, target + "");
      }
    }
    List<String> variables = dashboard.at("/templating/list").findValuesAsText("name");
    Matcher used = Pattern.compile("\\$\\{?([a-z]+)").matcher(Files.readString(DASHBOARD));
    while (used.find()) {
      assertTrue(variables.contains(used.group(1)), "no variable " + used.group(1));
    }
    assertAllExist(Files.readString(DASHBOARD));
  }

  @Test
  void everyNameInTheAlertsExistsAndEveryAlertIsExplained() throws Exception {
    String alerts = Files.readString(ALERTS);
    assertAllExist(alerts);
    String operations = Files.readString(OPERATIONS);
    Matcher alert = ALERT.matcher(alerts);
    int count = 0;
    while (alert.find()) {
      count++;
      assertTrue(operations.contains("`" + alert.group(1) + "`"), alert.group(1));
    }
    assertTrue(count > 0);
  }

  @Test
  void everyNameInTheDocumentationExistsAndEveryNameIsDocumented() throws Exception {
    String operations = Files.readString(OPERATIONS);
    assertAllExist(operations);
    Set<String> missing = new TreeSet<>();
    for (String name : scraped().names()) {
      String base = name.replaceAll("_(bucket|sum|count)$", "");
      if (base.startsWith("nimoshake_") && !operations.contains("`" + base)) {
        missing.add(base);
      }
    }
    assertEquals(Set.of(), missing, "not in " + OPERATIONS);
  }

  @Test
  void promtoolFindsNothingWrongWithTheMetrics() throws Exception {
    Promtool.require();
    Promtool.check("metrics", scrape());
  }

  @Test
  void promtoolFindsNothingWrongWithTheAlerts() throws Exception {
    Promtool.require();
    Promtool.check("rules", "", ALERTS.toString());
  }

  @Test
  void everyAlertFiresAndClearsWhenItShould() throws Exception {
    Promtool.require();
    Matcher alert = ALERT.matcher(Files.readString(ALERTS));
    String tests = Files.readString(ALERT_TESTS);
    while (alert.find()) {
      assertTrue(tests.contains("- alertname: " + alert.group(1)), alert.group(1));
    }
    Promtool.testRules(ALERT_TESTS);
  }

  @Test
  void promtoolUnderstandsEveryQueryOfTheDashboard(@TempDir Path directory) throws Exception {
    Promtool.require();
    StringBuilder rules = new StringBuilder("groups:\n- name: dashboard\n  rules:\n");
    for (JsonNode expression : new ObjectMapper().readTree(DASHBOARD.toFile()).findValues("expr")) {
      String query = expression.asText().replace("$__rate_interval", "1m");
      rules.append("  - {record: query, expr: '").append(query).append("'}\n");
    }
    Path file = Files.writeString(directory.resolve("rules.yml"), rules);
    Promtool.check("rules", "", file.toString());
  }

  @Test
  void everyStateOfATableIsExplainedAndHasAColourOnThePage() throws Exception {
    String operations = Files.readString(OPERATIONS);
    String row = new String(Pages.all().get("/row.js").content(), StandardCharsets.UTF_8);
    for (ShownState state : ShownState.values()) {
      assertTrue(operations.contains("| `" + state.key() + "` |"), state + " in " + OPERATIONS);
      assertTrue(row.contains(state.key() + ": '"), state + " in row.js");
    }
  }

  private static void assertAllExist(String text) throws Exception {
    Set<String> exist = new TreeSet<>(scraped().names());
    exist.add("nimoshake_write_duration_seconds");
    List<String> unknown = new ArrayList<>(names(text));
    unknown.removeAll(exist);
    assertEquals(List.of(), unknown);
  }

  private static Set<String> names(String text) {
    Set<String> names = new TreeSet<>();
    Matcher name = NAME.matcher(text);
    while (name.find()) {
      names.add(name.group());
    }
    return names;
  }

  private static Scraped scraped() throws Exception {
    return Scraped.of(scrape());
  }

  /** The metrics of a sync that has every metric. */
  private static String scrape() throws Exception {
    TableView table =
        GivenTable.of("t", TableState.FOLLOWING)
            .items(1)
            .splits(HttpFixture.shard("s", PlanView.Progress.RUNNING))
            .unreadSince(Instant.now())
            .view();
    FailedCalls failed = new FailedCalls();
    failed.count("Scan", FailedCalls.Kind.THROTTLED);
    SyncMonitor monitor =
        new GivenMonitor(
            () ->
                new SyncView(
                    List.of(table),
                    true,
                    false,
                    0,
                    Optional.of(Instant.now()),
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    Duration.ZERO),
            0,
            Map.of("source", failed));
    Configuration configuration = GivenConfiguration.least();
    try (Observer observer = new Observer(monitor);
        Metrics metrics =
            new Metrics(new SyncMetrics(observer, new Status(configuration, observer, "test")))) {
      return metrics.scrape();
    }
  }
}
