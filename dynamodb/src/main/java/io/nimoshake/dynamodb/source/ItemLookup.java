package io.nimoshake.dynamodb.source;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.dynamodb.client.Faults;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.convert.JsonFilter;
import io.nimoshake.dynamodb.convert.KeyCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;

/**
 * Reads items of one table by their keys, up to 100 a call. A key is DynamoDB JSON in the form that
 * gives equal keys equal bytes. Not thread-safe.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html">
 *     BatchGetItem</a>
 */
public final class ItemLookup {
  /** The most keys that one call may ask for. */
  public static final int KEYS_A_CALL = 100;

  private final DynamoDbClient client;
  private final TableSchema table;
  private final KeyCodec codec;
  private final Optional<JsonFilter> filter;

  /** Finds every item. Makes no call yet. */
  public ItemLookup(DynamoDbClient client, TableSchema table) {
    this(client, table, Optional.empty());
  }

  /**
   * Makes no call yet.
   *
   * @param filter which items to find; others count as absent
   */
  ItemLookup(DynamoDbClient client, TableSchema table, Optional<JsonFilter> filter) {
    this.client = client;
    this.table = table;
    this.filter = filter;
    this.codec =
        new KeyCodec(
            table,
            new ConvertOptions(
                ConvertType.SAME,
                ConvertOptions.DEFAULT.names(),
                ConvertOptions.DEFAULT.overflow()));
  }

  /**
   * The result of one call.
   *
   * @param items DynamoDB JSON by key; a key without an item is absent
   * @param unread keys that the service did not process; ask for them again
   * @param capacityUnits read capacity the call consumed
   */
  public record Found(Map<ItemKey, Slice> items, List<ItemKey> unread, double capacityUnits) {}

  /**
   * Makes one call.
   *
   * @param keys at most {@link #KEYS_A_CALL} distinct keys
   * @param keysOnly whether key attributes are enough; the cost is the same
   */
  public Found get(List<ItemKey> keys, boolean consistent, boolean keysOnly) throws Fault {
    KeysAndAttributes.Builder wanted =
        KeysAndAttributes.builder()
            .keys(keys.stream().map(key -> AttributeJson.read(KeyCodec.text(key))).toList())
            .consistentRead(consistent);
    if (keysOnly) {
      KeyProjection projection =
          KeyProjection.of(table).and(filter.map(JsonFilter::attributes).orElse(Set.of()));
      wanted
          .projectionExpression(projection.expression())
          .expressionAttributeNames(projection.names());
    }
    BatchGetItemResponse answer;
    try {
      answer =
          client.batchGetItem(
              request ->
                  request
                      .requestItems(Map.of(table.name(), wanted.build()))
                      .returnConsumedCapacity(ReturnConsumedCapacity.TOTAL));
    } catch (SdkException e) {
      throw Faults.ofTable("read items of table " + table.name(), e);
    }
    Map<ItemKey, Slice> items = new HashMap<>();
    for (Map<String, AttributeValue> item :
        answer.responses().getOrDefault(table.name(), List.of())) {
      Slice json = Slice.utf8(AttributeJson.write(item));
      if (filter.isEmpty() || filter.get().passes(json)) {
        items.put(keyOf(item), json);
      }
    }
    List<ItemKey> unread = new ArrayList<>();
    KeysAndAttributes left = answer.unprocessedKeys().get(table.name());
    if (left != null) {
      left.keys().forEach(key -> unread.add(keyOf(key)));
    }
    double units =
        answer.consumedCapacity().stream()
            .mapToDouble(each -> each.capacityUnits() == null ? 0 : each.capacityUnits())
            .sum();
    return new Found(items, unread, units);
  }

  /** The key of an item. A map of only the key attributes works too. */
  public ItemKey keyOf(Map<String, AttributeValue> item) {
    Map<String, AttributeValue> key = new LinkedHashMap<>();
    for (KeyAttribute attribute : table.key()) {
      key.put(attribute.name(), item.get(attribute.name()));
    }
    return codec
        .read(new ItemKey(Slice.utf8(AttributeJson.write(key))))
        .orElseThrow(() -> new IllegalStateException("the service returned an invalid key"));
  }
}
