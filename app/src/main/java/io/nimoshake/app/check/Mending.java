package io.nimoshake.app.check;

import io.nimoshake.app.check.Finding.Repaired;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.TableSchema;
import java.util.Optional;

/** Makes one side equal to the other, the truth, item by item. For one thread. */
public abstract sealed class Mending permits Repair, BackRepair {
  final TablePair pair;

  Mending(TablePair pair) {
    this.pair = pair;
  }

  /**
   * Prepares to replay rejected items of a table; empty if the target does not have the table.
   * Where MongoDB is the truth, no item is deleted from DynamoDB: an item that was rejected in the
   * copy has no document, and is nowhere else.
   *
   * @throws Fault.TableGone if the source does not have it
   */
  public static Optional<Mending> ofTable(Sides sides, String table) throws Fault {
    Patience patience = new Patience(sides.limits().get());
    TablePair pair =
        new TablePair(patience.retrying(() -> sides.source().describe(table)), sides, patience);
    boolean there = patience.retrying(() -> sides.target().open(pair.schema()));
    if (!there) {
      return Optional.empty();
    }
    return Optional.of(sides.mongoIsTruth() ? new BackRepair(pair, false) : new Repair(pair));
  }

  static Mending of(TablePair pair) {
    return pair.sides().mongoIsTruth() ? new BackRepair(pair, true) : new Repair(pair);
  }

  public TableSchema schema() {
    return pair.schema();
  }

  /** Why no item of the source can have a key; empty if one can. */
  public Optional<String> whyNoItem(ItemKey key) {
    return pair.codec().whyNoItem(key);
  }

  /** Makes both sides equal under a key of the source, which an item can have. */
  public Repaired of(ItemKey key) throws Fault {
    return of(Suspect.item(key));
  }

  abstract Repaired of(Suspect found) throws Fault;
}
