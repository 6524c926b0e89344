package io.nimoshake.app.preview;

import io.nimoshake.app.preview.MappingPreview.OfRule;
import io.nimoshake.app.preview.MappingPreview.Reason;
import io.nimoshake.app.preview.MappingTrial.Outcome;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.Split.ScanSegment;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.dynamodb.source.DynamoSource;
import io.nimoshake.mapping.rule.Condition;
import io.nimoshake.mapping.rule.Outcome.ToCollection;
import io.nimoshake.mapping.rule.Rule;
import io.nimoshake.setup.SyncSetup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Tries the mapping with a sample of the items of a table. */
final class MappingSample {
  /** A sample is spread over at most so many parts of the table. */
  private static final int PARTS = 16;

  private final MappingTrial trial;
  private final MappingTrial strict;
  private final String mappingName;
  private final Map<Integer, Integer> matched = new LinkedHashMap<>();
  private final Map<Integer, OfRule> examples = new LinkedHashMap<>();
  private final Map<String, Reason> rejected = new LinkedHashMap<>();
  private final Map<String, Reason> failed = new LinkedHashMap<>();
  private int sampled;
  private double readUnits;

  MappingSample(SyncSetup setup, TableSchema table) {
    this.trial = MappingTrial.of(setup, table);
    this.strict = MappingTrial.strict(setup, table);
    this.mappingName = setup.mappingName();
  }

  /** How many items of each part a sample takes. */
  static int itemsAPart(int sample) {
    return Math.max(1, (sample + PARTS - 1) / PARTS);
  }

  /**
   * Reads items and maps them. Takes the first items of parts of the table in random order, because
   * items with the same partition key are together.
   *
   * @param source gives items as DynamoDB JSON, in pages of {@link #itemsAPart}
   * @throws Fault if the source does not answer
   */
  MappingPreview take(DynamoSource source, TableSchema table, int sample) throws Fault {
    long pages = table.approximateItems() / itemsAPart(sample);
    int segments = (int) Math.max(1, Math.min(PARTS, pages));
    List<Integer> order = new ArrayList<>(IntStream.range(0, segments).boxed().toList());
    Collections.shuffle(order);
    List<SplitReader> readers = new ArrayList<>();
    try {
      for (int index : order) {
        readers.add(
            source.open(new ScanSegment(table.name(), index, segments), Position.BEGINNING));
      }
      // A small part gives fewer items than its share, so the others are asked again.
      while (sampled < sample && !readers.isEmpty()) {
        for (SplitReader reader : List.copyOf(readers)) {
          ChangeBatch page = reader.read();
          readUnits += page.capacityUnits();
          page.changes().stream().limit(sample - sampled).forEach(this::add);
          if (page.isEnd()) {
            reader.close();
            readers.remove(reader);
          }
        }
      }
      return result(table);
    } finally {
      readers.forEach(SplitReader::close);
    }
  }

  private void add(Change change) {
    add(((Change.Upsert) change).document());
  }

  /** Tries one item, which is DynamoDB JSON. */
  void add(Slice item) {
    sampled++;
    Outcome outcome = trial.of(item);
    int rule = outcome.rule().orElse(0);
    if (outcome.rule().isPresent() || trial.rules().isEmpty()) {
      matched.merge(rule, 1, Integer::sum);
    }
    if (outcome.rejected().isPresent()) {
      count(rejected, outcome.rejected().get(), item);
      return;
    }
    examples.putIfAbsent(
        rule,
        new OfRule(
            "",
            false,
            outcome.place().map(MappingTrial.Place::collection).orElse("ignore"),
            0,
            item.toUtf8(),
            outcome.document().map(document -> document.toJson()).orElse(null)));
    strict.of(item).rejected().ifPresent(reason -> count(failed, reason, item));
  }

  private static void count(Map<String, Reason> reasons, String reason, Slice item) {
    Reason before = reasons.get(reason);
    reasons.put(
        reason,
        before == null
            ? new Reason(reason, 1, item.toUtf8())
            : new Reason(reason, before.items() + 1, before.item()));
  }

  MappingPreview result(TableSchema table) {
    List<OfRule> rules = new ArrayList<>();
    for (int number = 0; number < Math.max(1, trial.rules().size()); number++) {
      rules.add(rule(number));
    }
    return new MappingPreview(
        table.name(),
        sampled,
        readUnits,
        rules,
        List.copyOf(rejected.values()),
        List.copyOf(failed.values()));
  }

  private OfRule rule(int number) {
    Optional<OfRule> example = Optional.ofNullable(examples.get(number));
    Optional<Rule> rule = trial.rules().stream().skip(number).findFirst();
    return new OfRule(
        rule.map(r -> mappingName + ", " + r.place()).orElse(mappingName),
        rule.map(r -> trial.rules().size() > 1 && r.when().equals(Condition.ALWAYS)).orElse(false),
        rule.map(MappingSample::becomes).orElse("as the plug-in says"),
        matched.getOrDefault(number, 0),
        example.map(OfRule::before).orElse(null),
        example.map(OfRule::after).orElse(null));
  }

  private static String becomes(Rule rule) {
    return rule.outcome() instanceof ToCollection to
        ? to.collection()
        : rule.outcome().getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }
}
