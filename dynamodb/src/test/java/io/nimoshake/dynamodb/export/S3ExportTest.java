package io.nimoshake.dynamodb.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Split.ExportFile;
import io.nimoshake.dynamodb.client.DynamoClients;
import io.nimoshake.dynamodb.client.DynamoSettings;
import io.nimoshake.testkit.export.ExportDirectory;
import io.nimoshake.testkit.server.S3Server;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/** Exports in S3Proxy, which speaks the protocol of Amazon S3, and in a local directory. */
class S3ExportTest {
  /** Nothing is called there. */
  private static final URI NOWHERE = URI.create("http://127.0.0.1:1");

  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static S3Server server;

  @TempDir Path directory;

  @BeforeAll
  static void startServer() {
    server = S3Server.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  /** Puts all files of a directory into a new bucket. */
  private static void upload(DynamoClients clients, String bucket, Path from) throws Exception {
    S3Client s3 = clients.s3(Optional.of(server.endpoint()), true);
    s3.createBucket(r -> r.bucket(bucket));
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        s3.putObject(r -> r.bucket(bucket).key(from.relativize(file).toString()), file);
      }
    }
  }

  @Test
  void readsManifestsAndFilesOfABucket() throws Exception {
    List<String> items = List.of("{\"h\":{\"S\":\"a\"}}", "{\"h\":{\"S\":\"b\"}}");
    ExportDirectory.write(directory, "orders", Instant.EPOCH, List.of(items));
    try (DynamoClients clients = clients(server.endpoint())) {
      upload(clients, "exports", directory);
      Exports exports =
          exports(
              server.endpoint(),
              clients,
              "s3://exports/AWSDynamoDB/01693685827463-2d8752fd/manifest-summary.json");
      TableExport export = exports.of("orders");
      assertEquals("s3://exports/AWSDynamoDB/01693685827463-2d8752fd", export.store().location());
      assertEquals(export, exports.of(new ExportFile("orders", export.id(), 0, 1)));
      assertEquals(2, export.files().get(0).items());
      try (var file = export.store().data(export.files().get(0).key())) {
        assertTrue(file.readAllBytes().length > 20);
      }
      assertThrows(NoSuchFileException.class, () -> export.store().data("AWSDynamoDB/absent"));
      assertThrows(Fault.TableFailed.class, () -> exports.of("others"));
    }
  }

  @Test
  void aBucketOrExportThatDoesNotExistIsNotRetried() throws Exception {
    try (DynamoClients clients = clients(server.endpoint())) {
      upload(clients, "empty", directory);
      for (String location : List.of("s3://empty/AWSDynamoDB/other", "s3://nobody/x")) {
        String message =
            assertThrows(
                    Fault.TableFailed.class,
                    () -> exports(server.endpoint(), clients, location).of("orders"))
                .getMessage();
        String expected = "the export " + location + " has no manifest-summary.json: ";
        assertTrue(message.startsWith(expected), message);
      }
    }
  }

  @Test
  void aCopyDoesNotContinueFromAnotherExportInTheSamePlace() throws Exception {
    List<List<String>> files = List.of(List.of("{\"h\":{\"S\":\"a\"}}"), List.of());
    Path manifests = ExportDirectory.write(directory, "orders", Instant.EPOCH, files);
    Path summary = manifests.resolve("manifest-summary.json");
    try (DynamoClients clients = clients(NOWHERE)) {
      String id = local(clients, manifests).of("orders").id();
      ExportFile last = new ExportFile("orders", id, 1, 2);
      assertEquals(2, local(clients, manifests).of(last).files().size());

      String first = Files.readString(summary);
      Files.writeString(summary, first.replace("export/01693685827463", "export/01700000000000"));
      assertOtherExport(local(clients, manifests), last);

      ExportDirectory.write(directory, "orders", Instant.EPOCH, files.subList(0, 1));
      assertOtherExport(local(clients, manifests), last);
    }
  }

  private static void assertOtherExport(Exports exports, ExportFile file) {
    String message = assertThrows(Fault.TableFailed.class, () -> exports.of(file)).getMessage();
    assertTrue(message.contains("began from the export " + file.export()), message);
  }

  @Test
  void aDamagedExportFailsOnlyItsOwnTable() throws Exception {
    Path damaged = ExportDirectory.write(directory, "others", Instant.EPOCH, List.of());
    Path whole = ExportDirectory.write(directory.resolve("2"), "orders", Instant.EPOCH, List.of());
    Files.writeString(damaged.resolve("manifest-summary.json"), "{");
    try (DynamoClients clients = clients(NOWHERE)) {
      Exports exports = local(clients, damaged, whole);
      assertEquals("orders", exports.of("orders").table());
      String message =
          assertThrows(Fault.TableFailed.class, () -> exports.of("others")).getMessage();
      assertTrue(message.contains(damaged + " is damaged"), message);
      List<String> unused = exports.unused(List.of("orders"));
      assertEquals(1, unused.size());
      assertTrue(unused.get(0).contains(message), unused.get(0));
    }
  }

  private static Exports local(DynamoClients clients, Path... manifests) {
    List<String> locations = Stream.of(manifests).map(Path::toString).toList();
    return new Exports(new ExportSettings(locations, Optional.empty(), false), clients);
  }

  @Test
  void aServerThatDoesNotAnswerIsRetried() throws Exception {
    try (DynamoClients clients = clients(NOWHERE)) {
      assertThrows(
          Fault.Transient.class, () -> exports(NOWHERE, clients, "s3://exports/x").of("orders"));
    }
  }

  private static Exports exports(URI endpoint, DynamoClients clients, String location) {
    return new Exports(new ExportSettings(List.of(location), Optional.of(endpoint), true), clients);
  }

  private static DynamoClients clients(URI endpoint) throws Fault {
    return new DynamoClients(
        DynamoSettings.defaults()
            .withEndpoint(endpoint)
            .withMaxRetries(0)
            .withTimeouts(LIMIT, LIMIT)
            .withCredentials(new DynamoSettings.Credentials("key", "secret", Optional.empty())),
        List.of());
  }
}
