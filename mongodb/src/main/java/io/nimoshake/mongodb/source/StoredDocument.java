package io.nimoshake.mongodb.source;

import io.nimoshake.core.model.Slice;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.bson.ByteBuf;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/** Bytes of documents, in the forms that travel to DynamoDB. */
final class StoredDocument {
  private static final BsonDocumentCodec CODEC = new BsonDocumentCodec();
  private static final byte STRING = 2;
  private static final byte DOCUMENT = 3;
  private static final byte[] COLLECTION_NAME = "collection\0".getBytes(StandardCharsets.UTF_8);
  private static final byte[] DOCUMENT_NAME = "document\0".getBytes(StandardCharsets.UTF_8);

  private StoredDocument() {}

  /** <code>{collection: name, document: the document}</code>, which is what an upsert holds. */
  static Slice in(String collection, RawBsonDocument document) {
    byte[] name = collection.getBytes(StandardCharsets.UTF_8);
    ByteBuf bytes = document.getByteBuffer();
    int length =
        Integer.BYTES
            + (1 + COLLECTION_NAME.length + Integer.BYTES + name.length + 1)
            + (1 + DOCUMENT_NAME.length + bytes.remaining())
            + 1;
    ByteBuffer to = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    to.putInt(length);
    to.put(STRING).put(COLLECTION_NAME).putInt(name.length + 1).put(name).put((byte) 0);
    to.put(DOCUMENT).put(DOCUMENT_NAME).put(bytes.asNIO()).put((byte) 0);
    return Slice.of(to.array());
  }

  /** The bytes of a document. */
  static Slice bytes(org.bson.BsonDocument document) {
    RawBsonDocument raw =
        document instanceof RawBsonDocument already
            ? already
            : new RawBsonDocument(document, CODEC);
    ByteBuffer bytes = raw.getByteBuffer().asNIO();
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return Slice.of(copy);
  }
}
