package io.nimoshake.mongodb.write;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.mongodb.write.BatchWriter.Refused;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Writes changes of a table to the collections that its mapping names. All documents are written
 * before any is deleted, so a reader may for a moment see an item in two collections, and never in
 * none. A change counts as written when all of this is durable. Safe for use by many threads.
 */
final class MappedWriter implements TableWriter {
  private final TableSchema table;
  private final Mapping.OfTable rules;
  private final List<BatchWriter> writers;
  private final Queue<Mapping.Mapper> idle = new ConcurrentLinkedQueue<>();

  /**
   * @param writers one for each destination of the rules, in their order
   */
  MappedWriter(TableSchema table, Mapping.OfTable rules, List<BatchWriter> writers) {
    this.table = table;
    this.rules = rules;
    this.writers = List.copyOf(writers);
  }

  @Override
  public List<Rejected> write(List<Change> changes, WriteMode mode) throws Fault {
    Placed placed = place(changes);
    List<Rejected> rejected = new ArrayList<>(placed.rejected);
    Set<ItemKey> refused = new HashSet<>();
    for (int i = 0; i < writers.size(); i++) {
      for (Refused each : writers.get(i).write(placed.upserts.get(i), mode)) {
        Change.Upsert item = placed.itemOf(i, each.change());
        rejected.add(Rejections.of(table, item, each.reason()));
        refused.add(item.key());
      }
    }
    if (mode == WriteMode.COPY_IF_ABSENT) {
      // A copied item is the only one of its key, or the stream knows better.
      return rejected;
    }
    if (!refused.isEmpty()) {
      // What is there of a rejected item stays, as in a table without a mapping.
      placed = place(changes.stream().filter(change -> !refused.contains(change.key())).toList());
    }
    WriteMode deleting = mode == WriteMode.COPY_REPLACE ? WriteMode.STREAM : mode;
    for (int i = 0; i < writers.size(); i++) {
      writers.get(i).write(placed.deletes.get(i), deleting);
    }
    return rejected;
  }

  private Placed place(List<Change> changes) throws Fault {
    Placed placed = new Placed();
    Mapping.Mapper mapper = idle.poll();
    if (mapper == null) {
      mapper = rules.mapper();
    }
    for (Change change : changes) {
      if (change instanceof Change.Upsert upsert) {
        placed.item = upsert;
        mapper.upsert(upsert.key(), upsert.document(), placed);
      } else {
        placed.item = null;
        mapper.delete(change.key(), placed);
      }
      if (placed.refusal.isPresent()) {
        // There is no item for the dead letter file, and its documents would stay.
        throw new Fault.TableFailed(
            "cannot delete an item of table "
                + table.name()
                + " with key "
                + KeyJson.of(table, change.key())
                + ": "
                + placed.refusal.get(),
            null);
      }
    }
    idle.add(mapper);
    return placed;
  }

  /** What becomes of a batch, by destination. */
  private final class Placed implements Mapping.Placements {
    final List<List<Change>> upserts = new ArrayList<>();
    final List<List<Change>> deletes = new ArrayList<>();
    final List<Rejected> rejected = new ArrayList<>();

    /** The item of each upsert. */
    private final List<List<Change.Upsert>> items = new ArrayList<>();

    /** What is mapped now; null for a delete. */
    private Change.Upsert item;

    /** Why a delete cannot be mapped. */
    private Optional<String> refusal = Optional.empty();

    Placed() {
      for (int i = 0; i < writers.size(); i++) {
        upserts.add(new ArrayList<>());
        items.add(new ArrayList<>());
        deletes.add(new ArrayList<>());
      }
    }

    @Override
    public void upsert(int destination, Slice id, Slice document) {
      upserts.get(destination).add(new Change.Upsert(new ItemKey(id), document));
      items.get(destination).add(item);
    }

    @Override
    public void delete(int destination, Slice id) {
      deletes.get(destination).add(new Change.Delete(new ItemKey(id)));
    }

    @Override
    public void reject(String reason) {
      if (item == null) {
        refusal = Optional.of(reason);
      } else {
        rejected.add(Rejections.of(table, item, reason));
      }
    }

    Change.Upsert itemOf(int destination, Change.Upsert document) {
      List<Change> written = upserts.get(destination);
      int index = 0;
      while (written.get(index) != document) {
        index++;
      }
      return items.get(destination).get(index);
    }
  }
}
