package io.nimoshake.core.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.core.port.Target.Existing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the listings of tables mean for the sync as a whole. */
class SyncPlanTest {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration GONE_AFTER = Duration.ofMinutes(2);

  private final List<Command> commands = new ArrayList<>();
  private SyncPlan plan;

  private void start(boolean stream, CheckpointEntry... checkpoint) {
    PlanOptions options =
        new PlanOptions(
            true, stream, true, true, Existing.DROP, false, 1, false, true, true, GONE_AFTER);
    plan = new SyncPlan(options, List.of(checkpoint));
    commands.addAll(plan.start());
  }

  private void on(Event event) {
    commands.clear();
    commands.addAll(plan.on(event));
  }

  private void listed(String... tables) {
    on(new Event.TablesListed(List.of(tables)));
  }

  private void listedAt(int second, String... tables) {
    on(new Event.Tick(T0.plusSeconds(second)));
    listed(tables);
  }

  private boolean has(Command command) {
    return commands.contains(command);
  }

  private List<String> told() {
    return commands.stream()
        .filter(Command.Tell.class::isInstance)
        .map(command -> ((Command.Tell) command).table())
        .toList();
  }

  @Test
  void aSourceWithoutTablesIsAskedTwiceBeforeACopyIsOver() {
    start(false);
    listed();
    assertEquals(List.of(new Command.ListTables()), commands.subList(commands.size() - 1, 2));
    listed();
    assertTrue(has(new Command.Complete()));
  }

  @Test
  void aTableThatTheFirstListingLackedIsCopiedToo() {
    start(false);
    listed();
    listed("t");
    assertFalse(has(new Command.Complete()));
    on(new Event.TablePrepared("t", 0, true, Optional.empty()));
    on(new Event.TableFinished("t"));
    assertTrue(has(new Command.ListTables()), "it is confirmed anew");
    listed("t");
    assertTrue(has(new Command.Complete()));
  }

  /** While the source does not answer, the host tries the first call again and again. */
  @Test
  void tablesAreNotListedTwiceAtATime() {
    start(true);
    on(new Event.Tick(T0));
    assertFalse(has(new Command.ListTables()));
    listed("t");
    on(new Event.Tick(T0.plusSeconds(60)));
    assertTrue(has(new Command.ListTables()));
    on(new Event.Tick(T0.plusSeconds(120)));
    assertFalse(has(new Command.ListTables()));
    listed("t");
    on(new Event.Tick(T0.plusSeconds(180)));
    assertTrue(has(new Command.ListTables()));
  }

  @Test
  void aTableOfTheCheckpointIsMissingWhenListingsHaveLackedItForMinutes() {
    start(true, entry("t"), entry("deleted"));
    listed("t");
    assertEquals(List.of(), told());
    listedAt(0, "t");
    listedAt(60, "t");
    assertEquals(List.of(), told());
    listedAt(120, "t");
    assertEquals(List.of("deleted"), told());
    assertTrue(commands.toString().contains("it was deleted or is not wanted"));
    listedAt(180, "t");
    assertEquals(List.of(), told(), "it is told once");
  }

  @Test
  void aTableThatTheFirstListingLackedGoesOnFromItsCheckpoint() {
    start(true, entry("t"));
    listed();
    listedAt(0, "t");
    assertTrue(has(new Command.PrepareTable("t", Existing.RESUME, true)));
    listedAt(60, "t");
    listedAt(120, "t");
    assertEquals(List.of(), told());
  }

  // --- which tables are started ----------------------------------------------------------------

  /** Its stream is read only after that, and the records expire. */
  @Test
  void aCopyThatHasBegunGoesOnBeforeANewOne() {
    start(true, entry("b", Phase.COPYING));
    listed("a", "b");
    assertEquals(List.of("b"), prepared());
    assertTrue(has(new Command.PrepareTable("b", Existing.RESUME, true)));
    on(new Event.TableFault("b", new Fault.TableFailed("denied", null)));
    assertEquals(List.of("a"), prepared());
  }

  @Test
  void copiesThatHaveBegunBesideTheirStreamsAllGoOn() {
    start(true, entry("b", Phase.COPYING), entry("c", Phase.COPYING));
    listed("a", "b", "c");
    assertEquals(List.of("b", "c"), prepared());
    on(new Event.TableFault("b", new Fault.TableFailed("denied", null)));
    assertEquals(List.of(), prepared(), "c takes the place");
  }

  @Test
  void copiesThatHaveBegunWithoutStreamsTakeOnlyThePlacesThatThereAre() {
    start(false, entry("b", Phase.COPYING), entry("c", Phase.COPYING));
    listed("a", "b", "c");
    assertEquals(List.of("b"), prepared());
    on(new Event.TableFault("b", new Fault.TableFailed("denied", null)));
    assertEquals(List.of("c"), prepared());
  }

  /** As while an index of it is built. */
  @Test
  void aTableThatCannotBePreparedLetsOthersHaveItsPlace() {
    start(true);
    listed("a", "b", "c");
    assertEquals(List.of("a"), prepared());
    on(new Event.Tick(T0));
    on(new Event.Tick(T0.plusSeconds(299)));
    assertEquals(List.of(), prepared());
    on(new Event.Tick(T0.plusSeconds(300)));
    assertEquals(List.of("b"), prepared());
    on(prepared("a"));
    assertEquals(TableState.WAITING, plan.view().get(0).state());
    on(new Event.TableFault("b", new Fault.TableFailed("denied", null)));
    assertEquals(List.of("a"), prepared(), "before c");
    on(prepared("a"));
    assertEquals(TableState.COPYING, plan.view().get(0).state());
  }

  @Test
  void aTableThatIsPreparedLateIsCopiedIfThereIsAPlace() {
    start(true);
    listed("a");
    on(new Event.Tick(T0));
    on(new Event.Tick(T0.plusSeconds(300)));
    on(prepared("a"));
    assertEquals(TableState.COPYING, plan.view().get(0).state());
    listed("a", "b");
    assertEquals(List.of(), prepared(), "a takes the place");
  }

  /** Its stream has to be read. */
  @Test
  void aCopyThatHasBegunGoesOnHoweverLateItIsPrepared() {
    start(true, entry("a", Phase.COPYING));
    listed("a", "b");
    on(new Event.Tick(T0));
    on(new Event.Tick(T0.plusSeconds(300)));
    assertEquals(List.of("b"), prepared());
    on(prepared("a"));
    assertEquals(TableState.COPYING, plan.view().get(0).state());
  }

  private static Event prepared(String table) {
    StreamHandle stream = new StreamHandle("arn", true, T0);
    return new Event.TablePrepared(table, 1, true, Optional.of(stream));
  }

  private List<String> prepared() {
    return commands.stream()
        .filter(Command.PrepareTable.class::isInstance)
        .map(command -> ((Command.PrepareTable) command).table())
        .toList();
  }

  private static OfTable entry(String table) {
    return entry(table, Phase.COPIED);
  }

  private static OfTable entry(String table, Phase phase) {
    return new OfTable(table, phase, Optional.of(T0), List.of("arn"), 1, true, false);
  }
}
