package io.nimoshake.app.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.ChildProgram;
import io.nimoshake.app.cli.CommandLineInterface;
import io.nimoshake.app.docs.CurlCall;
import io.nimoshake.app.docs.DocumentedCommand;
import io.nimoshake.testkit.fault.FaultProxy;
import io.nimoshake.testkit.wire.FreePort;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Runs the command lines of the documentation as they are written, beside a sync: those of
 * nimo-shake that need only a configuration, and those of curl.
 */
class DocumentedCommandsTest {
  /** Tables that the documentation names. */
  private static final List<String> TABLES = List.of("orders", "customers");

  private static final int ITEMS = 10;

  private static final Set<String> COMMANDS =
      Set.of("validate", "plan", "map", "status", "check", "replay", "pause", "resume", "limits");

  @TempDir Path directory;

  @Test
  void theyDoWhatTheySayBesideASync() throws Exception {
    try (Servers servers = Servers.shared();
        FaultProxy mongo = FaultProxy.to("127.0.0.1", servers.mongoServer.port())) {
      TABLES.forEach(table -> create(servers, table));
      int port = FreePort.pick();
      Path conf = configuration(servers, mongo, port);
      try (RunningSync sync = RunningSync.start(conf)) {
        BothSides.awaitCopied(servers, sync);
        assertTrue(callEach(port) >= 4);
        assertEquals(COMMANDS, runEach(conf));
        tellsAnOutageOnce(servers, mongo, sync);
        assertEquals(0, sync.terminate(), sync::output);
      }
    }
  }

  private static int callEach(int port) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    for (Map.Entry<DocumentedCommand, CurlCall> call : CurlCall.all().entrySet()) {
      HttpResponse<String> answer =
          client.send(call.getValue().to(port), HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), () -> call.getKey() + ": " + answer.body());
    }
    return CurlCall.all().size();
  }

  /** Returns the commands that were run. */
  private Set<String> runEach(Path conf) throws Exception {
    Set<String> run = new TreeSet<>();
    for (DocumentedCommand command : DocumentedCommand.ofNimoShake()) {
      String name = command.arguments().get(0);
      // A text may name a command without its options.
      if (!COMMANDS.contains(name) || !command.arguments().contains("FILE")) {
        continue;
      }
      String[] arguments = withFiles(command.arguments(), conf);
      if (command.arguments().contains("--watch")) {
        watch(arguments);
      } else {
        assertEquals(0, CommandLineInterface.run(arguments), command::toString);
      }
      run.add(name);
    }
    return run;
  }

  private String[] withFiles(List<String> arguments, Path conf) throws Exception {
    Path letters = directory.resolve("letters");
    if (!Files.exists(letters)) {
      Files.createFile(letters);
    }
    List<String> filled = new ArrayList<>();
    for (String argument : arguments) {
      String option = filled.isEmpty() ? "" : filled.get(filled.size() - 1);
      filled.add(
          !argument.equals("FILE")
              ? argument
              : switch (option) {
                case "--out" -> directory.resolve("differences").toString();
                case "--file" -> letters.toString();
                default -> conf.toString();
              });
    }
    return filled.toArray(String[]::new);
  }

  /** It never ends by itself. */
  private void watch(String... arguments) throws Exception {
    Process watching = ChildProgram.start(directory, Map.of(), arguments);
    try {
      await()
          .atMost(BothSides.LIMIT)
          .until(() -> count(Files.readString(directory.resolve("out")), "healthy") > 1);
      assertTrue(watching.isAlive());
    } finally {
      watching.destroyForcibly().waitFor();
    }
  }

  /** One line when the server is gone, one when it is back, whatever waits for it. */
  private static void tellsAnOutageOnce(Servers servers, FaultProxy mongo, RunningSync sync) {
    String gone = "MongoDB at 127.0.0.1:" + mongo.port() + " refuses connections since ";
    String back = "MongoDB at 127.0.0.1:" + mongo.port() + " answers again after ";
    mongo.down();
    for (String table : TABLES) {
      Map<String, AttributeValue> item = Map.of("id", AttributeValue.fromS("during-the-outage"));
      servers.dynamo.putItem(request -> request.tableName(table).item(item));
    }
    BothSides.awaitOutput(sync, gone);
    mongo.up();
    BothSides.awaitOutput(sync, back);
    for (String table : TABLES) {
      await()
          .atMost(BothSides.LIMIT)
          .until(() -> servers.collection(table).countDocuments() == ITEMS + 1);
    }
    assertEquals(1, count(sync.output(), gone), sync::output);
    assertEquals(1, count(sync.output(), back), sync::output);
    List<String> warnings =
        sync.output()
            .lines()
            .filter(line -> line.contains(" WARN "))
            .filter(line -> line.contains("MongoDB at 127.0.0.1:" + mongo.port()))
            .toList();
    assertEquals(1, warnings.size(), warnings::toString);
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }

  private Path configuration(Servers servers, FaultProxy mongo, int port) throws Exception {
    return Files.write(
        directory.resolve("documented.conf"),
        List.of(
            "id = " + Servers.ID,
            "source.access_key_id = " + servers.accessKey,
            "source.secret_access_key = secret",
            "source.region = us-east-1",
            "source.endpoint_url = " + servers.dynamoServer.endpoint(),
            "target.address = mongodb://127.0.0.1:" + mongo.port(),
            "full_sync.http_port = " + port,
            "incr_sync.http_port = 0"));
  }

  private static void create(Servers servers, String table) {
    servers.createTable(table, "id");
    for (int i = 0; i < ITEMS; i++) {
      Map<String, AttributeValue> item = Map.of("id", AttributeValue.fromS("item-" + i));
      servers.dynamo.putItem(request -> request.tableName(table).item(item));
    }
  }
}
