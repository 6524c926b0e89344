package io.nimoshake.app.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import io.nimoshake.core.model.Slice;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.dynamodb.compare.ItemComparer;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.testkit.server.DynamoDbServer;
import io.nimoshake.testkit.server.MongoServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.bson.BsonBinary;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.types.Decimal128;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeyType;

/**
 * A DynamoDB Local and a mongo-java-server, with clients to prepare and compare both sides.
 * DynamoDB Local takes seconds to start and to become quick, so most tests {@link #shared share}
 * one: each has a database of its own there. A test that stops it or lets its time pass has its
 * own.
 */
final class Servers implements AutoCloseable {
  static final String ID = "e2e";

  private static final ItemComparer COMPARER = ItemComparer.of(ConvertOptions.DEFAULT);
  private static final BsonDocumentCodec CODEC = new BsonDocumentCodec();

  /** It runs until this JVM ends. */
  private static final class Shared {
    static final DynamoDbServer DYNAMO = DynamoDbServer.start();
  }

  final DynamoDbServer dynamoServer;
  final MongoServer mongoServer;
  private final boolean ownDynamo;

  /** Names the database in DynamoDB Local. */
  final String accessKey = "key" + UUID.randomUUID().toString().replace("-", "");

  final DynamoDbClient dynamo;
  final MongoClient mongo;

  /** Servers of its own. */
  Servers() {
    this(DynamoDbServer.start(), true, MongoServer.start());
  }

  private Servers(DynamoDbServer dynamoServer, boolean ownDynamo, MongoServer mongoServer) {
    this.dynamoServer = dynamoServer;
    this.ownDynamo = ownDynamo;
    this.mongoServer = mongoServer;
    dynamo = dynamoAt(dynamoServer.endpoint());
    mongo = MongoClients.create(mongoServer.uri());
  }

  /** With the DynamoDB Local that other tests have used, and will use. */
  static Servers shared() {
    return new Servers(Shared.DYNAMO, false, MongoServer.start());
  }

  /** The same, with a MongoDB that has change streams. */
  static Servers withChangeStreams() {
    return new Servers(
        Shared.DYNAMO,
        false,
        MongoServer.startWithChangeStreams(MongoServer.DEFAULT_HEAP_MEGABYTES));
  }

  /** Servers of its own that hold many items: each has this heap. */
  static Servers withHeap(int megabytes) {
    return new Servers(
        DynamoDbServer.start(DynamoDbServer.Options.DEFAULT.withHeapMegabytes(megabytes)),
        true,
        MongoServer.start(megabytes));
  }

  /** A client of something that stands in front of DynamoDB. */
  DynamoDbClient dynamoAt(URI endpoint) {
    return DynamoDbClient.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, "secret")))
        .build();
  }

  /** Creates a table of which a string is the whole key. */
  void createTable(String table, String key) {
    dynamo.createTable(
        request ->
            request
                .tableName(table)
                .attributeDefinitions(a -> a.attributeName(key).attributeType("S"))
                .keySchema(k -> k.attributeName(key).keyType(KeyType.HASH))
                .billingMode(BillingMode.PAY_PER_REQUEST));
  }

  /** The configuration of a sync from one to the other, with further lines. */
  Path configuration(Path directory, String... lines) throws IOException {
    return configuration(directory, dynamoServer.endpoint(), mongoServer.uri(), lines);
  }

  /**
   * The same, with something in front of the source or the target. A further line takes the place
   * of the one with its key.
   */
  Path configuration(Path directory, URI source, String target, String... lines)
      throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    Stream.concat(
            Stream.of(
                "id = " + ID,
                "source.access_key_id = " + accessKey,
                "source.secret_access_key = secret",
                "source.region = us-east-1",
                "source.endpoint_url = " + source,
                "target.type = mongodb",
                "target.address = " + target,
                "full_sync.http_port = 0",
                "incr_sync.http_port = 0"),
            Stream.of(lines))
        .forEach(line -> all.put(line.substring(0, line.indexOf(" = ")), line));
    return Files.write(directory.resolve("nimo-shake.conf"), all.values());
  }

  MongoCollection<BsonDocument> collection(String table) {
    return mongo.getDatabase(ID).getCollection(table, BsonDocument.class);
  }

  /** Differences between a table and its collection, both read whole; at most a few. */
  List<String> differences(Shape shape) {
    List<String> keyFields = shape.keyNames().stream().map(Servers::field).toList();
    Map<String, BsonDocument> documents = new HashMap<>();
    // mongo-java-server knows no largest reply, and the driver does.
    for (BsonDocument document : collection(shape.table).find().batchSize(1_000)) {
      documents.put(keyText(keyFields, document), document);
    }
    List<String> differences = new ArrayList<>();
    int items = 0;
    for (Map<String, AttributeValue> item :
        dynamo.scanPaginator(r -> r.tableName(shape.table).limit(500)).items()) {
      items++;
      if (differences.size() > 5) {
        break;
      }
      Map<String, AttributeValue> expected = renamed(item, true);
      BsonDocument document = documents.get(keyText(keyFields, expected));
      if (document == null) {
        differences.add(shape.table + " misses " + keyText(keyFields, expected));
      } else {
        Slice bytes = Slice.of(new RawBsonDocument(document, CODEC).getByteBuffer().array());
        COMPARER
            .differences(Slice.utf8(AttributeJson.write(item)), bytes)
            .forEach(difference -> differences.add(shape.table + " " + difference));
      }
    }
    if (differences.isEmpty() && items != documents.size()) {
      differences.add(shape.table + ": " + items + " items, " + documents.size() + " documents");
    }
    return differences;
  }

  /** The key as text that is the same on both sides. */
  private static String keyText(List<String> fields, Map<String, AttributeValue> item) {
    return String.join(
        "/",
        fields.stream()
            .map(item::get)
            .map(
                value ->
                    switch (value.type()) {
                      case S -> value.s();
                      case N -> plain(new BigDecimal(value.n()));
                      default -> value.b().asUtf8String();
                    })
            .toList());
  }

  private static String keyText(List<String> fields, BsonDocument document) {
    return String.join(
        "/",
        fields.stream()
            .map(name -> document.get(name, BsonNull.VALUE))
            .map(
                value ->
                    switch (value.getBsonType()) {
                      case STRING -> value.asString().getValue();
                      case INT32, INT64, DECIMAL128 ->
                          plain(value.asNumber().decimal128Value().bigDecimalValue());
                      case BINARY -> new String(value.asBinary().getData(), UTF_8);
                      default -> value.toString();
                    })
            .toList());
  }

  private static String plain(BigDecimal number) {
    return number.stripTrailingZeros().toPlainString();
  }

  /** The names that docs/conversion.md promises. */
  static String field(String attribute) {
    String name = attribute.replace('.', '\uFF0E');
    return name.startsWith("$") ? '\uFF04' + name.substring(1) : name;
  }

  private static Map<String, AttributeValue> renamed(
      Map<String, AttributeValue> attributes, boolean topLevel) {
    Map<String, AttributeValue> renamed = new HashMap<>();
    attributes.forEach(
        (name, value) ->
            renamed.put(topLevel && name.equals("_id") ? "pre_id" : field(name), renamed(value)));
    return renamed;
  }

  private static AttributeValue renamed(AttributeValue value) {
    return switch (value.type()) {
      case M -> AttributeValue.fromM(renamed(value.m(), false));
      case L -> AttributeValue.fromL(value.l().stream().map(Servers::renamed).toList());
      default -> value;
    };
  }

  /** Whether the document of an item is there. */
  boolean hasItem(Shape shape, int number) {
    List<String> keyFields = shape.keyNames().stream().map(Servers::field).toList();
    String wanted = keyText(keyFields, renamed(shape.key(number), true));
    BsonDocument newest = collection(shape.table).find(filter(shape, number)).first();
    return newest != null && keyText(keyFields, newest).equals(wanted);
  }

  static BsonDocument filter(Shape shape, int number) {
    BsonDocument filter = new BsonDocument();
    renamed(shape.key(number), true)
        .forEach(
            (name, value) ->
                filter.put(
                    name,
                    switch (value.type()) {
                      case S -> new BsonString(value.s());
                      case N -> new BsonDecimal128(new Decimal128(new BigDecimal(value.n())));
                      default -> new BsonBinary(value.b().asByteArray());
                    }));
    return filter;
  }

  /** Names of the collection's indexes. */
  List<String> indexNames(Shape shape) {
    List<String> names = new ArrayList<>();
    collection(shape.table).listIndexes().forEach(index -> names.add(index.getString("name")));
    return names;
  }

  @Override
  public void close() {
    mongo.close();
    mongoServer.close();
    if (ownDynamo) {
      dynamoServer.close();
    } else {
      dynamo
          .listTablesPaginator()
          .tableNames()
          .forEach(table -> dynamo.deleteTable(r -> r.tableName(table)));
    }
    dynamo.close();
  }
}
