package io.nimoshake.app.check;

import io.nimoshake.app.check.Expectation.Stray;
import io.nimoshake.app.check.Finding.Kind;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.port.TargetReader;
import io.nimoshake.core.port.TargetReader.Stored;
import io.nimoshake.dynamodb.convert.KeyCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Both sides of a suspect, read at the same time.
 *
 * @param item the item in the source, read consistently
 * @param document the document in the target; a tombstone counts as no document
 * @param strayFor why the document must not exist, whatever its contents; empty if it may exist
 */
record Look(Optional<Slice> item, Optional<Stored> document, Optional<Stray> strayFor) {
  static final Stray SECOND = new Stray(Kind.EXTRA, "a second document with the same key");
  static final Stray NOT_FOUND_BY_KEY =
      new Stray(Kind.EXTRA, "a document that is not found by its own key");
  static final Stray NO_KEY = new Stray(Kind.EXTRA, "a document that cannot belong to any item");

  /** Reads both sides of suspects. For one thread. */
  static final class Looker {
    private final TablePair pair;
    private final KeyCodec codec;
    private final SourceItems source;
    private final TargetReader target;
    private final Expectation expectation;
    private final boolean mapped;

    Looker(TablePair pair) {
      this.pair = pair;
      this.codec = pair.codec();
      this.source = pair.items();
      this.target = pair.sides().target();
      this.expectation = pair.expectation();
      this.mapped = pair.isMapped();
    }

    /** The items that the source has now. */
    Map<ItemKey, Slice> items(List<Suspect> suspects) throws Fault {
      return source.now(suspects.stream().flatMap(suspect -> suspect.key().stream()).toList());
    }

    /** The documents that the target has now, by the keys of the source. */
    Map<ItemKey, List<Stored>> documents(List<Suspect> suspects) throws Fault {
      return withoutTombstones(stored(suspects));
    }

    /** The same, with tombstones. */
    Map<ItemKey, List<Stored>> stored(List<Suspect> suspects) throws Fault {
      List<ItemKey> keys =
          suspects.stream()
              .flatMap(suspect -> suspect.key().stream())
              .distinct()
              .flatMap(key -> codec.encode(key).stream())
              .toList();
      Map<ItemKey, List<Stored>> documents = new HashMap<>();
      for (int from = 0; from < keys.size(); from += target.maxKeys()) {
        List<ItemKey> some = keys.subList(from, Math.min(keys.size(), from + target.maxKeys()));
        for (Stored stored : fetch(some)) {
          stored
              .key()
              .flatMap(codec::decode)
              .ifPresent(key -> documents.computeIfAbsent(key, k -> new ArrayList<>()).add(stored));
        }
      }
      return documents;
    }

    static Map<ItemKey, List<Stored>> withoutTombstones(Map<ItemKey, List<Stored>> stored) {
      Map<ItemKey, List<Stored>> documents = new HashMap<>();
      stored.forEach(
          (key, all) -> {
            List<Stored> some = all.stream().filter(each -> !each.tombstone()).toList();
            if (!some.isEmpty()) {
              documents.put(key, some);
            }
          });
      return documents;
    }

    private List<Stored> fetch(List<ItemKey> keys) throws Fault {
      return pair.patience()
          .retrying(
              () -> {
                List<Stored> found = new ArrayList<>();
                target.fetch(pair.schema(), keys, found::add);
                return found;
              });
    }

    /** Combines what was read from both sides. */
    Look at(Suspect suspect, Map<ItemKey, Slice> items, Map<ItemKey, List<Stored>> documents)
        throws Fault {
      Optional<Slice> item = suspect.key().map(items::get);
      List<Stored> byKey =
          suspect.key().map(key -> documents.getOrDefault(key, List.of())).orElse(List.of());
      if (suspect.stored().isPresent()) {
        Stored seen = suspect.stored().get();
        Optional<Stored> there =
            pair.patience()
                .retrying(() -> target.again(pair.schema(), seen))
                .filter(stored -> !stored.tombstone());
        if (there.isPresent()) {
          return new Look(item, there, stray(suspect, there.get(), item, byKey));
        }
      }
      if (byKey.size() > 1 && pair.sides().mongoIsTruth()) {
        return new Look(item, Optional.of(byKey.get(0)), Optional.of(SECOND));
      }
      return new Look(
          item,
          byKey.stream().filter(stored -> misplaced(item, stored).isEmpty()).findFirst(),
          Optional.empty());
    }

    private Optional<Stray> misplaced(Optional<Slice> item, Stored stored) {
      return item.flatMap(of -> expectation.misplaced(of, stored));
    }

    private Optional<Stray> stray(
        Suspect suspect, Stored there, Optional<Slice> item, List<Stored> byKey) {
      if (suspect.key().isEmpty()) {
        return Optional.of(NO_KEY);
      }
      if (item.isEmpty()) {
        return Optional.empty();
      }
      Optional<Stray> misplaced = misplaced(item, there);
      if (misplaced.isPresent()) {
        return misplaced;
      }
      if (byKey.stream().noneMatch(stored -> stored.id().equals(there.id()))) {
        return Optional.of(NOT_FOUND_BY_KEY);
      }
      // The others of a mapped table are misplaced.
      boolean ambiguous = !mapped || pair.sides().mongoIsTruth();
      return byKey.size() > 1 && ambiguous ? Optional.of(SECOND) : Optional.empty();
    }
  }
}
