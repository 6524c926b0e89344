package io.nimoshake.app.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.progress.SyncMonitor;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.flow.TableLimits;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pauses and resumes one table or all, and changes their limits, while they run. A request with a
 * key that is not known is refused: without {@code "table"} it would mean all tables.
 */
final class Controls {
  private static final Logger LOG = LoggerFactory.getLogger(Controls.class);

  private static final String TABLE = "table";
  private static final double LARGEST_LIMIT = 1e9;

  private static final Map<String, BiConsumer<TableLimits, Double>> LIMITS =
      new TreeMap<>(
          Map.of(
              "copy_calls", (limits, rate) -> limits.copyCalls().set(rate),
              "stream_calls", (limits, rate) -> limits.streamCalls().set(rate),
              "copy_capacity", (limits, rate) -> limits.copyCapacity().set(rate)));

  private final SyncMonitor monitor;

  Controls(SyncMonitor monitor) {
    this.monitor = monitor;
  }

  /** Pauses a table or all; returns their names. */
  List<String> pause(JsonNode body) throws HttpError {
    List<TableView> tables = tables(body, List.of());
    tables.forEach(table -> table.limits().gate().shut());
    return logged("paused", tables);
  }

  /** Resumes a table or all; returns their names. */
  List<String> resume(JsonNode body) throws HttpError {
    List<TableView> tables = tables(body, List.of());
    tables.forEach(table -> table.limits().gate().open());
    return logged("resumed", tables);
  }

  /** Changes the limits of a table or of all; returns their names. */
  List<String> limits(JsonNode body) throws HttpError {
    List<TableView> tables = tables(body, LIMITS.keySet());
    Map<String, Double> changes = new TreeMap<>();
    for (String name : LIMITS.keySet()) {
      if (body.has(name)) {
        changes.put(name, limit(name, body.get(name)));
      }
    }
    if (changes.isEmpty()) {
      throw HttpError.badRequest("the body has none of " + String.join(", ", LIMITS.keySet()));
    }
    for (TableView table : tables) {
      changes.forEach((name, rate) -> LIMITS.get(name).accept(table.limits(), rate));
    }
    return logged("limits changed to " + changes, tables);
  }

  private static double limit(String name, JsonNode value) throws HttpError {
    if (!value.isNumber() || value.asDouble() < 0 || value.asDouble() > LARGEST_LIMIT) {
      throw HttpError.badRequest(name + " must be a number from 0 (no limit) to 1e9");
    }
    return value.asDouble();
  }

  /** The table that the body names, or all if it names none. */
  private List<TableView> tables(JsonNode body, Iterable<String> otherKeys) throws HttpError {
    if (!body.isObject()) {
      throw HttpError.badRequest("the body must be a JSON object");
    }
    TreeSet<String> known = new TreeSet<>(List.of(TABLE));
    otherKeys.forEach(known::add);
    for (Map.Entry<String, JsonNode> field : body.properties()) {
      if (!known.contains(field.getKey())) {
        throw HttpError.badRequest(
            "the body has an unknown key; the known ones are " + String.join(", ", known));
      }
    }
    List<TableView> all = monitor.view().tables();
    if (all.isEmpty()) {
      throw new HttpError(503, "the sync does not know its tables yet: try again");
    }
    if (!body.has(TABLE)) {
      return all;
    }
    if (!body.get(TABLE).isTextual()) {
      throw HttpError.badRequest("table must be a string");
    }
    String name = body.get(TABLE).textValue();
    List<TableView> named = all.stream().filter(table -> table.name().equals(name)).toList();
    if (named.isEmpty()) {
      throw HttpError.badRequest("there is no such table");
    }
    return named;
  }

  private static List<String> logged(String what, List<TableView> tables) {
    List<String> names = tables.stream().map(TableView::name).toList();
    LOG.info("HTTP request: {}: {}", what, names);
    return names;
  }
}
