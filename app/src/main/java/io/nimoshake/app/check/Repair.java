package io.nimoshake.app.check;

import io.nimoshake.app.check.Finding.Repaired;
import io.nimoshake.app.check.Finding.Repaired.Outcome;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.Retry;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.port.TargetMender;
import io.nimoshake.core.port.TargetReader.Stored;
import io.nimoshake.dynamodb.compare.ItemComparer;
import io.nimoshake.dynamodb.convert.ItemConverter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the target's document equal to the source's item, even while a sync is writing.
 *
 * <p>The target is read first and the source after it, consistently. So the source's state is never
 * older than the target's. The target is changed only if it still holds what was read; if not, the
 * sync has written in between and everything is read again. After the change both sides are read
 * again, because the source may have changed in the meantime and the stream may have been faster
 * than this write. For one thread.
 */
final class Repair extends Mending {
  private static final int MOST_ROUNDS = 10;
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final TargetMender mender;
  private final Look.Looker looker;
  private final ItemComparer comparer;
  private final ItemConverter converter;
  private final Expectation expectation;

  Repair(TablePair pair) {
    super(pair);
    this.mender = pair.sides().mender();
    this.looker = new Look.Looker(pair);
    this.comparer = pair.comparer();
    this.converter = pair.converter();
    this.expectation = pair.expectation();
  }

  @Override
  Repaired of(Suspect found) throws Fault {
    Suspect next = found;
    Outcome outcome = Outcome.ALREADY_EQUAL;
    String did = "nothing: both sides are equal now";
    for (int round = 0; round < MOST_ROUNDS; round++) {
      // The second round only checks the first one, so it needs no pause.
      Patience.pause(PAUSE.multipliedBy(Math.max(0, round - 1)));
      Suspect suspect = next;
      List<Suspect> one = List.of(suspect);
      var stored = looker.stored(one);
      var documents = Look.Looker.withoutTombstones(stored);
      Look target = looker.at(suspect, Map.of(), documents);
      var items = looker.items(one);
      Optional<Slice> item = suspect.key().map(items::get).filter(expectation::expectsDocument);
      Look both = looker.at(suspect, items, documents);
      if (item.isPresent() && isMisplaced(both)) {
        // It may be the only document of its item. So write the right one first, then delete it.
        next = Suspect.item(suspect.key().orElseThrow());
        continue;
      }
      boolean stray = both.strayFor().isPresent();
      Optional<Stored> document =
          item.isEmpty()
              ? target.document()
              : target.document().filter(seen -> isSuspected(seen, suspect)).or(both::document);
      if (stray || item.isEmpty()) {
        if (document.isEmpty()) {
          return new Repaired(outcome, did);
        }
        if (!pair.sides().extrasMayBe().isEmpty() && !stray) {
          return new Repaired(Outcome.LEFT_EXTRA, "not deleted: " + pair.sides().extrasMayBe());
        }
        if (patiently(() -> mender.deleteIfSame(pair.schema(), document.get()))) {
          did = "deleted";
          outcome = Outcome.DELETED;
        }
        continue;
      }
      if (document.isPresent() && isEqual(item.get(), document.get())) {
        Optional<Stored> elsewhere = misplaced(suspect, item.get(), documents);
        if (elsewhere.isEmpty()) {
          return new Repaired(outcome, did);
        }
        if (patiently(() -> mender.deleteIfSame(pair.schema(), elsewhere.get()))) {
          did = "deleted where it does not belong";
          outcome = Outcome.WRITTEN;
        }
        continue;
      }
      List<Rejected> rejected = new ArrayList<>();
      Optional<Change.Upsert> converted = converter.convert(item.get(), rejected::add);
      if (converted.isEmpty()) {
        return rejected("the item cannot be converted", rejected.get(0));
      }
      try {
        Optional<Stored> tombstone = tombstone(suspect, item.get(), stored);
        Optional<String> written = write(document, tombstone, converted.get());
        if (written.isPresent()) {
          did = written.get();
          outcome = Outcome.WRITTEN;
        }
      } catch (Fault.Poison e) {
        return rejected("the target refuses it", e.item());
      }
    }
    return new Repaired(Outcome.GAVE_UP, "not repaired: it changes all the time");
  }

  private static Repaired rejected(String why, Rejected item) {
    return new Repaired(
        Outcome.REJECTED, "not repaired: " + why + ": " + item.reason(), Optional.of(item));
  }

  private static boolean isMisplaced(Look look) {
    return look.strayFor().filter(stray -> stray.kind() == Finding.Kind.MISPLACED).isPresent();
  }

  /** Another document of the item, in a collection where it does not belong. */
  private Optional<Stored> misplaced(
      Suspect suspect, Slice item, Map<ItemKey, List<Stored>> documents) {
    return suspect.key().map(key -> documents.getOrDefault(key, List.of())).stream()
        .flatMap(List::stream)
        .filter(stored -> expectation.misplaced(item, stored).isPresent())
        .findFirst();
  }

  /**
   * A tombstone where the document belongs. A copy that was stopped may have left it, and the item
   * was created again since.
   */
  private Optional<Stored> tombstone(
      Suspect suspect, Slice item, Map<ItemKey, List<Stored>> stored) {
    return suspect.key().map(key -> stored.getOrDefault(key, List.of())).stream()
        .flatMap(List::stream)
        .filter(Stored::tombstone)
        .filter(each -> expectation.misplaced(item, each).isEmpty())
        .findFirst();
  }

  private static boolean isSuspected(Stored seen, Suspect suspect) {
    return suspect.stored().filter(stored -> stored.id().equals(seen.id())).isPresent();
  }

  /** What was done; empty if the document has changed since it was read. */
  private Optional<String> write(
      Optional<Stored> document, Optional<Stored> tombstone, Change.Upsert item) throws Fault {
    if (document.isEmpty()) {
      boolean inserted =
          patiently(
              () ->
                  tombstone.isPresent()
                      ? mender.replaceIfSame(pair.schema(), tombstone.get(), item)
                      : mender.insertIfAbsent(pair.schema(), item));
      return inserted ? Optional.of("inserted") : Optional.empty();
    }
    boolean replaced = patiently(() -> mender.replaceIfSame(pair.schema(), document.get(), item));
    return replaced ? Optional.of("replaced") : Optional.empty();
  }

  private boolean patiently(Retry.Call<Boolean> write) throws Fault {
    return pair.patience().retrying(write);
  }

  private boolean isEqual(Slice item, Stored document) {
    return comparer.surelyEqual(item, document.document())
        || comparer.differences(item, document.document()).isEmpty();
  }
}
