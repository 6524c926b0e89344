package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoCollection;
import io.nimoshake.app.check.CheckOptions;
import io.nimoshake.app.check.CheckSetup;
import io.nimoshake.app.check.Mending;
import io.nimoshake.app.check.Sides;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import io.nimoshake.setup.config.Configuration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A shop in single-table design, which a mapping makes five collections of, while items change
 * their type and are deleted, and the program is killed. With {@code -Dnimoshake.shop.items=50000}
 * it is as large as a user's.
 */
class MappedSyncTest {
  private static final CheckOptions REPAIR =
      new CheckOptions(List.of(), OptionalInt.empty(), Optional.empty(), true);

  @TempDir Path directory;

  /** The line of the configuration that names the mapping. */
  String mapping() throws Exception {
    return "mapping.file = " + Files.writeString(directory.resolve("shop.yaml"), Shop.MAPPING);
  }

  /** Remarks of every comparison. */
  List<String> notes() {
    return List.of();
  }

  /** What the mapping makes of an item, which is this document by the rules. */
  BsonDocument expected(BsonDocument byTheRules) {
    return byTheRules;
  }

  Checking check(Path conf, CheckOptions options) throws Exception {
    return Checking.run(conf, options);
  }

  Sync start(Path conf) throws Exception {
    return RunningSync.start(conf);
  }

  int items() {
    return Integer.getInteger("nimoshake.shop.items", 1_500);
  }

  @Test
  void splitsASingleTableAndKeepsEveryItemInOneCollection() throws Exception {
    try (Servers servers = Servers.shared()) {
      Shop.create(servers.dynamo, items());
      Path conf =
          servers.configuration(
              directory,
              "sync_mode = all",
              "full.enable_index.user = true",
              "qps.full = 20",
              "qps.full.batch_num = " + Math.max(25, items() / 150),
              mapping());
      try (Shop load = Shop.open(servers.dynamo, items(), 3)) {
        try (Sync sync = start(conf)) {
          await()
              .atMost(BothSides.LIMIT)
              .failFast(() -> assertTrue(sync.isAlive(), sync::output))
              .until(() -> documents(servers) > items() / 4);
          sync.kill9();
        }
        try (Sync sync = start(conf)) {
          BothSides.awaitCopied(servers, sync);
          long copied = load.changes();
          await().atMost(BothSides.LIMIT).until(() -> load.changes() > copied + 200);
          load.close();
          awaitEqual(servers, sync);
          Checking check = check(conf, CheckOptions.ALL);
          assertEquals(Set.of(), check.summary(), check::text);
          assertEquals(0, check.result().exitCode(), check::text);
          assertEquals(notes(), check.result().notes());
          assertEquals(0, sync.terminate(), sync::output);
        }
      }
      assertNoHelpersLeft(servers);
      plantAndMend(servers, conf);
      mendByKey(servers, conf);
    }
  }

  private static long documents(Servers servers) {
    return Shop.COLLECTIONS.stream()
        .mapToLong(name -> servers.collection(name).countDocuments())
        .sum();
  }

  /** Told by the test's own words, not by the mapping. */
  private void awaitEqual(Servers servers, Sync sync) {
    await()
        .atMost(BothSides.LIMIT)
        .pollInterval(Duration.ofMillis(500))
        .failFast(() -> assertTrue(sync.isAlive(), sync::output))
        .untilAsserted(() -> assertEquals(expected(servers), found(servers)));
  }

  private Map<String, Set<String>> expected(Servers servers) {
    Map<String, Set<String>> expected = new TreeMap<>();
    Shop.COLLECTIONS.forEach(name -> expected.put(name, new TreeSet<>()));
    for (Map<String, AttributeValue> item :
        servers.dynamo.scanPaginator(r -> r.tableName(Shop.TABLE)).items()) {
      Shop.expected(item)
          .ifPresent(of -> expected.get(of.collection()).add(Shop.text(expected(of.document()))));
    }
    return expected;
  }

  private static Map<String, Set<String>> found(Servers servers) {
    Map<String, Set<String>> found = new TreeMap<>();
    for (String name : Shop.COLLECTIONS) {
      Set<String> documents = new TreeSet<>();
      for (BsonDocument document : servers.collection(name).find()) {
        documents.add(Shop.text(document));
      }
      found.put(name, documents);
    }
    return found;
  }

  private static void assertNoHelpersLeft(Servers servers) {
    for (String name : Shop.COLLECTIONS) {
      servers
          .collection(name)
          .listIndexes()
          .forEach(index -> assertTrue(!index.getString("name").contains("nimo"), index::toJson));
    }
  }

  private void plantAndMend(Servers servers, Path conf) throws Exception {
    MongoCollection<BsonDocument> orders = servers.collection("orders");
    MongoCollection<BsonDocument> rest = servers.collection("rest");
    List<BsonDocument> some = orders.find().limit(4).into(new java.util.ArrayList<>());

    // moved, and copied, to a collection where an item of such a key could be
    orders.deleteOne(id(some.get(0)));
    rest.insertOne(some.get(0));
    rest.insertOne(some.get(1));
    orders.deleteOne(id(some.get(2)));
    orders.updateOne(
        id(some.get(3)), new BsonDocument("$set", new BsonDocument("total", new BsonInt32(-1))));
    BsonDocument stranger = new BsonDocument("_id", new BsonString("stranger"));
    servers.collection("customers").insertOne(stranger);
    servers.collection("carts").insertOne(stranger);
    servers.collection("orders").dropIndex("customer_1_total_-1");

    Checking planted = check(conf, REPAIR);
    assertEquals(
        Map.of("missing", 2L, "misplaced", 2L, "different", 1L, "extra", 2L),
        Map.of(
            "missing", planted.result().tables().get(0).missing(),
            "misplaced", planted.result().tables().get(0).misplaced(),
            "different", planted.result().tables().get(0).different(),
            "extra", planted.result().tables().get(0).extra()),
        planted::text);
    assertTrue(
        planted.result().tables().get(0).schema().get(0).what().contains("orders"), planted::text);
    assertTrue(
        planted.findings().stream().allMatch(finding -> finding.repair().orElseThrow().done()),
        planted::text);
    Checking again = check(conf, CheckOptions.ALL);
    assertEquals(Set.of(), again.summary(), again::text);
    assertEquals(1, again.result().tables().get(0).schema().size(), again::text);
    assertEquals(expected(servers), found(servers));
  }

  /** As a dead letter is replayed: only the key is known. */
  private void mendByKey(Servers servers, Path conf) throws Exception {
    BsonDocument order = servers.collection("orders").find().first();
    servers.collection("rest").insertOne(order);
    String key =
        "{\"pk\":{\"S\":\"%s\"},\"sk\":{\"S\":\"%s\"}}"
            .formatted(order.getString("pk").getValue(), order.getString("sk").getValue());
    CheckSetup setup = new CheckSetup(Configuration.load(Optional.of(conf), Map.of(), List.of()));
    try (Sides sides = setup.open(REPAIR)) {
      Mending.ofTable(sides, Shop.TABLE).orElseThrow().of(new ItemKey(Slice.utf8(key)));
    }
    assertEquals(expected(servers), found(servers));
  }

  private static BsonDocument id(BsonDocument document) {
    return new BsonDocument("_id", document.get("_id"));
  }
}
