package io.nimoshake.app.preview;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.KeyAttribute.Type;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.config.Configuration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappingSampleTest {
  private static final TableSchema TABLE =
      new TableSchema("t", new KeyAttribute("pk", Type.S), Optional.empty(), List.of(), 0, 0);

  @TempDir private Path directory;

  private MappingSample sample;
  private Path file;

  @BeforeEach
  void start() throws Exception {
    file =
        Files.writeString(
            directory.resolve("m.yaml"),
            """
            version: 1
            tables:
              t:
                split:
                  - when: {kind: order}
                    collection: orders
                    attributes:
                      - convert: {at: date(iso8601), n: {to: int, on_error: keep}}
                  - when: {kind: nothing}
                    collection: never
                  - when: {kind: old}
                    then: ignore
                  - otherwise: {collection: rest}
            """);
    sample =
        new MappingSample(
            new SyncSetup(
                Configuration.load(
                    Optional.empty(),
                    Map.of(),
                    List.of("target.address=mongodb://127.0.0.1", "mapping.file=" + file))),
            TABLE);
  }

  private void add(String key, String kind, String more) {
    sample.add(
        Slice.utf8("{\"pk\":{\"S\":\"%s\"},\"kind\":{\"S\":\"%s\"}%s}".formatted(key, kind, more)));
  }

  private static String text(String name, String value) {
    return ",\"%s\":{\"S\":\"%s\"}".formatted(name, value);
  }

  @Test
  void countsPerRuleWithOneItemBeforeAndAfter() {
    add("1", "order", text("at", "2024-02-29"));
    add("2", "order", "");
    add("3", "old", "");
    add("4", "other", "");
    MappingPreview preview = sample.result(TABLE);
    assertEquals(4, preview.sampled());
    assertEquals(
        List.of(2, 0, 1, 1), preview.rules().stream().map(MappingPreview.OfRule::matched).toList());
    assertEquals(
        List.of("orders", "never", "ignore", "rest"),
        preview.rules().stream().map(MappingPreview.OfRule::becomes).toList());
    assertEquals(
        List.of(false, false, false, true),
        preview.rules().stream().map(MappingPreview.OfRule::otherwise).toList());
    MappingPreview.OfRule orders = preview.rules().get(0);
    assertEquals(file + ", line 5, column 9", orders.rule());
    assertEquals(
        "{\"pk\":{\"S\":\"1\"},\"kind\":{\"S\":\"order\"},\"at\":{\"S\":\"2024-02-29\"}}",
        orders.before());
    assertEquals(
        "{\"_id\": \"1\", \"pk\": \"1\", \"kind\": \"order\", \"at\": {\"$date\":"
            + " \"2024-02-29T00:00:00Z\"}}",
        orders.after());
    assertNull(preview.rules().get(1).before());
    assertNull(preview.rules().get(2).after());
    assertEquals(
        List.of("t: " + file + ", line 9, column 9 matches no item of the sample"),
        MappingPreviewer.warnings(preview));
  }

  @Test
  void countsItemsThatWouldBeRejectedAndConversionsThatFail() {
    add("1", "order", text("at", "soon"));
    add("2", "order", text("at", "later"));
    add("3", "order", text("n", "many"));
    add("4", "order", ",\"n\":{\"N\":\"1\"}");
    add("5", "nothing", ",\"n\":{\"N\":\"x\"}");
    MappingPreview preview = sample.result(TABLE);
    assertEquals(
        List.of(2, 1), preview.rejected().stream().map(MappingPreview.Reason::items).toList());
    assertEquals(
        "at is no ISO 8601 date, or time with an offset (date(iso8601))",
        preview.rejected().get(0).reason());
    assertEquals(1, preview.failed().size());
    assertEquals(1, preview.failed().get(0).items());
    assertEquals("n is not a number (int)", preview.failed().get(0).reason());
    // The last item matched no rule, because it could not be converted.
    assertEquals(
        List.of(4, 0, 0, 0), preview.rules().stream().map(MappingPreview.OfRule::matched).toList());
    assertEquals(
        "t: 3 of 5 sampled items would be rejected by the conversion or the mapping",
        MappingPreviewer.warnings(preview).get(0));
  }

  @Test
  void aPersonGetsLines() {
    add("1", "order", text("at", "soon"));
    add("2", "other", text("x", "y".repeat(400)));
    List<String> lines = MappingPreviewer.lines(sample.result(TABLE));
    assertEquals("t: 2 items sampled, which cost 0.0 read units", lines.get(0));
    assertEquals("          1  " + file + ", line 5, column 9 -> orders", lines.get(1));
    assertEquals(
        "          1  " + file + ", line 13, column 9 -> rest (no other rule matched)",
        lines.get(4));
    assertEquals("             before: ".length() + 304, lines.get(5).length());
    assertEquals(
        "    rejected: 1 item: at is no ISO 8601 date, or time with an offset (date(iso8601)), such as"
            + " {\"pk\":{\"S\":\"1\"},\"kind\":{\"S\":\"order\"},\"at\":{\"S\":\"soon\"}}",
        lines.get(7));
  }
}
