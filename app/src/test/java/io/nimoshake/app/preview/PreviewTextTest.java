package io.nimoshake.app.preview;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.app.preview.Preview.TablePreview;
import io.nimoshake.app.preview.Preview.TargetState;
import io.nimoshake.app.preview.Preview.Totals;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PreviewTextTest {
  private static final Pattern COPY =
      Pattern.compile("([0-9,.]+) items?, .* ([0-9,.]+) read units, \\$([0-9,.]+), at least");

  /** Rounded amounts rarely add up to a rounded total. */
  @Test
  void theTotalIsTheSumOfWhatTheTablesShow() {
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      List<TablePreview> tables = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(9); i++) {
        double units = random.nextInt(3_000_000) / 2.0;
        double price = new double[] {0.125, 0.25, 0.0001, 1_000}[random.nextInt(4)];
        tables.add(table("t" + i, random.nextInt(100_000), units, units / 1e6 * price));
      }
      List<BigDecimal[]> shown =
          PreviewText.lines(preview(tables)).stream()
              .map(COPY::matcher)
              .filter(Matcher::find)
              .map(PreviewTextTest::numbers)
              .toList();
      assertEquals(tables.size() + 1, shown.size());
      for (int column = 0; column < 3; column++) {
        int of = column;
        assertEquals(
            shown.subList(0, tables.size()).stream()
                .map(row -> row[of])
                .reduce(BigDecimal.ZERO, BigDecimal::add)
                .stripTrailingZeros(),
            shown.get(tables.size())[of].stripTrailingZeros(),
            "column " + column + " of round " + round);
      }
    }
  }

  private static BigDecimal[] numbers(Matcher row) {
    return new BigDecimal[] {number(row, 1), number(row, 2), number(row, 3)};
  }

  private static BigDecimal number(Matcher row, int group) {
    return new BigDecimal(row.group(group).replace(",", ""));
  }

  private static TablePreview table(String name, long items, double units, double cost) {
    return new TablePreview(
        name,
        items,
        1,
        1,
        units,
        cost,
        1,
        "qps.full",
        "none",
        0,
        List.of(),
        Map.of(),
        null,
        "will be created",
        null,
        null);
  }

  private static Preview preview(List<TablePreview> tables) {
    return new Preview(
        "id",
        "all",
        "here",
        List.of(),
        List.of(),
        true,
        List.of(),
        new TargetState("MongoDB", "id", null, null, false),
        tables,
        List.of(),
        new Totals(
            tables.size(),
            tables.stream().mapToLong(TablePreview::items).sum(),
            1,
            tables.stream().mapToDouble(TablePreview::readUnits).sum(),
            tables.stream().mapToDouble(TablePreview::cost).sum(),
            1,
            0),
        List.of());
  }
}
