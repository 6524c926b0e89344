package io.nimoshake.bench.whole;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.Split.ScanSegment;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.dynamodb.client.DynamoSettings;
import io.nimoshake.dynamodb.compare.ItemComparer;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.convert.NumberOverflow;
import io.nimoshake.dynamodb.convert.PageDecoder;
import io.nimoshake.dynamodb.source.DynamoSource;
import io.nimoshake.dynamodb.source.ReadOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.ByteBuf;
import org.bson.RawBsonDocument;

/**
 * The result of comparing every item of the table with its document. The {@code _id} does not
 * count.
 *
 * @param same documents that are equal to their items, to the last digit
 * @param asDoubles documents that are equal except that their numbers are doubles
 * @param different other documents that have an item
 * @param missing items without a document
 * @param extra documents without an item
 */
record TargetComparison(int same, int asDoubles, int different, int missing, int extra) {
  /** Without a batch size, mongo-java-server puts all documents into one answer. */
  private static final int BATCH = 1_000;

  String summary() {
    if (asDoubles + different + missing + extra == 0) {
      return "equal";
    }
    return same
        + " equal, "
        + asDoubles
        + " with doubles for numbers, "
        + different
        + " different, "
        + missing
        + " missing, "
        + extra
        + " extra";
  }

  static TargetComparison of(BenchServers servers, String database) throws Fault {
    Map<String, RawBsonDocument> documents = new HashMap<>();
    int extra = 0;
    for (RawBsonDocument document :
        servers
            .mongo
            .getDatabase(database)
            .getCollection(BenchServers.TABLE, RawBsonDocument.class)
            .find()
            .batchSize(BATCH)) {
      if (documents.put(document.getString("id").getValue(), document) != null) {
        extra++;
      }
    }
    int[] counts = new int[4];
    DynamoSettings settings =
        DynamoSettings.defaults()
            .withEndpoint(servers.dynamoServer.endpoint())
            .withCredentials(
                new DynamoSettings.Credentials("accessKey", "secret", Optional.empty()));
    try (DynamoSource source =
        new DynamoSource(
            settings,
            ReadOptions.ALL.withScanLimit(1_000),
            schema -> new PageDecoder(schema, options(ConvertType.SAME)))) {
      SplitReader reader =
          source.open(new ScanSegment(BenchServers.TABLE, 0, 1), Position.BEGINNING);
      ChangeBatch page;
      do {
        page = reader.read();
        for (Change change : page.changes()) {
          counts[compare((Change.Upsert) change, documents)]++;
        }
      } while (!page.isEnd());
    }
    return new TargetComparison(
        counts[0], counts[1], counts[2], counts[3], extra + documents.size());
  }

  /** The index of the count that this item belongs to. */
  private static int compare(Change.Upsert item, Map<String, RawBsonDocument> documents) {
    String id =
        BsonDocument.parse(item.key().encoded().toUtf8())
            .getDocument("id")
            .getString("S")
            .getValue();
    RawBsonDocument document = documents.remove(id);
    if (document == null) {
      return 3;
    }
    if (isSame(item, document, ConvertType.CHANGE)) {
      return 0;
    }
    return isSame(item, document, ConvertType.MCHANGE) ? 1 : 2;
  }

  private static boolean isSame(Change.Upsert item, RawBsonDocument document, ConvertType type) {
    ByteBuf buffer = document.getByteBuffer();
    Slice bytes = new Slice(buffer.array(), buffer.position(), buffer.remaining());
    return ItemComparer.of(options(type)).differences(item.document(), bytes).isEmpty();
  }

  private static ConvertOptions options(ConvertType type) {
    return new ConvertOptions(type, new FieldNames(true, "pre"), NumberOverflow.STRING);
  }
}
