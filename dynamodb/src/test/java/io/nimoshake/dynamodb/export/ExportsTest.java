package io.nimoshake.dynamodb.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.dynamodb.client.DynamoClients;
import io.nimoshake.dynamodb.source.FakeService;
import io.nimoshake.testkit.export.ExportDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportsTest {
  private static final String ARN =
      "arn:aws:dynamodb:us-east-1:123456789012:table/orders/export/01693685827463-2d8752fd";

  /** An export may take hours, and a sync may not take that long to start. */
  @Test
  void theStartDoesNotWaitForAnExportThatIsInProgress() throws Exception {
    try (FakeService service = new FakeService();
        DynamoClients clients = new DynamoClients(service.settings(), List.of())) {
      service.answer("DescribeExport", DescribedExport.json(ARN, "IN_PROGRESS"));
      Exports exports = exports(clients);
      exports.require("orders");
      assertThrows(Fault.Transient.class, () -> exports.given("orders"));
    }
  }

  @Test
  void anExportThatHasFailedIsFoundAtTheStart() throws Exception {
    try (FakeService service = new FakeService();
        DynamoClients clients = new DynamoClients(service.settings(), List.of())) {
      service.answer("DescribeExport", DescribedExport.json(ARN, "FAILED"));
      Exports exports = exports(clients);
      assertThrows(Fault.TableFailed.class, () -> exports.require("orders"));
      assertThrows(Fault.TableFailed.class, () -> exports.require("users"));
    }
  }

  /** Perhaps its name is wrong, and the table that was meant is copied in another way. */
  @Test
  void anExportThatNoTableNeedsIsNamed(@TempDir Path directory) throws Exception {
    Path given = ExportDirectory.write(directory, "users", Instant.EPOCH, List.of());
    try (FakeService service = new FakeService();
        DynamoClients clients = new DynamoClients(service.settings(), List.of())) {
      Exports exports = exports(clients, given.toString());
      assertEquals(
          List.of("the export " + ARN + " is not used: this sync copies no table orders"),
          exports.unused(List.of("oders", "users")));
      assertEquals(
          List.of("the export " + given + " is not used: this sync copies no table users"),
          exports.unused(List.of("orders")));
      assertEquals(List.of("orders", "users"), exports.tables());
    }
  }

  private static Exports exports(DynamoClients clients, String... manifests) {
    return new Exports(
        new ExportSettings(
            List.of(manifests),
            Map.of("orders", ARN),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            false,
            Optional.empty(),
            Duration.ZERO),
        clients);
  }
}
