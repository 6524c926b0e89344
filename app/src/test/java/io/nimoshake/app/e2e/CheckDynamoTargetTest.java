package io.nimoshake.app.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.check.Check;
import io.nimoshake.app.check.CheckOptions;
import io.nimoshake.app.check.CheckResult;
import io.nimoshake.app.check.Finding;
import io.nimoshake.app.check.Sides;
import io.nimoshake.app.check.SyncBeside;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.dynamodb.client.DynamoSettings;
import io.nimoshake.dynamodb.compare.DynamoTargetMender;
import io.nimoshake.dynamodb.compare.DynamoTargetReader;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.convert.PageDecoder;
import io.nimoshake.dynamodb.shape.TargetShapes;
import io.nimoshake.dynamodb.source.DynamoSource;
import io.nimoshake.dynamodb.source.ReadOptions;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The comparison with a DynamoDB-compatible target. */
class CheckDynamoTargetTest {
  private static final ConvertOptions SAME =
      new ConvertOptions(
          ConvertType.SAME, ConvertOptions.DEFAULT.names(), ConvertOptions.DEFAULT.overflow());
  private static final int ITEMS = 120;

  @Test
  void findsAndMendsWhatWasPlantedAndNothingElse() throws Exception {
    try (TwoDynamos servers = new TwoDynamos()) {
      Set<String> expected = new TreeSet<>();
      for (Shape shape : Shape.values()) {
        for (DynamoDbClient side : List.of(servers.source, servers.target)) {
          side.createTable(shape.definition());
          Workload.load(side, shape, ITEMS, 1);
        }
        expected.addAll(plant(servers.source, servers.target, shape));
      }
      assertEquals(expected, findings(servers, true));
      assertEquals(Set.of(), findings(servers, false));
    }
  }

  private static Set<String> plant(DynamoDbClient source, DynamoDbClient target, Shape shape) {
    target.deleteItem(r -> r.tableName(shape.table).key(shape.key(20)));
    source.deleteItem(r -> r.tableName(shape.table).key(shape.key(21)));
    Map<String, AttributeValue> item =
        new HashMap<>(target.getItem(r -> r.tableName(shape.table).key(shape.key(22))).item());
    item.put("precise", AttributeValue.fromN("98765432109876543210987654321.1235"));
    item.put("strings", AttributeValue.fromSs(List.of("a")));
    item.remove("nothing");
    Map<String, AttributeValue> nested = new HashMap<>(item.get("nested").m());
    List<AttributeValue> list = new ArrayList<>(nested.get("list").l());
    Collections.swap(list, 0, 1);
    nested.put("list", AttributeValue.fromL(list));
    item.put("nested", AttributeValue.fromM(nested));
    // the same number in another spelling is no difference
    item.put("small", AttributeValue.fromN(item.get("small").n() + ".0"));
    target.putItem(r -> r.tableName(shape.table).item(item));
    return Set.of(
        shape.table + " missing []",
        shape.table + " extra []",
        shape.table + " different [nested.list[0], nested.list[1], nothing, precise, strings]");
  }

  private static Set<String> findings(TwoDynamos servers, boolean repair) throws Exception {
    URI sourceAt = servers.sourceServer.endpoint();
    DynamoTargetReader reader =
        new DynamoTargetReader(settings(servers.targetServer.endpoint()), true);
    CheckOptions options =
        new CheckOptions(List.of(), OptionalInt.empty(), Optional.empty(), repair);
    ConcurrentLinkedQueue<Finding> found = new ConcurrentLinkedQueue<>();
    try (Sides sides =
        new Sides(
            source(sourceAt),
            source(sourceAt),
            reader,
            new DynamoTargetMender(reader),
            SAME,
            OptionalInt.of(2),
            4,
            64 << 20,
            TableLimits::none,
            "",
            Optional.empty(),
            TargetShapes.SAME,
            Optional.empty())) {
      CheckResult result =
          new Check(sides, SyncBeside.NONE, options, found::add)
              .run(sides.source().listTables().stream().sorted().toList());
      assertTrue(result.tables().stream().allMatch(t -> t.failure().isEmpty()), () -> "" + result);
      assertEquals(found.isEmpty() ? 0 : 1, result.exitCode(), () -> "" + result);
      result
          .tables()
          .forEach(table -> assertEquals(repair ? table.differences() : 0, table.repaired()));
    }
    Set<String> lines = new TreeSet<>();
    for (Finding finding : found) {
      lines.add(
          finding.table()
              + " "
              + finding.kind()
              + " "
              + finding.differences().stream()
                  .map(d -> d.path())
                  .filter(p -> !p.isEmpty())
                  .sorted()
                  .toList());
    }
    return lines;
  }

  private static DynamoSource source(URI endpoint) throws Exception {
    return new DynamoSource(
        settings(endpoint), ReadOptions.ALL, schema -> new PageDecoder(schema, SAME));
  }

  private static DynamoSettings settings(URI endpoint) {
    return DynamoSettings.defaults()
        .withEndpoint(endpoint)
        .withRegion("us-east-1")
        .withCredentials(new DynamoSettings.Credentials("accessKey", "secret", Optional.empty()));
  }
}
