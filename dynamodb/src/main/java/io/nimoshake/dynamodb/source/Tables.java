package io.nimoshake.dynamodb.source;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.model.TableSchema.Projection;
import io.nimoshake.core.model.TableSchema.SecondaryIndex;
import io.nimoshake.dynamodb.client.Faults;
import io.nimoshake.dynamodb.client.TableStatuses;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ListTablesResponse;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/** Lists and describes tables. Thread-safe. */
public final class Tables {
  private static final int NAMES_A_PAGE = 100;

  private final DynamoDbClient client;
  private final String place;

  /**
   * @param place name of the service, for messages
   */
  public Tables(DynamoDbClient client, String place) {
    this.client = client;
    this.place = place;
  }

  public List<String> list() throws Fault {
    List<String> names = new ArrayList<>();
    String last = null;
    do {
      ListTablesResponse page = listAfter(last);
      names.addAll(page.tableNames());
      last = page.lastEvaluatedTableName();
    } while (last != null);
    return names;
  }

  /**
   * The schema of a table that can be read.
   *
   * @throws Fault.Transient while the table cannot be read yet; the message names its status
   * @throws Fault.TableFailed if its status says that it can no longer be read
   */
  public TableSchema describe(String table) throws Fault {
    TableDescription description = answer(table).table();
    TableStatuses.requireUsable("table " + table, description);
    return schema(description);
  }

  DescribeTableResponse answer(String table) throws Fault {
    try {
      return client.describeTable(request -> request.tableName(table));
    } catch (ResourceNotFoundException e) {
      throw new Fault.TableGone("table " + table + " does not exist in " + place, e);
    } catch (SdkException e) {
      throw Faults.ofTable("describe table " + table, e);
    }
  }

  private ListTablesResponse listAfter(String last) throws Fault {
    try {
      return client.listTables(
          request -> request.limit(NAMES_A_PAGE).exclusiveStartTableName(last));
    } catch (SdkException e) {
      throw Faults.ofService("list the tables of " + place, e);
    }
  }

  /** The schema that a table description holds. */
  public static TableSchema schema(TableDescription table) {
    Map<String, KeyAttribute.Type> types = new HashMap<>();
    for (AttributeDefinition attribute : table.attributeDefinitions()) {
      types.put(
          attribute.attributeName(), KeyAttribute.Type.valueOf(attribute.attributeTypeAsString()));
    }
    List<SecondaryIndex> indexes = new ArrayList<>();
    table
        .globalSecondaryIndexes()
        .forEach(
            index ->
                indexes.add(
                    index(index.indexName(), true, index.keySchema(), index.projection(), types)));
    table
        .localSecondaryIndexes()
        .forEach(
            index ->
                indexes.add(
                    index(index.indexName(), false, index.keySchema(), index.projection(), types)));
    return new TableSchema(
        table.tableName(),
        attributes(KeyType.HASH, table.keySchema(), types).get(0),
        attributes(KeyType.RANGE, table.keySchema(), types).stream().findFirst(),
        indexes,
        Optional.ofNullable(table.itemCount()).orElse(0L),
        Optional.ofNullable(table.tableSizeBytes()).orElse(0L));
  }

  /** Provisioned read capacity units a second; empty for an on-demand table. */
  public static OptionalLong provisionedReads(TableDescription table) {
    boolean onDemand =
        table.billingModeSummary() != null
            && table.billingModeSummary().billingMode() == BillingMode.PAY_PER_REQUEST;
    Long units =
        table.provisionedThroughput() == null
            ? null
            : table.provisionedThroughput().readCapacityUnits();
    return onDemand || units == null || units == 0 ? OptionalLong.empty() : OptionalLong.of(units);
  }

  private static SecondaryIndex index(
      String name,
      boolean global,
      List<KeySchemaElement> key,
      software.amazon.awssdk.services.dynamodb.model.Projection projection,
      Map<String, KeyAttribute.Type> types) {
    return new SecondaryIndex(
        name,
        global,
        attributes(KeyType.HASH, key, types),
        attributes(KeyType.RANGE, key, types),
        projection(projection));
  }

  private static Projection projection(
      software.amazon.awssdk.services.dynamodb.model.Projection given) {
    return given == null || given.projectionType() == null
        ? Projection.ALL
        : new Projection(
            Projection.Kind.valueOf(given.projectionTypeAsString()), given.nonKeyAttributes());
  }

  private static List<KeyAttribute> attributes(
      KeyType role, List<KeySchemaElement> key, Map<String, KeyAttribute.Type> types) {
    return key.stream()
        .filter(element -> element.keyType() == role)
        .map(
            element ->
                new KeyAttribute(element.attributeName(), types.get(element.attributeName())))
        .toList();
  }
}
