package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import io.nimoshake.app.ChildProgram;
import io.nimoshake.app.check.CheckOptions;
import io.nimoshake.testkit.fault.HttpFault;
import io.nimoshake.testkit.fault.HttpFaultProxy;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A sync of only some items, against real servers. */
class FilteredSyncTest {
  private static final String TABLE = "orders";
  private static final int ITEMS = 400;
  private static final List<String> FILTER =
      List.of(
          "full.read.filter_expression = #s = :open AND NOT contains(#old.tags, :x)",
          "full.read.filter_names = #s = status, #old = is-old",
          "full.read.filter_attributevalues = open```S```open~~~x```S```x");

  @TempDir Path directory;

  @Test
  void followsWhichItemsPassThroughAKill() throws Exception {
    try (Servers servers = Servers.shared()) {
      create(servers);
      Path conf =
          configuration(
              servers,
              servers.dynamoServer.endpoint(),
              "sync_mode = all",
              "qps.full = 20",
              "qps.full.batch_num = 20");
      try (RunningSync sync = RunningSync.start(conf)) {
        await()
            .atMost(BothSides.LIMIT)
            .failFast(() -> assertTrue(sync.isAlive(), sync::output))
            .until(() -> servers.collection(TABLE).countDocuments() > 0);
        change(servers, 0, 100);
        sync.kill9();
      }
      change(servers, 100, 200);
      try (RunningSync sync = RunningSync.start(conf)) {
        BothSides.awaitCopied(servers, sync);
        change(servers, 200, 300);
        await()
            .atMost(BothSides.LIMIT)
            .failFast(() -> assertTrue(sync.isAlive(), sync::output))
            .untilAsserted(() -> assertEquals(passing(), keys(servers)));
        assertEquals(0, sync.terminate(), sync::output);
      }
      findsAnItemThatDoesNotPass(servers, conf);
    }
  }

  /** What the target has of an item that does not pass is extra, and is deleted by the repair. */
  private static void findsAnItemThatDoesNotPass(Servers servers, Path conf) throws Exception {
    assertEquals(Set.of(), Checking.run(conf, CheckOptions.ALL).summary());
    String closed = "k" + (ITEMS - 1);
    servers
        .collection(TABLE)
        .insertOne(
            new BsonDocument("_id", new BsonString(closed)).append("h", new BsonString(closed)));
    Checking found =
        Checking.run(
            conf, new CheckOptions(List.of(), OptionalInt.empty(), Optional.empty(), true));
    assertEquals(Set.of(TABLE + " extra {\"h\":{\"S\":\"" + closed + "\"}}[ ]"), found.summary());
    assertEquals(passing(), keys(servers));
  }

  /** The way back brings every change, also of an item that does not pass any more. */
  @Test
  void anItemThatStopsPassingAfterTheCutOverIsNotAbsent() throws Exception {
    try (Servers servers = Servers.shared()) {
      create(servers);
      Path conf = configuration(servers, servers.dynamoServer.endpoint(), "sync_mode = full");
      AfterCutOver.copyAndCutOver(conf);
      for (String key : List.of("k0", "k2")) {
        servers
            .collection(TABLE)
            .updateOne(Filters.eq("_id", key), Updates.set("status", "closed"));
      }
      put(servers, 0, false, "y");
      put(servers, 2, false, "older");
      CheckOptions repair =
          new CheckOptions(List.of(), OptionalInt.empty(), Optional.empty(), true);
      assertEquals(
          Set.of(TABLE + " different {\"h\":{\"S\":\"k2\"}}[ is-old.tags]"),
          Checking.run(conf, repair).summary());
      assertEquals(Set.of(), Checking.run(conf, CheckOptions.ALL).summary());
      assertEquals(0, Checking.run(conf, CheckOptions.ALL).result().exitCode());
    }
  }

  @Test
  void aFilterThatTheServiceRefusesStopsTheStart() throws Exception {
    try (Servers servers = Servers.shared();
        HttpFaultProxy source = HttpFaultProxy.to(servers.dynamoServer.endpoint())) {
      create(servers);
      servers.collection(TABLE).insertOne(new BsonDocument("_id", new BsonString("kept")));
      Path conf =
          configuration(servers, source.endpoint(), "sync_mode = full", "target.db.exist = drop");
      ChildProgram plan = run("plan", "--conf", conf.toString());
      assertTrue(
          plan.out().lines().anyMatch(l -> l.matches(" +filter: \\d+ of the first 100 items pass")),
          plan.out());

      source
          .fail("Scan")
          .mentioning("FilterExpression")
          .with(HttpFault.error("ValidationException"));
      for (List<String> command :
          List.of(List.of("plan"), List.of("sync", "--dry-run"), List.of("sync"))) {
        ChildProgram program =
            run(
                Stream.concat(command.stream(), Stream.of("--conf", conf.toString()))
                    .toArray(String[]::new));
        assertEquals(2, program.exitCode(), program.out() + program.err());
        List<String> said = program.err().lines().toList();
        assertEquals(1, said.size(), program.err());
        assertTrue(
            said.get(0)
                .startsWith(
                    "nimo-shake: full.read.filter_expression is refused by table orders:"
                        + " ValidationException"),
            program.err());
      }
      assertEquals(Set.of("kept"), keys(servers));
    }
  }

  private ChildProgram run(String... arguments) throws Exception {
    return ChildProgram.run(directory, Map.of(), arguments);
  }

  private Path configuration(Servers servers, URI source, String... more) throws Exception {
    return servers.configuration(
        directory,
        source,
        servers.mongoServer.uri(),
        Stream.concat(FILTER.stream(), Stream.of(more)).toArray(String[]::new));
  }

  private static void create(Servers servers) {
    servers.createTable(TABLE, "h");
    for (int i = 0; i < ITEMS; i++) {
      put(servers, i, i % 2 == 0, i % 3 == 0 ? "y" : "");
    }
  }

  /** Every second item stops passing, for one reason or the other, and the others begin to. */
  private static void change(Servers servers, int from, int to) {
    for (int i = from; i < to; i++) {
      boolean stops = i % 2 == 0;
      put(servers, i, !stops || i % 4 == 0, stops ? "x" : "");
    }
  }

  private static void put(Servers servers, int i, boolean open, String tag) {
    Map<String, AttributeValue> item =
        Map.of(
            "h", AttributeValue.fromS("k" + i),
            "status", AttributeValue.fromS(open ? "open" : "closed"),
            "is-old", AttributeValue.fromM(Map.of("tags", AttributeValue.fromS(tag))));
    servers.dynamo.putItem(request -> request.tableName(TABLE).item(item));
  }

  private static Set<String> passing() {
    Set<String> keys = new TreeSet<>();
    for (int i = 0; i < ITEMS; i++) {
      boolean changed = i < 300;
      if (i % 2 == (changed ? 1 : 0)) {
        keys.add("k" + i);
      }
    }
    return keys;
  }

  private static Set<String> keys(Servers servers) {
    Set<String> keys = new TreeSet<>();
    for (BsonDocument document : servers.collection(TABLE).find()) {
      if (!document.containsKey("__nimo_deleted")) {
        keys.add(document.getString("_id").getValue());
      }
    }
    return keys;
  }
}
