package io.nimoshake.mapping;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.KeyAttribute.Type;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import java.util.List;
import java.util.Optional;
import org.bson.BsonBinaryWriter;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;

/** Tables and items for the tests of mappings. */
public final class MappingFixture {
  public static final FieldNames NAMES = new FieldNames(true, "pre");

  private MappingFixture() {}

  /** A table with a hash key {@code pk} and a range key {@code sk}, both strings. */
  public static TableSchema table(String name) {
    return new TableSchema(
        name,
        new KeyAttribute("pk", Type.S),
        Optional.of(new KeyAttribute("sk", Type.S)),
        List.of(),
        0,
        0);
  }

  /** A table with a hash key alone. */
  public static TableSchema hashOnly(String name, Type type) {
    return new TableSchema(name, new KeyAttribute("pk", type), Optional.empty(), List.of(), 0, 0);
  }

  public static Slice bytes(BsonDocument document) {
    BasicOutputBuffer out = new BasicOutputBuffer();
    try (BsonBinaryWriter writer = new BsonBinaryWriter(out)) {
      new BsonDocumentCodec().encode(writer, document, EncoderContext.builder().build());
    }
    return Slice.of(out.toByteArray());
  }

  /** As items come from a page: not at the beginning of their array. */
  public static Slice inAPage(BsonDocument document) {
    byte[] bytes = bytes(document).copy();
    byte[] page = new byte[bytes.length + 20];
    System.arraycopy(bytes, 0, page, 7, bytes.length);
    return new Slice(page, 7, bytes.length);
  }

  public static BsonDocument document(Slice bytes) {
    return BsonDocument.parse(
        new RawBsonDocument(bytes.array(), bytes.offset(), bytes.length()).toJson());
  }

  /** The key of an item. */
  public static ItemKey key(TableSchema table, BsonDocument item) {
    BsonDocument key = new BsonDocument();
    table.key().forEach(attribute -> key.put(attribute.name(), item.get(attribute.name())));
    return new ItemKey(inAPage(key));
  }
}
