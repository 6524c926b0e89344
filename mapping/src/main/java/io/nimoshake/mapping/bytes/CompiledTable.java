package io.nimoshake.mapping.bytes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.core.port.Mapping.Destination;
import io.nimoshake.core.port.Mapping.Index;
import io.nimoshake.mapping.rule.IndexRule;
import io.nimoshake.mapping.rule.Rule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

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

  public CompiledTable(List<Rule> rules, TableSchema table, FieldNames names) {
    this.names = names;
    Set<String> keyNames = table.key().stream().map(KeyAttribute::name).collect(Collectors.toSet());
    Map<String, List<Index>> indexes = new LinkedHashMap<>();
    for (Rule rule : rules) {
      rule.collection()
          .ifPresent(
              collection ->
                  indexes
                      .computeIfAbsent(collection, name -> new ArrayList<>())
                      .addAll(rule.indexes().stream().map(CompiledTable::index).toList()));
    }
    List<String> collections = List.copyOf(indexes.keySet());
    indexes.forEach(
        (collection, of) ->
            destinations.add(new Destination(collection, of.stream().distinct().toList())));
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
