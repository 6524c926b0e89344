package io.nimoshake.testkit.sim;

import io.nimoshake.core.port.SplitReader;
import io.nimoshake.testkit.sim.BackMongo.Table;

/** Reads a part of a table on the way back. */
abstract class BackSplitReader implements SplitReader {
  final Table table;
  final BackMongo mongo;
  final SimLoop loop;
  final SimFaults faults;
  private final Runnable onClose;

  BackSplitReader(String table, BackMongo mongo, SimLoop loop, SimFaults faults, Runnable onClose) {
    this.table = mongo.tables.get(table);
    this.mongo = mongo;
    this.loop = loop;
    this.faults = faults;
    this.onClose = onClose;
  }

  @Override
  public final void close() {
    onClose.run();
  }
}
