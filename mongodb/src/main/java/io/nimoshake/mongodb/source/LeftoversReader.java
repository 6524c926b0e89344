package io.nimoshake.mongodb.source;

import com.mongodb.MongoException;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.mongodb.client.MongoFaults;
import io.nimoshake.mongodb.write.KeyJson;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scans a segment of a table of DynamoDB, and deletes the items whose document is gone. An item
 * that never had a document is left: one that cannot be converted, that the mapping ignores or
 * rejects, or that a filter leaves out.
 *
 * <p>A rejected item may never have had a document either, and then it is nowhere else. So it is
 * left, and the log says so. If nobody knows which items were rejected, nothing is deleted: the
 * table fails.
 *
 * <p>Nothing is deleted because of a collection that does not exist. It was dropped or renamed, and
 * that is not what an application does to its documents: the table fails.
 */
final class LeftoversReader implements SplitReader {
  private static final Logger LOG = LoggerFactory.getLogger(LeftoversReader.class);

  private final Split.Leftovers split;
  private final SplitReader items;
  private final ItemDocuments documents;
  private final TableSchema schema;
  private final RejectedKeys rejected;

  /** A page of items whose documents could not be looked for yet. */
  private Optional<ChangeBatch> unsettled = Optional.empty();

  /**
   * @param items reads the items of the segment, converted
   */
  LeftoversReader(
      Split.Leftovers split,
      SplitReader items,
      ItemDocuments documents,
      TableSchema schema,
      RejectedKeys rejected) {
    this.split = split;
    this.items = items;
    this.documents = documents;
    this.schema = schema;
    this.rejected = rejected;
  }

  @Override
  public ChangeBatch read() throws Fault {
    if (unsettled.isEmpty()) {
      // The reader does not give a page a second time.
      unsettled = Optional.of(items.read());
    }
    ChangeBatch page = unsettled.get();
    ChangeBatch deletes;
    try {
      deletes = deletes(page);
    } catch (MongoException e) {
      throw MongoFaults.of(e, "looking for the documents of items of table " + split.table());
    }
    unsettled = Optional.empty();
    return deletes;
  }

  private ChangeBatch deletes(ChangeBatch page) throws Fault {
    ChangeBatch.Builder deletes = ChangeBatch.builder(split).capacityUnits(page.capacityUnits());
    Map<ItemKey, String> homes = new LinkedHashMap<>();
    for (Change change : page.changes()) {
      if (change instanceof Change.Upsert item) {
        documents.homeOf(item).ifPresent(home -> homes.put(item.key(), home));
      }
    }
    Set<ItemKey> gone = documents.gone(homes.keySet());
    if (!gone.isEmpty()) {
      Set<String> needed = new HashSet<>();
      gone.forEach(key -> needed.add(homes.get(key)));
      requireThere(needed);
    }
    List<ItemKey> left = new ArrayList<>();
    for (ItemKey key : gone) {
      if (rejected.contains(schema, key)) {
        left.add(key);
      } else {
        requireNotRejected(key);
        deletes.add(new Change.Delete(key));
      }
    }
    if (!left.isEmpty()) {
      LOG.warn(
          "table {}: {} without a document are left in DynamoDB. They were rejected on their way to"
              + " MongoDB, and may never have had one. `nimo-shake check` names them. Delete those"
              + " that an application has deleted. The first one: {}",
          split.table(),
          left.size() == 1 ? "1 item" : left.size() + " items",
          KeyJson.of(schema, left.get(0)));
    }
    return deletes.build(page.position());
  }

  private void requireThere(Set<String> collections) throws Fault.TableFailed {
    Optional<String> missing = documents.missing(collections);
    if (missing.isPresent()) {
      throw new Fault.TableFailed(
          "table "
              + split.table()
              + ": MongoDB has no collection "
              + missing.get()
              + ". It was dropped or renamed while nobody read its changes, so its items are not"
              + " deleted from DynamoDB. Bring it back and start again. If all of its documents are"
              + " to be deleted, create it empty",
          null);
    }
  }

  private void requireNotRejected(ItemKey key) throws Fault {
    Optional<String> doubt = rejected.doubt(schema);
    if (doubt.isPresent()) {
      throw new Fault.TableFailed(
          "table "
              + split.table()
              + ": item "
              + KeyJson.of(schema, key)
              + " has no document, and "
              + doubt.get()
              + ". An item that was rejected may never have had a document, so nothing is deleted from"
              + " DynamoDB. Bring the dead letter file of the copy back and start again. If no item"
              + " was rejected, let `nimo-shake check --repair --delete-rejected` delete what has no"
              + " document",
          null);
    }
  }

  @Override
  public void close() {
    items.close();
  }
}
