package io.nimoshake.app.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.app.GivenConfiguration;
import io.nimoshake.app.progress.GivenMonitor;
import io.nimoshake.app.progress.GivenObserver;
import io.nimoshake.app.progress.GivenTable;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.plan.PlanView.Progress;
import io.nimoshake.core.plan.TableState;
import io.nimoshake.setup.config.ConfigurationException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is shown where the clock of the host is wrong by hours. */
class WrongClockTest {
  private static final Duration BEHIND = Duration.ofHours(3);
  private static final Instant HOST = Instant.parse("2026-01-02T03:04:05Z");
  private static final Instant SOURCE = HOST.plus(BEHIND);
  private static final Map<String, String> TABLE = Map.of("table", "t");

  private final TableView table =
      GivenTable.of("t", TableState.FOLLOWING)
          .shard("s", Progress.RUNNING, SOURCE.minusSeconds(100))
          .unreadSince(SOURCE.minusSeconds(200))
          .view();
  private final SyncView view =
      GivenTable.syncOnHostBehindBy(BEHIND, Optional.of(HOST.plusSeconds(20)), table);
  private final GivenObserver observer = new GivenObserver(new GivenMonitor(() -> view), HOST);

  private Status status() throws ConfigurationException {
    return new Status(GivenConfiguration.least(), observer, "test");
  }

  @Test
  void theMetricsAreRight() throws Exception {
    try (Metrics metrics = new Metrics(new SyncMetrics(observer, status()))) {
      Scraped scraped = Scraped.of(metrics.scrape());
      assertEquals(100, scraped.value("nimoshake_stream_lag_seconds", TABLE));
      assertEquals(100, scraped.value("nimoshake_stream_last_record_age_seconds", TABLE));
      assertEquals(200, scraped.value("nimoshake_stream_oldest_unread_age_seconds", TABLE));
      assertEquals(86_200, scraped.value("nimoshake_stream_headroom_seconds", TABLE));
      assertEquals(20, scraped.value("nimoshake_lease_remaining_seconds", Map.of()));
    }
  }

  @Test
  void thePageIsRight() throws ConfigurationException {
    StateJson state = status().withoutSplits();
    assertEquals(100.0, state.tables().get(0).lagSeconds());
    assertEquals(86_200.0, state.tables().get(0).headroomSeconds());
  }
}
