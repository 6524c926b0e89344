package io.nimoshake.app.history;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.app.history.MadeCheck.Outcome;
import io.nimoshake.app.history.MadeCheck.Scope;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.Notes;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which comparison is in the way of a cut-over, after which comparisons. */
class TableChecksTest {
  private static final Instant T = Instant.parse("2026-01-31T12:00:00Z");

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
    add(new MadeCheck(T.plusSeconds(5), T.plusSeconds(90), Scope.ALL, 9, Outcome.EQUAL, 0, false));
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
    add(new MadeCheck(T, T, Scope.SAMPLE, 9, Outcome.EQUAL, 0, true));
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

  private void add(MadeCheck made) throws Fault {
    CheckNotes.add(notes, "t", made);
  }

  private Optional<MadeCheck> inTheWay() throws Fault {
    return CheckNotes.read(notes).get("t").inTheWay();
  }

  private static MadeCheck made(int minute, Scope scope, Outcome outcome) {
    Instant begun = T.plusSeconds(minute * 60L);
    long differences = outcome == Outcome.DIFFERENT ? 3 : 0;
    return new MadeCheck(begun, begun.plusSeconds(30), scope, 9, outcome, differences, false);
  }
}
