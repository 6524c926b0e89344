package io.nimoshake.app.sync;

import static io.nimoshake.app.sync.ServersFixture.assertRefused;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.ChildProgram;
import io.nimoshake.core.engine.SyncResult;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.testkit.fault.FaultProxy;
import io.nimoshake.testkit.fault.HttpFault;
import io.nimoshake.testkit.fault.HttpFaultProxy;
import io.nimoshake.testkit.fault.MongoFault;
import io.nimoshake.testkit.fault.MongoFaultProxy;
import io.nimoshake.testkit.wire.FreePort;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers that fail while a sync starts. */
class StartTest {
  @RegisterExtension static final ServersFixture SERVERS = new ServersFixture();

  private static final List<String> SOURCE_CALLS = List.of("ListTables", "DescribeTable");
  private static final List<String> TARGET_CALLS =
      List.of(
          "hello", "saslStart", "saslContinue", "ping", "listCollections", "find", "findAndModify");

  @TempDir Path dir;

  static List<Arguments> faults() {
    return List.of(
        Arguments.of("a", HttpFault.SERVICE_UNAVAILABLE, MongoFault.CUT_BEFORE),
        Arguments.of("b", HttpFault.THROTTLING, MongoFault.CUT_AFTER),
        Arguments.of("c", HttpFault.DROP_BEFORE, MongoFault.code(91, "ShutdownInProgress")),
        Arguments.of("d", HttpFault.DROP_AFTER, MongoFault.code(424242, "Unheard")),
        Arguments.of("e", HttpFault.HALF_ANSWER, MongoFault.HALF_REPLY),
        Arguments.of("f", HttpFault.error("Unheard"), MongoFault.writeConcernError(64, "Timeout")));
  }

  /** Each first call fails in the same run, and the sync starts all the same. */
  @ParameterizedTest
  @MethodSource("faults")
  void aFirstCallThatFailsOnceIsMadeAgain(String id, HttpFault ofSource, MongoFault ofTarget)
      throws Exception {
    ServersFixture.load(SERVERS.dynamoDb("first" + id), "orders", 3);
    try (HttpFaultProxy source = HttpFaultProxy.to(URI.create(SERVERS.endpoint()));
        MongoFaultProxy target = mongoProxy()) {
      target.requireUser("user", "secret");
      SOURCE_CALLS.forEach(call -> source.fail(call).once().with(ofSource));
      TARGET_CALLS.stream()
          // Only writes wait for other members.
          .filter(call -> !(ofTarget instanceof MongoFault.WriteConcernError) || isWrite(call))
          .forEach(call -> target.fail(call).once().with(ofTarget));

      try (SyncRun run = SyncRun.start(configuration("first" + id, source, target))) {
        SyncResult result = run.done().get(ServersFixture.LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertTrue(result.isSuccess(), result.toString());
      }
      assertEquals(2, source.injected().get(ofSource.kind()));
      assertEquals(
          ofTarget instanceof MongoFault.WriteConcernError ? 1 : TARGET_CALLS.size(),
          target.injected().get(ofTarget.kind()));
    }
    assertEquals(
        3, SERVERS.mongo().getDatabase("first" + id).getCollection("orders").countDocuments());
  }

  private static boolean isWrite(String call) {
    return call.equals("findAndModify");
  }

  @Test
  void aRefusedPermissionEndsTheStartAtOnce() throws Exception {
    ServersFixture.load(SERVERS.dynamoDb("denied"), "orders", 1);
    try (HttpFaultProxy source = HttpFaultProxy.to(URI.create(SERVERS.endpoint()));
        MongoFaultProxy target = mongoProxy()) {
      target.fail("findAndModify").with(MongoFault.code(13, "Unauthorized"));
      StartUpException refused =
          assertThrows(
              StartUpException.class,
              () -> SyncRun.start(configuration("denied", source, target)).close());
      assertTrue(refused.isRefusal(), refused.getMessage());
      assertEquals(1, target.calls("findAndModify"));

      target.heal();
      source.fail("ListTables").with(HttpFault.ACCESS_DENIED);
      long before = source.calls("ListTables");
      refused =
          assertThrows(
              StartUpException.class,
              () -> SyncRun.start(configuration("denied", source, target)).close());
      assertTrue(refused.isRefusal(), refused.getMessage());
      assertEquals(before + 1, source.calls("ListTables"));
    }
  }

  @Test
  void aServerThatComesUpLaterIsWaitedFor() throws Exception {
    ServersFixture.load(SERVERS.dynamoDb("later"), "orders", 3);
    try (FaultProxy source = proxy(SERVERS.endpoint());
        FaultProxy target = proxy(SERVERS.mongoUri())) {
      source.down();
      target.down();
      int port = FreePort.pick();
      Process process =
          start(
              "later",
              "source.endpoint_url = http://127.0.0.1:" + source.port(),
              "target.address = mongodb://127.0.0.1:" + target.port(),
              "sync_mode = full",
              "full_sync.http_port = " + port);
      try {
        awaitLine(
            "start-up waits: listing the tables of the source does not work yet: cannot list the"
                + " tables of http://127.0.0.1:"
                + source.port()
                + ": DynamoDB at 127.0.0.1:"
                + source.port()
                + " refuses connections");
        await()
            .atMost(ServersFixture.LIMIT)
            .until(
                () ->
                    healthz(port)
                        .startsWith("starting\nlisting the tables of the source has failed for "));
        source.up();
        awaitLine("start-up goes on: listing the tables of the source worked after ");
        awaitLine("start-up waits: connecting to the target does not work yet: target MongoDB at");
        target.up();
        assertTrue(process.waitFor(ServersFixture.LIMIT.toSeconds(), TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), log());
      } finally {
        process.destroyForcibly();
      }
    }
    assertEquals(
        1, log().lines().filter(line -> line.contains("start-up waits: listing")).count(), log());
    assertEquals(3, SERVERS.mongo().getDatabase("later").getCollection("orders").countDocuments());
  }

  @Test
  void aSignalEndsAStartThatWaits() throws Exception {
    Process process =
        start("signal", "source.endpoint_url = http://127.0.0.1:1", "start.timeout = 1h");
    try {
      awaitLine("start-up waits: ");
      process.destroy();
      assertTrue(process.waitFor(ServersFixture.LIMIT.toSeconds(), TimeUnit.SECONDS));
      assertEquals(0, process.exitValue(), log());
    } finally {
      process.destroyForcibly();
    }
    assertTrue(log().contains("ended: stopped before the sync had started"), log());
    assertEquals("", Files.readString(dir.resolve("err")));
  }

  @Test
  void aHostThatIsNotKnownIsTriedForTheTime() throws Exception {
    Path conf =
        SERVERS.conf(
            dir, "host", "source.endpoint_url = http://no.such.host.invalid", "start.timeout = 1s");
    ChildProgram program = ChildProgram.run(dir, Map.of(), "-conf=" + conf);
    assertRefused(3, "no.such.host.invalid has a host name that is not known (tried for ", program);
  }

  @Test
  void deadLettersMayBeInTheDirectoryOfTheCheckpoint() throws Exception {
    ServersFixture.load(SERVERS.dynamoDb("letters"), "orders", 3);
    Path conf =
        SERVERS.conf(
            dir,
            "letters",
            "sync_mode = full",
            "checkpoint.type = file",
            "checkpoint.address = " + dir.resolve("state"),
            "on_poison = dead_letter",
            "dead_letter.file = " + dir.resolve("state/letters.jsonl"));
    for (int run = 1; run <= 2; run++) {
      ChildProgram program = ChildProgram.run(dir, Map.of(), "-conf=" + conf);
      assertEquals(0, program.exitCode(), "run " + run + ": " + program.err() + program.out());
    }
    assertEquals(
        3, SERVERS.mongo().getDatabase("letters").getCollection("orders").countDocuments());
  }

  private Process start(String id, String... more) throws Exception {
    return ChildProgram.start(dir, Map.of(), "-conf=" + SERVERS.conf(dir, id, more));
  }

  private Configuration configuration(String id, HttpFaultProxy source, MongoFaultProxy target)
      throws Exception {
    Path conf =
        SERVERS.conf(
            dir,
            id,
            "sync_mode = full",
            "source.endpoint_url = " + source.endpoint(),
            "target.address = " + target.uri());
    return Configuration.load(Optional.of(conf), Map.of(), List.of());
  }

  private static MongoFaultProxy mongoProxy() {
    URI mongo = URI.create(SERVERS.mongoUri());
    return MongoFaultProxy.to(mongo.getHost(), mongo.getPort());
  }

  private static FaultProxy proxy(String server) {
    URI address = URI.create(server);
    return FaultProxy.to(address.getHost(), address.getPort());
  }

  private String log() throws Exception {
    return Files.readString(dir.resolve("out"));
  }

  private void awaitLine(String text) {
    await().atMost(ServersFixture.LIMIT).until(() -> log().contains(text));
  }

  private static String healthz(int port) throws Exception {
    URI address = URI.create("http://127.0.0.1:" + port + "/healthz");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
        .body();
  }
}
