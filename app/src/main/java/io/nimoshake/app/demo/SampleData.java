package io.nimoshake.app.demo;

import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bson.conversions.Bson;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Fills the sample tables and changes them. */
final class SampleData implements DemoData {
  private final DynamoDbClient client;
  private final Random random = new Random(1);

  SampleData(DynamoDbClient client) {
    this.client = client;
  }

  @Override
  public String name() {
    return "three tables";
  }

  @Override
  public int load() {
    int total = 0;
    for (SampleTable table : SampleTable.values()) {
      List<Map<String, AttributeValue>> items = new ArrayList<>();
      for (int number = 0; number < table.size(); number++) {
        items.add(table.item(number, random));
      }
      new TableLoader(client).load(table.definition(), items);
      total += table.size();
    }
    return total;
  }

  /** {@inheritDoc} A tenth of all changes go to the same ten items. */
  @Override
  public void change() {
    SampleTable table = SampleTable.values()[random.nextInt(SampleTable.values().length)];
    int number = random.nextInt(10) == 0 ? random.nextInt(10) : random.nextInt(table.size());
    switch (random.nextInt(5)) {
      case 0 -> put(table, table.size() + random.nextInt(table.size()));
      case 1 ->
          client.deleteItem(delete -> delete.tableName(table.tableName()).key(table.key(number)));
      case 2 ->
          client.updateItem(
              update ->
                  update
                      .tableName(table.tableName())
                      .key(table.key(number))
                      .updateExpression("ADD visits :one")
                      .expressionAttributeValues(Map.of(":one", AttributeValue.fromN("1"))));
      default -> put(table, number);
    }
  }

  private void put(SampleTable table, int number) {
    put(table, table.item(number, random));
  }

  @Override
  public void putMarkers(int number) {
    for (SampleTable table : SampleTable.values()) {
      put(table, table.item(number, random));
    }
  }

  @Override
  public boolean hasMarkers(MongoDatabase target, int number) {
    for (SampleTable table : SampleTable.values()) {
      Bson byKey = Filters.eq("_id", table.documentId(number));
      if (target.getCollection(table.tableName()).find(byKey).first() == null) {
        return false;
      }
    }
    return true;
  }

  private void put(SampleTable table, Map<String, AttributeValue> item) {
    client.putItem(put -> put.tableName(table.tableName()).item(item));
  }
}
