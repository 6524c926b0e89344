package io.nimoshake.app.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nimoshake.app.program.Text;
import io.nimoshake.core.port.TargetReader.SchemaDifference;
import io.nimoshake.dynamodb.compare.ItemDifference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** The result of a comparison, as lines for people or as JSON for programs. */
public final class CheckReport {
  private static final int LEAST_NAME_WIDTH = 12;
  private static final int PATHS_SHOWN = 3;

  private final CheckResult result;
  private final CheckOptions options;
  private final boolean lossy;
  private final boolean mongoIsTruth;

  /**
   * @param lossy whether the conversion rounds numbers, so that equal means equal after rounding
   * @param mongoIsTruth whether DynamoDB was compared with MongoDB, not the other way round
   */
  public CheckReport(
      CheckResult result, CheckOptions options, boolean lossy, boolean mongoIsTruth) {
    this.result = result;
    this.options = options;
    this.lossy = lossy;
    this.mongoIsTruth = mongoIsTruth;
  }

  /** A line for each table with its findings below it, and a last line for all tables. */
  public List<String> lines() {
    int width =
        result.tables().stream()
            .mapToInt(table -> table.table().length())
            .reduce(LEAST_NAME_WIDTH, Math::max);
    List<String> lines = new ArrayList<>();
    if (mongoIsTruth) {
      lines.add(
          "MongoDB is the truth: missing items are missing in DynamoDB, and extra ones only there");
    }
    if (!mongoIsTruth && options.repair()) {
      lines.add("the source is the truth: repairs change the target");
    }
    for (TableResult table : result.tables()) {
      lines.add(line(table, width));
      table.schema().forEach(difference -> lines.add("    " + text(difference)));
      table.shown().forEach(finding -> lines.add("    " + text(finding)));
      long others = table.differences() + table.unsettled() - table.shown().size();
      if (others > 0) {
        lines.add(String.format(Locale.ROOT, "    and %,d more", others));
      }
      table.notes().forEach(note -> lines.add("    note: " + note));
      table.failure().ifPresent(why -> lines.add("    could not be compared: " + why));
    }
    if (lossy) {
      lines.add(
          "note: numbers were compared after rounding to doubles, because they are written as"
              + " doubles");
    }
    if (options.sample().isPresent() && options.changedSince().isEmpty()) {
      lines.add("note: this was a sample; without --sample all items are compared");
    }
    result.notes().forEach(note -> lines.add("note: " + note));
    lines.add(last(width));
    return lines;
  }

  private String line(TableResult table, int width) {
    return String.format(
        Locale.ROOT,
        "%-" + width + "s  %s  %s  %s",
        table.table(),
        Text.count(table.items(), "item"),
        Text.count(table.documents(), "document"),
        counts(
            table.missing(),
            table.extra(),
            table.different(),
            table.misplaced(),
            table.unsettled(),
            table.schema().size(),
            table.repaired(),
            verdict(table.isEqual(), table.isCertain(), table.differences() == table.repaired())));
  }

  private String last(int width) {
    return String.format(
        Locale.ROOT,
        "%-" + width + "s  %s  %s  %s",
        "all",
        Text.count(sum(TableResult::items), "item"),
        Text.count(sum(TableResult::documents), "document"),
        counts(
            sum(TableResult::missing),
            sum(TableResult::extra),
            sum(TableResult::different),
            sum(TableResult::misplaced),
            sum(TableResult::unsettled),
            sum(table -> table.schema().size()),
            sum(TableResult::repaired),
            verdict(
                result.isEqual(),
                result.tables().stream().allMatch(TableResult::isCertain),
                sum(TableResult::differences) == sum(TableResult::repaired))));
  }

  private long sum(ToLongFunction<TableResult> of) {
    return result.tables().stream().mapToLong(of).sum();
  }

  private String verdict(boolean equal, boolean certain, boolean allRepaired) {
    if (!certain) {
      return "NOT ALL COMPARED";
    }
    if (equal) {
      return "equal";
    }
    return options.repair() && allRepaired ? "DIFFERENT, repaired" : "DIFFERENT";
  }

  private static String counts(
      long missing,
      long extra,
      long different,
      long misplaced,
      long unsettled,
      long schema,
      long repaired,
      String verdict) {
    StringBuilder text = new StringBuilder();
    text.append("missing=").append(missing);
    text.append(" extra=").append(extra);
    text.append(" different=").append(different);
    append(text, "misplaced", misplaced);
    append(text, "unsettled", unsettled);
    append(text, "schema", schema);
    append(text, "repaired", repaired);
    return text.append("  ").append(verdict).toString();
  }

  private static void append(StringBuilder text, String name, long count) {
    if (count > 0) {
      text.append(' ').append(name).append('=').append(count);
    }
  }

  private static String text(SchemaDifference difference) {
    return "schema: "
        + difference.what()
        + ": expected "
        + difference.expected()
        + ", found "
        + difference.found().orElse("none");
  }

  /** Leaves out values: the contents of items do not belong on screens and in logs. */
  private static String text(Finding finding) {
    StringBuilder text = new StringBuilder();
    text.append(finding.kind()).append(' ').append(finding.key());
    List<String> paths =
        finding.differences().stream()
            .map(ItemDifference::path)
            .filter(path -> !path.isEmpty())
            .toList();
    if (!paths.isEmpty()) {
      text.append(": ").append(paths.stream().limit(PATHS_SHOWN).collect(Collectors.joining(", ")));
      if (paths.size() > PATHS_SHOWN) {
        text.append(" and ").append(paths.size() - PATHS_SHOWN).append(" more");
      }
    }
    finding.reason().ifPresent(reason -> text.append(" (").append(reason).append(')'));
    finding.repair().ifPresent(repair -> text.append(" -> ").append(repair.what()));
    return text.toString();
  }

  /** The same as one JSON object. */
  public String json() {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    root.put("equal", result.isEqual());
    root.put("complete", result.tables().stream().allMatch(TableResult::isCertain));
    root.put("sample", options.sample().isPresent());
    root.put("truth", mongoIsTruth ? "mongodb" : "source");
    root.put("missing", sum(TableResult::missing));
    root.put("extra", sum(TableResult::extra));
    root.put("different", sum(TableResult::different));
    root.put("misplaced", sum(TableResult::misplaced));
    root.put("unsettled", sum(TableResult::unsettled));
    root.put("schema", sum(table -> table.schema().size()));
    root.put("repaired", sum(TableResult::repaired));
    root.put("seconds", result.took().toMillis() / 1000.0);
    ArrayNode notes = root.putArray("notes");
    result.notes().forEach(notes::add);
    ArrayNode tables = root.putArray("tables");
    for (TableResult table : result.tables()) {
      ObjectNode node = tables.addObject();
      node.put("table", table.table());
      node.put("items", table.items());
      node.put("documents", table.documents());
      node.put("missing", table.missing());
      node.put("extra", table.extra());
      node.put("different", table.different());
      node.put("misplaced", table.misplaced());
      node.put("unsettled", table.unsettled());
      node.put("repaired", table.repaired());
      node.put("seconds", table.took().toMillis() / 1000.0);
      ArrayNode schema = node.putArray("schema");
      for (SchemaDifference difference : table.schema()) {
        ObjectNode each = schema.addObject();
        each.put("what", difference.what());
        each.put("expected", difference.expected());
        difference.found().ifPresent(found -> each.put("found", found));
      }
      ArrayNode tableNotes = node.putArray("notes");
      table.notes().forEach(tableNotes::add);
      table.failure().ifPresent(why -> node.put("failure", why));
    }
    try {
      return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values", e);
    }
  }
}
