package io.nimoshake.app.sync;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.ChildProgram;
import io.nimoshake.app.remote.NoSuchSyncException;
import io.nimoshake.app.remote.SyncClient;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.testkit.wire.FreePort;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two syncs on one machine: every command must reach the sync of its configuration. */
class TwoSyncsTest {
  @RegisterExtension static final ServersFixture SERVERS = new ServersFixture();

  @TempDir Path dir;

  private Path confA;
  private Path confB;
  private Process syncA;
  private Process syncB;

  @BeforeAll
  static void load() {
    ServersFixture.load(SERVERS.dynamoDb("keyOfA"), "orders", 3);
    ServersFixture.load(SERVERS.dynamoDb("keyOfB"), "users", 3);
    ServersFixture.load(SERVERS.dynamoDb("keyOfB"), "user-log", 3);
  }

  @BeforeEach
  void start() throws Exception {
    confA = withDefaultPorts("syncA");
    confB = withDefaultPorts("syncB");
    syncA = start("a", confA);
    await().atMost(ServersFixture.LIMIT).until(() -> answers(confA));
    syncB = start("b", confB);
    await().atMost(ServersFixture.LIMIT).until(() -> answers(confB));
  }

  @AfterEach
  void kill() throws Exception {
    for (Process sync : new Process[] {syncA, syncB}) {
      if (sync != null) {
        sync.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void everyCommandReachesTheSyncOfItsConfiguration() throws Exception {
    assertEquals(syncA.pid(), status(confA).path("pid").asLong());
    assertEquals(syncB.pid(), status(confB).path("pid").asLong());

    ChildProgram paused = run("pause", "--conf", confB.toString(), "--tables", "user-*");
    assertEquals("paused: user-log", paused.out().strip(), paused.err());
    assertTrue(isPaused(confB, "user-log"));
    assertEquals(false, isPaused(confB, "users"));
    assertEquals(false, isPaused(confA, "orders"));
    ChildProgram resumed = run("resume", "--conf", confB.toString());
    assertTrue(
        resumed.out().matches("resumed: (users, user-log|user-log, users)\\R"), resumed.out());
    assertEquals(false, isPaused(confB, "user-log"));

    ChildProgram limits =
        run("limits", "--conf", confB.toString(), "--tables=users", "--copy-calls", "2.5");
    assertEquals(
        "users: copy-calls 2.50/s, stream-calls 1,000/s, copy-capacity none",
        limits.out().strip(),
        limits.err());
    ChildProgram all = run("limits", "--conf", confB.toString());
    assertTrue(all.out().contains("user-log: copy-calls 1,000/s"), all.out());

    ChildProgram typo = run("pause", "--conf", confB.toString(), "--tables", "usres");
    assertEquals(2, typo.exitCode());
    assertTrue(
        typo.err()
            .startsWith("nimo-shake: --tables: the sync has no table usres; did you mean users?"),
        typo.err());

    syncA.destroy();
    assertTrue(syncA.waitFor(ServersFixture.LIMIT.toSeconds(), TimeUnit.SECONDS));
    for (String command : new String[] {"status", "pause", "resume", "limits"}) {
      ChildProgram gone = run(command, "--conf", confA.toString());
      assertEquals(3, gone.exitCode(), gone.out() + gone.err());
      assertTrue(gone.err().startsWith("nimo-shake: sync syncA does not answer: "), gone.err());
      assertEquals(1, gone.err().lines().count(), gone.err());
    }
    assertEquals(syncB.pid(), status(confB).path("pid").asLong());
  }

  /** The configured port may belong to the other sync, whatever file is left behind. */
  @Test
  void theSyncAtTheConfiguredPortMayBeAnother() throws Exception {
    int port = portOf(syncA);
    Path confC = SERVERS.conf(dir, "syncC", "full_sync.http_port = " + port);
    ChildProgram status = run("status", "--conf", confC.toString());
    assertEquals(3, status.exitCode(), status.out());
    assertTrue(
        status.err().contains("there is another sync, id syncA, process " + syncA.pid()),
        status.err());

    Path confE = SERVERS.conf(dir, "syncE", "full_sync.http_port = " + portOfDynamoDb());
    ChildProgram program = run("status", "--conf", confE.toString());
    assertEquals(3, program.exitCode(), program.out());
    assertTrue(program.err().contains("there is another program"), program.err());

    // The same id, but another target.
    Path confD =
        SERVERS.conf(
            Files.createDirectory(dir.resolve("d")),
            "syncA",
            "full_sync.http_port = " + port,
            "target.address = mongodb://127.0.0.1:" + FreePort.pick());
    ChildProgram pause = run("pause", "--conf", confD.toString());
    assertEquals(3, pause.exitCode(), pause.out());
    assertEquals(false, isPaused(confA, "orders"));
  }

  /** The process that holds the lease is the better answer than the port that it holds. */
  @Test
  void aSecondStartIsToldWhoRunsAndNotThatThePortIsTaken() throws Exception {
    Path again =
        SERVERS.conf(
            dir,
            "syncA",
            "full_sync.http_port = " + portOf(syncA),
            "pid_path = " + dir.resolve("pids"));
    ChildProgram second = run("sync", "--conf", again.toString());
    ServersFixture.assertRefused(
        2, "id syncA is already running as process " + syncA.pid() + " on ", second);
    assertEquals(syncA.pid(), status(again).path("pid").asLong());
  }

  private Path withDefaultPorts(String id) throws Exception {
    return SERVERS.conf(
        dir,
        id,
        // Not the id, which would be redacted in answers.
        "source.access_key_id = keyOf" + id.charAt(id.length() - 1),
        "full_sync.http_port = ",
        "incr_sync.http_port = ",
        "pid_path = " + dir.resolve("pids"));
  }

  private static boolean answers(Path conf) throws Exception {
    try {
      return status(conf).path("tables").size() > 0;
    } catch (NoSuchSyncException e) {
      return false;
    }
  }

  private static JsonNode status(Path conf) throws Exception {
    return SyncClient.of(
            Configuration.load(Optional.of(conf), Map.of(), List.of()), ServersFixture.LIMIT)
        .status();
  }

  private boolean isPaused(Path conf, String name) throws Exception {
    for (JsonNode table : status(conf).path("tables")) {
      if (table.path("name").asText().equals(name)) {
        return table.path("paused").asBoolean();
      }
    }
    throw new AssertionError("no table " + name);
  }

  private int portOf(Process sync) throws Exception {
    String log = Files.readString(dir.resolve(sync == syncA ? "a" : "b").resolve("out"));
    Matcher port = Pattern.compile("page: http://127\\.0\\.0\\.1:(\\d+)").matcher(log);
    assertTrue(port.find(), log);
    return Integer.parseInt(port.group(1));
  }

  private static int portOfDynamoDb() {
    return URI.create(SERVERS.endpoint()).getPort();
  }

  private Process start(String name, Path conf) throws Exception {
    return ChildProgram.start(Files.createDirectory(dir.resolve(name)), Map.of(), "-conf=" + conf);
  }

  private ChildProgram run(String... arguments) throws Exception {
    return ChildProgram.run(dir, Map.of(), arguments);
  }
}
