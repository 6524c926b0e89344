package io.nimoshake.app.check;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.source.DynamoSource;
import io.nimoshake.dynamodb.source.ItemLookup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads any number of items of the source by key. Not thread-safe. */
final class SourceItems {
  private final ItemLookup lookup;
  private final Patience patience;

  SourceItems(DynamoSource source, TableSchema table, Patience patience) {
    this.lookup = source.lookup(table);
    this.patience = patience;
  }

  /** The items that exist now, read consistently. */
  Map<ItemKey, Slice> now(List<ItemKey> keys) throws Fault {
    return get(keys, false);
  }

  /** The keys that exist; reads only the key attributes. */
  Set<ItemKey> existing(List<ItemKey> keys) throws Fault {
    return get(keys, true).keySet();
  }

  private Map<ItemKey, Slice> get(List<ItemKey> keys, boolean keysOnly) throws Fault {
    Map<ItemKey, Slice> items = new HashMap<>();
    List<ItemKey> left = new ArrayList<>(new LinkedHashSet<>(keys));
    while (!left.isEmpty()) {
      List<ItemKey> head = left.subList(0, Math.min(ItemLookup.KEYS_A_CALL, left.size()));
      List<ItemKey> some = List.copyOf(head);
      ItemLookup.Found found =
          patience.retrying(
              () -> {
                patience.beforeCall();
                ItemLookup.Found answer = lookup.get(some, true, keysOnly);
                patience.afterCall(answer.capacityUnits());
                if (answer.unread().size() == some.size()) {
                  throw new Fault.Throttled("cannot read single items: none was processed", null);
                }
                return answer;
              });
      head.clear();
      items.putAll(found.items());
      left.addAll(found.unread());
    }
    return items;
  }
}
