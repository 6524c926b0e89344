package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.testkit.sim.BackMongo.Doc;
import io.nimoshake.testkit.sim.BackMongo.Table;
import java.util.Map;

/** Reads all documents of a table, one collection after the other, as they are at the call. */
final class BackDocumentsReader implements SplitReader {
  private static final int MOST_DOCUMENTS = 6;

  private final Split.Documents split;
  private final Table table;
  private final BackMongo mongo;
  private final SimLoop loop;
  private final SimFaults faults;
  private final Runnable onClose;
  private int collection;
  private String afterId = "";

  BackDocumentsReader(
      Split.Documents split,
      Position from,
      BackMongo mongo,
      SimLoop loop,
      SimFaults faults,
      Runnable onClose) {
    this.split = split;
    this.table = mongo.tables.get(split.table());
    this.mongo = mongo;
    this.loop = loop;
    this.faults = faults;
    this.onClose = onClose;
    if (from instanceof Position.After after) {
      collection = Integer.parseInt(after.token().substring(0, after.token().indexOf(' ')));
      afterId = after.token().substring(after.token().indexOf(' ') + 1);
    }
  }

  @Override
  public ChangeBatch read() throws Fault {
    faults.before("documents of " + table.name());
    ChangeBatch.Builder page = ChangeBatch.builder(split);
    int limit = loop.random().between(1, MOST_DOCUMENTS);
    for (int i = 0; i < limit && collection < table.collections().size(); i++) {
      String name = table.collections().get(collection);
      Map.Entry<String, Doc> next = mongo.documents(name).higherEntry(afterId);
      if (next == null) {
        collection++;
        afterId = "";
        continue;
      }
      afterId = next.getKey();
      Doc doc = next.getValue();
      if (doc.table().equals(table.name())) {
        page.add(BackReader.upsert(doc));
      } else if (doc.table().isEmpty()) {
        page.reject(BackReader.rejected(table, name + "/" + afterId, doc.version()));
      }
    }
    boolean end = collection == table.collections().size();
    return page.build(end ? Position.END : Position.after(collection + " " + afterId));
  }

  @Override
  public void close() {
    onClose.run();
  }
}
