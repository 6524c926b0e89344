package io.nimoshake.dynamodb.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.Source.Export;
import io.nimoshake.dynamodb.client.DynamoClients;
import io.nimoshake.dynamodb.export.ExportSettings.Making;
import io.nimoshake.dynamodb.source.FakeService;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpResponse;

/** Times of exports are those of the service, whose clock is years away from this machine's. */
class ExportMakerTest {
  private static final String TABLE_ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/orders";
  private static final String ARN = TABLE_ARN + "/export/01693685827463-2d8752fd";
  private static final Instant NOW = Instant.parse("2040-01-01T10:00:00Z");

  private final FakeService service;
  private final DynamoClients clients;
  private final ExportMaker maker;

  /** By the clock of this machine. */
  private Instant time = Instant.parse("2026-01-01T00:00:00Z");

  /** Shows another clock in every answer. */
  private static final class Clock implements ExecutionInterceptor {
    @Override
    public SdkHttpResponse modifyHttpResponse(
        Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
      String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(NOW.atZone(ZoneOffset.UTC));
      return context.httpResponse().toBuilder().putHeader("Date", date).build();
    }
  }

  ExportMakerTest() throws Exception {
    service = new FakeService();
    service.answer("DescribeContinuousBackups", recovery("ENABLED"));
    service.answer("ExportTableToPointInTime", DescribedExport.json(ARN, "IN_PROGRESS"));
    service.answer("ListExports", "{\"ExportSummaries\":[]}");
    clients = new DynamoClients(service.settings(), List.of(new Clock()));
    maker =
        new ExportMaker(
            new ExportRequests(clients.tables()),
            new Exports(ExportSettings.NONE, clients),
            new Making("sync", ExportDestination.ofBucket("exports"), false, ExportChoice.ALWAYS),
            () -> time);
  }

  @AfterEach
  void close() {
    clients.close();
    service.close();
  }

  /** Somebody may have enabled it a moment ago. */
  @Test
  void recoveryIsOffWhenItWasFoundOffForSeconds() throws Exception {
    service.answer("DescribeContinuousBackups", recovery("DISABLED"));
    wish();
    for (int look = 0; look < 4; look++) {
      assertThrows(Fault.Transient.class, this::wish);
      time = time.plusSeconds(1);
    }
    time = time.plusSeconds(1);
    Fault off = assertThrows(Fault.TableFailed.class, this::wish);
    assertTrue(off.getMessage().contains("Enable it with: aws dynamodb"), off.getMessage());
  }

  private void wish() throws Fault {
    maker.wish("orders", TABLE_ARN, Optional.empty());
  }

  private static String recovery(String status) {
    return "{\"ContinuousBackupsDescription\":{\"ContinuousBackupsStatus\":\"ENABLED\","
        + "\"PointInTimeRecoveryDescription\":{\"PointInTimeRecoveryStatus\":\""
        + status
        + "\"}}}";
  }

  @Test
  void aNewWishIsRequestedAtOnce() throws Exception {
    pursue(NOW.minusSeconds(60));
    assertEquals(List.of(), service.calls("ListExports"));
    assertEquals(1, service.calls("ExportTableToPointInTime").size());
  }

  /** The service has forgotten its token, but not the export. */
  @Test
  void anOldWishIsLookedForFirst() throws Exception {
    pursue(NOW.minusSeconds(5 * 3_600));
    assertEquals(1, service.calls("ListExports").size());
  }

  @Test
  void theExportAfterAFailedOneIsOfTheTimeOfTheService() throws Exception {
    service.answer("DescribeExport", DescribedExport.json(ARN, "FAILED"));
    RequestedExport former =
        RequestedExport.of("sync", TABLE_ARN, NOW.minusSeconds(3_600)).withArn(ARN);
    Export.Failed failed =
        assertInstanceOf(Export.Failed.class, maker.pursue("orders", TABLE_ARN, former.id()));
    assertEquals(NOW, RequestedExport.parse(failed.id()).time());
  }

  private void pursue(Instant time) throws Exception {
    String wish = RequestedExport.of("sync", TABLE_ARN, time).id();
    assertInstanceOf(Export.Pending.class, maker.pursue("orders", TABLE_ARN, wish));
  }
}
