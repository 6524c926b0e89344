package io.nimoshake.mongodb.write;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.core.port.Target;
import io.nimoshake.mapping.FileMapping;
import io.nimoshake.mapping.yaml.MappingException;
import io.nimoshake.mongodb.SharedMongo;
import io.nimoshake.testkit.conformance.TargetConformance;
import io.nimoshake.testkit.fault.PortFault;
import io.nimoshake.testkit.fault.PortFaults;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonType;
import org.bson.BsonValue;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Both layouts do what every target must do, on a server of another process. */
class MongoTargetConformanceTest {
  private static final FieldNames NAMES = new FieldNames(true, "pre");

  @RegisterExtension static final SharedMongo MONGO = new SharedMongo();

  @Nested
  class ByKey extends Suite {
    ByKey() {
      super(IdLayout.KEY, false);
    }
  }

  @Nested
  class ByObjectId extends Suite {
    ByObjectId() {
      super(IdLayout.OBJECTID, false);
    }
  }

  /** Values are documents such as <code>{S: "a"}</code>. */
  @Nested
  class RawByKey extends Suite {
    RawByKey() {
      super(IdLayout.KEY, true);
    }
  }

  @Nested
  class RawByObjectId extends Suite {
    RawByObjectId() {
      super(IdLayout.OBJECTID, true);
    }
  }

  /** A mapping that renames tables and lets items be as they are. */
  @Nested
  class Mapped extends Suite {
    Mapped() {
      super(IdLayout.KEY, false);
    }

    @Override
    protected Mapping mapping() {
      String text = "version: 1\ntables: {\"*\": {collection: \"${name}.v2\"}}";
      try {
        return FileMapping.parse("m.yaml", text, NAMES);
      } catch (MappingException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    protected String place(String table) {
      return table + ".v2";
    }
  }

  @Nested
  class ByKeyUnderFaults extends Suite {
    ByKeyUnderFaults() {
      super(IdLayout.KEY, false);
    }

    @Override
    protected Target open() throws Fault {
      return underFaults(super.open());
    }
  }

  @Nested
  class ByObjectIdUnderFaults extends Suite {
    ByObjectIdUnderFaults() {
      super(IdLayout.OBJECTID, false);
    }

    @Override
    protected Target open() throws Fault {
      return underFaults(super.open());
    }
  }

  /** Every fifth call fails before or after its effect, and is made again as the engine does. */
  private static Target underFaults(Target target) {
    PortFaults faults =
        new PortFaults()
            .seeded(
                Set.of(),
                7,
                0.2,
                PortFault.THROTTLED,
                PortFault.RESET,
                PortFault.ANSWER_LOST,
                new PortFault.Slow(Duration.ofMillis(1)));
    return PortFaults.comingAgain(Target.class, faults.on(target));
  }

  abstract static class Suite extends TargetConformance {
    private final IdLayout layout;
    private final boolean raw;
    private final MongoDatabase database = MONGO.freshDatabase();

    Suite(IdLayout layout, boolean raw) {
      this.layout = layout;
      this.raw = raw;
    }

    protected Mapping mapping() {
      return Mapping.NONE;
    }

    /** The collection of a table. */
    protected String place(String table) {
      return table;
    }

    @Override
    protected Target open() throws Fault {
      return new MongoTarget(
          new MongoTargetSettings(MONGO.uri(), database.getName(), layout, false, NAMES, raw, true),
          mapping(),
          Clock.systemUTC());
    }

    @Override
    protected Slice encode(Map<String, Object> attributes) {
      BsonDocument document = new BsonDocument();
      attributes.forEach((name, value) -> document.append(name, encode(value)));
      RawBsonDocument bytes = new RawBsonDocument(document, new BsonDocumentCodec());
      ByteBuffer buffer = bytes.getByteBuffer().asNIO();
      // in the middle of a larger array, as the items of a page are
      byte[] page = new byte[buffer.remaining() + 10];
      int length = buffer.remaining();
      buffer.get(page, 7, length);
      return new Slice(page, 7, length);
    }

    private BsonValue encode(Object value) {
      if (value instanceof String text) {
        return raw ? new BsonDocument("S", new BsonString(text)) : new BsonString(text);
      }
      if (value instanceof Long number) {
        return raw
            ? new BsonDocument("N", new BsonString(number.toString()))
            : new BsonInt64(number);
      }
      BsonBinary binary = new BsonBinary(((ByteBuffer) value).array());
      return raw ? new BsonDocument("B", binary) : binary;
    }

    private Object decode(BsonValue value) {
      if (value.isDocument()) {
        Map.Entry<String, BsonValue> typed = value.asDocument().entrySet().iterator().next();
        return typed.getKey().equals("N")
            ? Long.valueOf(typed.getValue().asString().getValue())
            : decode(typed.getValue());
      }
      if (value.isBinary()) {
        return ByteBuffer.wrap(value.asBinary().getData());
      }
      return value.isInt64() ? value.asInt64().getValue() : value.asString().getValue();
    }

    @Override
    protected List<Map<String, Object>> items(String table) {
      return itemsIn(place(table));
    }

    private List<Map<String, Object>> itemsIn(String collection) {
      List<Map<String, Object>> items = new ArrayList<>();
      for (BsonDocument document : database.getCollection(collection, BsonDocument.class).find()) {
        BsonValue marker = document.get(TableLayout.TOMBSTONE);
        if (marker == null || !marker.isDateTime()) {
          Map<String, Object> item = new LinkedHashMap<>();
          document.forEach(
              (name, value) -> {
                if (!name.equals("_id")) {
                  item.put(name, decode(value));
                }
              });
          items.add(item);
        }
      }
      return items;
    }

    @Override
    protected long tombstones(String table) {
      return database
          .getCollection(place(table))
          .countDocuments(Filters.type(TableLayout.TOMBSTONE, BsonType.DATE_TIME));
    }

    @Override
    protected Set<List<String>> userIndexes(String table) {
      Set<List<String>> indexes = new HashSet<>();
      for (Document index : database.getCollection(place(table)).listIndexes()) {
        List<String> fields = List.copyOf(index.get("key", Document.class).keySet());
        if (!index.getBoolean("unique", false)
            && !fields.equals(List.of("_id"))
            && !fields.equals(List.of(TableLayout.TOMBSTONE))) {
          indexes.add(fields.stream().map(field -> raw ? withoutType(field) : field).toList());
        }
      }
      return indexes;
    }

    private static String withoutType(String field) {
      return field.substring(0, field.length() - ".S".length());
    }

    @Override
    protected boolean hasHelpers(String table) {
      for (Document index : database.getCollection(place(table)).listIndexes()) {
        if (index.get("key", Document.class).containsKey(TableLayout.TOMBSTONE)) {
          return true;
        }
      }
      return false;
    }

    @Override
    protected Optional<List<Map<String, Object>>> renamedItems(String table) {
      List<Map<String, Object>> items = new ArrayList<>();
      for (String name : database.listCollectionNames()) {
        if (name.matches(place(table) + "\\.\\d{8}T\\d{6}Z")) {
          items.addAll(itemsIn(name));
        }
      }
      return Optional.of(items);
    }

    @Override
    protected void putForeign(TableSchema table, Map<String, Object> item) {
      MongoCollection<BsonDocument> collection =
          database.getCollection(place(table.name()), BsonDocument.class);
      BsonDocument document = new BsonDocument();
      String key = table.hash().name();
      if (layout == IdLayout.KEY) {
        document.append("_id", encode(item.get(key)));
      } else {
        String path = raw ? key + "." + table.hash().type() : key;
        collection.createIndex(Indexes.ascending(path), new IndexOptions().unique(true));
      }
      item.forEach((name, value) -> document.append(name, encode(value)));
      collection.insertOne(document);
    }

    @Override
    protected Optional<Map<String, Object>> refused(String id) {
      return Optional.of(
          with(item(id, "too large"), "blob", "x".repeat(BatchWriter.MAX_DOCUMENT_BYTES)));
    }
  }
}
