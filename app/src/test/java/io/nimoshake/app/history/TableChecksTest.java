package io.nimoshake.app.history;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.app.history.MadeCheck.Outcome;
import io.nimoshake.app.history.MadeCheck.Scope;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.Notes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which comparison is in the way of a cut-over, after which comparisons. */
class TableChecksTest {
  private static final Instant T = Instant.parse("2026-01-31T12:00:00Z");

  private static final Duration HOUR = Duration.ofHours(1);

  /** The clock of the machine of a check may be wrong by so much. */
  private static final Duration CLOCKS = Duration.ofMinutes(1);

  private final Map<String, String> stored = new TreeMap<>();
  private final Notes notes =
      new Notes() {
        @Override
        public Map<String, String> notes() {
          return stored;
        }

        @Override
        public void note(String name, String text) {
          stored.put(name, text);
        }

        @Override
        public void close() {}
      };

  @Test
  void aDifferenceCountsUntilEveryItemIsEqual() throws Exception {
    MadeCheck found = made(0, Scope.SAMPLE, Outcome.DIFFERENT);
    add(found);
    assertEquals(Optional.of(found), inTheWay());
    add(made(1, Scope.SAMPLE, Outcome.EQUAL));
    assertEquals(Optional.of(found), inTheWay());
    add(made(2, Scope.ALL, Outcome.EQUAL));
    assertEquals(Optional.empty(), inTheWay());
    add(made(3, Scope.CHANGED, Outcome.EQUAL));
    assertEquals(Optional.empty(), inTheWay());
  }

  /** What it read first may have been mended, or broken, before the other one ended. */
  @Test
  void aComparisonThatBeganBeforeTheDifferenceWasFoundProvesNothing() throws Exception {
    MadeCheck found = made(5, Scope.ALL, Outcome.DIFFERENT);
    add(found);
    add(
        new MadeCheck(
            T.plusSeconds(5),
            T.plusSeconds(90),
            Scope.ALL,
            Optional.empty(),
            9,
            Outcome.EQUAL,
            0,
            false));
    assertEquals(Optional.of(found), inTheWay());
  }

  /** It may have been made while the table was copied. */
  @Test
  void anIncompleteOneCountsUntilTheNext() throws Exception {
    MadeCheck incomplete = made(0, Scope.ALL, Outcome.INCOMPLETE);
    add(incomplete);
    assertEquals(Optional.of(incomplete), inTheWay());
    add(made(1, Scope.SAMPLE, Outcome.EQUAL));
    assertEquals(Optional.empty(), inTheWay());
  }

  @Test
  void theOtherDirectionDoesNotCount() throws Exception {
    add(made(0, Scope.ALL, Outcome.DIFFERENT));
    add(new MadeCheck(T, T, Scope.SAMPLE, Optional.empty(), 9, Outcome.EQUAL, 0, true));
    assertEquals(Optional.empty(), inTheWay());
  }

  @Test
  void whatIsNoComparisonIsLeftOut() throws Exception {
    stored.put("check:u", "nonsense");
    stored.put("other", "{}");
    add(made(0, Scope.ALL, Outcome.EQUAL));
    Map<String, TableChecks> read = CheckNotes.read(notes);
    assertEquals(java.util.Set.of("t", "u"), read.keySet());
    assertEquals(TableChecks.NONE, read.get("u"));
    assertEquals("every item, equal", read.get("t").last().orElseThrow().text());
  }

  @Test
  void changesAreLookedAtSinceTheLastThatSawAllBeforeIt() throws Exception {
    assertEquals(T.minus(HOUR), since(0));
    add(changed(0, Duration.ofHours(1)));
    assertEquals(T.minus(CLOCKS), since(10));
    // As it was asked for.
    add(changed(10, Duration.ofMinutes(11)));
    assertEquals(T.plus(Duration.ofMinutes(10)).minus(CLOCKS), since(11));
    // The sync was restarted at minute 12, so it does not know what changed at minute 11.
    add(changed(20, Duration.ofMinutes(8)));
    assertEquals(T.plus(Duration.ofMinutes(10)).minus(CLOCKS), since(21));
    add(made(30, Scope.ALL, Outcome.EQUAL));
    add(made(31, Scope.SAMPLE, Outcome.EQUAL));
    assertEquals(T.plus(Duration.ofMinutes(30)).minus(CLOCKS), since(40));
    assertEquals(T.plus(Duration.ofMinutes(40)), since(100));
  }

  @Test
  void aDifferenceAndAnIncompleteOneLeaveNothingLookedAt() throws Exception {
    for (Outcome bad : List.of(Outcome.DIFFERENT, Outcome.INCOMPLETE)) {
      add(made(0, Scope.ALL, Outcome.EQUAL));
      assertEquals(T.minus(CLOCKS), since(1));
      add(made(2, Scope.SAMPLE, bad));
      assertEquals(T.plus(Duration.ofMinutes(3)).minus(HOUR), since(3));
      add(changed(4, Duration.ofMinutes(5)));
      assertEquals(T.plus(Duration.ofMinutes(5)).minus(HOUR), since(5));
    }
  }

  /** They do not say since when: the sync may have known of a few minutes only. */
  @Test
  void aRecordOfAnOlderVersionCountsOnlyIfItWasOfEveryItem() throws Exception {
    String text =
        "{'last':{'begun':'2026-01-31T12:00:00Z','ended':'2026-01-31T12:00:30Z','scope':'%s',"
            + "'items':9,'outcome':'EQUAL','differences':0,'mongo_is_truth':false}}";
    stored.put("check:t", text.formatted("CHANGED").replace('\'', '"'));
    assertEquals(T.plus(Duration.ofMinutes(1)).minus(HOUR), since(1));
    stored.put("check:t", text.formatted("ALL").replace('\'', '"'));
    assertEquals(T.minus(CLOCKS), since(1));
  }

  private Instant since(int minute) throws Fault {
    return CheckedUntil.moment(CheckNotes.read(notes).values(), T.plus(Duration.ofMinutes(minute)));
  }

  /**
   * @param known how far back the sync knew what had changed
   */
  private static MadeCheck changed(int minute, Duration known) {
    Instant begun = T.plus(Duration.ofMinutes(minute));
    return new MadeCheck(
        begun,
        begun.plusSeconds(30),
        Scope.CHANGED,
        Optional.of(begun.minus(known)),
        9,
        Outcome.EQUAL,
        0,
        false);
  }

  private void add(MadeCheck made) throws Fault {
    CheckNotes.add(notes, "t", made);
  }

  private Optional<MadeCheck> inTheWay() throws Fault {
    return CheckNotes.read(notes).get("t").inTheWay();
  }

  private static MadeCheck made(int minute, Scope scope, Outcome outcome) {
    Instant begun = T.plusSeconds(minute * 60L);
    long differences = outcome == Outcome.DIFFERENT ? 3 : 0;
    return new MadeCheck(
        begun, begun.plusSeconds(30), scope, Optional.empty(), 9, outcome, differences, false);
  }
}
