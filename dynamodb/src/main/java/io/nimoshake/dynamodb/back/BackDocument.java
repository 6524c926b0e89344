package io.nimoshake.dynamodb.back;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Slice;
import org.bson.RawBsonDocument;

/**
 * A document on its way back.
 *
 * @param collection where it is
 * @param document the whole document, {@code _id} included
 */
record BackDocument(String collection, Slice document) {
  private static final String COLLECTION = "collection";
  private static final String DOCUMENT = "document";

  /** Reads the content of an upsert, {@code {collection: <string>, document: <document>}}. */
  static BackDocument of(Change.Upsert upsert) {
    Slice bytes = upsert.document();
    RawBsonDocument pair = new RawBsonDocument(bytes.array(), bytes.offset(), bytes.length());
    RawBsonDocument document = (RawBsonDocument) pair.getDocument(DOCUMENT);
    org.bson.ByteBuf raw = document.getByteBuffer();
    return new BackDocument(
        pair.getString(COLLECTION).getValue(),
        new Slice(raw.array(), raw.position(), raw.remaining()));
  }
}
