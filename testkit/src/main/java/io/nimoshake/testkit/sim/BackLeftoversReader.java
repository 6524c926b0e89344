package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Scans one segment of a table of DynamoDB, and deletes items whose document is gone. */
final class BackLeftoversReader extends BackSplitReader {
  private static final int MOST_ITEMS = 6;

  private final Split.Leftovers split;
  private final TreeMap<String, Long> items;
  private final Predicate<String> hadNoDocument;
  private String afterKey;

  /**
   * @param hadNoDocument whether the item of a key never had a document
   */
  BackLeftoversReader(
      Split.Leftovers split,
      Position from,
      TreeMap<String, Long> items,
      Predicate<String> hadNoDocument,
      BackMongo mongo,
      SimLoop loop,
      SimFaults faults,
      Runnable onClose) {
    super(split.table(), mongo, loop, faults, onClose);
    this.split = split;
    this.items = items;
    this.hadNoDocument = hadNoDocument;
    this.afterKey = from instanceof Position.After after ? after.token() : "";
  }

  @Override
  public ChangeBatch read() throws Fault {
    faults.before("leftovers of " + table.name());
    ChangeBatch.Builder page = ChangeBatch.builder(split);
    String key = items.higherKey(afterKey);
    for (int i = loop.random().between(1, MOST_ITEMS); i > 0 && key != null; i--) {
      boolean ours = SimTable.hashOf(key) % split.total() == split.index();
      if (ours && !hadNoDocument.test(key) && mongo.places(table, key).isEmpty()) {
        requireCollections();
        page.add(SimTable.delete(key, mongo.newest()));
      }
      afterKey = key;
      key = items.higherKey(key);
    }
    return page.build(key == null ? Position.END : Position.after(afterKey));
  }

  /** Else nearly everything would be deleted because a collection was dropped. */
  private void requireCollections() throws Fault {
    if (!table.collections().stream().allMatch(mongo::exists)) {
      throw new Fault.TableFailed(table.name() + ": a collection does not exist", null);
    }
  }
}
