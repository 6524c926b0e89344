package io.nimoshake.app.check;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.port.TargetReader;
import io.nimoshake.core.port.TargetReader.Stored;
import io.nimoshake.dynamodb.convert.KeyCodec;
import io.nimoshake.dynamodb.source.ItemLookup;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds documents that have no item in the source, without keeping all keys in memory. Lists the
 * target's ids once to find the {@link KeyBuckets buckets} that differ. Lists them a second time
 * and looks up only the ids of those buckets at the source. For one thread.
 */
final class ExtraDocuments {
  private final TablePair pair;
  private final KeyBuckets buckets;
  private final Suspects suspects;
  private final TableProgress progress;
  private final TargetReader target;
  private final KeyCodec codec;
  private final SourceItems source;

  ExtraDocuments(TablePair pair, KeyBuckets buckets, Suspects suspects, TableProgress progress) {
    this.pair = pair;
    this.buckets = buckets;
    this.suspects = suspects;
    this.progress = progress;
    this.target = pair.sides().target();
    this.codec = pair.codec();
    this.source = pair.items();
  }

  void find() throws Fault {
    BitSet differing = differingBuckets();
    if (!differing.isEmpty()) {
      lookAt(differing);
    }
  }

  private BitSet differingBuckets() throws Fault {
    KeyBuckets.Remainder remainder = buckets.remainder();
    try (TargetReader.Listing listing = target.list(pair.schema())) {
      for (List<Stored> some = next(listing); !some.isEmpty(); some = next(listing)) {
        int tombstones = 0;
        for (Stored stored : some) {
          if (stored.tombstone()) {
            tombstones++;
          } else {
            remainder.take(stored.id());
          }
        }
        progress.documents.addAndGet(some.size() - tombstones);
      }
    }
    return remainder.differing();
  }

  /** A listing continues after a failure, so no document is given twice. */
  private List<Stored> next(TargetReader.Listing listing) throws Fault {
    return pair.patience().retrying(listing::next);
  }

  private void lookAt(BitSet differing) throws Fault {
    Map<ItemKey, Stored> byKey = new LinkedHashMap<>();
    try (TargetReader.Listing listing = target.list(pair.schema())) {
      for (List<Stored> some = next(listing); !some.isEmpty(); some = next(listing)) {
        for (Stored stored : some) {
          if (stored.tombstone() || !buckets.isIn(stored.id(), differing)) {
            continue;
          }
          Optional<ItemKey> key = stored.key().flatMap(codec::decode);
          if (key.isEmpty() || byKey.putIfAbsent(key.get(), stored) != null) {
            suspects.add(Suspect.document(key, stored));
          }
          if (byKey.size() == ItemLookup.KEYS_A_CALL) {
            lookUp(byKey);
            byKey.clear();
          }
        }
      }
    }
    lookUp(byKey);
  }

  /**
   * Suspects documents without an item, and documents that are not found by their own key. All of
   * them if MongoDB is the truth.
   */
  private void lookUp(Map<ItemKey, Stored> byKey) throws Fault {
    if (byKey.isEmpty()) {
      return;
    }
    if (pair.sides().mongoIsTruth()) {
      // Its item may be there and not have been scanned, as it does not pass the filter.
      for (Map.Entry<ItemKey, Stored> entry : byKey.entrySet()) {
        suspects.add(Suspect.document(Optional.of(entry.getKey()), entry.getValue()));
      }
      return;
    }
    Set<ItemKey> existing = source.existing(List.copyOf(byKey.keySet()));
    List<ItemKey> keys = existing.stream().flatMap(key -> codec.encode(key).stream()).toList();
    Set<Slice> found = new HashSet<>();
    if (!keys.isEmpty()) {
      pair.patience()
          .retryingAction(
              () -> target.fetch(pair.schema(), keys, stored -> found.add(stored.id())));
    }
    for (Map.Entry<ItemKey, Stored> entry : byKey.entrySet()) {
      if (!existing.contains(entry.getKey()) || !found.contains(entry.getValue().id())) {
        suspects.add(Suspect.document(Optional.of(entry.getKey()), entry.getValue()));
      }
    }
  }
}
