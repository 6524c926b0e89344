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
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.bson.RawBsonDocument;

/**
 * Writes changes of a table to the collections that its mapping names. All documents are written
 * before any is deleted, so a reader may for a moment see an item in two collections, and never in
 * none; one case is different, see {@link #takesThePlaceOfItself}. A change counts as written when
 * all of this is durable. Safe for use by many threads.
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
    List<Unwritten> unwritten = new ArrayList<>();
    for (int i = 0; i < writers.size(); i++) {
      for (Refused each : writers.get(i).write(placed.upserts.get(i), mode)) {
        unwritten.add(placed.unwritten(i, each));
      }
    }
    if (mode == WriteMode.COPY_IF_ABSENT) {
      // A copied item is the only one of its key, or the stream knows better.
      for (Unwritten each : unwritten) {
        if (!each.refused.taken() || formerDocuments(each).isEmpty()) {
          rejected.add(each.rejected(table));
        }
      }
      return rejected;
    }
    if (!unwritten.isEmpty()) {
      // What is there of a rejected item stays, as in a table without a mapping.
      Set<ItemKey> keys =
          unwritten.stream().map(each -> each.item.key()).collect(Collectors.toSet());
      placed = place(changes.stream().filter(change -> !keys.contains(change.key())).toList());
    }
    WriteMode deleting = mode == WriteMode.COPY_REPLACE ? WriteMode.STREAM : mode;
    for (int i = 0; i < writers.size(); i++) {
      writers.get(i).write(placed.deletes.get(i), deleting);
    }
    for (Unwritten each : writeAgain(unwritten, mode, deleting)) {
      rejected.add(each.rejected(table));
    }
    return rejected;
  }

  /**
   * Writes items that unique indexes have refused, as other items of the batch may have given up
   * their values meanwhile. Each that is written may make room for another.
   *
   * @return those that are refused for good
   */
  private List<Unwritten> writeAgain(List<Unwritten> items, WriteMode mode, WriteMode deleting)
      throws Fault {
    List<Unwritten> left = items;
    int before;
    do {
      before = left.size();
      List<Unwritten> still = new ArrayList<>();
      for (Unwritten each : left) {
        if (!each.refused.taken() || !isWritten(each, mode, deleting)) {
          still.add(each);
        }
      }
      left = still;
    } while (left.size() < before);
    return left;
  }

  /**
   * Writes an item once more, and deletes its former documents.
   *
   * @return false if the server refuses it again
   */
  private boolean isWritten(Unwritten item, WriteMode mode, WriteMode deleting) throws Fault {
    BatchWriter writer = writers.get(item.destination);
    if (!writer.write(List.of(item.refused.change()), mode).isEmpty()
        && !takesThePlaceOfItself(item, mode, deleting)) {
      return false;
    }
    Placed placed = place(List.of(item.item));
    for (int i = 0; i < writers.size(); i++) {
      writers.get(i).write(placed.deletes.get(i), deleting);
    }
    return true;
  }

  /**
   * Writes an item that its own former document keeps out. Its key has several ids in this
   * collection, and a unique index of the collection has a value of the item that did not change.
   * This is the only case in which a reader may for a moment see the item in no collection. The
   * former document is deleted only if no other one keeps the item out: if the process ended after
   * the delete, nobody would know what to put back.
   *
   * @return false if the server refuses it nevertheless; then all is as it was
   */
  private boolean takesThePlaceOfItself(Unwritten item, WriteMode mode, WriteMode deleting)
      throws Fault {
    List<RawBsonDocument> former = formerDocuments(item);
    BatchWriter writer = writers.get(item.destination);
    if (former.isEmpty() || !writer.isKeptOutOnlyBy(former, item.refused.change())) {
      return false;
    }
    writer.write(item.elsewhereInCollection, deleting);
    if (!writer.write(List.of(item.refused.change()), mode).isEmpty()) {
      // Another writer has taken the value since we asked.
      writer.putBack(former);
      return false;
    }
    return true;
  }

  private List<RawBsonDocument> formerDocuments(Unwritten item) throws Fault {
    return writers
        .get(item.destination)
        .find(item.elsewhereInCollection.stream().map(Change::key).toList());
  }

  /**
   * An item that the server has refused.
   *
   * @param elsewhereInCollection the deletes of its other ids in the same collection
   */
  private record Unwritten(
      int destination, Change.Upsert item, Refused refused, List<Change> elsewhereInCollection) {
    Rejected rejected(TableSchema table) {
      return Rejections.of(table, item, refused.reason());
    }
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

    /** Each upsert as it was before it was mapped, and the deletes in its collection. */
    private final Map<Change.Upsert, Origin> origins = new IdentityHashMap<>();

    private Origin lastOrigin;

    /** What is mapped now; null for a delete. */
    private Change.Upsert item;

    /** Why a delete cannot be mapped. */
    private Optional<String> refusal = Optional.empty();

    Placed() {
      for (int i = 0; i < writers.size(); i++) {
        upserts.add(new ArrayList<>());
        deletes.add(new ArrayList<>());
      }
    }

    @Override
    public void upsert(int destination, Slice id, Slice document) {
      Change.Upsert upsert = new Change.Upsert(new ItemKey(id), document);
      upserts.get(destination).add(upsert);
      lastOrigin = new Origin(item, destination, new ArrayList<>());
      origins.put(upsert, lastOrigin);
    }

    @Override
    public void delete(int destination, Slice id) {
      Change.Delete delete = new Change.Delete(new ItemKey(id));
      deletes.get(destination).add(delete);
      if (lastOrigin != null && lastOrigin.item == item && lastOrigin.destination == destination) {
        lastOrigin.deletes.add(delete);
      }
    }

    @Override
    public void reject(String reason) {
      if (item == null) {
        refusal = Optional.of(reason);
      } else {
        rejected.add(Rejections.of(table, item, reason));
      }
    }

    Unwritten unwritten(int destination, Refused refused) {
      Origin origin = origins.get(refused.change());
      return new Unwritten(destination, origin.item, refused, origin.deletes);
    }
  }

  private record Origin(Change.Upsert item, int destination, List<Change> deletes) {}
}
