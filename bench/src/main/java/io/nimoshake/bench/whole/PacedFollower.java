package io.nimoshake.bench.whole;

import io.nimoshake.bench.items.SampleItems;
import io.nimoshake.testkit.canned.CannedTable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A program that follows tables of 1 KB items between canned endpoints of its own. Changes come to
 * the first table at a steady rate, and to the others not at all. Each table has one shard.
 */
final class PacedFollower implements AutoCloseable {
  private static final Duration TO_START = Duration.ofMinutes(2);

  private final Pace pace;
  private final CannedEndpoints canned;
  private final MeasuredProcess process;

  /**
   * @param items of each table, which the program copies first
   * @param checkpoint the address of the MongoDB server for checkpoints
   */
  PacedFollower(Program program, int tables, int items, double changesPerSecond, String checkpoint)
      throws IOException {
    pace = new Pace(changesPerSecond);
    List<CannedTable> all = new ArrayList<>();
    for (int table : IntStream.range(0, tables).toArray()) {
      Pace of = table == 0 ? pace : new Pace(0);
      List<String> texts = SampleItems.of("mixed", Pace.id(CannedTable.NUMBER), 50);
      all.add(CannedTable.changing("bench" + table, texts, items, 1, of));
    }
    canned = CannedEndpoints.start(all, pace);
    process =
        canned.start(program, 1, List.of("sync_mode = all", "checkpoint.address = " + checkpoint));
  }

  /** Waits until the program follows, then lets changes come. */
  void begin() throws InterruptedException {
    process.await(() -> calls() > 0, TO_START);
    pace.begin();
  }

  /** How often it has called GetRecords. */
  long calls() {
    return canned.source.calls("GetRecords");
  }

  /** How many documents have reached the target. */
  long written() {
    return canned.target.written();
  }

  /** The lag of each change since this was called last, in milliseconds. */
  List<Double> takeLags() {
    return pace.takeLags();
  }

  MeasuredProcess process() {
    return process;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.terminate();
    process.close();
    canned.close();
  }
}
