package io.nimoshake.mongodb.compare;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.port.TargetReader.Stored;
import io.nimoshake.mongodb.write.IdLayout;
import io.nimoshake.mongodb.write.TableLayout;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.bson.BsonBinaryReader;
import org.bson.BsonBinaryWriter;
import org.bson.BsonDocument;
import org.bson.BsonType;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;

/**
 * Finds out of which key the documents of a collection are, and which of them are tombstones.
 *
 * @param keyFields names of the key fields, the partition key first
 */
record StoredDocuments(TableLayout layout, List<String> keyFields) {
  private static final BsonDocumentCodec CODEC = new BsonDocumentCodec();

  /**
   * Reads a document.
   *
   * @param document whole, or only its {@code _id}, key and tombstone fields
   */
  Stored of(RawBsonDocument document) {
    Slice bytes = bytes(document);
    BsonValue id = document.get("_id");
    return new Stored(
        encode(new BsonDocument("_id", id)), key(id, document), bytes, isTombstone(bytes));
  }

  private Optional<ItemKey> key(BsonValue id, RawBsonDocument document) {
    if (layout.id() == IdLayout.KEY) {
      if (!layout.compositeKey()) {
        return Optional.of(new ItemKey(encode(new BsonDocument(keyFields.get(0), id))));
      }
      return id.isDocument() ? Optional.of(new ItemKey(encode(id.asDocument()))) : Optional.empty();
    }
    BsonDocument key = new BsonDocument();
    for (String field : keyFields) {
      BsonValue value = document.get(field);
      if (value == null) {
        return Optional.empty();
      }
      key.append(field, value);
    }
    return Optional.of(new ItemKey(encode(key)));
  }

  static boolean isTombstone(Slice document) {
    ByteBuffer bytes = ByteBuffer.wrap(document.array(), document.offset(), document.length());
    try (BsonBinaryReader reader = new BsonBinaryReader(bytes.slice())) {
      reader.readStartDocument();
      while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
        BsonType type = reader.getCurrentBsonType();
        if (reader.readName().equals(TableLayout.TOMBSTONE) && type == BsonType.DATE_TIME) {
          return true;
        }
        reader.skipValue();
      }
      return false;
    }
  }

  private static Slice bytes(RawBsonDocument document) {
    ByteBuffer bytes = document.getByteBuffer().asNIO();
    return new Slice(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
  }

  static Slice encode(BsonDocument document) {
    if (document instanceof RawBsonDocument raw) {
      return bytes(raw);
    }
    try (BasicOutputBuffer out = new BasicOutputBuffer(64);
        BsonBinaryWriter writer = new BsonBinaryWriter(out)) {
      CODEC.encode(writer, document, EncoderContext.builder().build());
      return Slice.of(out.toByteArray());
    }
  }
}
