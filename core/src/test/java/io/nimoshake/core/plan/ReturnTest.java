package io.nimoshake.core.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.plan.PlanView.CutOverStage;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.CheckpointEntry.SplitForgotten;
import io.nimoshake.core.port.Source.ShardInfo;
import io.nimoshake.core.port.Source.ShardListing;
import io.nimoshake.core.port.Source.StreamHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What it takes until everything that was written to MongoDB before the freeze time is in DynamoDB.
 * Times in seconds.
 */
class ReturnTest extends CutOverFixture {
  private static final OfDirection LIVE =
      new OfDirection(Direction.BACK, T0, Optional.of("beginning"));

  /** A table that the filter of the configuration leaves out. */
  private static final String NOT_SELECTED = "leftOut";

  private static final OfSplit SHARD =
      new OfSplit(
          new Split.StreamShard("t", "old", "s1", Set.of(), Optional.empty(), T0),
          Position.after("7"),
          Optional.empty(),
          T0);

  /** These tables are followed. */
  private void follow(String... tables) throws Fault {
    List<CheckpointEntry> checkpoint = new ArrayList<>(List.of(LIVE, SHARD));
    for (String table : tables) {
      checkpoint.add(copied(table));
    }
    restore(checkpoint);
    on(new Event.TablesListed(List.of(tables)));
    for (String table : tables) {
      on(new Event.TablePrepared(table, 1, false, Optional.empty()));
    }
  }

  private void restore(List<CheckpointEntry> checkpoint) throws Fault {
    plan =
        BackPlan.restore(
            GivenOptions.back(false), table -> !table.equals(NOT_SELECTED), checkpoint);
    commands.addAll(plan.start());
  }

  private static OfTable copied(String table) {
    return new OfTable(table, Phase.COPIED, Optional.of(T0), List.of("old"), 4, true, false);
  }

  private static String stream() {
    return Split.ChangeStream.ID;
  }

  /** Answers without a change, whose tokens have these times. */
  private void empty(String table, int... seconds) {
    for (int second : seconds) {
      on(new Event.ReadEmpty(table, stream(), at(second)));
    }
  }

  private void change(String table, int made) {
    on(
        new Event.Durable(
            table, stream(), Position.after("p" + made), Optional.of(at(made)), at(0)));
  }

  private void listTables(String... tables) {
    on(new Event.TablesListed(List.of(tables)));
    on(new Event.TablesListed(List.of(tables)));
  }

  // --- one change stream -----------------------------------------------------------------------

  @Test
  void aChangeStreamIsReadEmptySeveralTimesAfterTheMargin() throws Fault {
    follow("t");
    freeze();
    assertTrue(commands.contains(new Command.WatchWrites(at(F), at(FROM))), commands.toString());
    empty("t", FROM, FROM + 1);
    listTables("t");
    assertMissing("read empty");
    empty("t", FROM + 2);
    assertDrained();
  }

  /** It has not looked any further yet, whenever it was asked. */
  @Test
  void aStreamThatDeliversLateIsWaitedFor() throws Fault {
    follow("t");
    freeze();
    listTables("t");
    empty("t", F - 3, F - 3, F - 3, F, F + 9, F + 9, F + 9);
    assertMissing("read empty");
    change("t", F - 1);
    assertEquals(0, view().restarts(), "it was made before the freeze time");
    empty("t", FROM, FROM + 1, FROM + 2);
    listTables("t");
    assertDrained();
  }

  /** Such a return would wait until its timeout. */
  @Test
  void aServerWhoseTokensTellNoTimeIsNamed() throws Fault {
    follow("t");
    freeze();
    assertMissing("whose resume token tells such a time");
    empty("t", FROM);
    assertFalse(view().missing().toString().contains("token"), "this one tells it");
  }

  @Test
  void emptyAnswersOfOneMomentAreOneAnswer() throws Fault {
    follow("t");
    freeze();
    empty("t", FROM, FROM, FROM, FROM);
    listTables("t");
    assertMissing("read empty");
  }

  @Test
  void aChangeThatComesAfterEmptyAnswersBeginsTheStreamAnew() throws Fault {
    follow("t");
    freeze();
    empty("t", FROM, FROM + 1, FROM + 2);
    listTables("t");
    assertDrained();
    change("t", F - 1);
    assertMissing("read empty");
    empty("t", FROM + 3, FROM + 4, FROM + 5);
    assertDrained();
  }

  /** Two seconds is how far the clocks of two members may lie apart. */
  @Test
  void aWriterWhoseClockIsBehindIsInsideOfTheMargin() throws Fault {
    follow("t");
    freeze();
    change("t", F - 2);
    assertEquals(at(F), view().freeze());
    empty("t", FROM - 2, FROM - 1, FROM);
    listTables("t");
    assertMissing("read empty");
  }

  @Test
  void aPositionThatIsRefusedIsNotProven() throws Fault {
    follow("t");
    freeze();
    empty("t", FROM, FROM + 1, FROM + 2);
    listTables("t");
    on(new Event.SplitFault("t", stream(), new Fault.StreamGone("too old", at(FROM), null)));
    assertMissing("is gone");
    change("t", F - 1);
    empty("t", FROM + 3, FROM + 4, FROM + 5);
    assertDrained();
  }

  // --- tables ----------------------------------------------------------------------------------

  /** A paused table reads nothing, so it has no empty answer. */
  @Test
  void aPausedTableIsMissing() throws Fault {
    follow("t", "u");
    freeze();
    empty("t", FROM, FROM + 1, FROM + 2);
    listTables("t", "u");
    assertMissing("table=Optional[u]");
  }

  @Test
  void aTableThatHasFailedIsMissing() throws Fault {
    follow("t");
    freeze();
    empty("t", FROM, FROM + 1, FROM + 2);
    listTables("t");
    on(new Event.TableFault("t", new Fault.TableFailed("denied", null)));
    assertMissing("denied");
  }

  @Test
  void aTableThatDynamoDbDoesNotListIsMissingUntilThatIsClear() throws Fault {
    restore(List.of(LIVE, copied("t"), copied("u")));
    on(new Event.TablesListed(List.of("t")));
    on(new Event.TablePrepared("t", 1, false, Optional.empty()));
    freeze();
    empty("t", FROM, FROM + 1, FROM + 2);
    listTables("t");
    assertMissing("table=Optional[u]");
    for (int minute = 1; minute <= 4; minute++) {
      on(new Event.Tick(at(60 * minute)));
      on(new Event.TablesListed(List.of("t")));
    }
    assertDrained();
  }

  /** It is still in DynamoDB, for all that anybody knows, and lacks the changes of MongoDB. */
  @Test
  void aTableThatIsNotSelectedAnyMoreStaysMissing() throws Fault {
    restore(List.of(LIVE, copied("t"), copied(NOT_SELECTED)));
    on(new Event.TablesListed(List.of("t")));
    on(new Event.TablePrepared("t", 1, false, Optional.empty()));
    freeze();
    empty("t", FROM, FROM + 1, FROM + 2);
    listTables("t");
    for (int minute = 1; minute <= 4; minute++) {
      on(new Event.Tick(at(60 * minute)));
      on(new Event.TablesListed(List.of("t")));
    }
    assertMissing("table=Optional[" + NOT_SELECTED + "]");
    assertMissing("filter.collection.white");
    assertTrue(commands.toString().contains("does not select it any more"), "it is told");
  }

  // --- writers that have not stopped -----------------------------------------------------------

  @Test
  void aChangeAfterTheFreezeTimeBeginsTheWaitAnew() throws Fault {
    follow("t");
    freeze();
    empty("t", FROM, FROM + 1, FROM + 2);
    listTables("t");
    assertDrained();
    commands.clear();
    change("t", FROM + 9);
    assertEquals(at(FROM + 10), view().freeze());
    assertEquals(1, view().restarts());
    assertTrue(
        commands.contains(new Command.WatchWrites(at(FROM + 10), at(FROM + 20))),
        commands.toString());
    empty("t", FROM + 3, FROM + 12, FROM + 19);
    listTables("t");
    assertMissing("read empty");
  }

  @Test
  void aChangeThatWasReadBeforeIsNotForgottenIfTheFreezeTimeHasPassed() throws Fault {
    follow("t");
    change("t", F + 50);
    freeze();
    assertEquals(at(F + 51), view().freeze());
    assertTrue(commands.contains(new Command.NoteLateWrite("t", at(F + 50))), commands.toString());
  }

  // --- the switch ------------------------------------------------------------------------------

  private void drained() throws Fault {
    follow("t", "u");
    freeze();
    empty("t", FROM, FROM + 1, FROM + 2);
    empty("u", FROM, FROM + 1, FROM + 2);
    listTables("t", "u");
    assertDrained();
    commands.clear();
  }

  private List<CheckpointEntry> saved() {
    return commands.stream()
        .filter(Command.Save.class::isInstance)
        .map(command -> ((Command.Save) command).entry())
        .toList();
  }

  private static Event.GoBack goBack() {
    return new Event.GoBack(Map.of("t", new StreamHandle("new", true, at(FROM + 3))));
  }

  @Test
  void theSwitchIsRefusedWhileSomethingIsMissing() throws Fault {
    follow("t");
    freeze();
    commands.clear();
    on(goBack());
    assertEquals(1, view().refusals());
    assertEquals(List.of(), saved());
  }

  /** The direction comes last: if only a beginning is stored, the way back goes on. */
  @Test
  void theStreamIsToBeReadAnewAndThenTheReturnCounts() throws Fault {
    drained();
    on(goBack());
    assertEquals(
        List.of(
            new SplitForgotten("t", "s1"),
            new OfTable(
                "t", Phase.COPIED, Optional.of(at(FROM + 3)), List.of("new"), 4, true, false),
            new OfDirection(Direction.RETURNED, at(F), Optional.of("beginning"))),
        saved());
    assertEquals(CutOverStage.RECORDED, view().stage());
    on(new Event.Stored());
    assertEquals(CutOverStage.STORED, view().stage());
  }

  @Test
  void aRecordedReturnIsUndoneOnlyIfThatIsSaid() throws Fault {
    drained();
    on(goBack());
    commands.clear();
    on(new Event.Thaw(false));
    assertEquals(List.of(), saved());
    on(new Event.Thaw(true));
    assertEquals(List.of(LIVE), saved());
    assertEquals(Optional.empty(), plan.cutOver());
  }

  @Test
  void aSyncThatGoesBackIsNotCutOver() throws Fault {
    drained();
    on(new Event.CutOver(Optional.empty()));
    assertEquals(1, view().refusals());
    assertEquals(List.of(), saved());
  }

  // --- the way forward after it ----------------------------------------------------------------

  /** The sync from DynamoDB that starts after the return, at this second. */
  private SyncPlan forward(int start) {
    SyncPlan forward = new SyncPlan(GivenOptions.all(4), saved());
    commands.clear();
    commands.addAll(forward.start());
    commands.addAll(forward.on(new Event.TablesListed(List.of("t"))));
    commands.addAll(
        forward.on(
            new Event.TablePrepared(
                "t", 1, false, Optional.of(new StreamHandle("new", true, at(start))))));
    return forward;
  }

  @Test
  void afterTheReturnTheStreamIsFollowedFromThen() throws Fault {
    drained();
    on(goBack());
    SyncPlan forward = forward(FROM + 60);
    assertEquals(
        new Command.Save(new OfDirection(Direction.FORWARD, at(F), Optional.empty()), true),
        commands.get(0));
    assertTrue(
        commands.contains(new Command.ListShards("t", "new", Optional.empty(), 1)),
        commands.toString());
    assertEquals(TableState.FOLLOWING, forward.view().get(0).state());
    assertEquals(
        Optional.of(at(FROM + 3).minus(Duration.ofMinutes(5))),
        forward.view().get(0).unreadSince());
  }

  /** Records of the applications may have expired. */
  @Test
  void aDayAfterTheReturnTheTableIsCopiedAgain() throws Fault {
    drained();
    on(goBack());
    int day = (int) Duration.ofHours(24).toSeconds();
    SyncPlan forward = forward(FROM + day);
    forward.on(
        new Event.ShardsListed(
            "t",
            "new",
            new ShardListing(
                List.of(new ShardInfo("s9", Set.of(), Optional.empty())),
                true,
                true,
                at(FROM + day))));
    assertEquals(TableState.STOPPING, forward.view().get(0).state());
  }
}
