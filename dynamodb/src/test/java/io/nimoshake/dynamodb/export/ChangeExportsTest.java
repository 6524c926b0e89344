package io.nimoshake.dynamodb.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.ChangeFile;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Source.ChangeExport;
import io.nimoshake.dynamodb.client.DynamoClients;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.convert.JsonFilter;
import io.nimoshake.dynamodb.convert.PageDecoder;
import io.nimoshake.dynamodb.filter.ItemFilter;
import io.nimoshake.dynamodb.filter.Value;
import io.nimoshake.dynamodb.source.FakeService;
import io.nimoshake.testkit.export.ObjectServer;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A window of changes, from its request to the changes that it has. */
class ChangeExportsTest {
  private static final String TABLE_ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/orders";
  private static final String ARN = TABLE_ARN + "/export/01693685827463-2d8752fd";
  private static final String RECENT = TABLE_ARN + "/export/01795004000000-2d8752fd";
  private static final Duration GONE_AFTER = Duration.ofMinutes(1);
  private static final Instant FROM = Instant.ofEpochSecond(1_795_000_000);
  private static final Instant TO = FROM.plusSeconds(3_600);
  private static final TableSchema SCHEMA =
      new TableSchema(
          "orders", new KeyAttribute("h", KeyAttribute.Type.S), Optional.empty(), List.of(), 0, 0);

  @TempDir Path directory;

  private final FakeService service;
  private final DynamoClients clients;
  private Instant now = TO;

  ChangeExportsTest() throws Exception {
    service = new FakeService();
    clients = new DynamoClients(service.settings(), List.of());
    service.answer("ListExports", "{\"ExportSummaries\":[]}");
  }

  @AfterEach
  void close() {
    clients.close();
    service.close();
  }

  @Test
  void aWindowIsRequestedWhenItsPastIsKeptAndReadWhenItIsComplete() throws Exception {
    recovery(FROM, TO.minusSeconds(1));
    recovery(FROM, TO);
    service.answer("ExportTableToPointInTime", described("IN_PROGRESS"));
    service.answer("DescribeExport", described("COMPLETED"));
    write(
        "{\"Metadata\":{\"WriteTimestampMicros\":{\"N\":\"1\"}},\"Keys\":{\"h\":{\"S\":\"a\"}},"
            + "\"OldImage\":{\"h\":{\"S\":\"a\"}},\"NewImage\":{\"h\":{\"S\":\"a\"},\"n\":{\"N\":\"1\"}}}",
        "{\"Metadata\":{\"WriteTimestampMicros\":{\"N\":\"2\"}},\"Keys\":{\"h\":{\"S\":\"b\"}}}",
        "{\"Metadata\":{},\"Keys\":{\"h\":{\"S\":\"c\"}},\"NewImage\":{\"h\":{\"S\":\"c\"},"
            + "\"n\":{\"N\":\"30\"}}}");
    try (ObjectServer server = ObjectServer.start("exports", directory)) {
      Exports exports = exports(server);
      ChangeExports changes = changes(exports);
      assertEquals(Optional.empty(), changes.of("orders", TABLE_ARN, FROM, TO), "not kept yet");
      assertEquals(List.of(), service.calls("ExportTableToPointInTime"));
      assertEquals(List.of(), service.calls("ListExports"), "nobody can have requested it");
      assertEquals(Optional.empty(), changes.of("orders", TABLE_ARN, FROM, TO), "in progress");
      ChangeExport export = changes.of("orders", TABLE_ARN, FROM, TO).orElseThrow();
      assertEquals(1, export.files());
      ChangeFile file = new ChangeFile("orders", 1, export.id(), 0, 1);
      assertEquals(List.of("+a", "-b", "+c"), read(exports, file, Position.BEGINNING, false));
      assertEquals(List.of("-b", "+c"), read(exports, file, Position.after("1"), false));
      assertEquals(List.of("+a", "-b", "-c"), read(exports, file, Position.BEGINNING, true));
      ChangeFile other = new ChangeFile("orders", 1, export.id() + "x", 0, 1);
      assertThrows(Fault.NoBackfill.class, () -> exports.of(other));
    }
  }

  @Test
  void anExportThatFailsIsRequestedThreeTimes() throws Exception {
    recovery(FROM, TO);
    service.answer("ExportTableToPointInTime", described("FAILED"));
    ChangeExports changes = changes(new Exports(ExportSettings.NONE, clients));
    assertEquals(Optional.empty(), changes.of("orders", TABLE_ARN, FROM, TO));
    assertEquals(Optional.empty(), changes.of("orders", TABLE_ARN, FROM, TO));
    Fault fault =
        assertThrows(Fault.NoBackfill.class, () -> changes.of("orders", TABLE_ARN, FROM, TO));
    assertTrue(fault.getMessage().endsWith("S3NoSuchBucket (it does not exist)"));
    List<String> calls = service.calls("ExportTableToPointInTime");
    assertEquals(3, calls.size());
    assertEquals(3, calls.stream().distinct().count(), "each has a token of its own");
  }

  /** One answer proves nothing. */
  @Test
  void aPastThatIsNotKeptForAMinuteIsNoBackfill() throws Exception {
    recovery(FROM.plusSeconds(1), TO);
    ChangeExports changes = changes(new Exports(ExportSettings.NONE, clients));
    assertEquals(Optional.empty(), changes.of("orders", TABLE_ARN, FROM, TO));
    now = now.plus(GONE_AFTER);
    Fault fault =
        assertThrows(Fault.NoBackfill.class, () -> changes.of("orders", TABLE_ARN, FROM, TO));
    assertEquals(
        "point-in-time recovery begins at "
            + FROM.plusSeconds(1)
            + ", but changes since "
            + FROM
            + " are missing",
        fault.getMessage());
  }

  /** An earlier process requested it. The recovery was switched off and on since. */
  @Test
  void anExportThatExistsIsFoundAlsoIfItsPastIsNotKeptAnyMore() throws Exception {
    recovery(FROM, TO);
    recovery(FROM.plusSeconds(1), TO);
    service.answer("ListExports", "{\"ExportSummaries\":[{\"ExportArn\":\"" + RECENT + "\"}]}");
    service.answer("ExportTableToPointInTime", described("IN_PROGRESS"));
    assertEquals(
        Optional.empty(),
        changes(new Exports(ExportSettings.NONE, clients)).of("orders", TABLE_ARN, FROM, TO));
    String request = service.calls("ExportTableToPointInTime").get(0);
    String token = request.replaceAll(".*\"ClientToken\":\"([^\"]*)\".*", "$1");
    service.answer("DescribeExport", DescribedExport.json(RECENT, "IN_PROGRESS", token));
    ChangeExports changes = changes(new Exports(ExportSettings.NONE, clients));
    for (int look = 0; look < 3; look++) {
      assertEquals(Optional.empty(), changes.of("orders", TABLE_ARN, FROM, TO));
      now = now.plus(GONE_AFTER);
    }
    assertEquals(1, service.calls("ExportTableToPointInTime").size());
  }

  private List<String> read(Exports exports, ChangeFile file, Position from, boolean filtered)
      throws Exception {
    ConvertOptions asTheyAre =
        new ConvertOptions(
            ConvertType.SAME, ConvertOptions.DEFAULT.names(), ConvertOptions.DEFAULT.overflow());
    Optional<JsonFilter> small =
        filtered
            ? Optional.of(
                new JsonFilter(
                    ItemFilter.parse(
                        "n < :n", Map.of(), Map.of(":n", new Value.Num(BigDecimal.TEN)))))
            : Optional.empty();
    ExportFileReader reader =
        ExportFileReader.ofChanges(
            exports.of(file), file, new PageDecoder(SCHEMA, asTheyAre), small, from);
    List<String> changes = new ArrayList<>();
    ChangeBatch batch;
    do {
      batch = reader.read();
      for (Change change : batch.changes()) {
        String key = change.key().encoded().toUtf8().replaceAll("[^abc]", "");
        changes.add((change instanceof Change.Upsert ? "+" : "-") + key);
      }
    } while (!batch.isEnd());
    return changes;
  }

  private ChangeExports changes(Exports exports) {
    return new ChangeExports(
        new ExportRequests(clients.tables()),
        exports,
        Optional.of(ExportDestination.ofBucket("exports")),
        GONE_AFTER,
        () -> now);
  }

  private Exports exports(ObjectServer server) {
    return new Exports(
        new ExportSettings(List.of(), Optional.of(server.endpoint()), true), clients);
  }

  private void recovery(Instant earliest, Instant latest) {
    service.answer(
        "DescribeContinuousBackups",
        "{\"ContinuousBackupsDescription\":{\"ContinuousBackupsStatus\":\"ENABLED\","
            + "\"PointInTimeRecoveryDescription\":{\"PointInTimeRecoveryStatus\":\"ENABLED\","
            + "\"EarliestRestorableDateTime\":"
            + earliest.getEpochSecond()
            + ",\"LatestRestorableDateTime\":"
            + latest.getEpochSecond()
            + "}}}");
  }

  private static String described(String status) {
    return "{\"ExportDescription\":{\"ExportArn\":\""
        + ARN
        + "\",\"ExportStatus\":\""
        + status
        + "\",\"S3Bucket\":\"exports\",\"FailureCode\":\"S3NoSuchBucket\","
        + "\"FailureMessage\":\"it does not exist\"}}";
  }

  /** Writes an incremental export with one data file, as AWS documents it. */
  private void write(String... lines) throws Exception {
    Path manifests =
        Files.createDirectories(directory.resolve("AWSDynamoDB/01693685827463-2d8752fd"));
    Path data = Files.createDirectories(directory.resolve("AWSDynamoDB/data"));
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write((String.join("\n", lines) + "\n").getBytes(UTF_8));
    }
    Files.write(data.resolve("changes.json.gz"), zipped.toByteArray());
    String md5 =
        Base64.getEncoder()
            .encodeToString(MessageDigest.getInstance("MD5").digest(zipped.toByteArray()));
    Files.writeString(
        manifests.resolve("manifest-files.json"),
        "{\"itemCount\":"
            + lines.length
            + ",\"md5Checksum\":\""
            + md5
            + "\",\"etag\":\"e-1\",\"dataFileS3Key\":\"AWSDynamoDB/data/changes.json.gz\"}\n");
    Files.writeString(
        manifests.resolve("manifest-summary.json"),
        "{\"version\":\"2023-08-01\",\"exportArn\":\""
            + ARN
            + "\",\"tableArn\":\""
            + TABLE_ARN
            + "\",\"tableId\":\"12345a12-abcd-123a-ab12-1234abc12345\",\"exportFromTime\":\""
            + FROM
            + "\",\"exportToTime\":\""
            + TO
            + "\",\"s3Bucket\":\"exports\",\"itemCount\":"
            + lines.length
            + ",\"outputFormat\":\"DYNAMODB_JSON\",\"outputView\":\"NEW_IMAGE\","
            + "\"exportType\":\"INCREMENTAL_EXPORT\"}");
  }
}
