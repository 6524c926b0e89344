package io.nimoshake.mapping.reverse;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Places;
import io.nimoshake.core.port.ReverseMapping;
import io.nimoshake.mapping.plain.PlainMapping;
import io.nimoshake.mapping.plain.PlainMapping.Result;
import io.nimoshake.mapping.plain.PlainPlaces;
import io.nimoshake.mapping.rule.Rule;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bson.BsonDocument;

/**
 * A table with rules. A document is tried with every rule that could have made it, the rule of the
 * item that is there first. What comes out has to give the same document again by all rules.
 */
final class MappedTable implements ReverseMapping.OfTable {
  private static final String ID = "_id";

  private final List<Rule> rules;
  private final TableSchema table;
  private final KeyForm form;
  private final PlainMapping forward;
  private final Places places;

  /**
   * @param rules of this table, in order
   */
  MappedTable(List<Rule> rules, TableSchema table, KeyForm form) {
    this.rules = List.copyOf(rules);
    this.table = table;
    this.form = form;
    this.forward = new PlainMapping(rules, table, form.names());
    this.places = new PlainPlaces(rules, table, form.names());
  }

  @Override
  public List<String> collections() {
    return rules.stream().flatMap(rule -> rule.collection().stream()).distinct().toList();
  }

  @Override
  public List<Place> of(ItemKey key) {
    return places.of(key);
  }

  @Override
  public Optional<ItemKey> keyAt(Place place) {
    return places.keyAt(place).flatMap(key -> form.key(table, Documents.of(key.encoded())));
  }

  /** The {@code _id} of a document of a mapping is never generated. */
  @Override
  public Optional<ItemKey> keyIn(Slice document) {
    return Optional.empty();
  }

  @Override
  public boolean changesDocuments() {
    return true;
  }

  @Override
  public ReverseMapping.Inverse invert(
      ItemKey key, String collection, Slice document, Optional<Slice> there) {
    BsonDocument stored = Documents.of(document);
    Optional<BsonDocument> before = there.map(Documents::of);
    if (before.isPresent() && difference(collection, stored, before.get()).isEmpty()) {
      return new ReverseMapping.Inverse.Item(there.orElseThrow());
    }
    Optional<String> problem = Optional.empty();
    for (Rule rule : candidates(collection, before)) {
      RuleInverse inverse = new RuleInverse(rule, forward, form.names());
      BsonDocument item = inverse.item(stored, before, Documents.of(key.encoded()));
      Optional<String> difference = difference(collection, stored, item);
      if (difference.isEmpty()) {
        return new ReverseMapping.Inverse.Item(Documents.bytes(item));
      }
      problem = problem.or(() -> difference);
    }
    return new ReverseMapping.Inverse.Rejection(
        problem.orElse("no rule of the mapping has documents in collection " + collection));
  }

  private Set<Rule> candidates(String collection, Optional<BsonDocument> there) {
    List<Rule> ordered = new ArrayList<>();
    there.ifPresent(item -> ordered.add(forward.apply(item).rule()));
    ordered.addAll(rules);
    Set<Rule> candidates = new LinkedHashSet<>(ordered);
    candidates.removeIf(rule -> !rule.collection().equals(Optional.of(collection)));
    return candidates;
  }

  /** Why an item does not become this document; empty if it does. */
  private Optional<String> difference(String collection, BsonDocument stored, BsonDocument item) {
    Result result = forward.apply(item);
    if (!(result instanceof Result.Document made)) {
      return Optional.of(
          "by the rule at "
              + result.rule().place()
              + " of the mapping, the item of this document has no document");
    }
    if (!made.collection().equals(collection)) {
      return Optional.of(
          "by the rule at "
              + made.rule().place()
              + " of the mapping, the item of this document belongs to collection "
              + made.collection()
              + ", not "
              + collection);
    }
    return Documents.difference("", made.document(), stored)
        .map(
            path ->
                path
                    + ": the mapping, by its rule at "
                    + made.rule().place()
                    + ", makes this value of no item");
  }
}
