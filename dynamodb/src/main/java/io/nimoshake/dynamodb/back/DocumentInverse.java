package io.nimoshake.dynamodb.back;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.dynamodb.client.ItemJson;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.convert.KeyCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.bson.BSONException;
import org.bson.BsonBinaryReader;
import org.bson.BsonDocument;
import org.bson.BsonReader;
import org.bson.BsonReaderMark;
import org.bson.BsonType;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonArrayCodec;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.BsonValueCodec;
import org.bson.codecs.DecoderContext;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Makes items of documents: the inverse of the conversion. A document that came from an item and
 * was not touched gives the same item again. Where BSON does not keep what a value was, the item
 * that is there decides: an array is a set if it was one and can still be one; a string is a number
 * if it was one and the conversion writes it so; a double is the number that was there, if that one
 * became this double. Not thread-safe.
 */
public final class DocumentInverse {
  static final String NO_KEY = "no item can have this key";

  /**
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html">
   *     Amazon DynamoDB Developer Guide, Quotas: an item has 400 KB at most, names and values; 32
   *     levels of nested attributes</a>
   */
  private static final int MOST_ITEM_BYTES = 400 * 1024;

  private static final int MOST_LEVELS = 32;
  private static final DecoderContext DECODER = DecoderContext.builder().build();
  private static final BsonValueCodec ANY_VALUE = new BsonValueCodec();
  private static final BsonArrayCodec ARRAY = new BsonArrayCodec();

  private final boolean raw;
  private final AttributeNames names;
  private final BackValues values;
  private final KeyCodec keys;

  /** The key attributes by the names of their fields. */
  private final Map<String, KeyAttribute> keyFields = new HashMap<>();

  public DocumentInverse(TableSchema table, ConvertOptions options, DateForm dates) {
    this.raw = options.type() == ConvertType.RAW;
    this.names = new AttributeNames(options.names());
    this.values = new BackValues(options, dates);
    this.keys = new KeyCodec(table, options);
    table.key().forEach(key -> keyFields.put(options.names().topLevel(key.name()), key));
  }

  /**
   * The item of a document, as DynamoDB JSON.
   *
   * @param key the key as the conversion writes it; the item gets its attributes where the document
   *     has none
   * @param document the document; {@code _id} does not count
   * @param there the item of this key that is there, as DynamoDB JSON
   * @throws UnfitDocumentException if no item can hold the document
   */
  public Slice item(ItemKey key, Slice document, Optional<Slice> there)
      throws UnfitDocumentException {
    Map<String, AttributeValue> before =
        there.map(item -> AttributeJson.read(item.toUtf8())).orElse(Map.of());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(document.length() * 2);
    try (JsonGenerator out = ItemJson.FACTORY.createGenerator(bytes);
        BsonReader in = reader(document)) {
      new Walk(in, out).item(key, before);
    } catch (BSONException e) {
      throw new UnfitDocumentException("the document is not BSON: " + e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Slice.of(bytes.toByteArray());
  }

  private boolean isKey(String attribute) {
    return keyFields.values().stream().anyMatch(key -> key.name().equals(attribute));
  }

  private static BsonReader reader(Slice document) {
    return new BsonBinaryReader(
        ByteBuffer.wrap(document.array(), document.offset(), document.length()).slice());
  }

  /** One document on its way into one item. */
  private final class Walk {
    private final BsonReader in;
    private final BackWriter out;
    private final FieldPath path = new FieldPath();

    Walk(BsonReader in, JsonGenerator out) {
      this.in = in;
      this.out = new BackWriter(out);
    }

    void item(ItemKey key, Map<String, AttributeValue> there)
        throws IOException, UnfitDocumentException {
      BsonDocument keyFound = decode(key.encoded());
      Set<String> seen = new HashSet<>();
      out.beginItem();
      in.readStartDocument();
      while (in.readBsonType() != BsonType.END_OF_DOCUMENT) {
        String field = in.readName();
        if (field.equals("_id")) {
          in.skipValue();
        } else if (keyFields.containsKey(field)) {
          keyFound.put(field, ANY_VALUE.decode(in, DECODER));
        } else {
          attribute(field, true, there, seen);
        }
      }
      keyAttributes(key, keyFound);
      out.endItem();
      if (out.itemBytes() > MOST_ITEM_BYTES) {
        throw new UnfitDocumentException("the item has more than 400 KB");
      }
    }

    /** The key of an item never changes, so the document has to say the same. */
    private void keyAttributes(ItemKey key, BsonDocument found)
        throws IOException, UnfitDocumentException {
      ItemKey expected = keys.read(key).orElseThrow(() -> new UnfitDocumentException(NO_KEY));
      Optional<ItemKey> said = keys.read(new ItemKey(encode(found)));
      if (said.isEmpty()) {
        throw new UnfitDocumentException(
            String.join(", ", new TreeSet<>(keyFields.keySet()))
                + ": the key attributes do not have the types of the table's key");
      }
      if (!said.get().equals(expected)) {
        throw new UnfitDocumentException(
            "the key attributes say "
                + KeyCodec.text(said.get())
                + ", but the document is the one of "
                + KeyCodec.text(expected));
      }
      Optional<String> why = keys.whyNoItem(expected);
      if (why.isPresent()) {
        throw new UnfitDocumentException(why.get());
      }
      for (Map.Entry<String, AttributeValue> attribute :
          AttributeJson.read(KeyCodec.text(expected)).entrySet()) {
        out.name(attribute.getKey());
        out.keyValue(attribute.getValue());
      }
    }

    /** One field of a map; the reader is after its name. */
    private void attribute(
        String field, boolean topLevel, Map<String, AttributeValue> there, Set<String> seen)
        throws IOException, UnfitDocumentException {
      path.enter(field);
      String name = names.attribute(field, topLevel, there);
      if (name.isEmpty()) {
        throw path.unfit("an attribute needs a name");
      }
      if (!seen.add(name) || topLevel && isKey(name)) {
        throw path.unfit("two fields become the same attribute");
      }
      out.name(name);
      value(Optional.ofNullable(there.get(name)));
      path.leave();
    }

    /** Reads a value and writes it with its type. */
    private void value(Optional<AttributeValue> there) throws IOException, UnfitDocumentException {
      if (raw) {
        typedValue(there);
        return;
      }
      switch (in.getCurrentBsonType()) {
        case DOCUMENT -> map(there);
        case ARRAY -> {
          if (there.isEmpty() || !set(there.get())) {
            list(there);
          }
        }
        default -> values.scalar(in, there, out, path);
      }
    }

    private void map(Optional<AttributeValue> there) throws IOException, UnfitDocumentException {
      checkLevel();
      Map<String, AttributeValue> before = there.map(AttributeValue::m).orElse(Map.of());
      Set<String> seen = new HashSet<>();
      out.beginMap();
      in.readStartDocument();
      while (in.readBsonType() != BsonType.END_OF_DOCUMENT) {
        attribute(in.readName(), false, before, seen);
      }
      in.readEndDocument();
      out.endMap();
      if (seen.contains("$ref") && seen.contains("$id") && !before.containsKey("$ref")) {
        throw path.unfit("DynamoDB has no type for a DBRef");
      }
    }

    /** Writes an array as the set that it was; false, and nothing happened, if it cannot be one. */
    private boolean set(AttributeValue there) throws IOException {
      if (!BackValues.isSet(there)) {
        return false;
      }
      BsonReaderMark start = in.getMark();
      Optional<List<String>> elements = values.setElements(ARRAY.decode(in, DECODER), there);
      if (elements.isEmpty()) {
        start.reset();
        return false;
      }
      out.set(there.type().name(), elements.get());
      return true;
    }

    private void list(Optional<AttributeValue> there) throws IOException, UnfitDocumentException {
      checkLevel();
      List<AttributeValue> before = there.map(AttributeValue::l).orElse(List.of());
      out.beginList();
      in.readStartArray();
      for (int i = 0; in.readBsonType() != BsonType.END_OF_DOCUMENT; i++) {
        path.enter(i);
        out.element();
        value(i < before.size() ? Optional.of(before.get(i)) : Optional.empty());
        path.leave();
      }
      in.readEndArray();
      out.endList();
    }

    private void checkLevel() throws UnfitDocumentException {
      if (path.depth() > MOST_LEVELS) {
        throw path.unfit("the value is nested deeper than " + MOST_LEVELS + " levels");
      }
    }

    /** A value of {@code convert.type = raw}: a document such as {@code {N: "1"}}. */
    private void typedValue(Optional<AttributeValue> there)
        throws IOException, UnfitDocumentException {
      if (in.getCurrentBsonType() != BsonType.DOCUMENT) {
        throw notTyped();
      }
      in.readStartDocument();
      if (in.readBsonType() == BsonType.END_OF_DOCUMENT) {
        throw notTyped();
      }
      String type = in.readName();
      BsonType bson = in.getCurrentBsonType();
      if (type.equals("M") && bson == BsonType.DOCUMENT) {
        map(there);
      } else if (type.equals("L") && bson == BsonType.ARRAY) {
        list(there);
      } else if (!values.typed(type, ANY_VALUE.decode(in, DECODER), out, path)) {
        throw notTyped();
      }
      if (in.readBsonType() != BsonType.END_OF_DOCUMENT) {
        throw notTyped();
      }
      in.readEndDocument();
    }

    private UnfitDocumentException notTyped() {
      return path.unfit(
          "with convert.type = raw a value is a document of its type and itself, such as {S: ...}");
    }
  }

  private static BsonDocument decode(Slice document) {
    return new BsonDocumentCodec().decode(reader(document), DECODER);
  }

  private static Slice encode(BsonDocument document) {
    ByteBuffer bytes =
        new RawBsonDocument(document, new BsonDocumentCodec()).getByteBuffer().asNIO();
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return Slice.of(copy);
  }
}
