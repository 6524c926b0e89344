package io.nimoshake.mongodb.compare;

import com.mongodb.client.MongoCollection;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.port.TargetReader.Listing;
import io.nimoshake.core.port.TargetReader.Stored;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bson.RawBsonDocument;

/** How the documents of one table are found and written. Methods throw the driver's exceptions. */
interface StoredTable {
  /** Most keys of one {@code $in} or {@code $or}. */
  int MAX_KEYS = 1_000;

  void fetch(List<ItemKey> keys, Consumer<Stored> each);

  Optional<Stored> again(Stored seen);

  Listing list();

  List<Stored> sample(int count);

  /** The collection of a stored document. */
  MongoCollection<RawBsonDocument> collection(Stored seen);

  /** The document as it is in its collection. */
  RawBsonDocument document(Stored seen);

  /**
   * Where an item that has no document belongs.
   *
   * @throws Fault.Poison if the mapping rejects the item
   */
  Insertion insertion(Change.Upsert item) throws Fault.Poison;

  /**
   * What replaces a stored document of this item.
   *
   * @throws Fault.Poison if the mapping rejects the item
   */
  RawBsonDocument replacement(Change.Upsert item) throws Fault.Poison;

  /** A new document and its collection. */
  record Insertion(MongoCollection<RawBsonDocument> collection, RawBsonDocument document) {}
}
