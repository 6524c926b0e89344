package io.nimoshake.testkit.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nimoshake.testkit.wire.Answer;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What was changed in the tables of a service, when, and how each changed item was before. Writes
 * go through it one at a time. It sees PutItem, UpdateItem, DeleteItem, BatchWriteItem and
 * TransactWriteItems.
 */
final class ChangeLog {
  private static final int READ_AT_ONCE = 100;
  private static final JsonMapper JSON = new JsonMapper();

  private final Supplier<Instant> clock;

  /** Names of the key attributes by table. */
  private final Map<String, Set<String>> keyNames = new TreeMap<>();

  /** By table, then by key. */
  private final Map<String, Map<ObjectNode, History>> tables = new TreeMap<>();

  /** Makes a call of the service. */
  interface Service {
    ObjectNode call(String operation, ObjectNode body) throws IOException, InterruptedException;
  }

  /** Passes a write on. */
  interface Write {
    Answer pass() throws IOException, InterruptedException;
  }

  private record Key(String table, ObjectNode attributes) {}

  /**
   * An item as it was from a time on.
   *
   * @param image empty: it was not there
   */
  private record State(Instant since, Optional<JsonNode> image) {}

  /** The states of an item, oldest first. The first one is that before its first change. */
  private static final class History {
    private final List<State> states = new ArrayList<>();

    /** The state at the end of a moment; the first one if it is earlier. */
    State before(Instant moment) {
      State found = states.get(0);
      for (State state : states) {
        if (state.since().isBefore(moment)) {
          found = state;
        }
      }
      return found;
    }
  }

  /**
   * An item that was changed within a span of time.
   *
   * @param written time of the last change
   * @param before as it was before the span; empty: it was not there
   * @param after as it was at the end of the span; empty: it was not there
   */
  record Change(
      ObjectNode key, Instant written, Optional<JsonNode> before, Optional<JsonNode> after) {}

  ChangeLog(Supplier<Instant> clock) {
    this.clock = clock;
  }

  static boolean isWrite(String operation) {
    return switch (operation) {
      case "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems" -> true;
      default -> false;
    };
  }

  /**
   * Passes a write on and notes what it has changed.
   *
   * @param isKept of which tables changes are noted
   */
  synchronized Answer write(
      String operation, ObjectNode request, Write write, Service service, Predicate<String> isKept)
      throws IOException, InterruptedException {
    Set<Key> touched = new LinkedHashSet<>();
    for (Key key : touched(operation, request, service)) {
      if (isKept.test(key.table())) {
        touched.add(key);
      }
    }
    List<Key> fresh =
        touched.stream().filter(key -> !of(key.table()).containsKey(key.attributes())).toList();
    Map<Key, JsonNode> former = read(fresh, service);
    Answer answer = write.pass();
    if (answer.status() != 200) {
      return answer;
    }
    Instant now = clock.get();
    for (Key key : fresh) {
      History history = new History();
      history.states.add(new State(Instant.MIN, Optional.ofNullable(former.get(key))));
      of(key.table()).put(key.attributes(), history);
    }
    Set<Key> unprocessed =
        touched(
            operation,
            JSON.createObjectNode()
                .set("RequestItems", JSON.readTree(answer.body()).path("UnprocessedItems")),
            service);
    touched.removeAll(unprocessed);
    Map<Key, JsonNode> latter = read(List.copyOf(touched), service);
    for (Key key : touched) {
      of(key.table())
          .get(key.attributes())
          .states
          .add(new State(now, Optional.ofNullable(latter.get(key))));
    }
    return answer;
  }

  /** What was changed in a table from a moment on and before another one. */
  synchronized List<Change> changes(String table, Instant from, Instant to) {
    List<Change> changes = new ArrayList<>();
    of(table)
        .forEach(
            (key, history) -> {
              State after = history.before(to);
              if (!after.since().isBefore(from)) {
                changes.add(
                    new Change(key, after.since(), history.before(from).image(), after.image()));
              }
            });
    return changes;
  }

  private Map<ObjectNode, History> of(String table) {
    return tables.computeIfAbsent(table, name -> new LinkedHashMap<>());
  }

  // --- what a write changes --------------------------------------------------------------------

  private Set<Key> touched(String operation, ObjectNode request, Service service)
      throws IOException, InterruptedException {
    Set<Key> keys = new LinkedHashSet<>();
    switch (operation) {
      case "BatchWriteItem" -> {
        for (Map.Entry<String, JsonNode> table : request.path("RequestItems").properties()) {
          for (JsonNode write : table.getValue()) {
            keys.add(
                key(
                    table.getKey(),
                    write.has("PutRequest")
                        ? write.path("PutRequest").path("Item")
                        : write.path("DeleteRequest").path("Key"),
                    service));
          }
        }
      }
      case "TransactWriteItems" -> {
        for (JsonNode action : request.path("TransactItems")) {
          for (String kind : List.of("Put", "Update", "Delete")) {
            if (action.has(kind)) {
              keys.add(key(action.path(kind), service));
            }
          }
        }
      }
      default -> {
        if (request.has("TableName")) {
          keys.add(key(request, service));
        }
      }
    }
    return keys;
  }

  private Key key(JsonNode write, Service service) throws IOException, InterruptedException {
    return key(
        write.path("TableName").asText(),
        write.has("Item") ? write.path("Item") : write.path("Key"),
        service);
  }

  private Key key(String table, JsonNode attributes, Service service)
      throws IOException, InterruptedException {
    Set<String> names = keyNames.get(table);
    if (names == null) {
      names = new HashSet<>();
      ObjectNode described =
          service.call("DescribeTable", JSON.createObjectNode().put("TableName", table));
      for (JsonNode element : described.path("Table").path("KeySchema")) {
        names.add(element.path("AttributeName").asText());
      }
      keyNames.put(table, names);
    }
    ObjectNode key = JSON.createObjectNode();
    for (String name : names) {
      key.set(name, attributes.path(name));
    }
    return new Key(table, key);
  }

  /** The items that are there. */
  private Map<Key, JsonNode> read(List<Key> keys, Service service)
      throws IOException, InterruptedException {
    Map<Key, JsonNode> found = new LinkedHashMap<>();
    for (int from = 0; from < keys.size(); from += READ_AT_ONCE) {
      ObjectNode wanted = JSON.createObjectNode();
      for (Key key : keys.subList(from, Math.min(keys.size(), from + READ_AT_ONCE))) {
        ObjectNode table = wanted.withObjectProperty(key.table()).put("ConsistentRead", true);
        table.withArrayProperty("Keys").add(key.attributes());
      }
      JsonNode rest = wanted;
      while (!rest.isEmpty()) {
        ObjectNode request = JSON.createObjectNode();
        request.set("RequestItems", rest);
        ObjectNode answer = service.call("BatchGetItem", request);
        for (Map.Entry<String, JsonNode> table : answer.path("Responses").properties()) {
          for (JsonNode item : (ArrayNode) table.getValue()) {
            found.put(key(table.getKey(), item, service), item);
          }
        }
        rest = answer.path("UnprocessedKeys");
      }
    }
    return found;
  }
}
