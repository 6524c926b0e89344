package io.nimoshake.testkit.memory;

import io.nimoshake.core.model.Slice;
import java.nio.ByteBuffer;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.conversions.Bson;

/** Documents as a change carries them. */
public final class DocumentBytes {
  private static final BsonDocumentCodec CODEC = new BsonDocumentCodec();

  private DocumentBytes() {}

  public static Slice of(Bson document) {
    BsonDocument plain = document.toBsonDocument();
    ByteBuffer buffer = new RawBsonDocument(plain, CODEC).getByteBuffer().asNIO();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return Slice.of(bytes);
  }
}
