package io.nimoshake.mongodb.source;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.WriteMode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.BsonDocument;

/** The items of DynamoDB, by key: the number {@code n} of the document, and its collection. */
final class MemoryItems {
  private final Map<String, String> items = new ConcurrentSkipListMap<>();
  private final AtomicInteger writes = new AtomicInteger();

  Map<String, String> all() {
    return new TreeMap<>(items);
  }

  int writes() {
    return writes.get();
  }

  Connection connect() {
    return new Connection();
  }

  /** As one process sees it, which may be cut off from it. */
  final class Connection implements Target {
    private volatile boolean cut;

    void cut() {
      // Waits for a write under way, as a call that was sent may still have its effect.
      synchronized (items) {
        cut = true;
      }
    }

    @Override
    public Capabilities capabilities() {
      return new Capabilities(false, 25, 1 << 20, false);
    }

    @Override
    public Prepared prepare(TableSchema table, Existing existing) {
      return new Prepared(false);
    }

    @Override
    public List<Rejected> write(TableSchema table, List<Change> changes, WriteMode mode)
        throws Fault {
      for (Change change : changes) {
        synchronized (items) {
          if (cut) {
            throw new Fault.Transient("cut off", null);
          }
          String id = PlainReverse.raw(change.key().encoded()).getString("id").getValue();
          if (change instanceof Change.Upsert upsert) {
            BsonDocument stored = PlainReverse.raw(upsert.document());
            items.put(
                id,
                stored.getDocument("document").getNumber("n").intValue()
                    + " in "
                    + stored.getString("collection").getValue());
          } else {
            items.remove(id);
          }
          writes.incrementAndGet();
        }
      }
      return List.of();
    }

    @Override
    public void purgeTombstones(TableSchema table) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void finish(TableSchema table) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void swapIn(TableSchema table) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      // It has no connection.
    }
  }
}
