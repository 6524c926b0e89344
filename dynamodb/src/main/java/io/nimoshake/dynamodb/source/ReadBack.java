package io.nimoshake.dynamodb.source;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.dynamodb.client.ComparableKey;
import io.nimoshake.dynamodb.client.Faults;
import io.nimoshake.dynamodb.client.ItemJson;
import io.nimoshake.dynamodb.convert.JsonFilter;
import io.nimoshake.dynamodb.convert.PageDecoder;
import io.nimoshake.dynamodb.convert.RecordListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/**
 * Completes pages of records that lack the new image (view type KEYS_ONLY or OLD_IMAGE): it reads
 * the items from the table with strongly consistent reads.
 *
 * <p>The item may be newer than its record, and newer than later records of the same page. It
 * therefore wins over all records of its key in the page. The later records are read back too, when
 * their turn comes, so the target ends with the item's last state. An item that no longer exists
 * was deleted after the record; its delete record comes later, so nothing is written for it here. A
 * filter is applied to what was read.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html">
 *     BatchGetItem</a>
 */
final class ReadBack {
  private static final int KEYS_A_CALL = 100;

  private final DynamoDbClient client;
  private final String table;
  private final Optional<JsonFilter> filter;

  ReadBack(DynamoDbClient client, String table, Optional<JsonFilter> filter) {
    this.client = client;
    this.table = table;
    this.filter = filter;
  }

  /**
   * A record without its image: the item's key as DynamoDB JSON, and the record's creation time.
   */
  record Missing(String keyJson, Instant created) {}

  /** Reads the current items and adds them to a page that holds all its other records already. */
  void complete(List<Missing> records, ChangeBatch.Builder batch, PageDecoder decoder)
      throws Fault {
    if (records.isEmpty()) {
      return;
    }
    byte[] body = withImages(records, batch);
    try {
      decoder.records(body, body.length, batch, new NoneMissing());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Builds the GetRecords body that a stream with images would give; deleted items are skipped. */
  private byte[] withImages(List<Missing> records, ChangeBatch.Builder batch) throws Fault {
    Set<Map<String, AttributeValue>> keys = new HashSet<>();
    records.forEach(record -> keys.add(AttributeJson.read(record.keyJson())));
    Map<Map<String, AttributeValue>, Map<String, AttributeValue>> items = read(keys);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (JsonGenerator out = ItemJson.FACTORY.createGenerator(body)) {
      out.writeStartObject();
      out.writeArrayFieldStart("Records");
      for (Missing record : records) {
        Map<String, AttributeValue> key = AttributeJson.read(record.keyJson());
        Map<String, AttributeValue> item = items.get(ComparableKey.of(key));
        if (item == null) {
          batch.skip(record.created());
        } else {
          write(record.created(), key, item, out);
        }
      }
      out.writeEndArray();
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return body.toByteArray();
  }

  private static void write(
      Instant created,
      Map<String, AttributeValue> key,
      Map<String, AttributeValue> item,
      JsonGenerator out)
      throws IOException {
    out.writeStartObject();
    out.writeStringField("eventName", "MODIFY");
    out.writeObjectFieldStart("dynamodb");
    out.writeNumberField(
        "ApproximateCreationDateTime",
        BigDecimal.valueOf(created.getEpochSecond()).add(BigDecimal.valueOf(created.getNano(), 9)));
    out.writeStringField("SequenceNumber", "0");
    out.writeFieldName("Keys");
    AttributeJson.write(key, out);
    out.writeFieldName("NewImage");
    AttributeJson.write(item, out);
    out.writeEndObject();
    out.writeEndObject();
  }

  /** Items by {@link ComparableKey}; a key without an item is absent. */
  private Map<Map<String, AttributeValue>, Map<String, AttributeValue>> read(
      Set<Map<String, AttributeValue>> keys) throws Fault {
    Map<Map<String, AttributeValue>, Map<String, AttributeValue>> items = new HashMap<>();
    List<Map<String, AttributeValue>> left = new ArrayList<>(keys);
    while (!left.isEmpty()) {
      List<Map<String, AttributeValue>> head = left.subList(0, Math.min(KEYS_A_CALL, left.size()));
      List<Map<String, AttributeValue>> some = List.copyOf(head);
      head.clear();
      BatchGetItemResponse answer = get(some);
      for (Map<String, AttributeValue> item : answer.responses().getOrDefault(table, List.of())) {
        items.put(ComparableKey.of(item, some.get(0).keySet()), item);
      }
      KeysAndAttributes unread = answer.unprocessedKeys().get(table);
      if (unread != null && unread.keys().size() >= some.size()) {
        throw new Fault.Throttled(
            "cannot read items of table " + table + ": the service processed none of them", null);
      }
      if (unread != null) {
        left.addAll(unread.keys());
      }
    }
    return items;
  }

  private BatchGetItemResponse get(List<Map<String, AttributeValue>> keys) throws Fault {
    KeysAndAttributes wanted = KeysAndAttributes.builder().keys(keys).consistentRead(true).build();
    try {
      return client.batchGetItem(request -> request.requestItems(Map.of(table, wanted)));
    } catch (SdkException e) {
      // Turned into a fault here: the caller would take a missing table for a missing shard.
      throw Faults.ofTable("read items of table " + table, e);
    }
  }

  /** Used where every record has its image. */
  private final class NoneMissing implements RecordListener {
    @Override
    public boolean propagateTtlDeletes() {
      return true;
    }

    @Override
    public Optional<JsonFilter> filter() {
      return filter;
    }

    @Override
    public void imageMissing(String keyJson, ItemKey key, Instant created) {
      throw new IllegalStateException("a record has no image although it was added");
    }
  }
}
