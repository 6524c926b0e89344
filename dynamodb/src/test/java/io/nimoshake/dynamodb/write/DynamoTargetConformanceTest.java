package io.nimoshake.dynamodb.write;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target;
import io.nimoshake.dynamodb.client.ItemCodec;
import io.nimoshake.dynamodb.source.LocalService;
import io.nimoshake.testkit.conformance.TargetConformance;
import io.nimoshake.testkit.fault.PortFaults;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;

/** What every target must do, on a server of another process. */
class DynamoTargetConformanceTest extends TargetConformance {
  private final LocalService service = LocalService.fresh();
  private final DynamoDbClient client = service.client();

  @AfterEach
  void close() {
    service.close();
  }

  @Override
  protected Target open() throws Fault {
    // Waits as the engine does while the server is not ready.
    return PortFaults.comingAgain(
        Target.class, new DynamoTarget(new DynamoTargetSettings(service.settings(), true)));
  }

  @Override
  protected Slice encode(Map<String, Object> attributes) {
    return ItemCodec.encode(attributes);
  }

  @Override
  protected List<Map<String, Object>> items(String table) {
    List<Map<String, Object>> items = new ArrayList<>();
    for (Map<String, AttributeValue> item :
        client.scanPaginator(request -> request.tableName(table).consistentRead(true)).items()) {
      items.add(ItemCodec.decode(item));
    }
    return items;
  }

  @Override
  protected long tombstones(String table) {
    return 0;
  }

  @Override
  protected Set<List<String>> userIndexes(String table) {
    Set<List<String>> indexes = new HashSet<>();
    client
        .describeTable(request -> request.tableName(table))
        .table()
        .globalSecondaryIndexes()
        .forEach(
            index ->
                indexes.add(
                    index.keySchema().stream().map(element -> element.attributeName()).toList()));
    return indexes;
  }

  @Override
  protected boolean hasHelpers(String table) {
    return false;
  }

  @Override
  protected Optional<List<Map<String, Object>>> renamedItems(String table) {
    return Optional.empty();
  }

  @Override
  protected void putForeign(TableSchema table, Map<String, Object> item) {
    try {
      client.createTable(TableRequests.create(table, false));
    } catch (ResourceInUseException e) {
      // The call for an earlier item created the table.
      items(table.name());
    }
    client.putItem(request -> request.tableName(table.name()).item(ItemCodec.values(item)));
  }

  @Override
  protected Optional<Map<String, Object>> refused(String id) {
    return Optional.of(with(item(id, "too large"), "blob", "x".repeat(410_000)));
  }
}
