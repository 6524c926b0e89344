package io.nimoshake.dynamodb.compare;

import io.nimoshake.core.model.Slice;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.DecoderContext;

/** Compares items with documents that applications have written to. Not thread-safe. */
final class WrittenItemComparer implements ItemComparer {
  private final ItemComparer exact;
  private final PlainItem items;
  private final ConvertOptions options;
  private final WrittenValues values;

  WrittenItemComparer(ConvertOptions options, WrittenValues values) {
    this.exact = new BsonItemComparer(options);
    this.items = new PlainItem(options);
    this.options = options;
    this.values = values;
  }

  @Override
  public boolean surelyEqual(Slice item, Slice document) {
    return exact.surelyEqual(item, document);
  }

  /** Empty if both mean the same, else every difference, in meaning or not. */
  @Override
  public List<ItemDifference> differences(Slice item, Slice document) {
    List<ItemDifference> found = exact.differences(item, document);
    if (found.isEmpty() || options.type() == ConvertType.RAW) {
      return found;
    }
    BsonDocument stored =
        new BsonDocumentCodec()
            .decode(
                new RawBsonDocument(document.array(), document.offset(), document.length())
                    .asBsonReader(),
                DecoderContext.builder().build());
    stored.remove("_id");
    boolean same = items.document(item).filter(of -> values.isSame(of, stored)).isPresent();
    return same ? List.of() : found;
  }

  @Override
  public String json(Slice document) {
    return exact.json(document);
  }
}
