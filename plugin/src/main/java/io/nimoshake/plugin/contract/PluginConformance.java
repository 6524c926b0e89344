package io.nimoshake.plugin.contract;

import io.nimoshake.plugin.Item;
import io.nimoshake.plugin.MappingPlugin;
import io.nimoshake.plugin.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bson.BsonDocument;

/**
 * Tests that a plug-in keeps its contract. It needs no test framework:
 *
 * <pre>{@code
 * PluginConformance.of(ShopMapper::new)
 *     .table(Table.of("shop", "pk", KeyType.S, "sk", KeyType.S))
 *     .items(customer, order, session)
 *     .check();
 * }</pre>
 *
 * Give it one item of each kind that the table has, as MongoDB would show it without a mapping. The
 * suite makes further items and keys from them. It tests that
 *
 * <ul>
 *   <li>no method throws, whatever the key and the attributes are;
 *   <li>every {@code _id} leads back to its key, so that two items never have one document;
 *   <li>an item with other attributes still goes to a candidate of its key;
 *   <li>the same item always gives the same answer: when it is asked again, of another instance, in
 *       another order, by several threads, and when the attributes come in another order.
 * </ul>
 */
public final class PluginConformance {
  /** So many times every item is mapped by several threads at once. */
  private static final int ROUNDS = 8;

  private final Supplier<? extends MappingPlugin> plugin;
  private final List<BsonDocument> items = new ArrayList<>();
  private final Set<String> problems = new LinkedHashSet<>();
  private Table table;

  private PluginConformance(Supplier<? extends MappingPlugin> plugin) {
    this.plugin = plugin;
  }

  /**
   * @param plugin makes a new instance
   */
  public static PluginConformance of(Supplier<? extends MappingPlugin> plugin) {
    return new PluginConformance(plugin);
  }

  /** The table that the items are of. */
  public PluginConformance table(Table table) {
    this.table = table;
    return this;
  }

  /** Items of the table, without {@code _id}. */
  public PluginConformance items(BsonDocument... items) {
    return items(List.of(items));
  }

  /** Items of the table, without {@code _id}. */
  public PluginConformance items(List<BsonDocument> items) {
    this.items.addAll(items);
    return this;
  }

  /**
   * Runs the suite.
   *
   * @throws AssertionError with every problem, one a line
   */
  public void check() {
    List<String> found = problems();
    if (!found.isEmpty()) {
      throw new AssertionError(String.join("\n", found));
    }
  }

  /** Runs the suite. Returns one line for each problem. */
  public List<String> problems() {
    if (table == null || items.isEmpty()) {
      throw new IllegalStateException("the suite needs a table, and at least one item of it");
    }
    problems.clear();
    Optional<CheckedMapper> mapper = mapper();
    if (mapper.isEmpty()) {
      if (problems.isEmpty()) {
        problems.add("the plug-in does not map table " + table.name());
      }
      return List.copyOf(problems);
    }
    Variations variations = new Variations(table);
    checkKeys(mapper.get(), variations);
    List<BsonDocument> all = new ArrayList<>(items);
    items.forEach(item -> all.addAll(variations.withOtherAttributes(item, items)));
    Map<BsonDocument, Result> answers = new HashMap<>();
    for (BsonDocument item : all) {
      Result answer = map(mapper.get(), variations, item);
      answers.put(item, answer);
      if (answer instanceof Result.Rejected rejected && !rejected.wanted()) {
        problems.add("item " + item.toJson() + ": " + rejected.reason());
      }
    }
    checkSameAnswers(mapper.get(), variations, all, answers);
    return List.copyOf(problems);
  }

  private Optional<CheckedMapper> mapper() {
    try {
      return CheckedMapper.of(plugin.get(), table);
    } catch (BrokenContractException e) {
      problems.add(e.getMessage());
      return Optional.empty();
    }
  }

  private static Result map(CheckedMapper mapper, Variations variations, BsonDocument item) {
    return mapper.map(Item.of(variations.keyOf(item)), Item.of(item));
  }

  private void checkKeys(CheckedMapper mapper, Variations variations) {
    Map<Place, BsonDocument> keys = new HashMap<>();
    for (BsonDocument key : variations.keys(items)) {
      try {
        for (Place place : mapper.places(Item.of(key))) {
          BsonDocument other = keys.putIfAbsent(place, key);
          if (other != null) {
            problems.add(
                "keys "
                    + other.toJson()
                    + " and "
                    + key.toJson()
                    + " have one _id in collection "
                    + place.collection());
          }
        }
      } catch (BrokenContractException e) {
        problems.add("key " + key.toJson() + ": " + e.getMessage());
      }
    }
  }

  private void checkSameAnswers(
      CheckedMapper mapper,
      Variations variations,
      List<BsonDocument> all,
      Map<BsonDocument, Result> answers) {
    List<BsonDocument> backwards = new ArrayList<>(all);
    Collections.reverse(backwards);
    compare("asked again in another order", mapper, variations, backwards, answers);
    compare(
        "its attributes come in another order",
        mapper,
        variations,
        all.stream().map(Variations::inAnotherOrder).toList(),
        answers);
    Optional<CheckedMapper> another = mapper();
    if (another.isEmpty()) {
      problems.add("another instance of the plug-in does not map table " + table.name());
      return;
    }
    compare("asked of another instance", another.get(), variations, all, answers);
    IntStream.range(0, ROUNDS)
        .parallel()
        .forEach(
            round -> compare("asked by several threads", another.get(), variations, all, answers));
  }

  private void compare(
      String how,
      CheckedMapper mapper,
      Variations variations,
      List<BsonDocument> all,
      Map<BsonDocument, Result> answers) {
    for (BsonDocument item : all) {
      Result answer = map(mapper, variations, item);
      if (!answer.equals(answers.get(item))) {
        synchronized (problems) {
          problems.add("item " + item.toJson() + " has another answer when " + how);
        }
      }
    }
  }
}
