package io.nimoshake.dynamodb.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.TableSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds {@code docs/conversion.md} to the code: every row of its tables is tried. */
class ConversionDocTest {
  private static final Path DOC =
      Path.of(System.getProperty("basedir", ".")).resolve("../docs/conversion.md");
  private static final String REJECTED = "rejected";

  private record Table(List<String> header, List<List<String>> rows) {}

  private static List<Table> tables() throws IOException {
    List<Table> tables = new ArrayList<>();
    List<String> lines = Files.readAllLines(DOC);
    for (int i = 1; i < lines.size(); i++) {
      if (lines.get(i).startsWith("|---")) {
        List<List<String>> rows = new ArrayList<>();
        for (int row = i + 1; row < lines.size() && lines.get(row).startsWith("|"); row++) {
          rows.add(cells(lines.get(row)));
        }
        tables.add(new Table(cells(lines.get(i - 1)), rows));
      }
    }
    return tables;
  }

  /** The code in each cell, or the cell's text if it has no code. */
  private static List<String> cells(String line) {
    return Stream.of(line.substring(1, line.length() - 1).split("\\|"))
        .map(String::trim)
        .map(cell -> cell.startsWith("`") ? cell.substring(1, cell.indexOf('`', 1)) : cell)
        .toList();
  }

  @Test
  void theTablesAreFound() throws IOException {
    assertEquals(
        List.of("DynamoDB", "DynamoDB", "DynamoDB", "Attribute", "Key number", "Item"),
        tables().stream().map(table -> table.header().get(0)).toList());
    assertTrue(tables().stream().mapToInt(table -> table.rows().size()).sum() > 50);
  }

  @TestFactory
  List<DynamicTest> everyRowIsWhatTheCodeDoes() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Table table : tables()) {
      for (List<String> row : table.rows()) {
        for (int column = 1; column < row.size(); column++) {
          String header = table.header().get(column);
          String left = row.get(0);
          String right = row.get(column);
          tests.add(
              DynamicTest.dynamicTest(
                  left + " as " + header, () -> check(table.header().get(0), header, left, right)));
        }
      }
    }
    return tests;
  }

  private static void check(String kind, String header, String left, String right)
      throws IOException {
    switch (kind) {
      case "DynamoDB" ->
          field(
              Decode.BY_ID,
              options(header),
              "{\"id\":{\"S\":\"a\"},\"v\":" + left + "}",
              "v",
              right);
      case "Attribute" -> {
        boolean escape = header.equals("escape");
        String name = escape || !right.equals(REJECTED) ? text(right) : "";
        ConvertOptions options =
            new ConvertOptions(
                ConvertType.CHANGE, new FieldNames(escape, "pre"), NumberOverflow.STRING);
        String item = "{\"id\":{\"S\":\"a\"}," + left + ":{\"N\":\"1\"}}";
        field(Decode.BY_ID, options, item, name, right.equals(REJECTED) ? right : "1");
      }
      case "Key number" ->
          field(Decode.BY_NUMBER, options(header), "{\"id\":{\"N\":" + left + "}}", "id", right);
      case "Item" ->
          assertEquals(right, Decode.rejected(Decode.BY_ID, ConvertOptions.DEFAULT, left).reason());
      default -> throw new AssertionError("a table of an unknown kind: " + kind);
    }
  }

  private static void field(
      TableSchema schema, ConvertOptions options, String item, String field, String expected)
      throws IOException {
    if (expected.equals(REJECTED)) {
      Decode.rejected(schema, options, item);
    } else {
      BsonValue value = Decode.document(schema, options, item).get(field);
      assertEquals(BsonDocument.parse("{v: " + expected + "}").get("v"), value);
    }
  }

  private static String text(String literal) {
    return BsonDocument.parse("{v: " + literal + "}").getString("v").getValue();
  }

  private static ConvertOptions options(String header) {
    FieldNames names = new FieldNames(true, "pre");
    return switch (header) {
      case "change" -> new ConvertOptions(ConvertType.CHANGE, names, NumberOverflow.STRING);
      case "mchange" -> new ConvertOptions(ConvertType.MCHANGE, names, NumberOverflow.STRING);
      case "raw" -> new ConvertOptions(ConvertType.RAW, names, NumberOverflow.STRING);
      case "string" -> new ConvertOptions(ConvertType.CHANGE, names, NumberOverflow.STRING);
      case "double" -> new ConvertOptions(ConvertType.CHANGE, names, NumberOverflow.DOUBLE);
      case "fail" -> new ConvertOptions(ConvertType.CHANGE, names, NumberOverflow.FAIL);
      default -> throw new AssertionError("an unknown column: " + header);
    };
  }
}
