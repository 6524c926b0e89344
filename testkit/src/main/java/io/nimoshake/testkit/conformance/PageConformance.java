package io.nimoshake.testkit.conformance;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Page;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.Target.Existing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What every target does with the pages of a copy: however often pages come again, each item is
 * there once, and none is missing.
 */
abstract class PageConformance extends TargetFixture {
  private static final Split ONLY = new Split.ScanSegment(TABLE.name(), 0, 1);

  private void write(Target to, Split split, int from, int until, String value) throws Fault {
    List<Map<String, Object>> items = new ArrayList<>();
    for (int i = from; i < until; i++) {
      items.add(item(split.id() + "/" + i, value));
    }
    to.writePage(TABLE, new Page(split, at(from), at(until), upserts(TABLE, items)));
  }

  private void writeEnd(Target to, Split split, int from) throws Fault {
    to.writePage(TABLE, new Page(split, at(from), Position.END, List.of()));
  }

  private static Position at(int items) {
    return items == 0 ? Position.BEGINNING : Position.after("{\"n\":\"" + items + "\"}\n");
  }

  private static List<Map<String, Object>> all(Split split, int until, String value) {
    List<Map<String, Object>> items = new ArrayList<>();
    for (int i = 0; i < until; i++) {
      items.add(item(split.id() + "/" + i, value));
    }
    return items;
  }

  @Test
  void thePagesOfAllSplitsAddUp() throws Fault {
    target.prepare(TABLE, Existing.DROP);
    List<Map<String, Object>> expected = new ArrayList<>();
    int splits = 3;
    for (int from = 0; from < 12; from += 4) {
      for (int i = 0; i < splits; i++) {
        write(target, new Split.ScanSegment(TABLE.name(), i, splits), from, from + 4, "v");
      }
    }
    for (int i = 0; i < splits; i++) {
      Split split = new Split.ScanSegment(TABLE.name(), i, splits);
      writeEnd(target, split, 12);
      expected.addAll(all(split, 12, "v"));
    }
    target.finish(TABLE);
    assertItems(expected, TABLE);
  }

  @Test
  void anEmptyTableCanBeCopied() throws Fault {
    target.prepare(TABLE, Existing.DROP);
    writeEnd(target, ONLY, 0);
    target.finish(TABLE);
    assertItems(List.of(), TABLE);
  }

  @Test
  void aPageWhoseAnswerWasLostComesAgain() throws Fault {
    target.prepare(TABLE, Existing.DROP);
    for (int from = 0; from < 12; from += 4) {
      write(target, ONLY, from, from + 4, "first");
      write(target, ONLY, from, from + 4, "again");
    }
    writeEnd(target, ONLY, 12);
    writeEnd(target, ONLY, 12);
    target.finish(TABLE);
    target.finish(TABLE);
    assertItems(all(ONLY, 12, "again"), TABLE);
  }

  @Test
  void afterACrashAnyPageMayComeAgainInOtherPages() throws Fault {
    for (int resumed = 0; resumed <= 12; resumed += 4) {
      target.prepare(TABLE, Existing.DROP);
      for (int from = 0; from < 12; from += 4) {
        write(target, ONLY, from, from + 4, "v");
      }
      writeEnd(target, ONLY, 12);
      try (Target again = open()) {
        again.prepare(TABLE, Existing.RESUME);
        for (int from = resumed; from < 13; from += 1) {
          write(again, ONLY, from, from + 1, "v");
        }
        writeEnd(again, ONLY, 13);
        again.finish(TABLE);
      }
      assertItems(all(ONLY, 13, "v"), TABLE);
    }
  }

  @Test
  void theCopyGoesOnBehindAPageWithoutItems() throws Fault {
    target.prepare(TABLE, Existing.DROP);
    write(target, ONLY, 0, 4, "v");
    Position empty = Position.after("behind nothing");
    target.writePage(TABLE, new Page(ONLY, at(4), empty, List.of()));
    target.writePage(
        TABLE, new Page(ONLY, empty, at(5), upserts(TABLE, List.of(item("lost", "v")))));
    try (Target again = open()) {
      again.prepare(TABLE, Existing.RESUME);
      again.writePage(
          TABLE, new Page(ONLY, empty, Position.END, upserts(TABLE, List.of(item("lost", "v")))));
      again.finish(TABLE);
    }
    List<Map<String, Object>> expected = all(ONLY, 4, "v");
    expected.add(item("lost", "v"));
    assertItems(expected, TABLE);
  }

  @Test
  void whatIsBehindTheBeginningOfAPageIsGone() throws Fault {
    assumeTrue(target.capabilities().appends());
    target.prepare(TABLE, Existing.DROP);
    write(target, ONLY, 0, 4, "v");
    write(target, ONLY, 4, 8, "deleted meanwhile");
    writeEnd(target, ONLY, 8);
    writeEnd(target, ONLY, 4);
    target.finish(TABLE);
    assertItems(all(ONLY, 4, "v"), TABLE);
  }

  @Test
  void aCopyIsNotFinishedBeforeAllOfItIsThere() throws Fault {
    assumeTrue(target.capabilities().appends());
    target.prepare(TABLE, Existing.DROP);
    assertThrows(Fault.TableFailed.class, () -> target.finish(TABLE));
    write(target, ONLY, 0, 4, "v");
    assertThrows(Fault.TableFailed.class, () -> target.finish(TABLE));
    writeEnd(target, ONLY, 4);
    target.finish(TABLE);
    assertItems(all(ONLY, 4, "v"), TABLE);
  }

  @Test
  void aPageThatBeginsNowhereIsRefused() throws Fault {
    assumeTrue(target.capabilities().appends());
    target.prepare(TABLE, Existing.DROP);
    write(target, ONLY, 0, 4, "v");
    assertThrows(Fault.TableFailed.class, () -> write(target, ONLY, 5, 6, "v"));
    write(target, ONLY, 4, 5, "v");
    writeEnd(target, ONLY, 5);
    target.finish(TABLE);
    assertItems(all(ONLY, 5, "v"), TABLE);
  }

  @Test
  void whatCannotBeMergedIsLeftAlone() throws Fault {
    assumeTrue(target.capabilities().appends());
    putForeign(TABLE, item("old", "old"));
    assertThrows(Fault.TableFailed.class, () -> target.prepare(TABLE, Existing.KEEP));
    assertItems(List.of(item("old", "old")), TABLE);
  }
}
