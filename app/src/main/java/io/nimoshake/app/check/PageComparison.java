package io.nimoshake.app.check;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.port.TargetReader;
import io.nimoshake.core.port.TargetReader.Stored;
import io.nimoshake.dynamodb.compare.ItemComparer;
import io.nimoshake.dynamodb.convert.KeyCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compares pages of the source with the target's documents of the same keys. For one thread. */
final class PageComparison {
  /** The most bytes of items that are compared at once, as their documents are held in memory. */
  private static final long MOST_BYTES = 1 << 20;

  private final TablePair pair;
  private final KeyBuckets buckets;
  private final Suspects suspects;
  private final TableProgress progress;
  private final KeyCodec codec;
  private final ItemComparer comparer;
  private final TargetReader target;
  private final Expectation expectation;
  private final boolean mapped;

  PageComparison(TablePair pair, KeyBuckets buckets, Suspects suspects, TableProgress progress) {
    this.pair = pair;
    this.buckets = buckets;
    this.suspects = suspects;
    this.progress = progress;
    this.codec = pair.codec();
    this.comparer = pair.comparer();
    this.target = pair.sides().target();
    this.expectation = pair.expectation();
    this.mapped = pair.isMapped();
  }

  /** An item whose document is looked up. */
  private record Wanted(ItemKey sourceKey, Change.Upsert item) {}

  void compare(ChangeBatch page) throws Fault {
    Map<ItemKey, Wanted> some = new HashMap<>();
    long bytes = 0;
    for (Change change : page.changes()) {
      Change.Upsert item = (Change.Upsert) change;
      Optional<ItemKey> key = codec.encode(item.key());
      if (key.isEmpty()) {
        suspects.add(Suspect.item(item.key()));
        continue;
      }
      some.put(key.get(), new Wanted(item.key(), item));
      bytes += item.document().length();
      if (some.size() == target.maxKeys() || bytes >= MOST_BYTES) {
        compare(some);
        some.clear();
        bytes = 0;
      }
    }
    compare(some);
    progress.items.addAndGet(page.changes().size());
  }

  private void compare(Map<ItemKey, Wanted> wanted) throws Fault {
    if (wanted.isEmpty()) {
      return;
    }
    List<ItemKey> keys = List.copyOf(wanted.keySet());
    List<Stored> found =
        pair.patience()
            .retrying(
                () -> {
                  List<Stored> answer = new ArrayList<>(keys.size());
                  target.fetch(pair.schema(), keys, answer::add);
                  return answer;
                });
    Map<ItemKey, Wanted> left = new HashMap<>(wanted);
    Map<ItemKey, Wanted> bySourceKey = null;
    for (Stored stored : found) {
      if (stored.tombstone()) {
        continue;
      }
      buckets.add(stored.id());
      if (mapped && isMisplaced(stored, wanted)) {
        continue;
      }
      Wanted item = stored.key().map(left::remove).orElse(null);
      Optional<ItemKey> sourceKey = Optional.empty();
      if (item == null) {
        // The same key in different bytes, or a second document with the same key.
        if (bySourceKey == null) {
          bySourceKey = bySourceKey(wanted);
        }
        sourceKey = stored.key().flatMap(codec::decode);
        item = sourceKey.map(bySourceKey::get).orElse(null);
        if (item == null || !left.values().remove(item)) {
          suspects.add(Suspect.document(sourceKey, stored));
          continue;
        }
      }
      if (!comparer.surelyEqual(item.item().document(), stored.document())
          && !comparer.differences(item.item().document(), stored.document()).isEmpty()) {
        suspects.add(Suspect.item(item.sourceKey()));
      }
    }
    for (Wanted missing : left.values()) {
      if (expectation.expectsDocument(missing.item().document())) {
        suspects.add(Suspect.item(missing.sourceKey()));
      }
    }
  }

  /** A document of an item that belongs elsewhere is not the document of the item. */
  private boolean isMisplaced(Stored stored, Map<ItemKey, Wanted> wanted) throws Fault {
    Wanted owner = stored.key().map(wanted::get).orElse(null);
    if (owner == null || expectation.misplaced(owner.item().document(), stored).isEmpty()) {
      return false;
    }
    suspects.add(Suspect.document(Optional.of(owner.sourceKey()), stored));
    return true;
  }

  private static Map<ItemKey, Wanted> bySourceKey(Map<ItemKey, Wanted> wanted) {
    Map<ItemKey, Wanted> map = new HashMap<>();
    wanted.values().forEach(item -> map.put(item.sourceKey(), item));
    return map;
  }
}
