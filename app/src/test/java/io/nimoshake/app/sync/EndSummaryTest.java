package io.nimoshake.app.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.app.progress.GivenMonitor;
import io.nimoshake.app.progress.GivenTable;
import io.nimoshake.app.progress.Observer;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.plan.TableState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndSummaryTest {
  @Test
  void hasEveryNumber() {
    TableStats stats = new TableStats();
    stats.copy.writtenBytes.add(3_400_000);
    stats.stream.writtenBytes.add(500);
    stats.copy.capacityMilliUnits.add(200_000_000_500L);
    stats.reading.throttled.add(7);
    stats.writing.failed.add(1);
    stats.copy.rejected.add(2);
    SyncView view =
        GivenTable.sync(
            GivenTable.of("a", TableState.DONE).stats(stats).written(12_345, 1).view(),
            GivenTable.of("b", TableState.DONE).written(5, 0).view());
    assertEquals(
        List.of(
            "this run: 2 tables, 12,350 items copied (3.4 MB), 1 change written (500 B), in 2 min"
                + " 5 s",
            "this run: 7 calls throttled, 1 call retried, 2 items rejected; the copy used"
                + " 200,000,000.5 read capacity units ($25.00 on demand)"),
        lines(view));
  }

  @Test
  void aSmallPriceIsNotZero() {
    TableStats stats = new TableStats();
    stats.copy.capacityMilliUnits.add(500);
    List<String> lines =
        lines(GivenTable.sync(GivenTable.of("a", TableState.DONE).stats(stats).view()));
    assertEquals(
        "this run: 0 calls throttled, 0 calls retried, 0 items rejected; the copy used 0.5 read"
            + " capacity units (less than $0.01 on demand)",
        lines.get(1));
  }

  private static List<String> lines(SyncView view) {
    try (Observer observer = new Observer(new GivenMonitor(() -> view))) {
      return new EndSummary(observer.numbers(), Duration.ofSeconds(125), 0.125).lines();
    }
  }
}
