package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.testkit.sim.BackMongo.Doc;
import java.util.Map;

/** Reads all documents of a table, one collection after the other, as they are at the call. */
final class BackDocumentsReader extends BackSplitReader {
  private static final int MOST_DOCUMENTS = 6;

  private final Split.Documents split;
  private int collection;
  private String afterId = "";

  BackDocumentsReader(
      Split.Documents split,
      Position from,
      BackMongo mongo,
      SimLoop loop,
      SimFaults faults,
      Runnable onClose) {
    super(split.table(), mongo, loop, faults, onClose);
    this.split = split;
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
}
