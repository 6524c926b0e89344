package io.nimoshake.testkit.sim;

import io.nimoshake.testkit.sim.BackMongo.Table;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The applications that write to MongoDB, and the operators that should not have done that. */
final class BackWriters {
  private final SimRandom random;
  private final BackScenario scenario;
  private final SimLoop loop;
  private final BackMongo mongo;

  /** Items that are between two collections. */
  private final Set<String> moving = new HashSet<>();

  private int ids;

  BackWriters(SimRandom random, BackScenario scenario, SimLoop loop, BackMongo mongo) {
    this.random = random;
    this.scenario = scenario;
    this.loop = loop;
    this.mongo = mongo;
  }

  /** Whether a document is between two collections. */
  boolean isMoving() {
    return !moving.isEmpty();
  }

  Table anyTable() {
    return random.pick(List.copyOf(mongo.tables.values()));
  }

  private String key() {
    int keys = random.chance(0.5) ? scenario.tables().hotKeys() : scenario.tables().keys();
    return "k" + random.between(0, keys - 1);
  }

  private boolean unfit() {
    return random.chance(scenario.tables().unfitRate());
  }

  /** One change of one document. */
  void change() {
    if (random.chance(0.1)) {
      mongo.noise();
      return;
    }
    Table table = anyTable();
    String key = key();
    if (moving.contains(table.idOf(key))) {
      return;
    }
    List<String> places = mongo.places(table, key);
    if (places.isEmpty()) {
      put(table, random.pick(table.collections()), key);
      return;
    }
    String here = places.get(0);
    String id = mongo.find(table, here, key).orElseThrow();
    double what = random.next();
    if (what < 0.25) {
      mongo.delete(here, id);
    } else if (what < 0.5 && table.collections().size() > 1) {
      move(table, here, key);
    } else if (what < 0.75) {
      mongo.update(here, id, table.generatedIds() ? freeKey(table, key) : key, unfit());
    } else {
      mongo.put(here, id, table.name(), key, unfit());
    }
  }

  private void put(Table table, String collection, String key) {
    String id = table.generatedIds() ? "g" + ids++ : table.idOf(key);
    mongo.put(collection, id, table.name(), key, unfit());
  }

  /** Mostly the same key, else one that no document has: there is a unique index. */
  private String freeKey(Table table, String key) {
    String other = key();
    return random.chance(0.3) && mongo.places(table, other).isEmpty() ? other : key;
  }

  /** Inserts it there and deletes it here, in any order. */
  private void move(Table table, String from, String key) {
    List<String> others = table.collections().stream().filter(name -> !name.equals(from)).toList();
    String to = random.pick(others);
    String item = table.idOf(key);
    moving.add(item);
    Runnable insert = () -> put(table, to, key);
    Runnable delete = () -> mongo.find(table, from, key).ifPresent(id -> mongo.delete(from, id));
    boolean insertFirst = random.chance(0.5);
    (insertFirst ? insert : delete).run();
    loop.after(
        Duration.ofMillis(random.chance(0.5) ? 0 : random.between(0, 3_000)),
        () -> {
          (insertFirst ? delete : insert).run();
          moving.remove(item);
        });
  }

  /** A document that is of no item. */
  void stray() {
    Table table = anyTable();
    if (!table.generatedIds()) {
      mongo.put(random.pick(table.collections()), "stray" + ids++, "", "stray", false);
    }
  }

  void drop() {
    Table table = anyTable();
    String collection = random.pick(table.collections());
    if (mongo.exists(collection)) {
      mongo.drop(collection, random.chance(0.3));
    }
  }

  void withoutPreImages() {
    Table table = anyTable();
    if (table.generatedIds()) {
      String collection = table.collections().get(0);
      mongo.preImages(collection, false);
      loop.after(
          Duration.ofMillis(random.between(0, 20_000)), () -> mongo.preImages(collection, true));
    }
  }

  /** The oplog loses its oldest entries; how many depends on how much is written elsewhere. */
  void trim() {
    long unread = mongo.newest() - mongo.oldest() + 1;
    if (unread > 1) {
      mongo.trim(mongo.oldest() + random.below(unread));
    }
  }
}
