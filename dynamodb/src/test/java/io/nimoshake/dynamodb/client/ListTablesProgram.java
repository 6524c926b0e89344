package io.nimoshake.dynamodb.client;

import io.nimoshake.core.fault.Fault;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Lists the tables of an endpoint with the credentials that the environment gives, and prints what
 * came of it. Tests run it as a process of its own, because they cannot change their environment.
 */
final class ListTablesProgram {
  /** If this variable is set, the settings name no region. */
  static final String NO_REGION = "TEST_NO_REGION";

  private static final long LIMIT_SECONDS = 300;

  private ListTablesProgram() {}

  public static void main(String[] args) {
    DynamoSettings settings =
        DynamoSettings.defaults()
            .withMaxRetries(0)
            .withTimeouts(Duration.ofSeconds(LIMIT_SECONDS), Duration.ofSeconds(LIMIT_SECONDS));
    if (System.getenv(NO_REGION) == null) {
      settings = settings.withRegion("eu-west-1");
    }
    if (args.length > 0) {
      settings = settings.withEndpoint(URI.create(args[0]));
    }
    try (DynamoClients clients = new DynamoClients(settings, List.of())) {
      clients.tables().listTables();
      System.out.println("listed");
    } catch (SdkException e) {
      Fault fault = Faults.ofService("list", e);
      System.out.println(fault.kind() + ": " + fault.getMessage());
    } catch (Fault e) {
      System.out.println(e.kind() + ": " + e.getMessage());
    }
  }

  /** Runs it and returns the last line it printed. */
  static String run(Path home, Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            ListTablesProgram.class.getName());
    builder.command().addAll(List.of(args));
    builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
    builder.environment().put("HOME", home.toString());
    builder.environment().put("AWS_EC2_METADATA_DISABLED", "true");
    builder.environment().putAll(environment);
    builder.redirectError(home.resolve("stderr").toFile());
    builder.redirectOutput(home.resolve("stdout").toFile());
    Process process = builder.start();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the program does not end");
    }
    List<String> lines =
        java.nio.file.Files.readAllLines(home.resolve("stdout"), StandardCharsets.UTF_8);
    if (lines.isEmpty()) {
      throw new AssertionError(java.nio.file.Files.readString(home.resolve("stderr")));
    }
    return lines.get(lines.size() - 1);
  }
}
