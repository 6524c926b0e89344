package io.nimoshake.app.demo;

import com.mongodb.client.MongoDatabase;
import java.util.List;
import java.util.Map;

/** The tables of a demo: their items, and how they change. */
interface DemoData {
  /** What it is, as the end of a sentence: "three tables". */
  String name();

  /** Creates the tables and their items. Returns the number of items. */
  int load();

  /** Makes a random change to a random item. */
  void change();

  /** The last change to every table: when it has arrived, all changes before it have too. */
  void putMarkers(int number);

  /** Whether the last change to every table has arrived. */
  boolean hasMarkers(MongoDatabase target, int number);

  /** Keys of the configuration that these tables need, as environment variables. */
  default Map<String, String> environment() {
    return Map.of();
  }

  /** Lines about what has arrived. */
  default List<String> arrived(MongoDatabase target) {
    return List.of();
  }
}
