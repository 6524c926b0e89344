package io.nimoshake.mongodb.source;

import com.mongodb.ReadConcern;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.mongodb.write.TableLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;

/** Which items of one table have a document, and which once had one. For one thread. */
final class ItemDocuments {
  /** In one query. */
  private static final int MOST_KEYS = 1_000;

  private final MongoDatabase database;
  private final CollectionsOfTable table;
  private final Optional<Mapping.OfTable> mapping;
  private final Optional<Mapping.Mapper> mapper;
  private final TableLayout layout;

  /**
   * @param layout of the collection of the table's name; it counts only if ids are generated
   */
  ItemDocuments(
      MongoDatabase database,
      CollectionsOfTable table,
      Optional<Mapping.OfTable> mapping,
      TableLayout layout) {
    this.database = database.withReadConcern(ReadConcern.MAJORITY);
    this.table = table;
    this.mapping = mapping;
    this.mapper = mapping.map(Mapping.OfTable::mapper);
    this.layout = layout;
  }

  /** The collection to which a sync from DynamoDB takes the item; empty if it takes it nowhere. */
  Optional<String> homeOf(Change.Upsert item) {
    if (mapper.isEmpty()) {
      return Optional.of(table.schema().name());
    }
    Home home = new Home();
    mapper.get().upsert(item.key(), item.document(), home);
    return home.destination.map(at -> mapping.orElseThrow().destinations().get(at).collection());
  }

  private static final class Home implements Mapping.Placements {
    private Optional<Integer> destination = Optional.empty();

    @Override
    public void upsert(int at, Slice id, Slice document) {
      destination = Optional.of(at);
    }

    @Override
    public void delete(int at, Slice id) {
      // Where else the item could be does not say whether it has a document.
    }

    @Override
    public void reject(String reason) {
      // It has no document.
    }
  }

  /** The items among these that have no document in any collection of the table. */
  Set<ItemKey> gone(Collection<ItemKey> keys) {
    List<ItemKey> all = List.copyOf(keys);
    Set<ItemKey> gone = new LinkedHashSet<>();
    for (int from = 0; from < all.size(); from += MOST_KEYS) {
      List<ItemKey> some = all.subList(from, Math.min(all.size(), from + MOST_KEYS));
      gone.addAll(table.generatedIds() ? goneByAttributes(some) : goneById(some));
    }
    return gone;
  }

  private Set<ItemKey> goneById(Collection<ItemKey> keys) {
    Set<ItemKey> there = table.lookUp(database, keys).keySet();
    Set<ItemKey> gone = new LinkedHashSet<>();
    for (ItemKey key : keys) {
      // As a key is written by its document: the same number may be of another type.
      Optional<ItemKey> asStored =
          table.way().of(key).stream().flatMap(at -> table.way().keyAt(at).stream()).findFirst();
      if (asStored.filter(there::contains).isEmpty()) {
        gone.add(key);
      }
    }
    return gone;
  }

  /** The key is unique, so the count of a page says whether it is worth to look for each. */
  private Set<ItemKey> goneByAttributes(Collection<ItemKey> keys) {
    Set<ItemKey> gone = new LinkedHashSet<>();
    MongoCollection<Document> documents = database.getCollection(table.schema().name());
    List<Bson> filters = new ArrayList<>();
    keys.forEach(key -> filters.add(layout.filter(key)));
    Set<Object> found = new HashSet<>();
    documents
        .find(Filters.or(filters))
        .projection(Projections.include("_id"))
        .forEach(document -> found.add(document.get("_id")));
    for (ItemKey key : keys) {
      if (found.size() < keys.size() && documents.find(layout.filter(key)).first() == null) {
        gone.add(key);
      }
    }
    return gone;
  }

  /** One of these collections that does not exist. */
  Optional<String> missing(Set<String> collections) {
    Set<String> there = database.listCollectionNames().into(new HashSet<>());
    return collections.stream().filter(name -> !there.contains(name)).findFirst();
  }
}
