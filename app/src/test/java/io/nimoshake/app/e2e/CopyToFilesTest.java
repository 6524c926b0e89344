package io.nimoshake.app.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.ChildProgram;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.testkit.fault.HttpFault;
import io.nimoshake.testkit.fault.HttpFaultProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A copy to files, through kills, and a copy from these files. */
class CopyToFilesTest {
  private static final List<Shape> SHAPES = List.of(Shape.S_N, Shape.N);
  private static final int ITEMS = 3_000;
  private static final int PAGES_A_LIFE = 15;

  @TempDir Path directory;

  @Test
  void whatIsKilledGoesOnAndTheFilesAreAnExport() throws Exception {
    Path exports = directory.resolve("exports");
    try (Servers servers = Servers.shared();
        HttpFaultProxy source = HttpFaultProxy.to(servers.dynamoServer.endpoint())) {
      BothSides.create(servers, SHAPES, ITEMS);
      Path conf = configuration(servers, source, exports);
      for (int life = 1; life <= 2; life++) {
        int pages = life * PAGES_A_LIFE;
        // It cannot end before it is killed.
        source.fail("Scan").after(3 * PAGES_A_LIFE).with(HttpFault.THROTTLING);
        try (RunningSync sync = RunningSync.start(conf)) {
          await()
              .atMost(BothSides.LIMIT)
              .failFast(() -> assertTrue(sync.isAlive(), sync::output))
              // A file that was listed may be gone before it is read.
              .ignoreExceptionsMatching(
                  e -> e instanceof UncheckedIOException || e instanceof NoSuchFileException)
              .until(() -> pages(exports) >= pages);
          sync.kill9();
        }
        source.heal();
      }
      try (RunningSync sync = RunningSync.start(conf)) {
        assertEquals(0, sync.awaitExit(), sync::output);
      }
      List<String> manifests = new ArrayList<>();
      for (Shape shape : SHAPES) {
        Path export = export(exports, shape);
        manifests.add(export.toString());
        assertEquals(inTable(servers, shape), inFiles(export));
      }
      assertRefusals(conf);

      Path back =
          servers.configuration(
              directory,
              "sync_mode = full",
              "full.source = export",
              "export.manifest = " + String.join(";", manifests));
      try (RunningSync sync = RunningSync.start(back)) {
        assertEquals(0, sync.awaitExit(), sync::output);
      }
      BothSides.assertEqual(servers, SHAPES);
    }
  }

  private Path configuration(Servers servers, HttpFaultProxy source, Path exports)
      throws IOException {
    return Files.write(
        directory.resolve("files.conf"),
        List.of(
            "id = files",
            "source.access_key_id = " + servers.accessKey,
            "source.secret_access_key = secret",
            "source.region = us-east-1",
            "source.endpoint_url = " + source.endpoint(),
            "sync_mode = full",
            "target.type = file",
            "target.directory = " + exports,
            "checkpoint.address = " + directory.resolve("checkpoint"),
            "full.read.concurrency = 2",
            "qps.full = 20",
            "qps.full.batch_num = 40",
            "full_sync.http_port = 0",
            "incr_sync.http_port = 0"));
  }

  /** How many pages are in the files. */
  private static long pages(Path exports) throws IOException {
    long pages = 0;
    if (Files.exists(exports)) {
      try (var files = Files.walk(exports)) {
        for (Path file : files.filter(path -> path.toString().endsWith(".pages")).toList()) {
          pages += Files.readString(file).lines().count();
        }
      }
    }
    return pages;
  }

  private static Path export(Path exports, Shape shape) throws IOException {
    try (var found = Files.list(exports.resolve(shape.table).resolve("AWSDynamoDB"))) {
      return found.findFirst().orElseThrow();
    }
  }

  private static List<String> inTable(Servers servers, Shape shape) {
    return servers.dynamo.scanPaginator(r -> r.tableName(shape.table).limit(500)).items().stream()
        .map(CopyToFilesTest::text)
        .sorted()
        .toList();
  }

  private static List<String> inFiles(Path export) throws IOException {
    List<String> items = new ArrayList<>();
    try (var files = Files.list(export.resolve("data"))) {
      for (Path file : files.toList()) {
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
          new String(in.readAllBytes(), UTF_8)
              .lines()
              .map(line -> line.substring("{\"Item\":".length(), line.length() - 1))
              .map(item -> text(AttributeJson.read(item)))
              .forEach(items::add);
        }
      }
    }
    return items.stream().sorted().toList();
  }

  private static String text(Map<String, AttributeValue> item) {
    return new java.util.TreeMap<>(item).toString();
  }

  /** A second copy leaves the files alone, and there is nothing to compare. */
  private void assertRefusals(Path conf) throws Exception {
    ChildProgram plan = run("plan", "--conf", conf.toString(), "--set", "id=other");
    assertTrue(plan.out().contains("the table will fail"), plan.out() + plan.err());
    ChildProgram second = run("sync", "--conf", conf.toString(), "--set", "id=other");
    String output = second.out() + second.err();
    assertEquals(1, second.exitCode(), output);
    assertTrue(output.contains("is an export of table by_n already"), output);
    ChildProgram check = run("check", "--conf", conf.toString());
    assertEquals(2, check.exitCode(), check.out() + check.err());
    assertTrue(check.err().contains("target.type = file: "), check.err());
  }

  private ChildProgram run(String... arguments) throws Exception {
    return ChildProgram.run(directory, Map.of(), arguments);
  }
}
