package io.nimoshake.dynamodb.back;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.ReverseMapping;
import io.nimoshake.dynamodb.convert.ItemConverter;
import java.util.Optional;

/**
 * Makes the item of a stored document: back through the mapping, then back through the conversion.
 * Not thread-safe.
 */
public final class ItemOfDocument {
  private final ReverseMapping.OfTable mapping;
  private final DocumentInverse inverse;
  private final ItemConverter conversion;
  private final Ambiguity ambiguity;

  public ItemOfDocument(TableSchema table, BackSettings settings) {
    this.mapping = settings.mapping().of(table);
    this.inverse = new DocumentInverse(table, settings.conversion(), settings.dates());
    this.conversion = new ItemConverter(table, settings.conversion());
    this.ambiguity = new Ambiguity(settings.conversion());
  }

  /** Whether the item that is there has a say in what the item of this document is. */
  boolean dependsOnItemThere(Slice document) {
    return mapping.changesDocuments() || ambiguity.isIn(document);
  }

  /**
   * The item of a document, as DynamoDB JSON.
   *
   * @param key the item's key in the encoding of the document
   * @param document the whole document as it is stored
   * @param there the item that is there, as DynamoDB JSON
   * @throws UnfitDocumentException if no item is this document
   */
  public Slice of(ItemKey key, String collection, Slice document, Optional<Slice> there)
      throws UnfitDocumentException {
    if (!mapping.changesDocuments()) {
      return inverse.item(key, document, there);
    }
    // An item that cannot be converted has no document, so it says nothing of this one.
    Optional<Slice> converted =
        there.flatMap(item -> conversion.convert(item, whyNot -> {}).map(Change.Upsert::document));
    ReverseMapping.Inverse attributes = mapping.invert(key, collection, document, converted);
    if (attributes instanceof ReverseMapping.Inverse.Item item) {
      return inverse.item(key, item.attributes(), there);
    } else if (attributes instanceof ReverseMapping.Inverse.Rejection rejection) {
      throw new UnfitDocumentException(rejection.reason());
    }
    throw new IllegalStateException("an inverse that nobody knows: " + attributes);
  }
}
