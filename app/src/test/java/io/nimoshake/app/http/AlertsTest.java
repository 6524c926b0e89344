package io.nimoshake.app.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.GivenConfiguration;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.testkit.wire.FreePort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Prometheus scrapes two syncs side by side. One of them has every trouble, and loses it;
 * then its process ends, and starts again. Each alert fires for that one alone, and clears. Nobody
 * can wait for the times of the real rules, so here a minute of a rule is a second. The test of the
 * rules themselves is docs/grafana/alerts.test.yml.
 */
class AlertsTest {
  private static final Path ALERTS = Path.of("../docs/grafana/alerts.yml");
  private static final String GONE = "NimoShakeGone";

  /** Of every wait for what must come: reached only if it never does. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @TempDir private Path directory;

  private PrometheusServer prometheus;
  private String quietInstance;

  @Test
  void everyAlertFiresForTheSyncInTroubleAloneAndClears() throws Exception {
    PrometheusServer.require();
    String shipped = Files.readString(ALERTS);
    Path quick = Files.writeString(directory.resolve("quick.yml"), secondsForMinutes(shipped));
    Configuration configuration = GivenConfiguration.least();
    int port = FreePort.pick();
    int quietPort = FreePort.pick();
    try (TroubledSync sync = new TroubledSync(configuration, port);
        TroubledSync quiet = new TroubledSync(configuration, quietPort);
        PrometheusServer server =
            new PrometheusServer(directory, List.of(ALERTS, quick), List.of(port, quietPort))) {
      prometheus = server;
      quietInstance = quiet.instance();
      waiting().until(server::isReady);
      waiting().until(() -> scraped().equals(Set.of(sync.instance(), quietInstance)));
      assertRulesAreLoaded(shipped);
      waiting().untilAsserted(() -> assertEquals(Set.of(), firing()));

      Set<String> all = names(shipped);
      all.remove(GONE);
      sync.troubleBegins();
      waiting().untilAsserted(() -> assertEquals(all, firing()));
      sync.troubleEnds();
      waiting().untilAsserted(() -> assertEquals(Set.of(), firing()));

      sync.close();
      waiting().untilAsserted(() -> assertEquals(Set.of(GONE), firing()));
      sync.start();
      waiting().untilAsserted(() -> assertEquals(Set.of(), firing()));
    }
  }

  private static ConditionFactory waiting() {
    return await().atMost(LIMIT).pollInterval(Duration.ofMillis(500)).pollInSameThread();
  }

  /** The rules under other names, with a second for each minute. */
  private static String secondsForMinutes(String rules) {
    return rules
        .replaceAll("(for: |offset |\\[)(\\d+)m\\b", "$1$2s")
        .replace("[1d]", "[24m]")
        .replace("name: nimo-shake", "name: quick")
        .replace("alert: ", "alert: Quick");
  }

  private static Set<String> names(String rules) {
    Set<String> names = new TreeSet<>();
    Matcher alert = Pattern.compile("alert: (\\w+)").matcher(rules);
    while (alert.find()) {
      names.add(alert.group(1));
    }
    return names;
  }

  /** The instances that were scraped. */
  private Set<String> scraped() throws Exception {
    Set<String> up = new HashSet<>();
    for (JsonNode result : prometheus.api("query?query=up==1").get("result")) {
      up.add(result.at("/metric/instance").asText());
    }
    return up;
  }

  /** The shipped rules as they are, and those with other times. */
  private void assertRulesAreLoaded(String shipped) throws Exception {
    List<String> loaded = new ArrayList<>();
    for (JsonNode group : prometheus.api("rules").get("groups")) {
      for (JsonNode rule : group.get("rules")) {
        assertFalse(rule.get("health").asText().equals("err"), rule + "");
        loaded.add(rule.get("name").asText());
      }
    }
    Set<String> expected = names(shipped);
    names(shipped).forEach(name -> expected.add("Quick" + name));
    assertEquals(expected, new TreeSet<>(loaded));
  }

  /** The quick alerts that fire. Those of the sync without trouble are named differently. */
  private Set<String> firing() throws Exception {
    Set<String> firing = new TreeSet<>();
    for (JsonNode alert : prometheus.api("alerts").get("alerts")) {
      String name = alert.at("/labels/alertname").asText();
      String instance = alert.at("/labels/instance").asText();
      if (name.startsWith("Quick") && alert.get("state").asText().equals("firing")) {
        name = name.substring("Quick".length());
        firing.add(instance.equals(quietInstance) ? name + " of the quiet sync" : name);
      }
    }
    return firing;
  }
}
