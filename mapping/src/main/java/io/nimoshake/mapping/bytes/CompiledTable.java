package io.nimoshake.mapping.bytes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.model.TableSchema.SecondaryIndex;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.core.port.Mapping.Destination;
import io.nimoshake.core.port.Mapping.Index;
import io.nimoshake.mapping.rule.IndexRule;
import io.nimoshake.mapping.rule.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rules of one table, compiled. */
public final class CompiledTable implements Mapping.OfTable {
  /** Bounds nothing that an item of 400 KB can hold. */
  private static final int NO_LIMIT = Integer.MAX_VALUE;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNameLength(NO_LIMIT)
                  .maxStringLength(NO_LIMIT)
                  .build())
          .build();

  /** One rule, compiled; the destination is -1 where it makes no document. */
  record CompiledRule(Rule rule, CompiledCondition when, int destination, IdWriter id) {}

  private final FieldNames names;
  private final List<CompiledRule> rules = new ArrayList<>();
  private final List<Destination> destinations = new ArrayList<>();

  /**
   * @param shared whether a collection may hold documents of other tables, too
   */
  public CompiledTable(
      List<Rule> rules, TableSchema table, FieldNames names, Predicate<String> shared) {
    this.names = names;
    Set<String> keyNames = table.key().stream().map(KeyAttribute::name).collect(Collectors.toSet());
    List<String> collections =
        rules.stream().flatMap(rule -> rule.collection().stream()).distinct().toList();
    for (String collection : collections) {
      List<Rule> into =
          rules.stream()
              .filter(rule -> rule.collection().filter(collection::equals).isPresent())
              .toList();
      destinations.add(
          new Destination(
              collection,
              shared.test(collection),
              into.stream()
                  .flatMap(rule -> rule.indexes().stream())
                  .map(CompiledTable::index)
                  .distinct()
                  .toList(),
              into.stream().flatMap(rule -> secondaryIndexes(rule, table)).distinct().toList()));
    }
    for (Rule rule : rules) {
      this.rules.add(
          new CompiledRule(
              rule,
              new CompiledCondition(rule.when(), names, keyNames),
              rule.collection().map(collections::indexOf).orElse(-1),
              new IdWriter(rule.id(), table, names)));
    }
  }

  private static Index index(IndexRule rule) {
    return new Index(
        rule.keys(), rule.name(), rule.unique(), rule.sparse(), rule.expireAfterSeconds());
  }

  /** The table's secondary indexes that a rule leaves the attributes of. */
  private static Stream<SecondaryIndex> secondaryIndexes(Rule rule, TableSchema table) {
    return table.indexes().stream()
        .filter(index -> index.key().stream().allMatch(key -> renamed(rule, key).isPresent()))
        .map(
            index ->
                new SecondaryIndex(
                    index.name(),
                    index.global(),
                    index.hash().stream().flatMap(key -> renamed(rule, key).stream()).toList(),
                    index.range().stream().flatMap(key -> renamed(rule, key).stream()).toList(),
                    index.projection()));
  }

  private static Optional<KeyAttribute> renamed(Rule rule, KeyAttribute key) {
    return rule.nameOf(key.name()).map(name -> new KeyAttribute(name, key.type()));
  }

  @Override
  public List<Destination> destinations() {
    return List.copyOf(destinations);
  }

  @Override
  public Mapping.Mapper mapper() {
    List<DocumentWriter> writers =
        rules.stream().map(rule -> new DocumentWriter(rule.rule.steps(), names, JSON)).toList();
    return new ItemMapper(rules, writers);
  }
}
