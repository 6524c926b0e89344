package io.nimoshake.app.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.Notes;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The comparisons as notes: one note a table, as JSON. Two comparisons of one table that end at the
 * same moment may leave only one of them.
 */
public final class CheckNotes {
  private static final String PREFIX = "check:";
  private static final ObjectMapper JSON = new ObjectMapper();

  private CheckNotes() {}

  /** The comparisons of each table of which there were any. */
  public static Map<String, TableChecks> read(Notes notes) throws Fault {
    Map<String, TableChecks> tables = new TreeMap<>();
    for (Map.Entry<String, String> note : notes.notes().entrySet()) {
      if (note.getKey().startsWith(PREFIX)) {
        tables.put(note.getKey().substring(PREFIX.length()), checks(note.getValue()));
      }
    }
    return tables;
  }

  /** Adds a comparison. */
  public static void add(Notes notes, String table, MadeCheck made) throws Fault {
    String name = PREFIX + table;
    TableChecks before =
        Optional.ofNullable(notes.notes().get(name))
            .map(CheckNotes::checks)
            .orElse(TableChecks.NONE);
    notes.note(name, text(before.with(made)));
  }

  private static String text(TableChecks checks) {
    ObjectNode root = JSON.createObjectNode();
    checks.last().ifPresent(made -> root.set("last", json(made)));
    checks.cleanOfAll().ifPresent(made -> root.set("clean_of_all", json(made)));
    checks.different().ifPresent(made -> root.set("different", json(made)));
    checks.covering().ifPresent(made -> root.set("covering", json(made)));
    return root.toString();
  }

  private static ObjectNode json(MadeCheck made) {
    ObjectNode json = JSON.createObjectNode();
    made.changedSince().ifPresent(since -> json.put("changed_since", since.toString()));
    return json.put("begun", made.begun().toString())
        .put("ended", made.ended().toString())
        .put("scope", made.scope().name())
        .put("items", made.items())
        .put("outcome", made.outcome().name())
        .put("differences", made.differences())
        .put("mongo_is_truth", made.mongoIsTruth());
  }

  private static TableChecks checks(String text) {
    try {
      JsonNode root = JSON.readTree(text);
      Optional<MadeCheck> last = made(root.path("last"));
      // Older versions did not keep since when a comparison had looked at the changes.
      Optional<MadeCheck> covering =
          root.has("covering")
              ? made(root.path("covering"))
              : last.filter(made -> made.isClean() && made.scope() == MadeCheck.Scope.ALL);
      return new TableChecks(
          last, made(root.path("clean_of_all")), made(root.path("different")), covering);
    } catch (JsonProcessingException | RuntimeException e) {
      // Whoever wrote that, it is no comparison: the table counts as never compared.
      return TableChecks.NONE;
    }
  }

  private static Optional<MadeCheck> made(JsonNode json) {
    return json.isObject()
        ? Optional.of(
            new MadeCheck(
                Instant.parse(json.path("begun").asText()),
                Instant.parse(json.path("ended").asText()),
                MadeCheck.Scope.valueOf(json.path("scope").asText()),
                json.hasNonNull("changed_since")
                    ? Optional.of(Instant.parse(json.path("changed_since").asText()))
                    : Optional.empty(),
                json.path("items").asLong(),
                MadeCheck.Outcome.valueOf(json.path("outcome").asText()),
                json.path("differences").asLong(),
                json.path("mongo_is_truth").asBoolean()))
        : Optional.empty();
  }
}
