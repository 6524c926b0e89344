package io.nimoshake.app.preview;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import io.nimoshake.app.preview.MappingTrial.Outcome;
import io.nimoshake.app.preview.MappingTrial.Place;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;

/** What becomes of an item, for people and for programs. */
public final class MappingText {
  private final MappingTrial trial;
  private final String mappingName;

  /**
   * @param mappingName names the mapping file or the plug-in
   */
  public MappingText(MappingTrial trial, String mappingName) {
    this.trial = trial;
    this.mappingName = mappingName;
  }

  /** The rule that matched, or what stands for one. */
  String rule(Outcome outcome) {
    return outcome
        .rule()
        .map(number -> mappingName + ", " + trial.rules().get(number).place())
        .orElseGet(this::withoutRule);
  }

  private String withoutRule() {
    if (!trial.isMapped()) {
      return "none: the table keeps its shape";
    }
    return trial.rules().isEmpty() ? mappingName : "none: the item cannot be converted";
  }

  /** One word: {@code document}, {@code ignored} or {@code rejected}. */
  static String kind(Outcome outcome) {
    return outcome.rejected().isPresent()
        ? "rejected"
        : outcome.place().isPresent() ? "document" : "ignored";
  }

  /** Lines for a person. */
  public List<String> lines(Outcome outcome) {
    List<String> lines = new ArrayList<>();
    lines.add("rule:       " + rule(outcome));
    if (outcome.rejected().isPresent()) {
      lines.add("outcome:    rejected: " + outcome.rejected().get());
      return lines;
    }
    if (outcome.place().isPresent()) {
      Place place = outcome.place().get();
      lines.add((place.id().isPresent() ? "collection: " : "table:      ") + place.collection());
      place.id().ifPresent(id -> lines.add("_id:        " + shell(id)));
      lines.add("document:");
      lines.addAll(shell(outcome.document().orElseThrow(), true).lines().toList());
    } else {
      lines.add("outcome:    ignored: the item has no document");
    }
    if (!outcome.elsewhere().isEmpty()) {
      lines.add(
          "removed:    a former document of it, in "
              + outcome.elsewhere().stream()
                  .map(Place::collection)
                  .distinct()
                  .collect(Collectors.joining(", ")));
    }
    return lines;
  }

  /** A tree for JSON; values in the form of MongoDB's relaxed Extended JSON. */
  public Map<String, Object> tree(Outcome outcome) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("outcome", kind(outcome));
    outcome
        .rule()
        .map(number -> trial.rules().get(number).place())
        .ifPresent(
            place -> tree.put("rule", Map.of("line", place.line(), "column", place.column())));
    outcome.rejected().ifPresent(reason -> tree.put("reason", reason));
    outcome
        .place()
        .ifPresent(
            place -> {
              tree.put(place.id().isPresent() ? "collection" : "table", place.collection());
              tree.put("document", new Json(outcome.document().orElseThrow()));
            });
    tree.put(
        "removed_from", outcome.elsewhere().stream().map(Place::collection).distinct().toList());
    return tree;
  }

  private static String shell(BsonValue value) {
    String document = shell(new BsonDocument("v", value), false);
    return document.substring(document.indexOf(':') + 2, document.length() - 1).strip();
  }

  static String shell(BsonDocument document, boolean indented) {
    return document.toJson(
        JsonWriterSettings.builder().outputMode(JsonMode.SHELL).indent(indented).build());
  }

  /** A document that is JSON already. */
  record Json(BsonDocument document) {
    @JsonRawValue
    @JsonValue
    public String json() {
      return document.toJson();
    }
  }
}
