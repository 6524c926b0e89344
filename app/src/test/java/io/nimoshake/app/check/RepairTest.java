package io.nimoshake.app.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import io.nimoshake.app.check.Finding.Repaired.Outcome;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.KeyAttribute.Type;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.TargetMender;
import io.nimoshake.core.port.TargetReader;
import io.nimoshake.core.port.TargetReader.Stored;
import io.nimoshake.dynamodb.client.DynamoSettings;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.PageDecoder;
import io.nimoshake.dynamodb.shape.TargetShapes;
import io.nimoshake.dynamodb.source.DynamoSource;
import io.nimoshake.dynamodb.source.ReadOptions;
import io.nimoshake.mapping.FileMapping;
import io.nimoshake.testkit.memory.DocumentBytes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a document is repaired beside tombstones, or in a collection where it does not belong. */
class RepairTest {
  private static final String MAPPING =
      """
      version: 1
      tables:
        t:
          split:
            - {when: {kind: order}, collection: orders}
            - {otherwise: {collection: rest}}
      """;
  private static final TableSchema TABLE =
      new TableSchema("t", new KeyAttribute("pk", Type.S), Optional.empty(), List.of(), 0, 0);
  private static final ItemKey KEY = new ItemKey(Slice.utf8("{\"pk\":{\"S\":\"a\"}}"));
  private static final Stored MISPLACED = stored("rest");

  private final FakeTarget target = new FakeTarget();
  private HttpServer server;
  private DynamoSource source;

  @BeforeEach
  void start() throws Exception {
    byte[] answer =
        "{\"Responses\":{\"t\":[{\"pk\":{\"S\":\"a\"},\"kind\":{\"S\":\"order\"}}]}}"
            .getBytes(StandardCharsets.UTF_8);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.0");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
          }
        });
    server.start();
    source =
        new DynamoSource(
            DynamoSettings.defaults()
                .withEndpoint(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
                .withRegion("us-east-1")
                .withCredentials(
                    new DynamoSettings.Credentials("accessKey", "secret", Optional.empty())),
            ReadOptions.ALL,
            schema -> new PageDecoder(schema, ConvertOptions.DEFAULT));
  }

  @AfterEach
  void stop() {
    source.close();
    server.stop(0);
  }

  @Test
  void theRightDocumentIsWrittenBeforeTheMisplacedIsDeleted() throws Exception {
    Finding.Repaired repaired = repair().of(Suspect.document(Optional.of(KEY), MISPLACED));
    assertEquals(Outcome.WRITTEN, repaired.outcome());
    assertEquals(List.of("insert into orders", "delete from rest"), target.writes);
  }

  /** It is the only document of the item. */
  @Test
  void aMisplacedDocumentStaysIfTheTargetRefusesTheItem() throws Exception {
    target.refuses = true;
    Finding.Repaired repaired = repair().of(Suspect.document(Optional.of(KEY), MISPLACED));
    assertEquals(Outcome.REJECTED, repaired.outcome());
    assertEquals(List.of(), target.writes);
    assertEquals(List.of(MISPLACED), target.documents);
  }

  /** A copy was stopped after the delete, and the item was created again. */
  @Test
  void aTombstoneInThePlaceOfTheDocumentIsReplaced() throws Exception {
    target.documents.clear();
    target.documents.add(tombstone("rest"));
    target.documents.add(tombstone("orders"));
    Finding.Repaired repaired = repair().of(Suspect.item(KEY));
    assertEquals(Outcome.WRITTEN, repaired.outcome());
    assertEquals("inserted", repaired.what());
    assertEquals(List.of("replace in orders"), target.writes);
    assertEquals(List.of(tombstone("rest"), stored("orders")), target.documents);
  }

  @Test
  void aTombstoneElsewhereIsNotInTheWay() throws Exception {
    target.documents.clear();
    target.documents.add(tombstone("rest"));
    assertEquals(Outcome.WRITTEN, repair().of(Suspect.item(KEY)).outcome());
    assertEquals(List.of("insert into orders"), target.writes);
  }

  private Repair repair() throws Exception {
    ConvertOptions convert = ConvertOptions.DEFAULT;
    Sides sides =
        new Sides(
            source,
            source,
            target,
            target,
            convert,
            OptionalInt.empty(),
            1,
            1 << 20,
            TableLimits::none,
            "",
            Optional.of(FileMapping.parse("m.yaml", MAPPING, convert.names())),
            TargetShapes.SAME,
            Optional.empty());
    return new Repair(new TablePair(TABLE, sides, new Patience(TableLimits.none())));
  }

  /** The item's document, in one of the collections. */
  private static Stored stored(String collection) {
    return stored(collection, BsonDocument.parse("{_id: 'a', pk: 'a', kind: 'order'}"), false);
  }

  private static Stored tombstone(String collection) {
    return stored(collection, BsonDocument.parse("{_id: 'a', pk: 'a'}"), true);
  }

  private static Stored stored(String collection, BsonDocument document, boolean tombstone) {
    BsonString name = new BsonString(collection);
    return new Stored(
        DocumentBytes.of(new BsonDocument("collection", name).append("_id", document.get("_id"))),
        Optional.of(new ItemKey(DocumentBytes.of(BsonDocument.parse("{pk: 'a'}")))),
        DocumentBytes.of(new BsonDocument("collection", name).append("document", document)),
        tombstone);
  }

  /** Has only documents of the one item. */
  private static final class FakeTarget implements TargetReader, TargetMender {
    private final List<Stored> documents = new ArrayList<>(List.of(MISPLACED));
    private final List<String> writes = new ArrayList<>();
    private boolean refuses;

    @Override
    public void fetch(TableSchema table, List<ItemKey> keys, Consumer<Stored> each) {
      documents.forEach(each);
    }

    @Override
    public Optional<Stored> again(TableSchema table, Stored seen) {
      return documents.stream().filter(stored -> stored.id().equals(seen.id())).findFirst();
    }

    @Override
    public int maxKeys() {
      return 100;
    }

    @Override
    public boolean insertIfAbsent(TableSchema table, Change.Upsert item) throws Fault {
      if (refuses) {
        throw new Fault.Poison(new Rejected("t", "{}", "refused", "{}"));
      }
      if (documents.contains(tombstone("orders"))) {
        return false;
      }
      writes.add("insert into orders");
      return documents.add(stored("orders"));
    }

    @Override
    public boolean deleteIfSame(TableSchema table, Stored seen) {
      writes.add("delete from " + collection(seen));
      return documents.remove(seen);
    }

    private static String collection(Stored seen) {
      return new RawBsonDocument(seen.id().copy()).getString("collection").getValue();
    }

    @Override
    public boolean replaceIfSame(TableSchema table, Stored seen, Change.Upsert item) {
      writes.add("replace in " + collection(seen));
      return documents.remove(seen) && documents.add(stored(collection(seen)));
    }

    @Override
    public boolean open(TableSchema table) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<String> tables() {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<SchemaDifference> schemaDifferences(TableSchema table) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Listing list(TableSchema table) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<Stored> sample(TableSchema table, int count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      // nothing is open
    }
  }
}
