package io.nimoshake.app.cutover;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nimoshake.app.cutover.CutOverResult.Outcome;
import io.nimoshake.app.cutover.CutOverResult.Table;
import java.util.ArrayList;
import java.util.List;

/**
 * The result of a cut-over or a return: lines for people, JSON for programs, a page to keep.
 *
 * @param id of the sync
 * @param target where the items are, in words
 */
public record CutOverReport(Turn turn, String id, String target, CutOverResult result) {
  /** The last line is the one that counts. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (result.outcome() != Outcome.CUT_OVER) {
      lines.add(
          "not "
              + turn.done()
              + ": "
              + result.why()
              + ", after "
              + result.waited().toSeconds()
              + " s of waiting");
      result.missing().forEach(line -> lines.add("  " + line));
      lines.add(
          result.outcome() == Outcome.NOT_CUT_OVER
              ? "The sync goes on as before. Do not switch."
              : "Do not switch.");
      return lines;
    }
    result.tables().forEach(table -> lines.add(line(table)));
    lines.add(headline());
    return lines;
  }

  private String headline() {
    return result.outcome() == Outcome.CUT_OVER
        ? "Everything written before "
            + result.freeze().orElseThrow()
            + " is in "
            + target
            + ": switch now"
        : "not " + turn.done() + ": " + result.why();
  }

  private static String line(Table table) {
    return table.name()
        + ": "
        + table.changes()
        + " changes written by this run, last record "
        + table.lastRecord().orElse("none")
        + ", compared "
        + table.compared().map(items -> items + " items, equal").orElse("nothing")
        + ", last check of every item: "
        + table.allEqual().map(at -> "equal, " + at).orElse("none");
  }

  /** The same as one JSON object. */
  public String json() {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    root.put("id", id);
    root.put(turn.done().replace(' ', '_'), result.outcome() == Outcome.CUT_OVER);
    result.freeze().ifPresent(at -> root.put("freeze", at));
    root.put("waited_seconds", result.waited().toMillis() / 1000.0);
    if (result.outcome() != Outcome.CUT_OVER) {
      root.put("why", result.why());
    }
    ArrayNode missing = root.putArray("missing");
    result.missing().forEach(missing::add);
    ArrayNode tables = root.putArray("tables");
    for (Table table : result.tables()) {
      ObjectNode node = tables.addObject();
      node.put("table", table.name());
      node.put("changes", table.changes());
      table.lastRecord().ifPresent(at -> node.put("last_record", at));
      table.compared().ifPresent(items -> node.put("compared", items));
      table.allEqual().ifPresent(at -> node.put("all_equal", at));
    }
    try {
      return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values", e);
    }
  }

  /** The same as a page that needs nothing else. */
  public String html() {
    StringBuilder page = new StringBuilder();
    page.append("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>")
        .append(turn.noun())
        .append(" of ")
        .append(escaped(id))
        .append("</title><style>body{font:16px sans-serif;margin:2em;max-width:60em}")
        .append("table{border-collapse:collapse}td,th{border:1px solid #999;padding:.3em .6em;")
        .append("text-align:left}</style><h1>")
        .append(turn.noun())
        .append(" of ")
        .append(escaped(id))
        .append("</h1><p><strong>")
        .append(escaped(headline()))
        .append("</strong></p><p>Waited ")
        .append(result.waited().toSeconds())
        .append(" s from the freeze on.</p>");
    if (!result.missing().isEmpty()) {
      page.append("<ul>");
      result.missing().forEach(line -> page.append("<li>").append(escaped(line)).append("</li>"));
      page.append("</ul>");
    }
    if (!result.tables().isEmpty()) {
      page.append("<table><tr><th>Table</th><th>Changes written by this run</th>")
          .append("<th>Last record</th><th>Items compared, all equal</th>")
          .append("<th>Last check of every item that found both sides equal</th></tr>");
      for (Table table : result.tables()) {
        page.append("<tr><td>")
            .append(escaped(table.name()))
            .append("</td><td>")
            .append(table.changes())
            .append("</td><td>")
            .append(escaped(table.lastRecord().orElse("none")))
            .append("</td><td>")
            .append(table.compared().map(String::valueOf).orElse("none"))
            .append("</td><td>")
            .append(escaped(table.allEqual().orElse("none")))
            .append("</td></tr>");
      }
      page.append("</table>");
    }
    return page.append("</html>\n").toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
