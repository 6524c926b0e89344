package io.nimoshake.app.sync;

import static io.nimoshake.app.sync.ServersFixture.assertRefused;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import io.nimoshake.app.ChildProgram;
import io.nimoshake.testkit.wire.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The program as users run it: a process of its own, against real SERVERS. */
class SyncProgramTest {
  @RegisterExtension static final ServersFixture SERVERS = new ServersFixture();

  @TempDir Path dir;

  @Test
  void fullCopiesAndEnds() throws Exception {
    DynamoDbClient source = SERVERS.dynamoDb("full");
    ServersFixture.load(source, "orders", 300);
    ServersFixture.load(source, "other", 1);

    ChildProgram program =
        run("full", "sync_mode = full", "filter.collection.black = other", "pid_path = .");

    assertEquals(0, program.exitCode(), program.err() + program.out());
    MongoDatabase database = SERVERS.mongo().getDatabase("full");
    assertEquals(300, database.getCollection("orders").countDocuments());
    Document found = database.getCollection("orders").find(Filters.eq("_id", "item-7")).first();
    assertEquals("7.5", found.get("n").toString());
    assertEquals(List.of("orders"), database.listCollectionNames().into(new ArrayList<>()));
    assertTrue(program.out().contains("ended: all is done"), program.out());
    assertFalse(program.out().contains("secretkey"), program.out());
    assertFalse(Files.exists(dir.resolve("full.pid")));
  }

  @Test
  void allFollowsUntilItIsToldToEnd() throws Exception {
    DynamoDbClient source = SERVERS.dynamoDb("follow");
    ServersFixture.load(source, "orders", 50);
    int port = FreePort.pick();
    Path conf =
        SERVERS.conf(
            dir,
            "follow",
            "log.file = ./follow.log",
            "log.format = json",
            "pid_path = pids",
            "full_sync.http_port = " + port);
    Process process = ChildProgram.start(dir, Map.of(), "-conf=" + conf);
    try {
      MongoDatabase database = SERVERS.mongo().getDatabase("follow");
      await()
          .atMost(ServersFixture.LIMIT)
          .until(() -> database.getCollection("orders").countDocuments() == 50);
      source.putItem(put -> put.tableName("orders").item(ServersFixture.item(1000)));
      await()
          .atMost(ServersFixture.LIMIT)
          .until(() -> database.getCollection("orders").countDocuments() == 51);
      assertEquals(
          String.valueOf(process.pid()), Files.readString(dir.resolve("pids/follow.pid")).strip());
      Path other = Files.createDirectory(dir.resolve("other"));
      ChildProgram status = ChildProgram.run(other, Map.of(), "status", "--conf", conf + "");
      assertEquals(0, status.exitCode(), status.err());
      // The id is also the access key id, which is never shown.
      assertTrue(
          status.out().matches("(?s).*id \\*{3}, process \\d+, .*: healthy.*orders .*50 copied.*"),
          status.out());
      process.destroy();
      assertTrue(
          process.waitFor(ServersFixture.LIMIT.toSeconds(), TimeUnit.SECONDS), "still there");
      assertEquals(0, process.exitValue(), Files.readString(dir.resolve("follow.log")));
    } finally {
      process.destroyForcibly();
    }
    ChildProgram status = ChildProgram.run(dir, Map.of(), "status", "--conf", conf + "");
    assertEquals(3, status.exitCode(), status.out());
    assertTrue(
        status.err().contains("no program listens at http://127.0.0.1:" + port), status.err());
    String log = Files.readString(dir.resolve("follow.log"));
    assertTrue(log.contains("stopped, the checkpoint is saved"), log);
    for (String line : log.lines().toList()) {
      assertTrue(new ObjectMapper().readTree(line).hasNonNull("message"), line);
    }
    assertFalse(log.contains("secretkey"), log);
    assertFalse(Files.exists(dir.resolve("pids/follow.pid")));
  }

  @Test
  void aTableThatIsNotThereIsRefused() throws Exception {
    ServersFixture.load(SERVERS.dynamoDb("white"), "orders", 1);
    ChildProgram program = run("white", "filter.collection.white = orders;odrers");
    assertRefused(2, "the source has no table odrers; did you mean orders?", program);
    SERVERS.assertNothingWritten("white");
  }

  @Test
  void tablesOfTheCommandLineReplaceTheFilter() throws Exception {
    DynamoDbClient source = SERVERS.dynamoDb("tables");
    for (String table : List.of("orders", "order-log", "users")) {
      ServersFixture.load(source, table, 1);
    }
    Path conf = SERVERS.conf(dir, "tables", "sync_mode = full", "filter.collection.black = orders");
    ChildProgram dryRun = sync(conf, "--tables", "order*", "--dry-run");
    assertEquals(0, dryRun.exitCode(), dryRun.err());
    assertTrue(dryRun.out().contains("users: not included in filter"), dryRun.out());
    SERVERS.assertNothingWritten("tables");

    ChildProgram program = sync(conf, "--tables", "order*");
    assertEquals(0, program.exitCode(), program.err() + program.out());
    assertEquals(
        Set.of("orders", "order-log"),
        SERVERS.mongo().getDatabase("tables").listCollectionNames().into(new HashSet<>()));
    assertRefused(
        2, "the source has no table usres; did you mean users?", sync(conf, "--tables", "usres"));
  }

  @Test
  void aFilterThatSelectsNothingIsToldAtOnce() throws Exception {
    DynamoDbClient source = SERVERS.dynamoDb("nothing");
    ServersFixture.load(source, "orders", 1);
    String problem = "the filter selects none of the tables of the source: orders";
    assertRefused(2, problem, run("nothing", "filter.collection.white = u*", "sync_mode = full"));
    SERVERS.assertNothingWritten("nothing");

    int port = FreePort.pick();
    Path conf =
        SERVERS.conf(
            dir,
            "nothing",
            "full_sync.http_port = " + port,
            "filter.collection.white = u*",
            "table.discovery.interval = 1s");
    Process process = ChildProgram.start(dir, Map.of(), "-conf=" + conf);
    try {
      Path log = dir.resolve("out");
      await().atMost(ServersFixture.LIMIT).until(() -> Files.readString(log).contains(problem));
      await().atMost(ServersFixture.LIMIT).until(() -> ready(port).equals("503 " + problem + "\n"));
      ServersFixture.load(source, "users", 2);
      MongoDatabase database = SERVERS.mongo().getDatabase("nothing");
      await()
          .atMost(ServersFixture.LIMIT)
          .until(() -> database.getCollection("users").countDocuments() == 2);
      assertEquals("200 ok\n", ready(port));
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** Status and body of /readyz; empty while nobody listens. */
  private static String ready(int port) throws InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + "/readyz");
    try {
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body();
    } catch (IOException e) {
      // It does not listen yet.
      return "";
    }
  }

  @Test
  void anItemThatIsLeftOutIsNoSuccess() throws Exception {
    DynamoDbClient source = SERVERS.dynamoDb("letters");
    ServersFixture.load(source, "orders", 3);
    Map<String, AttributeValue> tooLong =
        Map.of("id", AttributeValue.fromS("long"), "n", AttributeValue.fromN("1".repeat(38)));
    source.putItem(put -> put.tableName("orders").item(tooLong));
    String[] keys = {
      "sync_mode = full",
      "convert.number_overflow = fail",
      "on_poison = dead_letter",
      "dead_letter.file = " + dir.resolve("dead.jsonl")
    };

    ChildProgram program = run("letters", keys);

    assertEquals(1, program.exitCode(), program.err() + program.out());
    assertTrue(program.out().contains("is rejected and left out, see "), program.out());
    String end = "ended: 1 item left out, see " + dir.resolve("dead.jsonl");
    assertTrue(program.out().contains(end), program.out());
    assertFalse(program.out().contains("all is done"), program.out());
    Path letters = dir.resolve("dead.jsonl");
    assertEquals(1, Files.readAllLines(letters).size());

    ChildProgram early = replay("letters", keys);
    assertEquals(1, early.exitCode(), early.err() + early.out());
    assertTrue(
        early.out().contains("left: table orders, item {\"id\":{\"S\":\"long\"}}: "), early.out());
    assertTrue(early.out().contains(" 1 left in " + letters), early.out());
    assertEquals(1, Files.readAllLines(letters).size());

    replayWhenTheCauseIsRemoved(source, letters, keys);
  }

  private void replayWhenTheCauseIsRemoved(DynamoDbClient source, Path letters, String... keys)
      throws Exception {
    MongoCollection<Document> target =
        SERVERS.mongo().getDatabase("letters").getCollection("orders");
    assertEquals(3, target.countDocuments());
    source.deleteItem(
        delete -> delete.tableName("orders").key(Map.of("id", AttributeValue.fromS("item-1"))));
    String others =
        """
        {"table":"orders","key":{"id":{"S":"item-1"}},"item":null}
        {"table":"orders","key":{"id":{"S":"item-2"}},"item":null}
        {"table":"elsewhere","key":{"id":{"S":"a"}},"item":null}
        half a li""";
    Files.writeString(letters, others, StandardOpenOption.APPEND);
    keys[1] = "convert.number_overflow = string";

    ChildProgram later = replay("letters", keys);

    assertEquals(1, later.exitCode(), later.err() + later.out());
    String summary =
        "replayed 5 dead letters: 1 written, 1 deleted, 1 already equal, 2 left in " + letters;
    assertTrue(later.out().contains(summary), later.out());
    assertEquals(
        List.of(
            "{\"table\":\"elsewhere\",\"key\":{\"id\":{\"S\":\"a\"}},\"item\":null}", "half a li"),
        Files.readAllLines(letters));
    assertEquals("1".repeat(38), target.find(Filters.eq("_id", "long")).first().get("n"));
    assertEquals(0, target.countDocuments(Filters.eq("_id", "item-1")));
    assertEquals(3, target.countDocuments());

    Files.writeString(letters, "");
    ChildProgram nothing = replay("letters", keys);
    assertEquals(0, nothing.exitCode(), nothing.err() + nothing.out());
  }

  private ChildProgram replay(String id, String... more) throws Exception {
    return ChildProgram.run(
        dir, Map.of(), "replay", "--conf", SERVERS.conf(dir, id, more).toString());
  }

  @Test
  void aTargetThatIsNotShardedIsRefused() throws Exception {
    ServersFixture.load(SERVERS.dynamoDb("sharded"), "orders", 1);
    assertRefused(2, "is not sharded", run("sharded", "target.mongodb.type = sharding"));
    SERVERS.assertNothingWritten("sharded");
  }

  /** Under another name of its host, as a check of the configuration alone would not see it. */
  @Test
  void aDynamoDbTargetThatIsTheSourceIsRefused() throws Exception {
    DynamoDbClient source = SERVERS.dynamoDb("itself");
    ServersFixture.load(source, "orders", 3);
    ChildProgram program =
        runToDynamo(
            "itself",
            SERVERS.endpoint().replace("127.0.0.1", "localhost"),
            "target.db.exist = drop");
    assertRefused(2, "the target is the source: table orders would be copied onto itself", program);
    assertEquals(3, source.scan(scan -> scan.tableName("orders")).count());
  }

  @Test
  void nobodyAtADynamoDbTargetIsFatal() throws Exception {
    ServersFixture.load(SERVERS.dynamoDb("nobodyd"), "orders", 1);
    ChildProgram program = runToDynamo("nobodyd", "http://127.0.0.1:1", "start.timeout = 1s");
    assertRefused(3, "target: cannot reach http://127.0.0.1:1: ", program);
  }

  @Test
  void wrongCredentialsOfADynamoDbTargetAreRefused() throws Exception {
    ServersFixture.load(SERVERS.dynamoDb("wrongd"), "orders", 1);
    ChildProgram program =
        ChildProgram.run(
            dir,
            Map.of("NIMO_SHAKE_TARGET_ACCESS_KEY_ID", "no!no"),
            "-conf=" + dynamoConf("wrongd", SERVERS.endpoint(), "qps.full = 1"));
    assertRefused(2, "target: cannot reach " + SERVERS.endpoint() + ": ", program);
    assertFalse(program.err().contains("targetsecret"), program.err());
  }

  @Test
  void nobodyAtTheTargetIsFatal() throws Exception {
    ServersFixture.load(SERVERS.dynamoDb("nobody"), "orders", 1);
    ChildProgram program =
        run("nobody", "target.address = mongodb://u:geheim@127.0.0.1:1", "start.timeout = 1s");
    assertRefused(3, "target MongoDB at 127.0.0.1:1 does not answer", program);
    assertFalse(program.err().contains("geheim"), program.err());
  }

  @Test
  void nobodyAtTheSourceIsFatal() throws Exception {
    assertRefused(
        3,
        "source: cannot",
        run("nosource", "source.endpoint_url = http://127.0.0.1:1", "start.timeout = 1s"));
    SERVERS.assertNothingWritten("nosource");
  }

  @Test
  void wrongCredentialsAreRefused() throws Exception {
    // DynamoDB Local takes letters and digits only.
    assertRefused(2, "source: cannot", run("wrongkey", "source.access_key_id = no!no"));
    SERVERS.assertNothingWritten("wrongkey");
  }

  @Test
  void aSecondProcessIsRefused() throws Exception {
    ServersFixture.load(SERVERS.dynamoDb("twice"), "orders", 5);
    Path firstDirectory = Files.createDirectory(dir.resolve("first"));
    Process first =
        ChildProgram.start(firstDirectory, Map.of(), "-conf=" + SERVERS.conf(dir, "twice"));
    try {
      MongoDatabase database = SERVERS.mongo().getDatabase("twice");
      await()
          .atMost(ServersFixture.LIMIT)
          .until(() -> database.getCollection("orders").countDocuments() == 5);
      assertRefused(
          2, "id twice is already running as process " + first.pid() + " on ", run("twice"));
    } finally {
      first.destroyForcibly().waitFor();
    }
  }

  @Test
  void aPortThatIsTakenIsRefused() throws Exception {
    ServersFixture.load(SERVERS.dynamoDb("port"), "orders", 1);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertRefused(
          2,
          "full_sync.http_port: cannot listen on 127.0.0.1:" + taken.getLocalPort(),
          run("port", "full_sync.http_port = " + taken.getLocalPort()));
    }
    SERVERS.assertNothingWritten("port");
  }

  private ChildProgram sync(Path conf, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("sync", "--conf", conf.toString()));
    arguments.addAll(List.of(options));
    return ChildProgram.run(dir, Map.of(), arguments.toArray(String[]::new));
  }

  private ChildProgram run(String id, String... more) throws Exception {
    return ChildProgram.run(dir, Map.of(), "-conf=" + SERVERS.conf(dir, id, more));
  }

  /** To its end, that a target which is not refused fails the test and does not hold it up. */
  private ChildProgram runToDynamo(String id, String target, String more) throws Exception {
    return ChildProgram.run(dir, Map.of(), "-conf=" + dynamoConf(id, target, more));
  }

  private Path dynamoConf(String id, String target, String more) throws Exception {
    return SERVERS.conf(
        dir,
        id,
        "target.type = dynamodb",
        "target.address = " + target,
        "target.access_key_id = " + id,
        "target.secret_access_key = targetsecret",
        "target.region = us-east-1",
        "sync_mode = full",
        more);
  }
}
