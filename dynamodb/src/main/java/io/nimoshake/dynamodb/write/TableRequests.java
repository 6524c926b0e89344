package io.nimoshake.dynamodb.write;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.model.TableSchema.SecondaryIndex;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateGlobalSecondaryIndexAction;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.LocalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.Projection;
import software.amazon.awssdk.services.dynamodb.model.UpdateTableRequest;

/** Builds the requests that create a table like one of the source. */
final class TableRequests {
  private TableRequests() {}

  /** Uses on-demand billing: the copy needs another capacity than the table needs later. */
  static CreateTableRequest create(TableSchema table, boolean withIndexes) {
    List<SecondaryIndex> indexes = withIndexes ? table.indexes() : List.of();
    CreateTableRequest.Builder request =
        CreateTableRequest.builder()
            .tableName(table.name())
            .keySchema(key(table))
            .attributeDefinitions(definitions(table, indexes))
            .billingMode(BillingMode.PAY_PER_REQUEST);
    // The service refuses an empty list.
    List<GlobalSecondaryIndex> global =
        indexes.stream().filter(SecondaryIndex::global).map(TableRequests::global).toList();
    List<LocalSecondaryIndex> local =
        indexes.stream().filter(index -> !index.global()).map(TableRequests::local).toList();
    if (!global.isEmpty()) {
      request.globalSecondaryIndexes(global);
    }
    if (!local.isEmpty()) {
      request.localSecondaryIndexes(local);
    }
    return request.build();
  }

  /** Adds a global index to an existing table. The service adds one index at a time. */
  static UpdateTableRequest addIndex(TableSchema table, SecondaryIndex index) {
    return UpdateTableRequest.builder()
        .tableName(table.name())
        .attributeDefinitions(definitions(table, List.of(index)))
        .globalSecondaryIndexUpdates(
            update ->
                update.create(
                    CreateGlobalSecondaryIndexAction.builder()
                        .indexName(index.name())
                        .keySchema(key(index.hash(), index.range()))
                        .projection(projection(index.projection()))
                        .build()))
        .build();
  }

  static List<KeySchemaElement> key(TableSchema table) {
    return key(List.of(table.hash()), table.range().stream().toList());
  }

  private static List<KeySchemaElement> key(List<KeyAttribute> hash, List<KeyAttribute> range) {
    List<KeySchemaElement> key = new ArrayList<>();
    hash.forEach(attribute -> key.add(element(attribute, KeyType.HASH)));
    range.forEach(attribute -> key.add(element(attribute, KeyType.RANGE)));
    return key;
  }

  private static KeySchemaElement element(KeyAttribute attribute, KeyType type) {
    return KeySchemaElement.builder().attributeName(attribute.name()).keyType(type).build();
  }

  /** Defines exactly the attributes that keys use; the service refuses any other. */
  private static List<AttributeDefinition> definitions(
      TableSchema table, List<SecondaryIndex> indexes) {
    Map<String, KeyAttribute> byName = new LinkedHashMap<>();
    table.key().forEach(attribute -> byName.put(attribute.name(), attribute));
    for (SecondaryIndex index : indexes) {
      index.key().forEach(attribute -> byName.put(attribute.name(), attribute));
    }
    return byName.values().stream()
        .map(
            attribute ->
                AttributeDefinition.builder()
                    .attributeName(attribute.name())
                    .attributeType(attribute.type().name())
                    .build())
        .toList();
  }

  private static GlobalSecondaryIndex global(SecondaryIndex index) {
    return GlobalSecondaryIndex.builder()
        .indexName(index.name())
        .keySchema(key(index.hash(), index.range()))
        .projection(projection(index.projection()))
        .build();
  }

  private static LocalSecondaryIndex local(SecondaryIndex index) {
    return LocalSecondaryIndex.builder()
        .indexName(index.name())
        .keySchema(key(index.hash(), index.range()))
        .projection(projection(index.projection()))
        .build();
  }

  private static Projection projection(TableSchema.Projection given) {
    Projection.Builder projection = Projection.builder().projectionType(given.kind().name());
    if (!given.attributes().isEmpty()) {
      projection.nonKeyAttributes(given.attributes());
    }
    return projection.build();
  }
}
