package io.nimoshake.app.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.plan.TableState;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lines with bars, on terminals of several widths. */
class BarsTest {
  private static final String LONG = "production-eu-west-1-customer-orders-";

  /** Everything a line can have, with large numbers. */
  private static final ProgressText.Line FULL =
      new ProgressText.Line(
          LONG + "archive",
          ShownState.FOLLOWING,
          0.5,
          123_456_789,
          Optional.of(new ProgressText.Resumed(3, 8)),
          98_765_432,
          12_345.6,
          OptionalLong.of(100_000),
          OptionalDouble.of(86_399.9),
          123_456,
          Optional.empty());

  @ParameterizedTest
  @ValueSource(ints = {40, 80, 100, 120})
  void noLineIsWiderThanTheTerminal(int columns) {
    List<Bars.Row> rows =
        List.of(
            FULL.row(),
            ProgressText.total(0.1, 123_456_789, 98_765_432, 12_345.6, OptionalLong.of(100_000)));
    for (String line : Bars.lines(rows, columns)) {
      assertTrue(line.length() <= columns, line);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 100, 120})
  void theTotalAlwaysHasRateAndTimeLeft(int columns) {
    List<Bars.Row> rows =
        List.of(
            FULL.row(),
            ProgressText.total(0.1, 123_456_789, 98_765_432, 12_345.6, OptionalLong.of(100_000)));
    String total = Bars.lines(rows, columns).get(1);
    assertTrue(total.contains("12,346/s, 1 d 3 h left"), total);
  }

  @Test
  void theLeastImportantNumbersAreLeftOutFirst() {
    List<Bars.Row> rows = List.of(FULL.row());
    assertEquals(
        "  producti~archive ####----  50% following  12,346/s, 1 d 3 h left",
        ascii(Bars.lines(rows, 80).get(0)));
    assertEquals(
        "  production-~rs-archive ######------  50% following  12,346/s, 1 d 3 h left,"
            + " 23 h 59 min behind",
        ascii(Bars.lines(rows, 100).get(0)));
    assertEquals(
        "  production-eu-w~orders-archive ##########----------  50% following  "
            + "12,346/s, 1 d 3 h left, 23 h 59 min behind",
        ascii(Bars.lines(rows, 120).get(0)));
  }

  @Test
  void namesThatBeginAlikeStayDifferent() {
    List<Bars.Row> rows = new ArrayList<>();
    for (String end : List.of("archive", "current")) {
      rows.add(new Bars.Row(LONG + end, 1, "done", List.of()));
    }
    List<String> lines = Bars.lines(rows, 80);
    assertTrue(lines.get(0).contains("~archive "), lines.get(0));
    assertTrue(lines.get(1).contains("~current "), lines.get(1));
  }

  @Test
  void barsBeginBelowEachOther() {
    List<Bars.Row> rows =
        List.of(
            new Bars.Row("a", 1, "done", List.of()),
            new Bars.Row("orders", 0.5, "copying", List.of(new Bars.Part("1/s", 1))));
    assertEquals(
        List.of("  a      ######## 100% done       ", "  orders ####----  50% copying    1/s"),
        Bars.lines(rows, 80).stream().map(BarsTest::ascii).toList());
  }

  @Test
  void aFrameTakesThePlaceOfTheLastOne() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LiveLines lines = new LiveLines(new PrintStream(out, true, StandardCharsets.UTF_8));
    lines.draw(List.of("a", "b"));
    lines.draw(List.of("c"));
    lines.printAbove("log\n");
    lines.clear();
    assertEquals(
        "<clear><nowrap>a\nb\n<wrap><up 2><clear><nowrap>c\n<wrap>"
            + "<up 1><clear>log\n<nowrap>c\n<wrap><up 1><clear><nowrap><wrap>",
        out.toString(StandardCharsets.UTF_8)
            .replace("\r\u001b[J", "<clear>")
            .replace("\u001b[?7l", "<nowrap>")
            .replace("\u001b[?7h", "<wrap>")
            .replaceAll("\u001b\\[(\\d)A", "<up $1>"));
  }

  @Test
  void whatIsNotDoneIsNeverShownAsDone() {
    assertEquals("99%", Bars.percent(0.999));
    assertEquals("100%", Bars.percent(1));
  }

  @Test
  void aSyncOfSeveralTablesHasATotal() {
    SyncNumbers numbers =
        SyncNumbers.of(
            GivenTable.sync(
                GivenTable.of("a", TableState.COPYING).items(10).written(1, 0).view(),
                GivenTable.of("b", TableState.COPYING).items(10).written(2, 1).view()),
            new Rates(),
            Instant.EPOCH);
    assertEquals(
        "  total #-------  15%            3 copied, 1 change, 0/s",
        ascii(ProgressText.bars(numbers, 80).get(2)));
  }

  private static String ascii(String bar) {
    return bar.replace('█', '#').replace('░', '-');
  }
}
