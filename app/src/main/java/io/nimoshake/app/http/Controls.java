package io.nimoshake.app.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.progress.SyncMonitor;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.flow.TableLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pauses and resumes one table or all, and changes their limits, while they run. */
final class Controls {
  private static final Logger LOG = LoggerFactory.getLogger(Controls.class);

  private static final Map<String, BiConsumer<TableLimits, Double>> LIMITS =
      Map.of(
          "copy_calls", (limits, rate) -> limits.copyCalls().set(rate),
          "stream_calls", (limits, rate) -> limits.streamCalls().set(rate),
          "copy_capacity", (limits, rate) -> limits.copyCapacity().set(rate));

  private final SyncMonitor monitor;

  Controls(SyncMonitor monitor) {
    this.monitor = monitor;
  }

  /** The request is wrong. Nothing was changed. */
  static final class BadRequest extends Exception {
    private static final long serialVersionUID = 1;

    BadRequest(String message) {
      super(message);
    }
  }

  /**
   * Pauses a table or all.
   *
   * @return the names of these tables
   */
  List<String> pause(JsonNode body) throws BadRequest {
    List<TableView> tables = tables(body);
    tables.forEach(table -> table.limits().gate().shut());
    return logged("paused", tables);
  }

  List<String> resume(JsonNode body) throws BadRequest {
    List<TableView> tables = tables(body);
    tables.forEach(table -> table.limits().gate().open());
    return logged("resumed", tables);
  }

  List<String> limits(JsonNode body) throws BadRequest {
    List<TableView> tables = tables(body);
    List<Map.Entry<BiConsumer<TableLimits, Double>, Double>> changes = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : body.properties()) {
      if (field.getKey().equals("table")) {
        continue;
      }
      BiConsumer<TableLimits, Double> limit = LIMITS.get(field.getKey());
      double rate = field.getValue().asDouble(-1);
      if (limit == null || !field.getValue().isNumber() || rate < 0 || rate > 1e9) {
        throw new BadRequest(
            "limits are copy_calls, stream_calls and copy_capacity, numbers from 0 (no limit)");
      }
      changes.add(Map.entry(limit, rate));
    }
    if (changes.isEmpty()) {
      throw new BadRequest("no limit is given");
    }
    for (TableView table : tables) {
      changes.forEach(change -> change.getKey().accept(table.limits(), change.getValue()));
    }
    return logged("limits changed to " + body, tables);
  }

  private List<TableView> tables(JsonNode body) throws BadRequest {
    if (!body.isObject()) {
      throw new BadRequest("the body must be a JSON object");
    }
    List<TableView> all = monitor.view().tables();
    if (!body.has("table")) {
      return all;
    }
    List<TableView> named =
        all.stream().filter(table -> table.name().equals(body.get("table").asText())).toList();
    if (named.isEmpty()) {
      throw new BadRequest("there is no such table");
    }
    return named;
  }

  private static List<String> logged(String what, List<TableView> tables) {
    List<String> names = tables.stream().map(TableView::name).toList();
    LOG.info("HTTP request: {}: {}", what, names);
    return names;
  }
}
