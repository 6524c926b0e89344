package io.nimoshake.dynamodb.export;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.ExportFile;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.convert.JsonFilter;
import io.nimoshake.dynamodb.convert.PageDecoder;
import io.nimoshake.dynamodb.filter.ItemFilter;
import io.nimoshake.dynamodb.filter.Value;
import io.nimoshake.testkit.export.ExportDirectory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

class ExportFileReaderTest {
  private static final Instant TIME = Instant.parse("2026-03-01T10:00:00Z");
  private static final TableSchema SCHEMA =
      new TableSchema(
          "orders", new KeyAttribute("h", KeyAttribute.Type.S), Optional.empty(), List.of(), 0, 0);

  @TempDir Path directory;

  /** Items of about 1 KB, so that a file of 5,000 has several pages. */
  private static List<String> items(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(
            i ->
                "{\"h\":{\"S\":\"k"
                    + i
                    + "\"},\"n\":{\"N\":\""
                    + i
                    + "\"},\"fill\":{\"S\":\""
                    + "x\\n".repeat(i % 400)
                    + "\"}}")
        .toList();
  }

  private TableExport export(List<List<String>> files) throws Exception {
    return TableExport.read(
        new LocalExport(ExportDirectory.write(directory, "orders", TIME, files)));
  }

  private static ExportFileReader open(TableExport export, int file, Position from) {
    return open(export, file, from, Optional.empty());
  }

  private static ExportFileReader open(
      TableExport export, int file, Position from, Optional<JsonFilter> filter) {
    ConvertOptions asTheyAre =
        new ConvertOptions(
            ConvertType.SAME, ConvertOptions.DEFAULT.names(), ConvertOptions.DEFAULT.overflow());
    ExportFile split = new ExportFile("orders", export.id(), file, export.files().size());
    return ExportFileReader.ofItems(
        export, split, new PageDecoder(SCHEMA, asTheyAre), filter, from);
  }

  private static List<String> read(ExportFileReader reader) throws Fault {
    List<String> items = new ArrayList<>();
    ChangeBatch batch;
    do {
      batch = reader.read();
      batch.changes().forEach(change -> items.add(((Change.Upsert) change).document().toUtf8()));
    } while (!batch.isEnd());
    return items;
  }

  @Test
  void readsEveryItemOfEveryFileInPages() throws Exception {
    TableExport export = export(List.of(items(0, 5_000), List.of(), items(5_000, 5_003)));
    assertEquals(TIME, export.time());
    assertEquals("orders", export.table());
    assertEquals(items(0, 5_000), read(open(export, 0, Position.BEGINNING)));
    assertEquals(List.of(), read(open(export, 1, Position.BEGINNING)));
    assertEquals(items(5_000, 5_003), read(open(export, 2, Position.BEGINNING)));
    ChangeBatch first = open(export, 0, Position.BEGINNING).read();
    assertTrue(first.changes().size() > 125 && first.changes().size() < 1_000);
  }

  @Test
  void continuesAfterAnyPage() throws Exception {
    TableExport export = export(List.of(items(0, 5_000)));
    List<String> pieced = new ArrayList<>();
    Position position = Position.BEGINNING;
    int pages = 0;
    while (!(position instanceof Position.End)) {
      ChangeBatch batch = open(export, 0, position).read();
      batch.changes().forEach(change -> pieced.add(((Change.Upsert) change).document().toUtf8()));
      position = batch.position();
      assertTrue(pages++ < 100, "no end in sight");
    }
    assertEquals(items(0, 5_000), pieced);
  }

  @Test
  void leavesOutWhatDoesNotPassTheFilter() throws Exception {
    TableExport export = export(List.of(items(0, 100)));
    JsonFilter filter =
        new JsonFilter(
            ItemFilter.parse("n < :n", Map.of(), Map.of(":n", new Value.Num(BigDecimal.TEN))));
    ExportFileReader reader = open(export, 0, Position.BEGINNING, Optional.of(filter));
    ChangeBatch page = reader.read();
    assertEquals(10, page.changes().size());
    assertEquals(100, page.itemsScanned());
    assertEquals(Position.after("100"), page.position());
    assertTrue(reader.read().isEnd());
  }

  @Test
  void goesOnWhereABrokenConnectionLeftOff() throws Exception {
    TableExport export = export(List.of(items(0, 5_000)));
    ExportFileReader reader = brokenOnce(export, new IOException("connection reset"));
    List<String> items = new ArrayList<>();
    int faults = 0;
    boolean more = true;
    while (more) {
      try {
        ChangeBatch batch = reader.read();
        batch.changes().forEach(change -> items.add(((Change.Upsert) change).document().toUtf8()));
        more = !batch.isEnd();
      } catch (Fault.Transient e) {
        assertTrue(e.getMessage().contains("connection reset"), e.getMessage());
        faults++;
      }
    }
    assertEquals(1, faults);
    assertEquals(items(0, 5_000), items);
  }

  private static ExportFileReader brokenOnce(TableExport export, Exception how) {
    BrokenOnce store = new BrokenOnce(export.store(), how);
    return open(
        new TableExport(
            store, export.arn(), export.table(), export.tableId(), export.time(), export.files()),
        0,
        Position.BEGINNING);
  }

  /** The SDK throws these from the stream of an object. */
  @Test
  void anExceptionOfTheSdkIsAFaultOfTheTable() throws Exception {
    TableExport export = export(List.of(items(0, 10)));
    SdkException wrong =
        SdkClientException.create(
            "Data read has a different checksum than expected. Was 1, but expected 2");
    ExportFileReader reader = brokenOnce(export, wrong);
    Fault.Unknown unknown = assertThrows(Fault.Unknown.class, reader::read);
    assertTrue(unknown.getMessage().contains(export.files().get(0).key()), unknown.getMessage());
    assertEquals(items(0, 10), read(reader));

    SdkException reset = SdkClientException.create("connection reset");
    assertThrows(Fault.Transient.class, () -> brokenOnce(export, reset).read());
  }

  @ParameterizedTest
  @ValueSource(strings = {"missing", "cut", "other", "changed", "fewer", "more", "text", "no item"})
  void aFileThatIsNotAsTheManifestSaysFailsTheTable(String what) throws Exception {
    TableExport export =
        export(List.of(items(0, 5_000), items(0, 4_999), items(0, 5_001), items(1, 5_001)));
    Path data = directory.resolve("AWSDynamoDB/01693685827463-2d8752fd/data");
    List<Path> files;
    try (Stream<Path> all = Files.list(data)) {
      files = all.sorted().toList();
    }
    byte[] bytes = Files.readAllBytes(files.get(0));
    switch (what) {
      case "missing" -> Files.delete(files.get(0));
      case "cut" -> Files.write(files.get(0), Arrays.copyOf(bytes, bytes.length - 9));
      case "other" -> {
        bytes[bytes.length / 2] ^= 1;
        Files.write(files.get(0), bytes);
      }
      case "changed" -> Files.copy(files.get(3), files.get(0), REPLACE_EXISTING);
      case "fewer" -> Files.copy(files.get(1), files.get(0), REPLACE_EXISTING);
      case "more" -> Files.copy(files.get(2), files.get(0), REPLACE_EXISTING);
      case "text" -> Files.writeString(files.get(0), "not gzip");
      default -> {
        try (var out = new GZIPOutputStream(Files.newOutputStream(files.get(0)))) {
          out.write("{\"Thing\":{}}\n".getBytes(US_ASCII));
        }
      }
    }
    ExportFileReader reader = open(export, 0, Position.BEGINNING);
    Fault.TableFailed fault = assertThrows(Fault.TableFailed.class, () -> read(reader));
    assertTrue(fault.getMessage().contains(export.files().get(0).key()), fault.getMessage());
  }

  @Test
  void refusesExportsThatItCannotCopy() throws Exception {
    export(List.of(items(0, 3)));
    Path manifests = directory.resolve("AWSDynamoDB/01693685827463-2d8752fd");
    Path summary = manifests.resolve("manifest-summary.json");
    String written = Files.readString(summary);
    refused(summary, written.replace("DYNAMODB_JSON", "ION"), "its outputFormat is ION");
    refused(
        summary,
        written.replace("FULL_EXPORT", "INCREMENTAL_EXPORT"),
        "its exportType is INCREMENTAL_EXPORT");
    refused(summary, written.replace("\"itemCount\":3", "\"itemCount\":4"), "not complete");
    refused(summary, written.replace("exportTime", "x"), "exportTime is missing");
    refused(summary, written.substring(0, 40), "manifest-summary.json of the export");
    Files.delete(summary);
    assertRefused(manifests, "has no manifest-summary.json");
  }

  private static void refused(Path summary, String text, String expected) throws IOException {
    Files.writeString(summary, text);
    assertRefused(summary.getParent(), expected);
  }

  private static void assertRefused(Path manifests, String expected) {
    String message =
        assertThrows(Fault.TableFailed.class, () -> TableExport.read(new LocalExport(manifests)))
            .getMessage();
    assertTrue(message.contains(expected), message);
  }

  @Test
  void anExportOfAnotherTableOfTheSameNameIsRefused() throws Exception {
    TableExport export = export(List.of(items(0, 3)));
    export.requireTable(Optional.of("12345a12-abcd-123a-ab12-1234abc12345"));
    export.requireTable(Optional.empty());
    assertThrows(
        Fault.TableFailed.class,
        () -> export.requireTable(Optional.of("99999a12-abcd-123a-ab12-1234abc12345")));
  }

  @Test
  void aStreamMustHaveEveryChangeSinceTheExport() throws Exception {
    TableExport export = export(List.of(items(0, 3)));
    export.requireFollowing(stream("2026-03-01T09:54:59.999", TIME.plusSeconds(23 * 3_600)));
    assertThrows(
        Fault.TableFailed.class,
        () -> export.requireFollowing(stream("2026-03-01T09:55:00.001", TIME.plusSeconds(9))));
    assertThrows(
        Fault.TableFailed.class,
        () ->
            export.requireFollowing(
                stream("2026-03-01T09:00:00.000", TIME.plusSeconds(23 * 3_600 + 1))));
  }

  private static StreamHandle stream(String label, Instant now) {
    return new StreamHandle("arn:aws:dynamodb:us-east-1:1:table/orders/stream/" + label, true, now);
  }

  /** Breaks the first data file that is opened, in its middle, with an exception. */
  private static final class BrokenOnce implements ExportStore {
    private final ExportStore store;
    private final Exception how;
    private boolean broken;

    BrokenOnce(ExportStore store, Exception how) {
      this.store = store;
      this.how = how;
    }

    @Override
    public String location() {
      return store.location();
    }

    @Override
    public InputStream manifest(String name) throws IOException, Fault {
      return store.manifest(name);
    }

    @Override
    public InputStream data(String key) throws IOException, Fault {
      if (broken) {
        return store.data(key);
      }
      broken = true;
      byte[] whole = store.data(key).readAllBytes();
      return new SequenceInputStream(
          new ByteArrayInputStream(whole, 0, whole.length * 2 / 3),
          new InputStream() {
            @Override
            public int read() throws IOException {
              if (how instanceof IOException e) {
                throw e;
              }
              throw (RuntimeException) how;
            }
          });
    }
  }
}
