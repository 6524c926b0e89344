package io.nimoshake.app.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nimoshake.app.progress.GivenMonitor;
import io.nimoshake.app.progress.GivenTable;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.plan.TableState;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HistoryTest {
  private static final long START = 1_000_000;

  private final TableStats stats = new TableStats();
  private final TableStats other = new TableStats();
  private final History history = new History();
  private final SyncView view = GivenTable.sync(table("t", stats), table("other", other));

  @Test
  void ratesAreThoseOfTheStep() {
    for (int second = 0; second <= 4; second++) {
      history.sample(GivenMonitor.numbers(view, Instant.ofEpochMilli(START + second * 1_000L)));
      stats.copy.written.add(10);
      other.stream.written.add(second);
    }
    ObjectNode all = history.points(2, 0, Optional.empty(), true);
    assertEquals("[1002000,1004000]", all.get("millis").toString());
    assertEquals("[10.0,10.0]", all.get("copy").toString());
    assertEquals("[0.5,2.5]", all.get("stream").toString());
    assertEquals("[null,null]", all.get("lag").toString());
    assertEquals("[null,null]", all.get("tables").get("t").toString());
    assertEquals(2, all.get("tables").size());
    ObjectNode one = history.points(2, 1_002_000, Optional.of("other"), false);
    assertEquals("[1004000]", one.get("millis").toString());
    assertEquals("[0.0]", one.get("copy").toString());
    assertEquals("[2.5]", one.get("stream").toString());
    assertTrue(!one.has("tables"));
  }

  @Test
  void whatIsOldGivesWay() {
    for (int second = 0; second < 2_000; second++) {
      history.sample(GivenMonitor.numbers(view, Instant.ofEpochMilli(START + second * 1_000L)));
    }
    for (int step : history.steps()) {
      ObjectNode points = history.points(step, 0, Optional.empty(), false);
      int count = points.get("millis").size();
      assertEquals(step == 2 ? 450 : (2_000 - 1) / step, count, "step " + step);
      for (int i = 1; i < count; i++) {
        long before = points.get("millis").get(i - 1).asLong();
        assertEquals(before + step * 1_000L, points.get("millis").get(i).asLong());
      }
    }
  }

  private static TableView table(String name, TableStats stats) {
    return GivenTable.of(name, TableState.FOLLOWING).items(10).stats(stats).view();
  }
}
