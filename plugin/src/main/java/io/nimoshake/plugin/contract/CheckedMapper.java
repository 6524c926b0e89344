package io.nimoshake.plugin.contract;

import io.nimoshake.plugin.Collection;
import io.nimoshake.plugin.Ids;
import io.nimoshake.plugin.Item;
import io.nimoshake.plugin.MappingPlugin;
import io.nimoshake.plugin.Outcome;
import io.nimoshake.plugin.Table;
import io.nimoshake.plugin.TableMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bson.BsonDocument;
import org.bson.BsonType;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/**
 * Calls a plug-in and holds it to its contract. No exception of the plug-in gets out, and no answer
 * that could lose an item:
 *
 * <ul>
 *   <li>The {@code _id} is made from the key alone, and the key can be made from the {@code _id}.
 *       So two keys never have one {@code _id}.
 *   <li>An item goes only to a collection that {@link TableMapper#candidates} names for its key. So
 *       a delete finds it.
 * </ul>
 *
 * Thread-safe.
 */
public final class CheckedMapper {
  private static final BsonDocumentCodec CODEC = new BsonDocumentCodec();

  /** The field of the target by which it knows tombstones. It removes documents that have it. */
  private static final String TOMBSTONE = "__nimo_deleted";

  private final TableMapper mapper;
  private final Map<String, Collection> collections = new LinkedHashMap<>();

  private CheckedMapper(TableMapper mapper) {
    this.mapper = mapper;
  }

  /**
   * Asks a plug-in for a table and its collections.
   *
   * @return empty if the plug-in does not map the table
   * @throws BrokenContractException if it names a collection twice, or throws
   */
  public static Optional<CheckedMapper> of(MappingPlugin plugin, Table table)
      throws BrokenContractException {
    Optional<TableMapper> mapper = call("table()", () -> plugin.table(table));
    if (mapper.isEmpty()) {
      return Optional.empty();
    }
    CheckedMapper checked = new CheckedMapper(mapper.get());
    for (Collection collection : call("collections()", mapper.get()::collections)) {
      if (checked.collections.put(collection.name(), collection) != null) {
        throw new BrokenContractException(
            "collections() names " + collection.name() + " more than once");
      }
    }
    return Optional.of(checked);
  }

  /** Every collection that an item may go to. */
  public List<Collection> collections() {
    return List.copyOf(collections.values());
  }

  /** Maps an item. */
  public Result map(Item key, Item item) {
    try {
      List<Place> places = places(key);
      Outcome outcome = call("map()", () -> mapper.map(item));
      if (outcome instanceof Outcome.Document document) {
        return document(document, places);
      } else if (outcome instanceof Outcome.Ignore) {
        return new Result.Nothing(places);
      } else if (outcome instanceof Outcome.Reject reject) {
        return new Result.Rejected(String.valueOf(reject.reason()), true);
      }
      throw new IllegalStateException("an outcome that nobody knows: " + outcome);
    } catch (BrokenContractException e) {
      return new Result.Rejected(e.getMessage(), false);
    }
  }

  private Result document(Outcome.Document document, List<Place> places)
      throws BrokenContractException {
    String collection = document.collection();
    Place place =
        places.stream()
            .filter(candidate -> candidate.collection().equals(collection))
            .findFirst()
            .orElseThrow(
                () ->
                    new BrokenContractException(
                        "the plug-in puts the item into collection "
                            + collection
                            + (collections.containsKey(collection)
                                ? ", which is not a candidate of its key"
                                : ", which collections() does not name")));
    if (document.fields() == null) {
      throw new BrokenContractException("the plug-in gives a document without fields");
    } else if (document.fields().containsKey("_id")) {
      throw new BrokenContractException("the plug-in gives a document with an _id of its own");
    } else if (document.fields().containsKey(TOMBSTONE)) {
      throw new BrokenContractException(
          "the plug-in gives a document with a field "
              + TOMBSTONE
              + ", which marks deleted items while a table is copied");
    }
    RawBsonDocument bytes =
        call("a document that can be encoded", () -> encoded(place.id(), document.fields()));
    return new Result.Document(
        place, bytes, places.stream().filter(other -> other != place).toList());
  }

  private static RawBsonDocument encoded(BsonValue id, BsonDocument fields) {
    BsonDocument whole = new BsonDocument("_id", id);
    whole.putAll(fields);
    return new RawBsonDocument(whole, CODEC);
  }

  /** Every place where a document of an item with this key may be. */
  public List<Place> places(Item key) throws BrokenContractException {
    List<Place> places = new ArrayList<>();
    for (String name : call("candidates()", () -> mapper.candidates(key))) {
      Collection collection = collections.get(name);
      if (collection == null) {
        throw new BrokenContractException(
            "candidates() names " + name + ", which collections() does not name");
      }
      Optional<BsonValue> id =
          collection.ids().isPresent()
              ? id(name, collection.ids().get(), key)
              : Optional.of(wholeKey(key));
      id.map(value -> new Place(name, value))
          .filter(place -> !places.contains(place))
          .ifPresent(places::add);
    }
    return places;
  }

  /**
   * The key whose document may be in this place; empty if there is none.
   *
   * @param wholeKey the key of an id that is the whole key; empty if the id is no key
   */
  public Optional<BsonDocument> keyAt(
      Place place, Function<BsonValue, Optional<BsonDocument>> wholeKey) {
    Collection collection = collections.get(place.collection());
    if (collection == null) {
      return Optional.empty();
    }
    try {
      Optional<BsonDocument> key =
          collection.ids().isEmpty()
              ? wholeKey.apply(place.id())
              : Optional.of(call("keyOf()", () -> collection.ids().get().keyOf(place.id())));
      return key.isPresent() && places(Item.of(key.get())).contains(place) ? key : Optional.empty();
    } catch (BrokenContractException e) {
      // An id that the plug-in has never made. keyOf() need not know what to do with it.
      return Optional.empty();
    }
  }

  private static BsonValue wholeKey(Item key) {
    BsonDocument whole = key.copy();
    return whole.size() == 1 ? whole.values().iterator().next() : whole;
  }

  private static Optional<BsonValue> id(String collection, Ids ids, Item key)
      throws BrokenContractException {
    String of = "the ids of collection " + collection;
    Optional<BsonValue> id = call(of, () -> ids.of(key));
    if (id.isEmpty()) {
      return id;
    }
    Optional<BsonType> type = IdValues.notAllowed(id.get());
    if (type.isPresent()) {
      throw new BrokenContractException(
          of + " are of type " + type.get() + ", which is not allowed");
    }
    BsonDocument back = call(of, () -> ids.keyOf(id.get()));
    if (!IdValues.sameKey(back, key.copy())) {
      throw new BrokenContractException(
          of
              + " do not tell items apart: keyOf("
              + json(id.get())
              + ") returns "
              + back.toJson()
              + ", not "
              + key.copy().toJson());
    }
    return id;
  }

  private static String json(BsonValue value) {
    String document = new BsonDocument("", value).toJson();
    // Without {"": and }.
    return document.substring(document.indexOf(':') + 2, document.length() - 1);
  }

  private static <T> T call(String what, Supplier<T> plugin) throws BrokenContractException {
    T answer;
    try {
      answer = plugin.get();
      // Code of others may throw anything. A missing class or method shows only when it is used.
    } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
      throw new BrokenContractException("the plug-in throws in " + what + ": " + oneLine(e), e);
    }
    if (answer == null) {
      throw new BrokenContractException("the plug-in returns null for " + what);
    }
    return answer;
  }

  private static String oneLine(Throwable e) {
    return e.toString().lines().findFirst().orElse(e.getClass().getName());
  }
}
