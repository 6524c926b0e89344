package io.nimoshake.app.letter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.client.ItemJson;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.convert.KeyCodec;
import io.nimoshake.setup.DeadLetterFile.Direction;
import io.nimoshake.setup.file.LockedFile;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.json.JsonParseException;

/**
 * A line of a dead letter file.
 *
 * @param table the table's name
 * @param back whether the way back rejected it, so that MongoDB had a document; a line of an older
 *     version does not say so
 * @param key the key; a text in files that older versions wrote
 * @param item the item: DynamoDB JSON, or the converted document that the target refused
 */
public record DeadLetter(String table, boolean back, JsonNode key, JsonNode item) {
  /** Takes names of any length, as items have them. The mapper changes its factory. */
  private static final ObjectMapper JSON = new ObjectMapper(ItemJson.FACTORY.copy());

  /**
   * Reads a line; empty if it is not a dead letter, for example half a line of a killed process.
   */
  public static Optional<DeadLetter> parse(String line) {
    try {
      JsonNode json = JSON.readTree(line);
      return json.path("table").isTextual()
          ? Optional.of(
              new DeadLetter(
                  json.get("table").asText(),
                  json.path("direction").asText().equals(Direction.BACK.key()),
                  json.path("key"),
                  json.path("item")))
          : Optional.empty();
    } catch (JsonProcessingException e) {
      // Not an error: the line stays in the file.
      return Optional.empty();
    }
  }

  /**
   * The lines of a file. A line that was cut inside a letter is no failure: it is read as far as it
   * goes. Until they are closed, this process writes no letters to the file.
   */
  static BufferedReader lines(Path file) throws IOException, Fault {
    LockedFile opened = LockedFile.openToRead(file);
    InputStream bytes =
        new FilterInputStream(Channels.newInputStream(opened.channel())) {
          @Override
          public void close() throws IOException {
            opened.close();
          }
        };
    return new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8));
  }

  /**
   * The item's key as the source has it; empty if the line does not tell it. A document that was
   * rejected on the way back may have a key that DynamoDB does not allow.
   *
   * @param convert how items are converted for the target
   */
  public Optional<ItemKey> key(TableSchema schema, ConvertOptions convert) {
    Optional<ItemKey> told = ofSource(schema, key);
    if (back) {
      // The item is a document. Its fields may look like a key that it does not have.
      return told;
    }
    return told.or(() -> ofSource(schema, item)).or(() -> ofDocument(schema, convert));
  }

  /** Takes the key attributes of an object in DynamoDB JSON. */
  private static Optional<ItemKey> ofSource(TableSchema schema, JsonNode object) {
    ObjectNode attributes = JSON.createObjectNode();
    for (KeyAttribute attribute : schema.key()) {
      JsonNode value = object.path(attribute.name());
      if (!value.isObject()) {
        return Optional.empty();
      }
      attributes.set(attribute.name(), value);
    }
    ConvertOptions names = ConvertOptions.DEFAULT;
    ConvertOptions asItIs = new ConvertOptions(ConvertType.SAME, names.names(), names.overflow());
    return new KeyCodec(schema, asItIs).read(new ItemKey(Slice.utf8(attributes.toString())));
  }

  /** Older versions wrote the key of a refused document as MongoDB's JSON. */
  private Optional<ItemKey> ofDocument(TableSchema schema, ConvertOptions convert) {
    if (!key.isTextual() || convert.type() == ConvertType.SAME) {
      return Optional.empty();
    }
    BsonDocument document;
    try {
      document = BsonDocument.parse(key.asText());
    } catch (JsonParseException e) {
      // The key of an item that could not be converted was not JSON; those have their whole item.
      return Optional.empty();
    }
    ByteBuffer bytes =
        new RawBsonDocument(document, new BsonDocumentCodec()).getByteBuffer().asNIO();
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return new KeyCodec(schema, convert).read(new ItemKey(Slice.of(copy)));
  }
}
