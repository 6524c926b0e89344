package io.nimoshake.dynamodb.back;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.convert.KeyCodec;
import io.nimoshake.dynamodb.source.ItemLookup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bson.RawBsonDocument;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Makes the items of a batch of documents. Not thread-safe. */
final class BackItems {
  /** Keeps the type of every value. */
  private static final JsonWriterSettings EXTENDED =
      JsonWriterSettings.builder().outputMode(JsonMode.EXTENDED).build();

  private final DynamoDbClient client;
  private final TableSchema table;
  private final KeyCodec keys;
  private final ItemOfDocument makes;

  BackItems(DynamoDbClient client, BackSettings settings, TableSchema table) {
    this.client = client;
    this.table = table;
    this.keys = new KeyCodec(table, settings.conversion());
    this.makes = new ItemOfDocument(table, settings);
  }

  /**
   * What became of a batch.
   *
   * @param items changes in DynamoDB JSON, with distinct keys
   * @param rejected documents that no item can hold
   */
  record Made(String table, List<Change> items, List<Rejected> rejected) {}

  Made of(List<Change> changes) throws Fault {
    List<Rejected> rejected = new ArrayList<>();
    // MongoDB may have had one key in two spellings, one after the other: the last one counts.
    Map<ItemKey, Change> wanted = new LinkedHashMap<>();
    Set<ItemKey> looks = new LinkedHashSet<>();
    for (Change change : changes) {
      Optional<ItemKey> key = keys.read(change.key());
      Optional<String> why =
          key.isEmpty() ? Optional.of(DocumentInverse.NO_KEY) : keys.whyNoItem(key.get());
      if (why.isPresent()) {
        // Such an item was never written, so there is nothing to delete and nothing to read.
        if (change instanceof Change.Upsert upsert) {
          String text = key.map(KeyCodec::text).orElse(Rejected.UNKNOWN_KEY);
          rejected.add(rejected(text, why.get(), upsert));
        }
        continue;
      }
      wanted.put(key.get(), change);
      if (change instanceof Change.Upsert upsert
          && makes.dependsOnItemThere(BackDocument.of(upsert).document())) {
        looks.add(key.get());
      }
    }
    Map<ItemKey, Slice> there = read(looks);
    List<Change> items = new ArrayList<>();
    for (Map.Entry<ItemKey, Change> each : wanted.entrySet()) {
      ItemKey key = each.getKey();
      if (!(each.getValue() instanceof Change.Upsert upsert)) {
        items.add(new Change.Delete(key));
        continue;
      }
      try {
        items.add(new Change.Upsert(key, item(upsert, Optional.ofNullable(there.get(key)))));
      } catch (UnfitDocumentException e) {
        rejected.add(rejected(KeyCodec.text(key), e.getMessage(), upsert));
      }
    }
    return new Made(table.name(), items, rejected);
  }

  private Map<ItemKey, Slice> read(Set<ItemKey> wanted) throws Fault {
    Map<ItemKey, Slice> there = new HashMap<>();
    if (wanted.isEmpty()) {
      return there;
    }
    ItemLookup lookup = new ItemLookup(client, table);
    List<ItemKey> left = new ArrayList<>(wanted);
    while (!left.isEmpty()) {
      List<ItemKey> some = left.subList(0, Math.min(ItemLookup.KEYS_A_CALL, left.size()));
      ItemLookup.Found found = lookup.get(some, true, false);
      if (found.unread().size() >= some.size()) {
        throw new Fault.Throttled(
            "cannot read items of table " + table.name() + ": the service processed none of them",
            null);
      }
      there.putAll(found.items());
      List<ItemKey> rest = new ArrayList<>(left.subList(some.size(), left.size()));
      rest.addAll(found.unread());
      left = rest;
    }
    return there;
  }

  private Slice item(Change.Upsert upsert, Optional<Slice> there) throws UnfitDocumentException {
    BackDocument stored = BackDocument.of(upsert);
    return makes.of(upsert.key(), stored.collection(), stored.document(), there);
  }

  private Rejected rejected(String key, String reason, Change.Upsert upsert) {
    Slice document = BackDocument.of(upsert).document();
    String json =
        new RawBsonDocument(document.array(), document.offset(), document.length())
            .toJson(EXTENDED);
    return new Rejected(table.name(), key, reason, json);
  }
}
