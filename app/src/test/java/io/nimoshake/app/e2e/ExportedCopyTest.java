package io.nimoshake.app.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.ChildProgram;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.testkit.export.ExportDirectory;
import io.nimoshake.testkit.export.ObjectServer;
import io.nimoshake.testkit.fault.HttpFaultProxy;
import io.nimoshake.testkit.fault.Injection;
import io.nimoshake.testkit.fault.MongoFault;
import io.nimoshake.testkit.fault.MongoFaultProxy;
import io.nimoshake.testkit.wire.Answer;
import io.nimoshake.testkit.wire.Call;
import io.nimoshake.testkit.wire.Gateway;
import io.nimoshake.testkit.wire.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/** Copies from an export of a table instead of by Scan: of a bucket, and of a directory. */
class ExportedCopyTest {
  private static final Shape SHAPE = Shape.S_N;
  private static final int ITEMS = 6_000;
  private static final int FILES = 20;

  @TempDir Path directory;

  /** The table changes before the copy, while it runs and after it. */
  @Test
  void followsTheStreamFromTheTimeOfTheExport() throws Exception {
    try (Servers servers = Servers.shared();
        ObjectServer bucket = ObjectServer.start("exports", directory);
        Gateway older =
            Gateway.start(
                servers.dynamoServer.endpoint(),
                (call, upstream) -> withOlderStream(servers, call, upstream));
        HttpFaultProxy source = HttpFaultProxy.to(older.endpoint())) {
      BothSides.create(servers, List.of(SHAPE), ITEMS);
      servers.dynamo.updateTable(
          request ->
              request
                  .tableName(SHAPE.table)
                  .streamSpecification(
                      stream ->
                          stream
                              .streamEnabled(true)
                              .streamViewType(StreamViewType.NEW_AND_OLD_IMAGES)));
      Path export = export(servers, FILES);
      Path conf =
          servers.configuration(
              directory,
              source.endpoint(),
              servers.mongoServer.uri(),
              "sync_mode = all",
              "full.source = export",
              "export.manifest = s3://exports/" + directory.relativize(export),
              "export.endpoint_url = " + bucket.endpoint(),
              "export.path_style = true",
              "qps.full = 20");
      for (int i = 0; i < 100; i++) {
        int number = i;
        servers.dynamo.deleteItem(r -> r.tableName(SHAPE.table).key(SHAPE.key(number)));
      }
      try (Workload load = Workload.start(servers.dynamo, List.of(SHAPE), ITEMS + 500, 17)) {
        try (RunningSync sync = RunningSync.start(conf)) {
          BothSides.awaitDocuments(servers, SHAPE, ITEMS / 3, sync);
          sync.kill9();
        }
        try (RunningSync sync = RunningSync.start(conf)) {
          BothSides.awaitEqualEnd(servers, SHAPE, load, sync);
        }
      }
      assertEquals(0, source.calls("Scan"));
    }
  }

  /** Not from the beginning of the file: what is durable is not written again. */
  @Test
  void aKilledCopyGoesOnWithinItsFile() throws Exception {
    try (Servers servers = new Servers();
        MongoFaultProxy target = MongoFaultProxy.to("127.0.0.1", servers.mongoServer.port())) {
      BothSides.create(servers, List.of(SHAPE), ITEMS);
      Path conf =
          servers.configuration(
              directory,
              servers.dynamoServer.endpoint(),
              target.uri(),
              "sync_mode = full",
              "full.source = export",
              "export.manifest = " + export(servers, 1));
      Set<BsonValue> written = ConcurrentHashMap.newKeySet();
      Injection stuck =
          target
              .fail("insert")
              .collection(Servers.ID, SHAPE.table)
              .where(call -> written.addAll(ids(call.document())) && written.size() > ITEMS / 2)
              .with(MongoFault.NO_REPLY);
      try (RunningSync sync = RunningSync.start(conf)) {
        await()
            .atMost(BothSides.LIMIT)
            .failFast(() -> assertTrue(sync.isAlive(), sync::output))
            .until(() -> stuck.count() > 0 && durableItems(servers) > ITEMS / 3);
        sync.kill9();
      }
      stuck.stop();
      long durable = settledItems(servers);
      written.clear();
      target
          .fail("insert")
          .collection(Servers.ID, SHAPE.table)
          .where(call -> written.addAll(ids(call.document())) && written.isEmpty())
          .with(MongoFault.CUT_BEFORE);
      try (RunningSync sync = RunningSync.start(conf)) {
        assertEquals(0, sync.awaitExit(), sync::output);
      }
      BothSides.assertEqual(servers, List.of(SHAPE));
      assertEquals(ITEMS - durable, written.size());
    }
  }

  private static List<BsonValue> ids(BsonDocument insert) {
    return insert.getArray("documents").stream().map(it -> it.asDocument().get("_id")).toList();
  }

  /** A save that was sent before the kill may be stored after it. */
  private static long settledItems(Servers servers) {
    AtomicLong before = new AtomicLong(-1);
    return await()
        .atMost(BothSides.LIMIT)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> durableItems(servers), now -> before.getAndSet(now) == now);
  }

  /** How many items of the only file the last save of the checkpoint has. */
  private static long durableItems(Servers servers) {
    BsonDocument saved =
        servers
            .mongo
            .getDatabase(Servers.ID + "-checkpoint")
            .getCollection("status_table", BsonDocument.class)
            .find(BsonDocument.parse("{'Journal.Kind': 'file'}"))
            .first();
    return saved == null
        ? 0
        : saved.getArray("Journal").stream()
            .map(entry -> entry.asDocument().getString("SequenceNumber").getValue())
            .mapToLong(Long::parseLong)
            .max()
            .orElseThrow();
  }

  @Test
  void anExportThatDoesNotFitFailsItsTable() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(SHAPE), 10);
      Path export = export(servers, FILES);
      Path conf =
          servers.configuration(
              directory, "sync_mode = full", "full.source = export", "export.manifest = " + export);
      Path summary = export.resolve("manifest-summary.json");
      Files.writeString(
          summary, Files.readString(summary).replace("table/" + SHAPE.table, "table/other"));
      ChildProgram program =
          ChildProgram.run(directory, Map.of(), "sync", "--conf", conf.toString());
      assertEquals(1, program.exitCode(), program.out() + program.err());
      String output = program.out() + program.err();
      assertTrue(output.contains("no export of table " + SHAPE.table + " is given"), output);
    }
  }

  /** The label of the stream says that it was enabled a day before it was. */
  private static Reply withOlderStream(Servers servers, Call call, Gateway.Upstream upstream)
      throws IOException, InterruptedException {
    String label =
        servers.dynamo.describeTable(r -> r.tableName(SHAPE.table)).table().latestStreamLabel();
    String older = LocalDateTime.parse(label).minusDays(1).toLocalDate() + label.substring(10);
    Answer answer = upstream.forward(call.with(call.target(), replaced(call.body(), older, label)));
    return new Reply.Whole(Answer.of(answer.status(), replaced(answer.body(), label, older)));
  }

  private static byte[] replaced(byte[] json, String from, String to) {
    return new String(json, UTF_8).replace(from, to).getBytes(UTF_8);
  }

  private Path export(Servers servers, int count) throws Exception {
    Instant time = Instant.now();
    List<List<String>> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      files.add(new ArrayList<>());
    }
    Random random = new Random(3);
    servers
        .dynamo
        .scanPaginator(r -> r.tableName(SHAPE.table).limit(500))
        .items()
        .forEach(item -> files.get(random.nextInt(count)).add(AttributeJson.write(item)));
    Path export = ExportDirectory.write(directory, SHAPE.table, time, files);
    String tableId = servers.dynamo.describeTable(r -> r.tableName(SHAPE.table)).table().tableId();
    if (tableId != null) {
      Path summary = export.resolve("manifest-summary.json");
      Files.writeString(
          summary, Files.readString(summary).replaceAll("(?<=\"tableId\":\")[^\"]*", tableId));
    }
    return export;
  }
}
