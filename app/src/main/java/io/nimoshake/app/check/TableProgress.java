package io.nimoshake.app.check;

import java.util.concurrent.atomic.AtomicLong;

/** How far the comparison of one table is. Written by many threads, read by any. */
public final class TableProgress {
  /** What is being done. */
  public enum Stage {
    WAITING("waiting"),
    COMPARING("comparing"),
    LISTING("looking for extra documents"),
    SETTLING("looking again"),
    DONE("done");

    private final String text;

    Stage(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private final String table;
  final AtomicLong items = new AtomicLong();
  final AtomicLong documents = new AtomicLong();
  final AtomicLong suspects = new AtomicLong();
  private volatile long approximateItems;
  private volatile Stage stage = Stage.WAITING;

  TableProgress(String table) {
    this.table = table;
  }

  void enter(Stage next) {
    stage = next;
  }

  void expect(long count) {
    approximateItems = count;
  }

  public String table() {
    return table;
  }

  public Stage stage() {
    return stage;
  }

  public long compared() {
    return items.get();
  }

  public long listed() {
    return documents.get();
  }

  /** From 0 to 1, as far as the source knows how many items there are. */
  public double fraction() {
    if (stage == Stage.DONE) {
      return 1;
    }
    if (approximateItems == 0) {
      return 0;
    }
    // two thirds of the work are in comparing, the rest in going through the target
    double done =
        Math.min(1.0, items.get() / (double) approximateItems) * 2 / 3
            + Math.min(1.0, documents.get() / (double) approximateItems) / 3;
    return Math.min(0.99, done);
  }
}
