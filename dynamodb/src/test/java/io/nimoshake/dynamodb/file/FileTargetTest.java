package io.nimoshake.dynamodb.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Page;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target.Existing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTargetTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00.123Z");
  private static final TableSchema TABLE =
      new TableSchema(
          "orders", new KeyAttribute("h", KeyAttribute.Type.S), Optional.empty(), List.of(), 0, 0);
  private static final Split ONLY = new Split.ScanSegment("orders", 0, 1);

  @TempDir Path directory;

  private FileTarget open(long fileBytes) {
    return new FileTarget(
        new FileTargetSettings(directory, fileBytes), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static Change upsert(String json) {
    return new Change.Upsert(new ItemKey(Slice.utf8(json)), Slice.utf8(json));
  }

  private static String item(int number) {
    return "{\"h\":{\"S\":\"k" + number + "\"}}";
  }

  private static Page page(int from, int to, boolean end) {
    return new Page(
        ONLY,
        from == 0 ? Position.BEGINNING : Position.after(String.valueOf(from)),
        end ? Position.END : Position.after(String.valueOf(to)),
        IntStream.range(from, to).mapToObj(i -> upsert(item(i))).toList());
  }

  private Path export() throws IOException {
    return ExportPlace.only(ExportPlace.find(directory, "orders")).orElseThrow().directory();
  }

  private static List<Map<String, String>> objects(Path manifest) throws IOException {
    List<Map<String, String>> objects = new ArrayList<>();
    try (JsonParser in = new JsonFactory().createParser(Files.readString(manifest))) {
      while (in.nextToken() == JsonToken.START_OBJECT) {
        Map<String, String> members = new LinkedHashMap<>();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
          String name = in.currentName();
          in.nextToken();
          members.put(name, in.getText());
        }
        objects.add(members);
      }
    }
    return objects;
  }

  private static String md5(byte[] bytes) throws Exception {
    return Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(bytes));
  }

  @Test
  void theFilesAreThoseThatAwsDocuments() throws Exception {
    FileTarget target = open(1);
    target.prepare(TABLE, Existing.KEEP);
    target.writePage(TABLE, page(0, 2, false));
    target.writePage(TABLE, page(2, 3, true));
    target.finish(TABLE);

    Path export = export();
    assertTrue(export.getFileName().toString().matches("01772359200123-[0-9a-f]{8}"));
    assertEquals(directory.resolve("orders/AWSDynamoDB"), export.getParent());
    try (var files = Files.list(export)) {
      assertEquals(
          List.of(
              "_started",
              "data",
              "manifest-files.checksum",
              "manifest-files.json",
              "manifest-summary.checksum",
              "manifest-summary.json"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
    for (String manifest : List.of("manifest-files", "manifest-summary")) {
      assertEquals(
          md5(Files.readAllBytes(export.resolve(manifest + ".json"))),
          Files.readString(export.resolve(manifest + ".checksum")));
    }

    Map<String, String> summary = objects(export.resolve("manifest-summary.json")).get(0);
    assertEquals("2020-06-30", summary.get("version"));
    assertEquals("3", summary.get("itemCount"));
    assertEquals("DYNAMODB_JSON", summary.get("outputFormat"));
    assertEquals("FULL_EXPORT", summary.get("exportType"));
    assertEquals(NOW.toString(), summary.get("exportTime"));
    assertEquals(
        directory.relativize(export) + "/manifest-files.json", summary.get("manifestFilesS3Key"));

    List<String> items = new ArrayList<>();
    List<String> counts = new ArrayList<>();
    for (Map<String, String> file : objects(export.resolve("manifest-files.json"))) {
      byte[] bytes = Files.readAllBytes(directory.resolve(file.get("dataFileS3Key")));
      assertEquals(md5(bytes), file.get("md5Checksum"));
      assertEquals(
          export.resolve("data"), directory.resolve(file.get("dataFileS3Key")).getParent());
      try (GZIPInputStream in =
          new GZIPInputStream(Files.newInputStream(directory.resolve(file.get("dataFileS3Key"))))) {
        items.add(new String(in.readAllBytes(), UTF_8));
      }
      counts.add(file.get("itemCount"));
    }
    assertEquals(List.of("2", "1"), counts);
    assertEquals(
        List.of(
            "{\"Item\":" + item(0) + "}\n{\"Item\":" + item(1) + "}\n",
            "{\"Item\":" + item(2) + "}\n"),
        items);
  }

  @Test
  void anItemInSeveralLinesComesInOne() throws Exception {
    FileTarget target = open(1);
    target.prepare(TABLE, Existing.KEEP);
    target.writePage(
        TABLE,
        new Page(
            ONLY,
            Position.BEGINNING,
            Position.END,
            List.of(upsert("{\n \"h\": {\r\n\"S\": \"a\\nb\"}\n}"))));
    target.finish(TABLE);
    Path file = export().resolve("data/segment-0-of-1-00000.json.gz");
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      assertEquals(
          "{\"Item\":{  \"h\": {  \"S\": \"a\\nb\"} }}\n", new String(in.readAllBytes(), UTF_8));
    }
  }

  @Test
  void aLineOfTheJournalThatACrashHasCutDoesNotCount() throws Exception {
    FileTarget target = open(1 << 20);
    target.prepare(TABLE, Existing.KEEP);
    target.writePage(TABLE, page(0, 2, false));
    Path journal = export().resolve("unfinished/segment-0-of-1.pages");
    Files.writeString(journal, "0 200 4 90 17 - after 4", StandardOpenOption.APPEND);
    Path file = export().resolve("unfinished/segment-0-of-1-00000.json.gz");
    Files.writeString(file, "half a page", StandardOpenOption.APPEND);

    FileTarget again = open(1 << 20);
    again.prepare(TABLE, Existing.RESUME);
    assertThrows(Fault.TableFailed.class, () -> again.writePage(TABLE, page(4, 5, true)));
    again.writePage(TABLE, page(2, 5, true));
    again.finish(TABLE);
    Path data = export().resolve("data/segment-0-of-1-00000.json.gz");
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(data))) {
      assertEquals(5, new String(in.readAllBytes(), UTF_8).lines().count());
    }
  }

  /** To write behind its end would leave a hole that only a reader of the export finds. */
  @Test
  void aFileThatLacksBytesFailsTheTable() throws Exception {
    FileTarget target = open(1 << 20);
    target.prepare(TABLE, Existing.KEEP);
    target.writePage(TABLE, page(0, 2, false));
    Path unfinished =
        ExportPlace.only(ExportPlace.find(directory, "orders")).orElseThrow().unfinished();
    Path file;
    try (var files = Files.list(unfinished)) {
      file = files.filter(f -> f.toString().endsWith(".json.gz")).findFirst().orElseThrow();
    }
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, 5));

    Fault fault =
        assertThrows(Fault.TableFailed.class, () -> target.writePage(TABLE, page(2, 3, true)));
    assertTrue(
        fault
            .getMessage()
            .startsWith(file + " has 5 bytes, but the journal says " + whole.length + ": "),
        fault.getMessage());
    assertEquals(5, Files.size(file));
  }

  @Test
  void aFinishThatWasCutIsDoneAgain() throws Exception {
    FileTarget target = open(1);
    target.prepare(TABLE, Existing.KEEP);
    target.writePage(TABLE, page(0, 2, false));
    target.writePage(TABLE, page(2, 3, true));
    // As after a crash between two files.
    Files.createDirectories(export().resolve("data"));
    Files.move(
        export().resolve("unfinished/segment-0-of-1-00000.json.gz"),
        export().resolve("data/segment-0-of-1-00000.json.gz"));

    FileTarget again = open(1);
    again.prepare(TABLE, Existing.RESUME);
    again.finish(TABLE);
    again.finish(TABLE);
    assertEquals(2, objects(export().resolve("manifest-files.json")).size());
    assertFalse(Files.exists(export().resolve("unfinished")));
  }

  @Test
  void theFilesOfAnotherDirectoryAreNotTakenForThoseOfTheCheckpoint() {
    Fault fault =
        assertThrows(Fault.TableFailed.class, () -> open(1).prepare(TABLE, Existing.RESUME));
    assertTrue(fault.getMessage().contains("has no export"), fault.getMessage());
  }

  @Test
  void aSegmentThatIsNotThereIsMissed() throws Exception {
    FileTarget target = open(1);
    target.prepare(TABLE, Existing.KEEP);
    Split first = new Split.ScanSegment("orders", 0, 2);
    target.writePage(TABLE, new Page(first, Position.BEGINNING, Position.END, List.of()));
    assertThrows(Fault.TableFailed.class, () -> target.finish(TABLE));
  }

  @Test
  void aDirectoryThatCannotBeMadeIsFatal() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    Fault fault =
        assertThrows(
            Fault.Fatal.class,
            () -> FileTarget.check(new FileTargetSettings(file.resolve("exports"), 1)));
    assertTrue(fault.getMessage().contains("exports"), fault.getMessage());
  }
}
