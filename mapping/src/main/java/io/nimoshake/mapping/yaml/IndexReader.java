package io.nimoshake.mapping.yaml;

import io.nimoshake.mapping.rule.AttributeStep;
import io.nimoshake.mapping.rule.IndexRule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * Reads the indexes of a rule. They are built when a copy ends, perhaps after days, so what MongoDB
 * would refuse then is refused here.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/reference/command/createIndexes/">MongoDB
 *     Manual, createIndexes</a>
 */
final class IndexReader {
  private static final List<String> FIELDS =
      List.of("keys", "name", "unique", "sparse", "expire_after_seconds");
  private static final String HASHED = "hashed";
  private static final List<String> TYPES = List.of("1", "-1", HASHED, "text", "2dsphere");

  private final Problems problems;
  private final YamlNodes nodes;

  IndexReader(Problems problems, YamlNodes nodes) {
    this.problems = problems;
    this.nodes = nodes;
  }

  /**
   * @param steps what becomes of the attributes before the documents are written
   */
  List<IndexRule> read(Node node, List<AttributeStep> steps) {
    List<IndexRule> indexes = new ArrayList<>();
    Map<String, String> gone = gone(steps);
    Set<String> names = new HashSet<>();
    for (Node part : nodes.list(node, "'indexes'")) {
      Map<String, Node> fields = nodes.fields(part, "an index", FIELDS);
      Map<String, Object> keys = keys(part, fields, gone);
      Optional<String> name = name(fields, names);
      Optional<Long> expires = expires(part, fields, keys);
      indexes.add(
          new IndexRule(
              keys,
              name,
              flag(fields.get("unique"), "'unique'"),
              flag(fields.get("sparse"), "'sparse'"),
              expires.map(OptionalLong::of).orElse(OptionalLong.empty())));
    }
    return indexes;
  }

  private Map<String, Object> keys(Node part, Map<String, Node> fields, Map<String, String> gone) {
    Map<String, Object> keys = new LinkedHashMap<>();
    if (!fields.containsKey("keys")) {
      problems.add(part, "an index needs 'keys'");
      return keys;
    }
    Map<ScalarNode, Node> entries = nodes.entries(fields.get("keys"), "'keys'");
    if (fields.get("keys") instanceof MappingNode map && map.getValue().isEmpty()) {
      problems.add(fields.get("keys"), "'keys' needs a field, such as {customer: 1}");
    }
    entries.forEach(
        (field, type) -> {
          field(field, gone);
          nodes
              .word(type, "the type of an index field", TYPES)
              .ifPresent(word -> keys.put(field.getValue(), type(word)));
        });
    if (Collections.frequency(keys.values(), HASHED) > 1) {
      problems.add(fields.get("keys"), "an index has one hashed field at most");
    }
    return keys;
  }

  private void field(ScalarNode field, Map<String, String> gone) {
    String name = field.getValue();
    if (name.isEmpty() || name.startsWith("$")) {
      problems.add(field, "no field of an index can have the name '" + name + "'");
    }
    gone.forEach(
        (path, why) -> {
          if (name.equals(path) || name.startsWith(path + ".")) {
            problems.add(field, "no document has " + path + ", because 'attributes' " + why);
          }
        });
  }

  /** Attributes that no document has after these steps, and why. */
  private static Map<String, String> gone(List<AttributeStep> steps) {
    Map<String, String> gone = new LinkedHashMap<>();
    for (AttributeStep step : steps) {
      String path = String.join(".", step.path().names());
      if (step instanceof AttributeStep.Drop) {
        gone.put(path, "drops it");
      } else if (step instanceof AttributeStep.Rename rename) {
        String renamed = String.join(".", step.path().renamed(step.path(), rename.name()).names());
        gone.put(path, "gives it the name " + renamed);
        gone.remove(renamed);
      } else {
        gone.remove(path);
      }
    }
    return gone;
  }

  private Optional<String> name(Map<String, Node> fields, Set<String> others) {
    Optional<String> name =
        Optional.ofNullable(fields.get("name")).flatMap(node -> nodes.text(node, "'name'"));
    if (name.isPresent() && name.get().isEmpty()) {
      problems.add(fields.get("name"), "the name of an index cannot be empty");
    } else if (name.isPresent() && !others.add(name.get())) {
      problems.add(fields.get("name"), "another index has the name '" + name.get() + "'");
    }
    return name;
  }

  private Optional<Long> expires(Node part, Map<String, Node> fields, Map<String, Object> keys) {
    Optional<Long> expires =
        Optional.ofNullable(fields.get("expire_after_seconds"))
            .flatMap(seconds -> nodes.wholeNumber(seconds, "'expire_after_seconds'"));
    if (expires.isPresent() && (expires.get() < 0 || expires.get() > Integer.MAX_VALUE)) {
      problems.add(
          fields.get("expire_after_seconds"),
          "'expire_after_seconds' must be from 0 to " + Integer.MAX_VALUE);
    }
    if (expires.isPresent() && keys.size() > 1) {
      problems.add(part, "an index with 'expire_after_seconds' has one field");
    }
    return expires;
  }

  private static Object type(String word) {
    return word.equals("1") || word.equals("-1") ? (Object) Integer.valueOf(word) : word;
  }

  private boolean flag(Node node, String what) {
    return node != null && nodes.bool(node, what).orElse(false);
  }
}
