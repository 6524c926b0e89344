package io.nimoshake.mongodb.compare;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.Filters;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.core.port.Places;
import io.nimoshake.core.port.Places.Place;
import io.nimoshake.core.port.TargetReader.Listing;
import io.nimoshake.core.port.TargetReader.Stored;
import io.nimoshake.mongodb.write.BsonSplice;
import io.nimoshake.mongodb.write.Home;
import io.nimoshake.mongodb.write.Rejections;
import io.nimoshake.mongodb.write.TableLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;

/**
 * A table whose items lie in the collections that a mapping names. A stored document is shown with
 * its collection, as {@code {collection: ..., document: {...}}}, and its id is {@code {collection:
 * ..., _id: ...}}. {@code Places} says where documents may be; {@code Mapping} only makes those
 * that a repair writes.
 */
final class MappedTable implements StoredTable {
  static final String COLLECTION = "collection";
  static final String DOCUMENT = "document";

  private final TableSchema table;
  private final List<Home> homes;
  private final MongoDatabase database;
  private final Places places;
  private final Mapping.OfTable mapping;

  MappedTable(
      TableSchema table,
      List<Home> homes,
      MongoDatabase database,
      Places places,
      Mapping.OfTable mapping) {
    this.table = table;
    this.homes = homes;
    this.database = database;
    this.places = places;
    this.mapping = mapping;
  }

  List<Home> homes() {
    return homes;
  }

  @Override
  public void fetch(List<ItemKey> keys, Consumer<Stored> each) {
    Map<String, Map<Slice, ItemKey>> wanted = new HashMap<>();
    for (ItemKey key : keys) {
      for (Place place : places.of(key)) {
        wanted.computeIfAbsent(place.collection(), c -> new HashMap<>()).put(place.id(), key);
      }
    }
    wanted.forEach(
        (name, ids) -> {
          BsonArray in = new BsonArray(ids.size());
          ids.keySet().forEach(id -> in.add(BsonSplice.raw(id).get("_id")));
          collection(name)
              .find(new BsonDocument("_id", new BsonDocument("$in", in)))
              .batchSize(MAX_KEYS)
              .forEach(document -> each.accept(stored(name, document, ids)));
        });
  }

  /**
   * An {@code _id} that is the same number in another type is found, too, and is of its own key.
   */
  private Stored stored(String name, RawBsonDocument document, Map<Slice, ItemKey> wanted) {
    Slice id = StoredDocuments.encode(new BsonDocument("_id", document.get("_id")));
    Optional<ItemKey> key =
        Optional.ofNullable(wanted.get(id)).or(() -> places.keyAt(new Place(name, id)));
    BsonString collection = new BsonString(name);
    return new Stored(
        StoredDocuments.encode(
            new BsonDocument(COLLECTION, collection).append("_id", document.get("_id"))),
        key,
        StoredDocuments.encode(new BsonDocument(COLLECTION, collection).append(DOCUMENT, document)),
        StoredDocuments.isTombstone(StoredDocuments.encode(document)));
  }

  private Function<RawBsonDocument, Stored> storedIn(String name) {
    return document -> stored(name, document, Map.of());
  }

  @Override
  public Optional<Stored> again(Stored seen) {
    String name = nameOf(seen);
    return Optional.ofNullable(
            collection(name).find(Filters.eq("_id", BsonSplice.raw(seen.id()).get("_id"))).first())
        .map(storedIn(name));
  }

  /** Of a collection that other tables may use, only what can be of this table. */
  @Override
  public Listing list() {
    BsonDocument wanted =
        new BsonDocument("_id", new BsonInt32(1)).append(TableLayout.TOMBSTONE, new BsonInt32(1));
    List<Listing> parts = new ArrayList<>();
    for (Home home : homes) {
      parts.add(new CollectionListing(collection(home.name()), wanted, storedIn(home.name())));
    }
    return new Listing() {
      private int current;

      @Override
      public List<Stored> next() throws Fault {
        while (current < parts.size()) {
          List<Stored> all = parts.get(current).next();
          List<Stored> ours =
              homes.get(current).isShared()
                  ? all.stream().filter(stored -> stored.key().isPresent()).toList()
                  : all;
          if (all.isEmpty()) {
            current++;
          } else if (!ours.isEmpty()) {
            return ours;
          }
        }
        return List.of();
      }

      @Override
      public void close() {
        parts.forEach(Listing::close);
      }
    };
  }

  @Override
  public List<Stored> sample(int count) {
    List<Stored> found = new ArrayList<>();
    int each = Math.max(1, count / Math.max(1, homes.size()));
    for (Home home : homes) {
      collection(home.name())
          .aggregate(List.of(Aggregates.sample(each)))
          .map(document -> stored(home.name(), document, Map.of()))
          .forEach(
              stored -> {
                if (!home.isShared() || stored.key().isPresent()) {
                  found.add(stored);
                }
              });
    }
    return found;
  }

  private static String nameOf(Stored seen) {
    return BsonSplice.raw(seen.id()).getString(COLLECTION).getValue();
  }

  private MongoCollection<RawBsonDocument> collection(String name) {
    return database.getCollection(name, RawBsonDocument.class);
  }

  @Override
  public MongoCollection<RawBsonDocument> collection(Stored seen) {
    return collection(nameOf(seen));
  }

  @Override
  public RawBsonDocument document(Stored seen) {
    BsonValue document = BsonSplice.raw(seen.document()).get(DOCUMENT);
    return BsonSplice.raw(StoredDocuments.encode(document.asDocument()));
  }

  @Override
  public Insertion insertion(Change.Upsert item) throws Fault.Poison {
    Made made = new Made();
    mapping.mapper().upsert(item.key(), item.document(), made);
    if (made.document == null) {
      throw new Fault.Poison(
          Rejections.of(table, item, made.reason == null ? "the mapping ignores it" : made.reason));
    }
    return new Insertion(
        collection(homes.get(made.destination).name()), BsonSplice.raw(made.document));
  }

  @Override
  public RawBsonDocument replacement(Change.Upsert item) throws Fault.Poison {
    return insertion(item).document();
  }

  /** What the mapping makes of one item. */
  private static final class Made implements Mapping.Placements {
    private int destination;
    private Slice document;
    private String reason;

    @Override
    public void upsert(int place, Slice id, Slice whole) {
      destination = place;
      document = whole;
    }

    @Override
    public void delete(int place, Slice id) {
      // Documents in other places are found and repaired one by one.
    }

    @Override
    public void reject(String why) {
      reason = why;
    }
  }
}
