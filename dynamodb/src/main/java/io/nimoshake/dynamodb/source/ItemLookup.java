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
import io.nimoshake.dynamodb.convert.KeyCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;

/**
 * Items of one table by their keys, 100 a call. Keys are DynamoDB JSON in which equal keys have
 * equal bytes. Not for use by several threads.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html">
 *     BatchGetItem</a>
 */
public final class ItemLookup {
  /** Most keys of one call. */
  public static final int KEYS_A_CALL = 100;

  private final DynamoDbClient client;
  private final TableSchema table;
  private final KeyCodec codec;

  public ItemLookup(DynamoDbClient client, TableSchema table) {
    this.client = client;
    this.table = table;
    this.codec =
        new KeyCodec(
            table,
            new ConvertOptions(
                ConvertType.SAME,
                ConvertOptions.DEFAULT.names(),
                ConvertOptions.DEFAULT.overflow()));
  }

  /**
   * What was found of one call's keys.
   *
   * @param items DynamoDB JSON by key; a key without an item is missing
   * @param unread keys the service did not get to: to be asked for again
   * @param capacityUnits what it cost
   */
  public record Found(Map<ItemKey, Slice> items, List<ItemKey> unread, double capacityUnits) {}

  /**
   * One call.
   *
   * @param keys at most {@link #KEYS_A_CALL}, no key twice
   * @param keysOnly whether only key attributes are wanted; it costs the same
   */
  public Found get(List<ItemKey> keys, boolean consistent, boolean keysOnly) throws Fault {
    KeysAndAttributes.Builder wanted =
        KeysAndAttributes.builder()
            .keys(keys.stream().map(key -> AttributeJson.read(KeyCodec.text(key))).toList())
            .consistentRead(consistent);
    if (keysOnly) {
      KeyProjection projection = KeyProjection.of(table);
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
      items.put(keyOf(item), Slice.utf8(AttributeJson.write(item)));
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

  /** The key of an item, or of a map of key attributes. */
  public ItemKey keyOf(Map<String, AttributeValue> item) {
    Map<String, AttributeValue> key = new LinkedHashMap<>();
    for (KeyAttribute attribute : table.key()) {
      key.put(attribute.name(), item.get(attribute.name()));
    }
    return codec
        .decode(new ItemKey(Slice.utf8(AttributeJson.write(key))))
        .orElseThrow(() -> new IllegalStateException("the service gave a key that is none"));
  }
}
