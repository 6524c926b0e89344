package io.nimoshake.dynamodb.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.dynamodb.client.DynamoClients;
import io.nimoshake.dynamodb.export.ExportRequests.Request;
import io.nimoshake.dynamodb.source.FakeService;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExportRequestsTest {
  private static final String TABLE_ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/orders";
  private static final String ARN = TABLE_ARN + "/export/01795860000000-2d8752fd";
  private static final String LATER = TABLE_ARN + "/export/01795860300000-2d8752fd";
  private static final String LATEST = TABLE_ARN + "/export/01795860600000-2d8752fd";
  private static final Instant TIME = Instant.parse("2026-11-28T10:00:00Z");
  private static final Request FULL =
      new Request("orders", TABLE_ARN, new ExportSpan.Full(TIME), "token-1");
  private static final ExportDestination BUCKET = ExportDestination.ofBucket("exports");

  private final FakeService service;
  private final DynamoClients clients;
  private final ExportRequests exports;

  ExportRequestsTest() throws Exception {
    service = new FakeService();
    clients = new DynamoClients(service.settings(), List.of());
    exports = new ExportRequests(clients.tables());
  }

  @BeforeEach
  void recoveryIsOn() {
    recovery(
        "{\"PointInTimeRecoveryStatus\":\"ENABLED\",\"EarliestRestorableDateTime\":1795000000,"
            + "\"LatestRestorableDateTime\":1795860000}");
  }

  @AfterEach
  void close() {
    clients.close();
    service.close();
  }

  @Test
  void aFullExportIsRequestedWithEverything() throws Exception {
    service.answer("ExportTableToPointInTime", described("IN_PROGRESS", "token-1"));
    ExportDestination destination =
        new ExportDestination(
            "exports", Optional.of("nightly"), Optional.of("210987654321"), Optional.of("key-1"));
    assertEquals(
        new ExportStatus.InProgress(ARN, Optional.of(Instant.ofEpochSecond(1795860000))),
        exports.request(FULL, destination));
    assertEquals(
        List.of(
            "{\"TableArn\":\""
                + TABLE_ARN
                + "\",\"ExportTime\":1795860000.000,\"ClientToken\":\"token-1\","
                + "\"S3Bucket\":\"exports\",\"S3BucketOwner\":\"210987654321\","
                + "\"S3Prefix\":\"nightly\",\"S3SseAlgorithm\":\"KMS\",\"S3SseKmsKeyId\":\"key-1\","
                + "\"ExportFormat\":\"DYNAMODB_JSON\",\"ExportType\":\"FULL_EXPORT\"}"),
        service.calls("ExportTableToPointInTime"));
  }

  @Test
  void anIncrementalExportNamesItsWindow() throws Exception {
    service.answer("ExportTableToPointInTime", described("IN_PROGRESS", "t"));
    Instant to = TIME.plusSeconds(900);
    exports.request(
        new Request("orders", TABLE_ARN, new ExportSpan.Incremental(TIME, to, false), "t"), BUCKET);
    String call = service.calls("ExportTableToPointInTime").get(0);
    assertTrue(
        call.endsWith(
            "\"ExportType\":\"INCREMENTAL_EXPORT\",\"IncrementalExportSpecification\":"
                + "{\"ExportFromTime\":1795860000.000,\"ExportToTime\":1795860900.000,"
                + "\"ExportViewType\":\"NEW_IMAGE\"}}"),
        call);
  }

  @Test
  void anExportIsWaitedForUntilItIsCompleteOrFails() throws Exception {
    service
        .answer("DescribeExport", described("IN_PROGRESS", "t"))
        .answer("DescribeExport", described("COMPLETED", "t"))
        .answer("DescribeExport", described("FAILED", "t"));
    assertTrue(exports.describe("orders", ARN) instanceof ExportStatus.InProgress);
    ExportStatus.Completed completed =
        assertInstanceOf(ExportStatus.Completed.class, exports.describe("orders", ARN));
    assertEquals("s3://exports/nightly/AWSDynamoDB/01795860000000-2d8752fd", completed.location());
    assertEquals(
        new ExportStatus.Failed(ARN, "S3NoSuchBucket", "The bucket does not exist"),
        exports.describe("orders", ARN));
  }

  @ParameterizedTest
  @CsvSource({
    "PointInTimeRecoveryUnavailableException, Unknown",
    "ExportConflictException, Unknown",
    "LimitExceededException, Throttled",
    "ThrottlingException, Throttled",
    "InternalServerError, Transient",
    "AccessDeniedException, TableFailed",
    "TableNotFoundException, TableGone",
  })
  void aRefusedRequestIsClassified(String code, String kind) {
    service.fail("ExportTableToPointInTime", code, "no");
    Fault fault = assertThrows(Fault.class, () -> exports.request(FULL, BUCKET));
    assertEquals(kind, fault.getClass().getSimpleName(), fault.getMessage());
    assertTrue(
        fault.getMessage().startsWith("cannot request an export of table orders to s3://exports: "),
        fault.getMessage());
  }

  @Test
  void aRefusalBecauseRecoveryIsOffNamesTheCommandThatEnablesIt() {
    service.fail("ExportTableToPointInTime", "PointInTimeRecoveryUnavailableException", "no");
    String message = assertThrows(Fault.class, () -> exports.request(FULL, BUCKET)).getMessage();
    assertTrue(
        message.endsWith(
            ": aws dynamodb update-continuous-backups --table-name orders"
                + " --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true"),
        message);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-28T10:00:01Z, Transient, waiting until",
    "2026-11-18T00:00:00Z, TableFailed, point-in-time recovery begins at 2026-11-18T11:06:40Z",
    "2026-11-20T00:00:00Z, Unknown, is refused",
  })
  void aTimeThatTheServiceDoesNotHaveIsWaitedForOnlyIfItComes(
      Instant time, String kind, String says) {
    service.fail("ExportTableToPointInTime", "InvalidExportTimeException", "no");
    Request request = new Request("orders", TABLE_ARN, new ExportSpan.Full(time), "t");
    Fault fault = assertThrows(Fault.class, () -> exports.request(request, BUCKET));
    assertEquals(kind, fault.getClass().getSimpleName(), fault.getMessage());
    assertTrue(fault.getMessage().contains(says), fault.getMessage());
  }

  @Test
  void anExportThatTheServiceDoesNotKnowMayStillShowUp() {
    service.fail("DescribeExport", "ExportNotFoundException", "no");
    assertThrows(Fault.Unknown.class, () -> exports.describe("orders", ARN));
  }

  @Test
  void theNewestExportOfATokenIsFoundAndLaterAsItIsThen() throws Exception {
    service
        .answer("ListExports", listed(true, LATER, LATEST))
        .answer("ListExports", listed(false, ARN))
        .answer("ListExports", listed(false, LATER, LATEST, ARN))
        .answer("DescribeExport", described(LATER, "COMPLETED", "other", 1795860300))
        .answer("DescribeExport", described(LATEST, "COMPLETED", "token-1", 1795860600))
        .answer("DescribeExport", described(ARN, "COMPLETED", "token-1", 1795860000))
        .answer("DescribeExport", described(LATEST, "IN_PROGRESS", "token-1", 1795860600))
        .answer("DescribeExport", described(LATEST, "COMPLETED", "token-1", 1795860600));
    assertEquals(
        new ExportStatus.InProgress(LATEST, Optional.of(Instant.ofEpochSecond(1795860600))),
        exports.find(FULL).orElseThrow());
    assertInstanceOf(ExportStatus.Completed.class, exports.find(FULL).orElseThrow());
    Request other = new Request("orders", TABLE_ARN, new ExportSpan.Full(TIME), "token-2");
    assertEquals(Optional.empty(), exports.find(other));
    assertEquals(
        List.of(asked(LATER), asked(LATEST), asked(ARN), asked(LATEST), asked(LATEST)),
        service.calls("DescribeExport"),
        "each is described once, and the one that is found again");
  }

  /** A table that is exported every quarter of an hour has thousands of exports. */
  @Test
  void aSearchThatWasThrottledGoesOnWhereItWas() throws Exception {
    service
        .answer("ListExports", listed(false, LATEST, LATER, ARN))
        .answer("DescribeExport", described(LATEST, "COMPLETED", "a", 1795860600))
        .answer("DescribeExport", described(LATER, "IN_PROGRESS", "b", 1795860300))
        .fail("DescribeExport", "ThrottlingException", "no")
        .answer("DescribeExport", described(ARN, "COMPLETED", "token-1", 1795860000));
    assertThrows(Fault.Throttled.class, () -> exports.find(FULL));
    assertEquals(ARN, exports.find(FULL).orElseThrow().arn());
    assertEquals(
        List.of(asked(LATEST), asked(LATER), asked(ARN), asked(ARN), asked(ARN)),
        service.calls("DescribeExport"));
  }

  private static String asked(String arn) {
    return "{\"ExportArn\":\"" + arn + "\"}";
  }

  private static String listed(boolean more, String... arns) {
    return "{\"ExportSummaries\":["
        + Stream.of(arns).map(ExportRequestsTest::asked).collect(Collectors.joining(","))
        + "]"
        + (more ? ",\"NextToken\":\"n\"}" : "}");
  }

  @Test
  void recoveryIsDescribedAndEnabled() throws Exception {
    service.answer("UpdateContinuousBackups", "{}");
    PointInTimeRecovery recovery = exports.recovery("orders");
    assertTrue(recovery.enabled());
    assertEquals(Optional.of(Instant.ofEpochSecond(1795000000)), recovery.earliest());
    assertEquals(Optional.of(Instant.ofEpochSecond(1795860000)), recovery.latest());
    exports.enableRecovery("orders");
    assertEquals(
        List.of(
            "{\"TableName\":\"orders\",\"PointInTimeRecoverySpecification\":"
                + "{\"PointInTimeRecoveryEnabled\":true}}"),
        service.calls("UpdateContinuousBackups"));
  }

  private void recovery(String description) {
    service.answer(
        "DescribeContinuousBackups",
        "{\"ContinuousBackupsDescription\":{\"ContinuousBackupsStatus\":\"ENABLED\","
            + "\"PointInTimeRecoveryDescription\":"
            + description
            + "}}");
  }

  private static String described(String status, String token) {
    return described(ARN, status, token, 1795860000);
  }

  private static String described(String arn, String status, String token, long started) {
    return "{\"ExportDescription\":{\"ExportArn\":\""
        + arn
        + "\",\"ExportStatus\":\""
        + status
        + "\",\"StartTime\":"
        + started
        + ",\"ClientToken\":\""
        + token
        + "\",\"S3Bucket\":\"exports\",\"S3Prefix\":\"nightly\",\"ExportManifest\":"
        + "\"nightly/AWSDynamoDB/01795860000000-2d8752fd/manifest-summary.json\","
        + "\"FailureCode\":\"S3NoSuchBucket\",\"FailureMessage\":\"The bucket does not exist\"}}";
  }
}
