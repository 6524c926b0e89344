package io.nimoshake.testkit.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A MongoDB database as it really is: collections of documents, and an oplog of what was done to
 * them. The whole oplog is kept to compare with; what a reader may still see of it is another
 * matter.
 */
final class BackMongo {
  /**
   * A document.
   *
   * @param table the table of its item; empty if it is of no item
   * @param version number of the oplog entry that made it so
   * @param unfit whether no item can hold it
   */
  record Doc(String table, String key, long version, boolean unfit) {}

  /** A table: where its documents are, and whether their ids say which item they are. */
  record Table(String name, List<String> collections, boolean generatedIds) {
    /** The id of a document that is not generated. */
    String idOf(String key) {
      return name + "/" + key;
    }
  }

  /** What was done. */
  enum Kind {
    /** A document was inserted or replaced: the event has it as it was then. */
    PUT,
    /** A document was updated: the event has it as it is when it is read. */
    UPDATE,
    DELETE,
    /** A collection was dropped, or renamed away. */
    DROP,
    /** A collection of another name took this one's place. */
    REPLACED,
    /** The streams of all collections are invalid from here on. */
    INVALIDATE
  }

  /**
   * What an entry means for an item.
   *
   * @param version the item is at least this new once the entry is applied
   */
  record Effect(String table, String key, long version) {}

  /**
   * An entry of the oplog.
   *
   * @param number its place, from 1
   * @param collection empty if it is of all
   * @param now the document as the entry left it
   * @param was the document before it
   * @param preImage whether a reader can see {@code was}
   * @param effects what it means for items
   */
  record Entry(
      long number,
      Instant time,
      Kind kind,
      String collection,
      String id,
      Optional<Doc> now,
      Optional<Doc> was,
      boolean preImage,
      List<Effect> effects) {
    /** Whether it changes the document, too: by itself, or with the whole collection. */
    boolean isOfSameDocument(Entry other) {
      return collection.equals(other.collection()) && (id.equals(other.id()) || id.isEmpty());
    }

    /** Whether it is of a whole collection, and not of one document. */
    boolean isOfAll() {
      return id.isEmpty();
    }

    boolean concerns(Table table) {
      return collection.isEmpty() || table.collections().contains(collection);
    }

    /** Whether a reader of this table can read no further. */
    boolean ends(Table table) {
      return switch (kind) {
        case PUT -> table.generatedIds() && was.isPresent() && !preImage;
        case UPDATE, DELETE -> table.generatedIds() && !preImage;
        case DROP, REPLACED, INVALIDATE -> true;
      };
    }
  }

  final Map<String, Table> tables = new LinkedHashMap<>();
  private final Map<String, TreeMap<String, Doc>> collections = new TreeMap<>();
  private final List<Entry> oplog = new ArrayList<>();
  private final Set<String> withoutPreImages = new HashSet<>();
  private final SimLoop loop;
  private final Duration skew;

  /** When each entry was made, by the clock of the cluster. */
  private final List<Instant> clusterTimes = new ArrayList<>();

  /** How much later than it is made a change can be read. */
  Duration lateBy = Duration.ZERO;

  /** The clocks of the members, which give events their time, are behind by up to this. */
  Duration clocksDiffer = Duration.ZERO;

  private long oldest = 1;

  /**
   * @param skew by how much its clock is ahead
   */
  BackMongo(SimLoop loop, Duration skew) {
    this.loop = loop;
    this.skew = skew;
  }

  void add(Table table) {
    tables.put(table.name(), table);
    table.collections().forEach(name -> collections.computeIfAbsent(name, n -> new TreeMap<>()));
  }

  Instant time() {
    return loop.now().plus(skew);
  }

  /** Number of the newest entry; 0 if there is none. */
  long newest() {
    return oplog.size();
  }

  /** Number of the newest entry that a reader can see already. */
  long visible() {
    Instant until = readableUntil();
    long number = newest();
    while (number > 0 && clusterTimes.get((int) number - 1).isAfter(until)) {
      number--;
    }
    return number;
  }

  /** Everything that was made up to this moment of the cluster can be read. */
  Instant readableUntil() {
    return time().minus(lateBy);
  }

  /** When an entry was made, by the clock of the cluster. */
  Instant clusterTime(long number) {
    return clusterTimes.get((int) number - 1);
  }

  /** Number of the oldest entry that a reader can still see. */
  long oldest() {
    return oldest;
  }

  Entry entry(long number) {
    return oplog.get((int) number - 1);
  }

  /** Whether a reader that has seen everything up to this entry can go on. */
  boolean reaches(long seen) {
    return seen + 1 >= oldest;
  }

  /** The oldest entries are gone. */
  void trim(long newOldest) {
    oldest = Math.max(oldest, newOldest);
    loop.trace("mongodb: the oplog begins at " + oldest);
  }

  boolean exists(String collection) {
    return collections.containsKey(collection);
  }

  Optional<Doc> at(String collection, String id) {
    return Optional.ofNullable(collections.getOrDefault(collection, new TreeMap<>()).get(id));
  }

  TreeMap<String, Doc> documents(String collection) {
    return collections.getOrDefault(collection, new TreeMap<>());
  }

  /** The collections that have a document of the item. */
  List<String> places(Table table, String key) {
    return table.collections().stream().filter(name -> find(table, name, key).isPresent()).toList();
  }

  /** The id of the item's document in a collection. */
  Optional<String> find(Table table, String collection, String key) {
    if (!table.generatedIds()) {
      return at(collection, table.idOf(key)).map(doc -> table.idOf(key));
    }
    return documents(collection).entrySet().stream()
        .filter(e -> e.getValue().table().equals(table.name()) && e.getValue().key().equals(key))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** What items the documents of a table are: the documents by key. */
  TreeMap<String, Doc> items(Table table) {
    TreeMap<String, Doc> items = new TreeMap<>();
    for (String collection : table.collections()) {
      for (Doc doc : documents(collection).values()) {
        if (doc.table().equals(table.name()) && items.put(doc.key(), doc) != null) {
          throw new SimFailure("the applications left two documents of " + doc.key());
        }
      }
    }
    return items;
  }

  // --- what applications and operators do --------------------------------------------------------

  void put(String collection, String id, String table, String key, boolean unfit) {
    write(Kind.PUT, collection, id, new Doc(table, key, newest() + 1, unfit));
  }

  /** The same by an update; the key may be another one. */
  void update(String collection, String id, String key, boolean unfit) {
    Doc was = at(collection, id).orElseThrow();
    write(Kind.UPDATE, collection, id, new Doc(was.table(), key, newest() + 1, unfit));
  }

  private void write(Kind kind, String collection, String id, Doc now) {
    Optional<Doc> was = at(collection, id);
    collections.computeIfAbsent(collection, name -> new TreeMap<>()).put(id, now);
    List<Effect> effects = new ArrayList<>();
    was.filter(doc -> !doc.key().equals(now.key()))
        .ifPresent(doc -> effects.add(new Effect(doc.table(), doc.key(), now.version())));
    effects.add(new Effect(now.table(), now.key(), now.version()));
    log(kind, collection, id, Optional.of(now), was, effects);
  }

  void delete(String collection, String id) {
    Doc was = collections.get(collection).remove(id);
    Table table = tables.get(was.table());
    long version = newest() + 1;
    if (table != null) {
      // Moved: the item is as new as its document elsewhere.
      for (String place : places(table, was.key())) {
        version = at(place, find(table, place, was.key()).orElseThrow()).orElseThrow().version();
      }
    }
    List<Effect> effects = List.of(new Effect(was.table(), was.key(), version));
    log(Kind.DELETE, collection, id, Optional.empty(), Optional.of(was), effects);
  }

  /** Drops a collection, or another one takes its place; an application may create it again. */
  void drop(String collection, boolean replaced) {
    collections.remove(collection);
    log(
        replaced ? Kind.REPLACED : Kind.DROP,
        collection,
        "",
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  void invalidate() {
    log(Kind.INVALIDATE, "", "", Optional.empty(), Optional.empty(), List.of());
  }

  /** Something that is of no table. */
  void noise() {
    log(Kind.PUT, "others", "", Optional.empty(), Optional.empty(), List.of());
  }

  void preImages(String collection, boolean kept) {
    loop.trace("mongodb: pre-images of " + collection + (kept ? " are kept" : " are not kept"));
    if (kept) {
      withoutPreImages.remove(collection);
    } else {
      withoutPreImages.add(collection);
    }
  }

  private Instant memberTime() {
    long most = clocksDiffer.toNanos();
    return most == 0 ? time() : time().minusNanos(loop.random().below(most));
  }

  private void log(
      Kind kind,
      String collection,
      String id,
      Optional<Doc> now,
      Optional<Doc> was,
      List<Effect> effects) {
    clusterTimes.add(time());
    Entry entry =
        new Entry(
            newest() + 1,
            memberTime(),
            kind,
            collection,
            id,
            now,
            was,
            !withoutPreImages.contains(collection),
            effects);
    oplog.add(entry);
    if (loop.isTracing()) {
      loop.trace(
          "mongodb: "
              + entry.number()
              + " "
              + kind
              + " "
              + collection
              + " "
              + id
              + " "
              + effects
              + (now.filter(Doc::unfit).isPresent() ? " unfit" : ""));
    }
  }
}
