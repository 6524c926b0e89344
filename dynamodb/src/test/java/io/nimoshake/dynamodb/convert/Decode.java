package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.DecoderContext;

/** Short ways to decode something in a test. */
final class Decode {
  static final TableSchema BY_ID = schema(new KeyAttribute("id", KeyAttribute.Type.S), null);
  static final TableSchema BY_NUMBER = schema(new KeyAttribute("id", KeyAttribute.Type.N), null);
  static final TableSchema BY_ID_AND_NUMBER =
      schema(
          new KeyAttribute("id", KeyAttribute.Type.S), new KeyAttribute("n", KeyAttribute.Type.N));

  /** All ways to convert into documents that differ. The last two lose nothing. */
  static final List<ConvertOptions> OPTIONS =
      List.of(
          options(ConvertType.CHANGE, true, NumberOverflow.STRING),
          options(ConvertType.CHANGE, true, NumberOverflow.DOUBLE),
          options(ConvertType.CHANGE, false, NumberOverflow.FAIL),
          options(ConvertType.MCHANGE, true, NumberOverflow.STRING),
          options(ConvertType.RAW, true, NumberOverflow.STRING),
          options(ConvertType.RAW, false, NumberOverflow.STRING));

  private Decode() {}

  static TableSchema schema(KeyAttribute hash, KeyAttribute range) {
    return new TableSchema("music", hash, Optional.ofNullable(range), List.of(), 0, 0);
  }

  static ConvertOptions options(ConvertType type) {
    return options(type, true, NumberOverflow.STRING);
  }

  static ConvertOptions options(ConvertType type, boolean escape, NumberOverflow overflow) {
    return new ConvertOptions(type, new FieldNames(escape, "pre"), overflow);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  static ChangeBatch scan(TableSchema schema, ConvertOptions options, String items)
      throws IOException {
    byte[] body = utf8("{\"Items\":[" + items + "]}");
    ChangeBatch.Builder into = ChangeBatch.builder();
    new PageDecoder(schema, options).scan(body, body.length, into);
    return into.build(Position.END);
  }

  /** The only item of a page, which must be convertible. */
  static Change.Upsert upsert(TableSchema schema, ConvertOptions options, String item)
      throws IOException {
    ChangeBatch batch = scan(schema, options, item);
    if (!batch.rejected().isEmpty()) {
      throw new AssertionError("rejected: " + batch.rejected().get(0).reason());
    }
    return (Change.Upsert) batch.changes().get(0);
  }

  static BsonDocument document(TableSchema schema, ConvertOptions options, String item)
      throws IOException {
    return bson(upsert(schema, options, item).document());
  }

  /** The only item of a page, which must not be convertible. */
  static Rejected rejected(TableSchema schema, ConvertOptions options, String item)
      throws IOException {
    ChangeBatch batch = scan(schema, options, item);
    if (batch.rejected().isEmpty()) {
      throw new AssertionError("not rejected: " + item);
    }
    return batch.rejected().get(0);
  }

  static BsonDocument bson(Slice slice) {
    ByteBuffer exact = ByteBuffer.wrap(slice.copy());
    RawBsonDocument raw = new RawBsonDocument(exact.array());
    return new BsonDocumentCodec().decode(raw.asBsonReader(), DecoderContext.builder().build());
  }

  static BsonDocument bson(ItemKey key) {
    return bson(key.encoded());
  }
}
