package io.nimoshake.dynamodb.compare;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.TargetMender;
import io.nimoshake.core.port.TargetReader.Stored;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.dynamodb.client.Faults;
import io.nimoshake.dynamodb.convert.KeyCodec;
import io.nimoshake.dynamodb.shape.TargetShapes.ItemShape;
import io.nimoshake.dynamodb.shape.UnfitItemException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/**
 * Repairs items one by one with conditional writes: an item is written only if its attributes are
 * still those that were read. At most {@value #MOST_COMPARED} attributes are compared, because the
 * service limits the length of an expression.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters">
 *     Quotas, Expression parameters: 4 KB, 300 operators</a>
 */
public final class DynamoTargetMender implements TargetMender {
  /** Each comparison is an operator, and so is each AND between two of them. */
  private static final int MOST_COMPARED = 150;

  private final DynamoTargetReader reader;
  private final boolean closesReader;

  /**
   * @param reader gives its connection; the caller closes it
   */
  public DynamoTargetMender(DynamoTargetReader reader) {
    this(reader, false);
  }

  private DynamoTargetMender(DynamoTargetReader reader, boolean closesReader) {
    this.reader = reader;
    this.closesReader = closesReader;
  }

  /** One that nobody reads beside: it closes the reader. */
  public static DynamoTargetMender owning(DynamoTargetReader reader) {
    return new DynamoTargetMender(reader, true);
  }

  private record Condition(
      String expression, Map<String, String> names, Map<String, AttributeValue> values) {}

  @Override
  public boolean insertIfAbsent(TableSchema table, Change.Upsert item) throws Fault {
    String hash = table.hash().name();
    Condition absent = new Condition("attribute_not_exists(#h)", Map.of("#h", hash), null);
    return put(table, item, absent);
  }

  @Override
  public boolean replaceIfSame(TableSchema table, Stored seen, Change.Upsert item) throws Fault {
    return put(table, item, same(seen));
  }

  private boolean put(TableSchema table, Change.Upsert item, Condition only) throws Fault {
    Optional<ItemShape> shape = reader.shapes().itemsOf(table.name());
    Slice shaped = item.document();
    try {
      shaped = shape.isPresent() ? shape.get().apply(shaped) : shaped;
    } catch (UnfitItemException e) {
      throw refused(table, item, e.getMessage());
    }
    Map<String, AttributeValue> attributes = AttributeJson.read(shaped.toUtf8());
    try {
      return happens(
          () ->
              reader
                  .client()
                  .putItem(
                      request ->
                          request
                              .tableName(reader.there(table).name())
                              .item(attributes)
                              .conditionExpression(only.expression())
                              .expressionAttributeNames(only.names())
                              .expressionAttributeValues(only.values())));
    } catch (SdkException e) {
      if (e instanceof AwsServiceException answer && Faults.isRefusal(answer)) {
        throw refused(table, item, Faults.describe(answer));
      }
      throw Faults.ofTable("write to table " + table.name(), e);
    }
  }

  private static Fault.Poison refused(TableSchema table, Change.Upsert item, String reason) {
    return new Fault.Poison(
        new Rejected(table.name(), KeyCodec.text(item.key()), reason, item.document().toUtf8()));
  }

  @Override
  public boolean deleteIfSame(TableSchema table, Stored seen) throws Fault {
    Condition only = same(seen);
    Map<String, AttributeValue> key = AttributeJson.read(KeyCodec.text(seen.key().orElseThrow()));
    try {
      return happens(
          () ->
              reader
                  .client()
                  .deleteItem(
                      request ->
                          request
                              .tableName(reader.there(table).name())
                              .key(key)
                              .conditionExpression(only.expression())
                              .expressionAttributeNames(only.names())
                              .expressionAttributeValues(only.values())));
    } catch (SdkException e) {
      throw Faults.ofTable("delete from table " + table.name(), e);
    }
  }

  private static Condition same(Stored seen) {
    Map<String, String> names = new HashMap<>();
    Map<String, AttributeValue> values = new HashMap<>();
    StringJoiner expression = new StringJoiner(" AND ");
    for (Map.Entry<String, AttributeValue> attribute :
        AttributeJson.read(seen.document().toUtf8()).entrySet()) {
      if (names.size() == MOST_COMPARED) {
        break;
      }
      String n = Integer.toString(names.size());
      names.put("#" + n, attribute.getKey());
      values.put(":" + n, attribute.getValue());
      expression.add("#" + n + "=:" + n);
    }
    return new Condition(expression.toString(), names, values);
  }

  private static boolean happens(Runnable write) {
    try {
      write.run();
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    }
  }

  @Override
  public void close() {
    if (closesReader) {
      reader.close();
    }
  }
}
