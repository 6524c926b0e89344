package io.nimoshake.core.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.Target.Existing;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of a table that is deleted, created again, or unknown for a while. */
class MissingTableTest extends StreamPlanFixture {
  @Test
  void aDeletedTableIsDoneWhenItsStreamIsReadToItsEnd() {
    startFollowing("a");
    closeStream();
    missing(180);
    missing(240);
    assertEquals(TableState.FOLLOWING, state());
    missing(300);
    assertEquals(TableState.DONE, state());
    assertEquals(1, warnings().size());
    assertTrue(commands.stream().noneMatch(c -> c instanceof Command.GiveUp));
    assertTrue(store.containsKey(CheckpointEntry.OfTable.class));
  }

  /** As where the discovery interval is a second. */
  @Test
  void aTableThatIsMissingForSecondsIsNotDeleted() {
    startFollowing("a");
    closeStream();
    for (int second = 180; second < 300; second++) {
      missing(second);
    }
    assertEquals(TableState.FOLLOWING, state());
  }

  @Test
  void aTableThatIsListedOnceInBetweenIsNotDeleted() {
    startFollowing("a");
    closeStream();
    missing(180);
    missing(240);
    on(new Event.TablesListed(List.of("t")));
    missing(300);
    assertEquals(TableState.FOLLOWING, state());
  }

  /** The table is not listed, and neither has it a stream. */
  private void missing(int second) {
    on(new Event.Tick(T0.plusSeconds(second)));
    on(new Event.TablesListed(List.of()));
    on(new Event.StreamFound("t", Optional.empty()));
  }

  @Test
  void aTableCreatedAgainIsAGap() {
    aDeletedTableIsDoneWhenItsStreamIsReadToItsEnd();
    on(new Event.TablesListed(List.of("t")));
    assertEquals(TableState.DONE, state());
    on(new Event.TablesListed(List.of("t")));
    assertTrue(failure().orElseThrow().getMessage().contains("deleted and created again"));
  }

  @Test
  void aTableDeletedBeforeItsCopyIsDone() {
    prepare();
    gone();
    for (int second = 60; second <= 180; second += 60) {
      assertEquals(TableState.PREPARING, state());
      on(new Event.Tick(T0.plusSeconds(second)));
      on(new Event.TablesListed(List.of()));
      gone();
    }
    assertEquals(TableState.DONE, state());
    on(new Event.TablesListed(List.of("t")));
    on(new Event.TablesListed(List.of("t")));
    assertEquals(TableState.PREPARING, state());
  }

  /** Listings of tables and calls for the table contradict each other. */
  @Test
  void aTableThatIsListedIsNeverDeleted() {
    prepare();
    for (int second = 60; second <= 3600; second += 60) {
      on(new Event.Tick(T0.plusSeconds(second)));
      on(new Event.TablesListed(List.of("t")));
      gone();
    }
    assertEquals(TableState.PREPARING, state());
    assertEquals(1, warnings().size());
  }

  @Test
  void aTableThatIsUnknownOnceIsPreparedAgainAfterAPause() {
    prepare();
    commands.clear();
    gone();
    gone();
    assertEquals(
        List.of(
            new Command.PrepareTable("t", Existing.KEEP, true, 2),
            new Command.PrepareTable("t", Existing.KEEP, true, 3)),
        commands);
  }

  @Test
  void aTableThatIsUnknownSeveralTimesIsAProblem() {
    prepare();
    gone();
    gone();
    assertEquals(List.of(), problems(), "may pass");
    gone();
    assertEquals(1, problems().size(), problems().toString());
  }

  private void prepare() {
    plan = new SyncPlan(GivenOptions.incr(1), List.of());
    take(plan.start());
    on(new Event.TablesListed(List.of("t")));
  }

  private void gone() {
    on(new Event.TableFault("t", new Fault.TableGone("there is no table t", null)));
  }

  @Test
  void aTableCreatedLaterIsTakenUp() {
    startFollowing("a");
    on(new Event.TablesListed(List.of("t", "new")));
    assertTrue(
        commands.stream()
            .anyMatch(c -> c instanceof Command.PrepareTable p && p.table().equals("new")));
  }
}
