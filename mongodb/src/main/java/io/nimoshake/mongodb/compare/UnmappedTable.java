package io.nimoshake.mongodb.compare;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoCursor;
import com.mongodb.client.model.Aggregates;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.port.TargetReader.Listing;
import io.nimoshake.core.port.TargetReader.Stored;
import io.nimoshake.mongodb.write.BsonSplice;
import io.nimoshake.mongodb.write.IdLayout;
import io.nimoshake.mongodb.write.TableLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;

/** A table whose items lie, as they are, in the collection of its name. */
record UnmappedTable(
    MongoCollection<RawBsonDocument> collection, TableLayout layout, StoredDocuments documents)
    implements StoredTable {

  @Override
  public void fetch(List<ItemKey> keys, Consumer<Stored> each) {
    try (MongoCursor<RawBsonDocument> cursor =
        collection.find(anyOf(layout, keys)).batchSize(MAX_KEYS).iterator()) {
      while (cursor.hasNext()) {
        each.accept(documents.of(cursor.next()));
      }
    }
  }

  private static Bson anyOf(TableLayout layout, List<ItemKey> keys) {
    List<BsonDocument> filters = keys.stream().map(layout::filter).toList();
    if (filters.size() == 1) {
      return filters.get(0);
    }
    BsonArray all = new BsonArray(filters.size());
    if (filters.get(0).size() == 1) {
      filters.forEach(filter -> all.add(filter.values().iterator().next()));
      return new BsonDocument(filters.get(0).getFirstKey(), new BsonDocument("$in", all));
    }
    all.addAll(filters);
    return new BsonDocument("$or", all);
  }

  @Override
  public Optional<Stored> again(Stored seen) {
    return Optional.ofNullable(collection.find(BsonSplice.raw(seen.id())).first())
        .map(documents::of);
  }

  @Override
  public Listing list() {
    BsonDocument wanted =
        new BsonDocument("_id", new BsonInt32(1)).append(TableLayout.TOMBSTONE, new BsonInt32(1));
    if (layout.id() == IdLayout.OBJECTID) {
      layout.keyPaths().forEach(path -> wanted.append(path, new BsonInt32(1)));
    }
    return new CollectionListing(collection, wanted, documents::of);
  }

  @Override
  public List<Stored> sample(int count) {
    List<Stored> found = new ArrayList<>();
    collection
        .aggregate(List.of(Aggregates.sample(count)))
        .forEach(document -> found.add(documents.of(document)));
    return found;
  }

  @Override
  public MongoCollection<RawBsonDocument> collection(Stored seen) {
    return collection;
  }

  @Override
  public RawBsonDocument document(Stored seen) {
    return BsonSplice.raw(seen.document());
  }

  @Override
  public Insertion insertion(Change.Upsert item) {
    return new Insertion(collection, layout.insertion(item.key(), item.document()));
  }

  @Override
  public RawBsonDocument replacement(Change.Upsert item) {
    return layout.replacement(item.key(), item.document());
  }
}
