package io.nimoshake.mapping.plugin;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Places;
import io.nimoshake.mapping.plain.Expected;
import io.nimoshake.mapping.plain.KeyFields;
import io.nimoshake.plugin.Item;
import io.nimoshake.plugin.contract.BrokenContractException;
import io.nimoshake.plugin.contract.CheckedMapper;
import io.nimoshake.plugin.contract.Result;
import java.util.List;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.codecs.BsonDocumentCodec;

/**
 * What should be in the target by a plug-in, for a comparison of both sides. Only the plug-in knows
 * it, so it is asked, and a mistake of its own is not found. What is found is everything that was
 * lost, changed or misplaced on the way from the item to the target.
 */
final class PluginPlaces implements Places {
  private static final BsonDocumentCodec CODEC = new BsonDocumentCodec();

  private final CheckedMapper plugin;
  private final KeyFields fields;

  PluginPlaces(CheckedMapper plugin, TableSchema table, FieldNames names) {
    this.plugin = plugin;
    this.fields = new KeyFields(table, names);
  }

  /** What should become of an item, a document without {@code _id}. */
  Expected expected(BsonDocument item) {
    BsonDocument key = new BsonDocument();
    fields.all().forEach(name -> key.put(name, item.get(name)));
    Result result = plugin.map(Item.of(key), Item.of(item));
    if (result instanceof Result.Document made) {
      return new Expected.Document(made.place().collection(), made.document().decode(CODEC));
    } else if (result instanceof Result.Nothing) {
      return new Expected.Nothing();
    } else if (result instanceof Result.Rejected rejected) {
      return new Expected.Rejected("the mapping rejects it: " + rejected.reason());
    }
    throw new IllegalStateException("a result that nobody knows: " + result);
  }

  /** An item with a key that breaks the plug-in is a rejected item, and has no document. */
  @Override
  public List<Place> of(ItemKey key) {
    try {
      return plugin.places(PluginTable.view(key.encoded())).stream()
          .map(place -> new Place(place.collection(), PluginTable.id(place)))
          .toList();
    } catch (BrokenContractException e) {
      return List.of();
    }
  }

  @Override
  public Optional<ItemKey> keyAt(Place place) {
    BsonValue id = PluginTable.view(place.id()).value("_id").orElseThrow();
    return plugin
        .keyAt(new io.nimoshake.plugin.contract.Place(place.collection(), id), this::ofWholeKey)
        .map(key -> new ItemKey(PluginTable.encoded(key)));
  }

  private Optional<BsonDocument> ofWholeKey(BsonValue id) {
    BsonDocument key =
        fields.all().size() == 1
            ? new BsonDocument(fields.all().get(0), id)
            : id.isDocument() ? id.asDocument() : new BsonDocument();
    return Optional.of(key).filter(fields::isKey);
  }
}
