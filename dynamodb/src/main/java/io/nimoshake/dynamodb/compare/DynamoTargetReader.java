package io.nimoshake.dynamodb.compare;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.model.TableSchema.SecondaryIndex;
import io.nimoshake.core.port.TargetReader;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.dynamodb.client.DynamoClients;
import io.nimoshake.dynamodb.client.DynamoSettings;
import io.nimoshake.dynamodb.client.Faults;
import io.nimoshake.dynamodb.shape.TargetShapes;
import io.nimoshake.dynamodb.source.ItemLookup;
import io.nimoshake.dynamodb.source.KeyProjection;
import io.nimoshake.dynamodb.source.Tables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;

/** Reads tables of a DynamoDB-compatible target for {@code check}. Thread-safe. */
public final class DynamoTargetReader implements TargetReader {
  private static final int SAMPLE_SEGMENTS = 64;

  private final DynamoClients clients;
  private final Tables tables;
  private final boolean secondaryIndexes;
  private final TargetShapes shapes;

  /**
   * Makes no call yet.
   *
   * @param secondaryIndexes whether the target's tables must have the source's secondary indexes
   * @param shapes how the tables are named in the target
   * @throws Fault.Fatal if no region is configured and the AWS default chain finds none
   */
  public DynamoTargetReader(DynamoSettings settings, boolean secondaryIndexes, TargetShapes shapes)
      throws Fault.Fatal {
    this.shapes = shapes;
    this.clients = new DynamoClients(settings, List.of());
    this.tables = new Tables(clients.tables(), settings.place());
    this.secondaryIndexes = secondaryIndexes;
  }

  /** The same where tables keep their names, and items their attributes. */
  public DynamoTargetReader(DynamoSettings settings, boolean secondaryIndexes) throws Fault.Fatal {
    this(settings, secondaryIndexes, TargetShapes.SAME);
  }

  @Override
  public List<String> tables() throws Fault {
    return tables.list();
  }

  @Override
  public boolean open(TableSchema table) throws Fault {
    return tables.list().contains(shapes.nameOf(table.name()));
  }

  @Override
  public List<SchemaDifference> schemaDifferences(TableSchema table) throws Fault {
    TableSchema found = tables.describe(shapes.nameOf(table.name()));
    List<SchemaDifference> differences = new ArrayList<>();
    if (!found.key().equals(table.key())) {
      differences.add(
          new SchemaDifference("key", text(table.key()), Optional.of(text(found.key()))));
    }
    if (!secondaryIndexes) {
      return differences;
    }
    Map<String, SecondaryIndex> there =
        found.indexes().stream().collect(Collectors.toMap(SecondaryIndex::name, index -> index));
    for (SecondaryIndex index : table.indexes()) {
      SecondaryIndex other = there.get(index.name());
      if (!index.equals(other)) {
        differences.add(
            new SchemaDifference(
                "index " + index.name(),
                text(index),
                Optional.ofNullable(other).map(DynamoTargetReader::text)));
      }
    }
    return differences;
  }

  private static String text(SecondaryIndex index) {
    String kind = index.global() ? "a global index" : "a local index";
    String sort = index.range().isEmpty() ? "" : ", sort key " + text(index.range());
    return kind + " with partition key " + text(index.hash()) + sort;
  }

  private static String text(List<KeyAttribute> key) {
    return key.stream()
        .map(attribute -> attribute.name() + " (" + attribute.type() + ")")
        .collect(Collectors.joining(", "));
  }

  @Override
  public int maxKeys() {
    return ItemLookup.KEYS_A_CALL;
  }

  @Override
  public void fetch(TableSchema table, List<ItemKey> keys, Consumer<Stored> each) throws Fault {
    ItemLookup lookup = new ItemLookup(clients.tables(), there(table));
    List<ItemKey> left = keys;
    while (!left.isEmpty()) {
      ItemLookup.Found found = lookup.get(left, true, false);
      if (found.unread().size() >= left.size()) {
        throw new Fault.Throttled(
            "cannot read items of table " + table.name() + ": the service processed none of them",
            null);
      }
      found.items().forEach((key, item) -> each.accept(stored(key, item)));
      left = found.unread();
    }
  }

  private static Stored stored(ItemKey key, Slice document) {
    return new Stored(key.encoded(), Optional.of(key), document, false);
  }

  @Override
  public Optional<Stored> again(TableSchema table, Stored seen) throws Fault {
    List<Stored> found = new ArrayList<>();
    fetch(table, List.of(seen.key().orElseThrow()), found::add);
    return found.stream().findFirst();
  }

  @Override
  public Listing list(TableSchema table) {
    return new KeyListing(table);
  }

  @Override
  public List<Stored> sample(TableSchema table, int count) throws Fault {
    ItemLookup lookup = new ItemLookup(clients.tables(), there(table));
    List<Stored> found = new ArrayList<>();
    int first = ThreadLocalRandom.current().nextInt(SAMPLE_SEGMENTS);
    int each = Math.max(1, (count + SAMPLE_SEGMENTS - 1) / SAMPLE_SEGMENTS);
    for (int i = 0; i < SAMPLE_SEGMENTS && found.size() < count; i++) {
      int segment = (first + i) % SAMPLE_SEGMENTS;
      ScanResponse page =
          scan(
              ScanRequest.builder()
                  .tableName(there(table).name())
                  .segment(segment)
                  .totalSegments(SAMPLE_SEGMENTS)
                  .consistentRead(true)
                  .limit(Math.min(each, count - found.size()))
                  .build());
      for (Map<String, AttributeValue> item : page.items()) {
        found.add(stored(lookup.keyOf(item), Slice.utf8(AttributeJson.write(item))));
      }
    }
    return found;
  }

  /** The table of the target. */
  TableSchema there(TableSchema table) {
    return table.named(shapes.nameOf(table.name()));
  }

  TargetShapes shapes() {
    return shapes;
  }

  private ScanResponse scan(ScanRequest request) throws Fault {
    try {
      return clients.tables().scan(request);
    } catch (SdkException e) {
      throw Faults.ofTable("scan table " + request.tableName(), e);
    }
  }

  @Override
  public void close() {
    clients.close();
  }

  DynamoDbClient client() {
    return clients.tables();
  }

  private final class KeyListing implements Listing {
    private final TableSchema table;
    private final ItemLookup keys;
    private final KeyProjection projection;
    private Map<String, AttributeValue> last = new HashMap<>();
    private boolean ended;

    KeyListing(TableSchema table) {
      this.table = table;
      this.keys = new ItemLookup(clients.tables(), there(table));
      this.projection = KeyProjection.of(table);
    }

    @Override
    public List<Stored> next() throws Fault {
      List<Stored> some = new ArrayList<>();
      while (some.isEmpty() && !ended) {
        ScanRequest.Builder request =
            ScanRequest.builder()
                .tableName(there(table).name())
                .consistentRead(true)
                .projectionExpression(projection.expression())
                .expressionAttributeNames(projection.names());
        if (!last.isEmpty()) {
          request.exclusiveStartKey(last);
        }
        ScanResponse page = scan(request.build());
        for (Map<String, AttributeValue> item : page.items()) {
          ItemKey key = keys.keyOf(item);
          some.add(stored(key, key.encoded()));
        }
        last = page.lastEvaluatedKey();
        ended = last.isEmpty();
      }
      return some;
    }

    @Override
    public void close() {
      // There is nothing to release.
    }
  }
}
