package io.nimoshake.app.check;

import io.nimoshake.app.check.Finding.Repaired;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.Retry;
import io.nimoshake.core.model.Change;
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
final class Repair {
  private static final int MOST_ROUNDS = 10;
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final TablePair pair;
  private final TargetMender mender;
  private final Look.Looker looker;
  private final ItemComparer comparer;
  private final ItemConverter converter;

  Repair(TablePair pair) {
    this.pair = pair;
    this.mender = pair.sides().mender();
    this.looker = new Look.Looker(pair);
    this.comparer = pair.comparer();
    this.converter = pair.converter();
  }

  Repaired of(Suspect suspect) throws Fault {
    String did = "nothing: both sides are equal now";
    for (int round = 0; round < MOST_ROUNDS; round++) {
      // The second round only checks the first one, so it needs no pause.
      Patience.pause(PAUSE.multipliedBy(Math.max(0, round - 1)));
      List<Suspect> one = List.of(suspect);
      var documents = looker.documents(one);
      Look target = looker.at(suspect, Map.of(), documents);
      var items = looker.items(one);
      Optional<Slice> item = suspect.key().map(items::get);
      Optional<Stored> document = target.document();
      boolean stray = looker.at(suspect, items, documents).strayFor().isPresent();
      if (stray || item.isEmpty()) {
        if (document.isEmpty()) {
          return new Repaired(true, did);
        }
        if (!pair.sides().extrasMayBe().isEmpty() && !stray) {
          return new Repaired(false, "not deleted: " + pair.sides().extrasMayBe());
        }
        if (patiently(() -> mender.deleteIfSame(pair.schema(), document.get()))) {
          did = "deleted";
        }
        continue;
      }
      if (document.isPresent() && isEqual(item.get(), document.get())) {
        return new Repaired(true, did);
      }
      List<String> reasons = new ArrayList<>();
      Optional<Change.Upsert> converted =
          converter.convert(item.get(), rejected -> reasons.add(rejected.reason()));
      if (converted.isEmpty()) {
        return new Repaired(false, "not repaired: the item cannot be converted: " + reasons.get(0));
      }
      try {
        did = write(document, converted.get()).orElse(did);
      } catch (Fault.Poison e) {
        return new Repaired(false, "not repaired: the target refuses it: " + e.item().reason());
      }
    }
    return new Repaired(false, "not repaired: it changes all the time");
  }

  /** What was done; empty if the document has changed since it was read. */
  private Optional<String> write(Optional<Stored> document, Change.Upsert item) throws Fault {
    if (document.isEmpty()) {
      boolean inserted = patiently(() -> mender.insertIfAbsent(pair.schema(), item));
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
