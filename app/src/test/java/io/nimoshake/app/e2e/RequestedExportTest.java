package io.nimoshake.app.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.ChildProgram;
import io.nimoshake.testkit.export.ExportEndpoint;
import io.nimoshake.testkit.export.ObjectServer;
import io.nimoshake.testkit.fault.HttpFault;
import io.nimoshake.testkit.fault.HttpFaultProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Copies from an export that the sync requests itself. */
class RequestedExportTest {
  private static final Shape SHAPE = Shape.S_N;
  private static final int ITEMS = 2_000;
  private static final int FILES = 10;

  @TempDir Path directory;

  /** A source whose exports go to a bucket, with a proxy in front. */
  private final class Exporting implements AutoCloseable {
    final Servers servers = Servers.shared();
    final ObjectServer objects;
    final ExportEndpoint exports;
    final HttpFaultProxy source;

    Exporting(int files) throws IOException {
      Path bucket = Files.createDirectory(directory.resolve("bucket"));
      objects = ObjectServer.start("exports", bucket);
      exports = ExportEndpoint.to(servers.dynamoServer.endpoint(), "exports", bucket, files);
      source = HttpFaultProxy.to(exports.endpoint());
    }

    Path configuration(String... lines) throws IOException {
      Path conf =
          servers.configuration(
              directory,
              source.endpoint(),
              servers.mongoServer.uri(),
              "export.endpoint_url = " + objects.endpoint(),
              "export.path_style = true");
      return Files.write(conf, List.of(lines), StandardOpenOption.APPEND);
    }

    @Override
    public void close() {
      source.close();
      exports.close();
      objects.close();
      servers.close();
    }
  }

  /** One export, and not one Scan, however often the process dies. */
  @Test
  void copiesWhileTheTableChangesAndSurvivesEveryKill() throws Exception {
    try (Exporting side = new Exporting(FILES)) {
      Servers servers = side.servers;
      ExportEndpoint exports = side.exports;
      HttpFaultProxy source = side.source;
      BothSides.create(servers, List.of(SHAPE), ITEMS);
      exports.hold();
      source.fail("ExportTableToPointInTime").nth(1).with(HttpFault.LIMIT_EXCEEDED);
      source.fail("ExportTableToPointInTime").nth(2).with(HttpFault.DROP_AFTER);
      source.fail("DescribeExport").nth(1).with(HttpFault.error("ExportNotFoundException"));
      Path conf =
          side.configuration(
              "full.source = export",
              "export.bucket = exports",
              "export.prefix = nightly/copies",
              "export.enable_pitr = true",
              "qps.full = 10");
      try (Workload load = Workload.start(servers.dynamo, List.of(SHAPE), ITEMS + 500, 17)) {
        try (RunningSync sync = RunningSync.start(conf)) {
          BothSides.awaitOutput(sync, "waits for the export requested at");
          assertTrue(exports.isRecoveryEnabled(SHAPE.table));
          assertTrue(sync.output().contains("point-in-time recovery was off"), sync::output);
          for (int i = 0; i < 100; i++) {
            int number = i;
            servers.dynamo.deleteItem(r -> r.tableName(SHAPE.table).key(SHAPE.key(number)));
          }
          sync.kill9();
        }
        try (RunningSync sync = RunningSync.start(conf)) {
          BothSides.awaitOutput(sync, "waits for the export requested at");
          exports.release();
          BothSides.awaitDocuments(servers, SHAPE, ITEMS / 3, sync);
          sync.kill9();
        }
        try (RunningSync sync = RunningSync.start(conf)) {
          // The log looks once a second: it may see no passing state of a quick copy.
          BothSides.awaitOutput(sync, "finishing: ", "every table is copied");
          sync.kill9();
        }
        try (RunningSync sync = RunningSync.start(conf)) {
          BothSides.awaitEqualEnd(servers, SHAPE, load, sync);
        }
      }
      assertEquals(0, source.calls("Scan"));
      assertEquals(1, exports.exports().size());
    }
  }

  @Test
  void aFailedExportFailsItsTableAndTheNextStartRequestsAnother() throws Exception {
    try (Exporting side = new Exporting(2)) {
      Servers servers = side.servers;
      ExportEndpoint exports = side.exports;
      HttpFaultProxy source = side.source;
      BothSides.create(servers, List.of(SHAPE), 50);
      Path conf =
          side.configuration("full.source = export", "export.bucket = exports", "sync_mode = full");
      assertFails(
          conf,
          "Enable it with: aws dynamodb update-continuous-backups --table-name "
              + SHAPE.table
              + " --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true");
      exports.enableRecovery(SHAPE.table);
      exports.failNext("S3AccessDenied", "Access Denied");
      assertFails(conf, "has failed: S3AccessDenied (Access Denied)");
      ChildProgram program = run(conf);
      assertEquals(0, program.exitCode(), program.out() + program.err());
      assertEquals(2, exports.exports().size());
      BothSides.assertEqual(servers, List.of(SHAPE));
      assertEquals(0, source.calls("Scan"));
    }
  }

  /** A Scan of the large table would take longer than an export, as far as is known. */
  @Test
  void autoTakesAnExportWhereItIsFasterAndTheScanElsewhere() throws Exception {
    try (Exporting side = new Exporting(2)) {
      Servers servers = side.servers;
      ExportEndpoint exports = side.exports;
      HttpFaultProxy source = side.source;
      BothSides.create(servers, List.of(SHAPE), 2 * ITEMS);
      BothSides.create(servers, List.of(Shape.N), 6);
      exports.enableRecovery(SHAPE.table);
      exports.enableRecovery(Shape.N.table);
      Path conf =
          side.configuration(
              "sync_mode = full",
              "full.source = auto",
              "full.read.concurrency = 1",
              "export.bucket = exports",
              "qps.full = 1",
              "qps.full.batch_num = 2");
      ChildProgram program = run(conf);
      String output = program.out() + program.err();
      assertEquals(0, program.exitCode(), output);
      assertTrue(
          output.contains("table " + SHAPE.table + ": full.source = auto takes an export"), output);
      assertTrue(
          output.contains("table " + Shape.N.table + ": full.source = auto takes the Scan"),
          output);
      assertEquals(1, exports.exports().size());
      assertTrue(exports.exports().get(0).contains(SHAPE.table + "/export/"));
      // Two items a call: the large table would have needed thousands.
      assertTrue(source.calls("Scan") < 10, () -> source.calls("Scan") + " calls");
      BothSides.assertEqual(servers, List.of(SHAPE, Shape.N));
    }
  }

  @Test
  void anExportThatSomebodyElseRequestedIsWaitedForAndCopied() throws Exception {
    try (Exporting side = new Exporting(2);
        DynamoDbClient somebody = side.servers.dynamoAt(side.exports.endpoint())) {
      Servers servers = side.servers;
      ExportEndpoint exports = side.exports;
      HttpFaultProxy source = side.source;
      BothSides.create(servers, List.of(SHAPE), 50);
      exports.enableRecovery(SHAPE.table);
      exports.hold();
      String tableArn = somebody.describeTable(r -> r.tableName(SHAPE.table)).table().tableArn();
      String arn =
          somebody
              .exportTableToPointInTime(r -> r.tableArn(tableArn).s3Bucket("exports"))
              .exportDescription()
              .exportArn();
      Path conf =
          side.configuration(
              "sync_mode = full",
              "full.source = export",
              "export.arn = " + SHAPE.table + "=" + arn);
      try (RunningSync sync = RunningSync.start(conf)) {
        BothSides.awaitOutput(sync, "waiting for the export " + arn);
        exports.release();
        assertEquals(0, sync.awaitExit(), sync::output);
      }
      BothSides.assertEqual(servers, List.of(SHAPE));
      assertEquals(0, source.calls("Scan"));
      assertEquals(List.of(arn), exports.exports());
    }
  }

  private void assertFails(Path conf, String why) throws Exception {
    ChildProgram program = run(conf);
    String output = program.out() + program.err();
    assertEquals(1, program.exitCode(), output);
    assertTrue(output.contains(why), output);
  }

  private ChildProgram run(Path conf) throws Exception {
    return ChildProgram.run(directory, Map.of(), "sync", "--conf", conf.toString());
  }
}
