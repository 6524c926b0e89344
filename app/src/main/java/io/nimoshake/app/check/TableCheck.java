package io.nimoshake.app.check;

import io.nimoshake.app.check.Finding.Kind;
import io.nimoshake.app.check.SyncBeside.Changed;
import io.nimoshake.app.check.TableProgress.Stage;
import io.nimoshake.app.program.Text;
import io.nimoshake.core.engine.Segments;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.ScanSegment;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.core.port.TargetReader.SchemaDifference;
import io.nimoshake.dynamodb.convert.KeyCodec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * Compares one table. First compares every item of the source with the document of the same key.
 * Then looks for documents without an item. A difference is read again before it is reported.
 */
final class TableCheck {
  /** How many changed keys are kept, so that an item that changes often is compared once. */
  private static final int MOST_SEEN = 100_000;

  private final TablePair pair;
  private final CheckOptions options;
  private final SyncBeside beside;
  private final Duration settle;
  private final ExecutorService workers;
  private final TableProgress progress;
  private final Findings findings;
  private final Suspects suspects;
  private final List<String> notes = new ArrayList<>();
  private List<SchemaDifference> schema = List.of();
  private Optional<Instant> changedSince = Optional.empty();

  TableCheck(
      TablePair pair,
      CheckOptions options,
      SyncBeside beside,
      Duration settle,
      ExecutorService workers,
      TableProgress progress,
      Findings.Sink sink) {
    this.pair = pair;
    this.options = options;
    this.beside = beside;
    this.settle = settle;
    this.workers = workers;
    this.progress = progress;
    this.findings = new Findings(sink);
    this.suspects = new Suspects(this::resolve);
  }

  TableResult run() {
    long begun = System.nanoTime();
    Optional<String> failure = Optional.empty();
    try {
      compare();
    } catch (Fault e) {
      failure = Optional.of(e.getMessage());
    }
    progress.enter(Stage.DONE);
    return new TableResult(
        pair.name(),
        changedSince,
        progress.compared(),
        progress.listed(),
        findings.count(Kind.MISSING),
        findings.count(Kind.EXTRA),
        findings.count(Kind.DIFFERENT),
        findings.count(Kind.MISPLACED),
        findings.count(Kind.UNSETTLED),
        schema,
        findings.repaired(),
        findings.shown(),
        notes,
        failure,
        Duration.ofNanos(System.nanoTime() - begun));
  }

  private void compare() throws Fault {
    if (pair.patience().retrying(() -> beside.isCopying(pair.name()))) {
      if (pair.patience().retrying(beside::isRunning)) {
        throw new Fault.TableFailed(
            "the sync is still copying this table: check it after that", null);
      }
      notes.add("the sync was stopped before this table was copied");
    }
    progress.enter(Stage.COMPARING);
    boolean there = pair.patience().retrying(() -> pair.sides().target().open(pair.schema()));
    if (there) {
      schema =
          pair.patience().retrying(() -> pair.sides().target().schemaDifferences(pair.schema()));
    } else if (pair.sides().mongoIsTruth()) {
      throw new Fault.TableFailed(
          "MongoDB is the truth, and has no collection of this table: that does not mean that all"
              + " items were deleted",
          null);
    } else {
      schema = List.of(new SchemaDifference("table", "to be in the target", Optional.empty()));
    }
    if (options.changedSince().isPresent()) {
      compareChanged(options.changedSince().get());
    }
    if (options.sample().isPresent()) {
      new Sampling(pair, suspects, progress).compare(options.sample().getAsInt());
    } else {
      progress.expect(pair.schema().approximateItems());
      compareAll(there);
    }
    progress.enter(Stage.SETTLING);
    suspects.resolveAll();
    if (findings.count(Kind.EXTRA) > 0 && !pair.sides().extrasMayBe().isEmpty()) {
      notes.add("extra: " + pair.sides().extrasMayBe());
    }
  }

  /** The items that changed lately are the ones that a fault of the sync may have spoiled. */
  private void compareChanged(Instant since) throws Fault {
    KeyCodec codec = pair.codec();
    Set<ItemKey> seen = new HashSet<>();
    DocumentsOfNoItem ofNoItem = new DocumentsOfNoItem(pair, suspects, progress);
    Changed changed =
        beside.changed(
            pair.name(),
            since,
            key -> {
              Optional<ItemKey> ofItem = codec.decode(key);
              if (seen.size() == MOST_SEEN) {
                seen.clear();
              }
              if (!seen.add(ofItem.orElse(key))) {
                return;
              }
              if (ofItem.isEmpty()) {
                ofNoItem.add(key);
              } else {
                progress.items.incrementAndGet();
                suspects.add(Suspect.item(ofItem.get()));
              }
            });
    ofNoItem.find();
    suspects.resolveAll();
    changedSince = Optional.of(changed.since());
    notes.add(
        "compared all items that changed since "
            + changed.since().truncatedTo(ChronoUnit.SECONDS)
            + " ("
            + Text.count(changed.keys(), "change")
            + "), then a sample");
  }

  private void compareAll(boolean there) throws Fault {
    KeyBuckets buckets =
        new KeyBuckets(pair.schema().approximateItems(), pair.sides().memoryBudgetBytes() / 4);
    int segments = pair.sides().segments().orElse(Segments.auto(pair.schema()));
    List<Future<?>> running = new ArrayList<>();
    for (int index = 0; index < segments; index++) {
      ScanSegment segment = new ScanSegment(pair.name(), index, segments);
      running.add(
          workers.submit(
              () -> {
                compareSegment(segment, buckets);
                return null;
              }));
    }
    awaitAll(running);
    if (there) {
      progress.enter(Stage.LISTING);
      new ExtraDocuments(pair, buckets, suspects, progress).find();
    }
  }

  private void compareSegment(ScanSegment segment, KeyBuckets buckets) throws Fault {
    Patience patience = pair.patience();
    PageComparison comparison = new PageComparison(pair, buckets, suspects, progress);
    try (SplitReader reader = pair.sides().source().open(segment, Position.BEGINNING)) {
      boolean more = true;
      while (more) {
        ChangeBatch page = patience.read(reader);
        if (!page.rejected().isEmpty()) {
          throw new Fault.Poison(page.rejected().get(0));
        }
        comparison.compare(page);
        more = !page.isEnd();
      }
    }
  }

  /** Waits for all. The first one that fails stops the others. */
  private static void awaitAll(List<Future<?>> running) throws Fault {
    try {
      for (Future<?> each : running) {
        each.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Fault fault) {
        throw fault;
      }
      throw new IllegalStateException("a bug while comparing", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Fault.Fatal("interrupted", e);
    } finally {
      running.forEach(each -> each.cancel(true));
    }
  }

  private void resolve(List<Suspect> some) throws Fault {
    progress.suspects.addAndGet(some.size());
    Mending repair = options.repair() ? Mending.of(pair) : null;
    new Settling(
            pair,
            beside,
            settle,
            (suspect, finding) ->
                findings.add(
                    repair == null || finding.kind() == Kind.UNSETTLED
                        ? finding
                        : finding.with(repair.of(suspect))))
        .resolve(some);
  }
}
