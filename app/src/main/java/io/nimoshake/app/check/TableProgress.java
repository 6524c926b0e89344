package io.nimoshake.app.check;

import java.util.concurrent.atomic.AtomicLong;

/** The progress of one table's comparison. Written by many threads, read by any. */
public final class TableProgress {
  /** The steps of a comparison. */
  public enum Stage {
    WAITING("waiting"),
    /** Compares each item of the source with its document. */
    COMPARING("comparing"),
    /** Looks for documents without an item. */
    LISTING("listing"),
    /** Reads what seemed to differ again. */
    SETTLING("rechecking"),
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

  /** As DynamoDB estimates it; 0 before the comparison begins. */
  public long approximateItems() {
    return approximateItems;
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

  /** From 0 to 1, estimated from the approximate number of items. */
  public double fraction() {
    if (stage == Stage.DONE) {
      return 1;
    }
    if (approximateItems == 0) {
      return 0;
    }
    // Comparing items is about two thirds of the work, listing the target is the rest.
    double done =
        Math.min(1.0, items.get() / (double) approximateItems) * 2 / 3
            + Math.min(1.0, documents.get() / (double) approximateItems) / 3;
    return Math.min(0.99, done);
  }
}
