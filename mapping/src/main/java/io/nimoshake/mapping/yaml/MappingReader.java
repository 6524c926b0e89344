package io.nimoshake.mapping.yaml;

import io.nimoshake.mapping.rule.AttributeStep;
import io.nimoshake.mapping.rule.Condition;
import io.nimoshake.mapping.rule.Conversion;
import io.nimoshake.mapping.rule.IdRule;
import io.nimoshake.mapping.rule.MappingRules;
import io.nimoshake.mapping.rule.Outcome;
import io.nimoshake.mapping.rule.Rule;
import io.nimoshake.mapping.rule.TableRules;
import io.nimoshake.plugin.Collection;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads the text of a mapping file. */
public final class MappingReader {
  private static final List<String> TABLE =
      List.of("collection", "id", "attributes", "indexes", "split");
  private static final List<String> RULE =
      List.of("when", "then", "collection", "id", "attributes", "indexes", "otherwise");
  private static final List<String> OTHERWISE =
      List.of("collection", "id", "attributes", "indexes");
  private static final List<String> NO_DOCUMENT = List.of("ignore", "fail");

  /**
   * What names of tables consist of.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.NamingRules">
   *     DynamoDB Developer Guide, Naming rules</a>
   */
  private static final Pattern TABLES = Pattern.compile("[A-Za-z0-9_.*-]{1,255}");

  /** Conversions that keep different strings different, as an id must. */
  private static final Set<Conversion> OF_IDS =
      EnumSet.of(Conversion.OBJECTID, Conversion.UUID, Conversion.LONG);

  private final Problems problems;
  private final YamlNodes nodes;
  private final ConditionReader conditions;
  private final StepReader steps;
  private final IndexReader indexes;

  private MappingReader(String file) {
    problems = new Problems(file);
    nodes = new YamlNodes(problems);
    conditions = new ConditionReader(problems, nodes);
    steps = new StepReader(problems, nodes, conditions);
    indexes = new IndexReader(problems, nodes);
  }

  /**
   * Reads a whole file.
   *
   * @param file its name, for messages
   * @throws MappingException with every problem of the file
   */
  public static MappingRules read(String file, String text) throws MappingException {
    MappingReader reader = new MappingReader(file);
    MappingRules rules = new MappingRules(List.of());
    try {
      rules = reader.read(text);
    } catch (StackOverflowError e) {
      reader.problems.add(
          "its maps and lists are nested too deeply, or one of them contains itself");
    }
    if (!reader.problems.lines().isEmpty()) {
      throw new MappingException(reader.problems.lines());
    }
    return rules;
  }

  private MappingRules read(String text) {
    Optional<Node> root;
    try {
      root = new Compose(LoadSettings.builder().setLabel("mapping").build()).composeString(text);
    } catch (MarkedYamlEngineException e) {
      e.getProblemMark()
          .ifPresentOrElse(
              mark ->
                  problems.add(
                      new Rule.Place(mark.getLine() + 1, mark.getColumn() + 1),
                      "this is not YAML: " + sentence(e)),
              () -> problems.add("this is not YAML: " + e.getProblem()));
      return new MappingRules(List.of());
    } catch (ReaderException e) {
      problems.add(
          String.format(
              "this is not YAML: it cannot have the character U+%04X, which is at position %d",
              e.getCodePoint(), e.getPosition() + 1));
      return new MappingRules(List.of());
    } catch (YamlEngineException e) {
      problems.add("this is not YAML: " + e.getMessage());
      return new MappingRules(List.of());
    }
    if (root.isEmpty()) {
      problems.add("the file is empty; it needs 'version: 1' and 'tables'");
      return new MappingRules(List.of());
    }
    Map<String, Node> fields = nodes.fields(root.get(), "the file", List.of("version", "tables"));
    if (!(root.get() instanceof MappingNode)) {
      return new MappingRules(List.of());
    }
    version(root.get(), fields.get("version"));
    List<TableRules> tables = new ArrayList<>();
    if (fields.containsKey("tables")) {
      nodes
          .entries(fields.get("tables"), "'tables'")
          .forEach(
              (name, node) -> {
                name(name, tables);
                tables.add(table(name, node));
              });
    } else {
      problems.add(root.get(), "'tables' is missing");
    }
    return new MappingRules(tables);
  }

  /** The second half of some sentences of the library makes no sense alone. */
  private static String sentence(MarkedYamlEngineException e) {
    return e.getProblem().startsWith("but ") && e.getContext() != null
        ? e.getContext() + ", " + e.getProblem()
        : e.getProblem();
  }

  private void name(ScalarNode name, List<TableRules> before) {
    String table = name.getValue();
    if (!TABLES.matcher(table).matches()) {
      problems.add(
          name,
          "no table has the name '"
              + table
              + "': names have letters, digits, '_', '-' and '.', and '*' stands for any"
              + " characters");
    } else if (!table.contains("*")) {
      before.stream()
          .filter(rules -> rules.matches(table) && !rules.pattern().equals(table))
          .findFirst()
          .ifPresent(
              rules ->
                  problems.add(
                      name,
                      "table '"
                          + table
                          + "' is never reached: '"
                          + rules.pattern()
                          + "' in "
                          + rules.place()
                          + " matches it first"));
    }
  }

  private void version(Node root, Node version) {
    if (version == null) {
      problems.add(root, "'version: 1' is missing");
    } else if (!nodes.text(version, "'version'").equals(Optional.of("1"))) {
      problems.add(version, "the only version known is 1");
    }
  }

  private TableRules table(ScalarNode name, Node node) {
    Rule.Place place = Problems.place(name);
    String what = "table '" + name.getValue() + "'";
    Map<String, Node> fields = nodes.fields(node, what, TABLE);
    if (!fields.containsKey("split")) {
      Rule rule = rule(place, Condition.ALWAYS, fields, List.of(), TableRules.NAME);
      return new TableRules(name.getValue(), place, List.of(rule));
    }
    for (String field : List.of("collection", "id", "indexes")) {
      if (fields.containsKey(field)) {
        problems.add(
            fields.get(field),
            "'" + field + "' belongs to the parts of 'split' where there is one");
      }
    }
    List<AttributeStep> common = steps(fields);
    return new TableRules(name.getValue(), place, split(fields.get("split"), common));
  }

  private List<AttributeStep> steps(Map<String, Node> fields) {
    return Optional.ofNullable(fields.get("attributes")).map(steps::read).orElse(List.of());
  }

  private List<Rule> split(Node node, List<AttributeStep> common) {
    List<Rule> rules = new ArrayList<>();
    boolean ended = !(node instanceof SequenceNode);
    for (Node part : nodes.list(node, "'split'")) {
      Map<String, Node> fields = nodes.fields(part, "a part of 'split'", RULE);
      if (!(part instanceof MappingNode)) {
        // Told already; nobody knows which part it was meant to be.
        ended = part == last(node);
        continue;
      }
      if (ended) {
        problems.add(part, "nothing can follow 'otherwise', which matches everything");
      }
      if (fields.containsKey("otherwise") && fields.containsKey("when")) {
        problems.add(
            fields.get("otherwise"),
            "'otherwise' cannot be together with 'when': it is a part of its own, the last one");
        ended = part == last(node);
      } else if (fields.containsKey("otherwise")) {
        ended = true;
        rules.add(otherwise(part, fields, common));
      } else if (fields.containsKey("when")) {
        rules.add(
            rule(Problems.place(part), conditions.read(fields.get("when")), fields, common, null));
      } else {
        problems.add(part, "a part of 'split' needs 'when' or 'otherwise'");
      }
    }
    if (!ended) {
      problems.add(
          node,
          "'split' must end with 'otherwise': a collection, ignore or fail for items that nothing"
              + " matches");
    }
    return rules;
  }

  private static Node last(Node list) {
    List<Node> parts = ((SequenceNode) list).getValue();
    return parts.get(parts.size() - 1);
  }

  private Rule otherwise(Node part, Map<String, Node> fields, List<AttributeStep> common) {
    for (String field : fields.keySet()) {
      if (!field.equals("otherwise")) {
        problems.add(fields.get(field), "'" + field + "' belongs into 'otherwise: {...}'");
      }
    }
    Node node = fields.get("otherwise");
    Rule.Place place = Problems.place(part);
    if (node instanceof ScalarNode) {
      return withoutDocument(place, Condition.ALWAYS, node);
    }
    Map<String, Node> inner = nodes.fields(node, "'otherwise'", OTHERWISE);
    return rule(place, Condition.ALWAYS, inner, common, null);
  }

  private Rule withoutDocument(Rule.Place place, Condition when, Node node) {
    Outcome outcome =
        nodes.word(node, "what becomes of items", NO_DOCUMENT).equals(Optional.of("ignore"))
            ? new Outcome.Ignore()
            : new Outcome.Fail();
    return new Rule(place, when, outcome, new IdRule.WholeKey(), List.of(), List.of());
  }

  /**
   * @param defaultCollection where nothing else is said; null if something must be
   */
  private Rule rule(
      Rule.Place place,
      Condition when,
      Map<String, Node> fields,
      List<AttributeStep> common,
      String defaultCollection) {
    if (fields.containsKey("then")) {
      if (fields.containsKey("collection")) {
        problems.add(fields.get("then"), "'then' and 'collection' cannot be together");
      }
      for (String field : List.of("id", "attributes", "indexes")) {
        if (fields.containsKey(field)) {
          problems.add(
              fields.get(field),
              "'" + field + "' has no effect together with 'then', which makes no document");
        }
      }
      return withoutDocument(place, when, fields.get("then"));
    }
    String collection = defaultCollection;
    if (fields.containsKey("collection")) {
      collection = collection(fields.get("collection")).orElse("");
    } else if (defaultCollection == null) {
      problems.add(place, "a rule needs a 'collection', or 'then: ignore' or 'then: fail'");
      collection = "";
    }
    List<AttributeStep> all = Stream.concat(common.stream(), steps(fields).stream()).toList();
    return new Rule(
        place,
        when,
        new Outcome.ToCollection(collection),
        Optional.ofNullable(fields.get("id")).map(this::id).orElse(new IdRule.WholeKey()),
        all,
        Optional.ofNullable(fields.get("indexes"))
            .map(node -> indexes.read(node, all))
            .orElse(List.of()));
  }

  private Optional<String> collection(Node node) {
    Optional<String> name = nodes.text(node, "'collection'");
    String plain = name.orElse("x").replace(TableRules.NAME, "x");
    if (plain.contains("$")) {
      problems.add(node, "the name of a collection cannot have a $, except for ${name}");
    } else {
      Collection.problem(plain).ifPresent(problem -> problems.add(node, problem));
    }
    return name;
  }

  private IdRule id(Node node) {
    if (node instanceof ScalarNode scalar) {
      if (!scalar.getValue().equals("key")) {
        problems.add(node, "'id' must be 'key', or a map such as {attribute: pk}");
      }
      return new IdRule.WholeKey();
    }
    Map<String, Node> fields = nodes.fields(node, "'id'", List.of("attribute", "strip", "as"));
    Optional<String> attribute =
        Optional.ofNullable(fields.get("attribute"))
            .flatMap(name -> nodes.text(name, "'attribute'"));
    if (!fields.containsKey("attribute")) {
      problems.add(node, "'id' needs an 'attribute', one of the key");
    }
    String strip =
        Optional.ofNullable(fields.get("strip"))
            .flatMap(text -> nodes.text(text, "'strip'"))
            .orElse("");
    Optional<Conversion> as = Optional.ofNullable(fields.get("as")).flatMap(this::idConversion);
    return new IdRule.OfAttribute(attribute.orElse(""), strip, as);
  }

  private Optional<Conversion> idConversion(Node node) {
    return nodes
        .word(node, "'as'", OF_IDS.stream().map(Conversion::word).toList())
        .flatMap(word -> steps.conversion(node));
  }
}
