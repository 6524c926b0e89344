package io.nimoshake.app.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.ChildProgram;
import io.nimoshake.app.docs.CurlCall;
import io.nimoshake.app.docs.DocumentedCommand;
import io.nimoshake.testkit.wire.FreePort;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * Runs the command lines of the documentation as they are written, beside a sync: those of
 * nimo-shake that need only a configuration, and those of curl.
 */
class DocumentedCommandsTest {
  /** Tables that the documentation names. */
  private static final List<String> TABLES = List.of("orders", "customers");

  private static final Set<String> COMMANDS = Set.of("plan", "status", "check");

  @TempDir Path directory;

  @Test
  void theyDoWhatTheySayBesideASync() throws Exception {
    try (Servers servers = new Servers()) {
      TABLES.forEach(table -> create(servers, table));
      int port = FreePort.pick();
      Path conf = configuration(servers, port);
      try (RunningSync sync = RunningSync.start(conf)) {
        BothSides.awaitCopied(servers, sync);
        assertTrue(callEach(port) >= 4);
        assertTrue(runEach(conf) >= 6);
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

  private int runEach(Path conf) throws Exception {
    int run = 0;
    for (DocumentedCommand command : DocumentedCommand.ofNimoShake()) {
      // A text may name a command without its options.
      if (COMMANDS.contains(command.arguments().get(0)) && command.arguments().contains("FILE")) {
        String[] arguments =
            command.arguments().stream()
                .map(word -> word.equals("FILE") ? conf.toString() : word)
                .toArray(String[]::new);
        if (command.arguments().contains("--out")) {
          arguments[arguments.length - 1] = directory.resolve("differences").toString();
        }
        ChildProgram program = ChildProgram.run(directory, Map.of(), arguments);
        assertEquals(0, program.exitCode(), () -> command + "\n" + program.out() + program.err());
        run++;
      }
    }
    return run;
  }

  private Path configuration(Servers servers, int port) throws Exception {
    return Files.write(
        directory.resolve("documented.conf"),
        List.of(
            "id = " + Servers.ID,
            "source.access_key_id = accessKey",
            "source.secret_access_key = secret",
            "source.region = us-east-1",
            "source.endpoint_url = " + servers.dynamoServer.endpoint(),
            "target.address = " + servers.mongoServer.uri(),
            "full_sync.http_port = " + port,
            "incr_sync.http_port = 0"));
  }

  private static void create(Servers servers, String table) {
    servers.dynamo.createTable(
        request ->
            request
                .tableName(table)
                .attributeDefinitions(
                    a -> a.attributeName("id").attributeType(ScalarAttributeType.S))
                .keySchema(k -> k.attributeName("id").keyType(KeyType.HASH))
                .billingMode(BillingMode.PAY_PER_REQUEST));
    for (int i = 0; i < 10; i++) {
      Map<String, AttributeValue> item = Map.of("id", AttributeValue.fromS("item-" + i));
      servers.dynamo.putItem(request -> request.tableName(table).item(item));
    }
  }
}
