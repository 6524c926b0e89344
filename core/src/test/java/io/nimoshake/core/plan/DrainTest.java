package io.nimoshake.core.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.plan.PlanView.CutOverStage;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.Source.ShardInfo;
import io.nimoshake.core.port.Source.ShardListing;
import io.nimoshake.core.port.Source.StreamHandle;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What it takes until everything written before the freeze time has arrived. Times in seconds. */
class DrainTest extends CutOverFixture {
  /** Table t is followed, with these shards: a, or b<a for a child. */
  private void follow(String... shards) {
    plan = new SyncPlan(GivenOptions.incr(9), List.of());
    plan.start();
    on(new Event.TablesListed(List.of("t")));
    prepared("t");
    listed(0, shards);
  }

  private void prepared(String table) {
    StreamHandle stream = new StreamHandle("arn", true, T0);
    on(new Event.TablePrepared(table, 1, true, Optional.of(stream)));
  }

  private void listed(int second, String... shards) {
    listed(second, true, shards);
  }

  private void listed(int second, boolean open, String... shards) {
    on(GivenShards.listed(at(second), open, shards));
  }

  private void streamFound(int second) {
    on(new Event.StreamFound("t", Optional.of(new StreamHandle("arn", true, at(second)))));
  }

  private void empty(String shard, int... seconds) {
    for (int second : seconds) {
      on(new Event.ReadEmpty("t", shard, at(second)));
    }
  }

  private void record(String shard, String position, int created) {
    on(new Event.Durable("t", shard, Position.after(position), Optional.of(at(created)), at(0)));
  }

  private void end(String shard) {
    on(new Event.Durable("t", shard, Position.END, Optional.empty(), at(0)));
  }

  /** Everything but the shards. */
  private void proveTheRest(String... shards) {
    streamFound(FROM);
    on(new Event.TablesListed(List.of("t")));
    on(new Event.TablesListed(List.of("t")));
    for (int i = 0; i <= 5; i++) {
      listed(FROM + i, shards);
    }
  }

  // --- one shard -------------------------------------------------------------------------------

  @Test
  void anOpenShardIsReadEmptySeveralTimesAfterTheMargin() {
    follow("a");
    freeze();
    empty("a", FROM);
    proveTheRest("a");
    empty("a", FROM + 1);
    assertMissing("read empty");
    empty("a", FROM + 2);
    assertDrained();
  }

  @Test
  void emptyPagesAtOneMomentAreOneAnswer() {
    follow("a");
    freeze();
    empty("a", FROM, FROM, FROM, FROM);
    proveTheRest("a");
    assertMissing("read empty");
  }

  @Test
  void aCallBeforeTheMarginProvesNothing() {
    follow("a");
    freeze();
    empty("a", F, F + 5, FROM - 2, FROM - 1);
    proveTheRest("a");
    assertMissing("read empty");
    empty("a", FROM);
    assertMissing("read empty");
  }

  @Test
  void aRecordThatComesAfterEmptyPagesBeginsTheShardAnew() {
    follow("a");
    freeze();
    empty("a", FROM, FROM + 1, FROM + 2);
    proveTheRest("a");
    assertDrained();
    record("a", "7", F - 1);
    assertMissing("read empty");
    assertEquals(0, view().restarts(), "it was made before the freeze time");
    empty("a", FROM + 3, FROM + 4, FROM + 5);
    assertDrained();
  }

  @Test
  void aClosedShardIsReadToItsEnd() {
    follow("a");
    freeze();
    empty("a", FROM, FROM + 1, FROM + 2);
    proveTheRest("a");
    ShardInfo closed = new ShardInfo("a", Set.of(), Optional.of("9"));
    on(
        new Event.ShardsListed(
            "t", "arn", new ShardListing(List.of(closed), true, true, at(FROM + 6))));
    assertMissing("not read to its end");
  }

  // --- shards that split -----------------------------------------------------------------------

  @Test
  void aShardThatHasEndedNeedsAChild() {
    follow("a");
    freeze();
    empty("a", FROM);
    end("a");
    proveTheRest("a");
    assertMissing("no shard that continues it");
    listed(FROM + 6, "a", "b<a", "c<a");
    assertMissing("read empty");
    empty("b", FROM + 7, FROM + 8, FROM + 9);
    assertMissing("shardId=Optional[c]");
    empty("c", FROM + 7, FROM + 8, FROM + 9);
    assertMissing("listed again");
    for (int i = 7; i <= 11; i++) {
      listed(FROM + i, "a", "b<a", "c<a");
    }
    assertDrained();
  }

  @Test
  void aChildThatIsListedLateBeginsTheListingsAnew() {
    follow("a");
    freeze();
    end("a");
    listed(F + 1, "a", "b<a");
    empty("b", FROM, FROM + 1, FROM + 2);
    streamFound(FROM);
    on(new Event.TablesListed(List.of("t")));
    on(new Event.TablesListed(List.of("t")));
    listed(FROM, "a", "b<a");
    listed(FROM + 2, "a", "b<a");
    assertMissing("listed again");
    listed(FROM + 3, "a", "b<a", "c<a");
    listed(FROM + 4, "a", "b<a", "c<a");
    empty("c", FROM + 4, FROM + 5, FROM + 6);
    assertMissing("listed again");
    listed(FROM + 6, "a", "b<a", "c<a");
    listed(FROM + 7, "a", "b<a", "c<a");
    assertDrained();
  }

  @Test
  void aShardWithAnUnknownParentIsMissing() {
    follow("a");
    freeze();
    empty("a", FROM, FROM + 1, FROM + 2);
    proveTheRest("a", "c<unknown");
    assertMissing("parent is not known");
  }

  @Test
  void aShardThatWaitsForItsParentIsMissing() {
    follow("a");
    freeze();
    empty("a", FROM, FROM + 1, FROM + 2);
    proveTheRest("a", "b<a");
    assertMissing("it is not read yet");
  }

  // --- the stream ------------------------------------------------------------------------------

  @Test
  void aStreamThatIsClosedCapturesNothing() {
    follow("a");
    freeze();
    empty("a", FROM, FROM + 1, FROM + 2);
    proveTheRest("a");
    listed(FROM + 6, false, "a");
    assertMissing("closed");
  }

  @Test
  void aStreamThatWasEnabledAgainIsAnother() {
    follow("a");
    freeze();
    empty("a", FROM, FROM + 1, FROM + 2);
    proveTheRest("a");
    on(new Event.StreamFound("t", Optional.of(new StreamHandle("arn2", true, at(FROM + 3)))));
    assertMissing("disabled");
  }

  @Test
  void whatIsNotKnownIsAskedFor() {
    follow("a");
    freeze();
    commands.clear();
    empty("a", FROM);
    assertTrue(commands.contains(new Command.ListTables()));
    assertTrue(commands.contains(new Command.FindStream("t")));
    assertTrue(commands.stream().anyMatch(Command.ListShards.class::isInstance));
  }

  /** Thousands of calls in line would keep those from being made that everything waits for. */
  @Test
  void whatWasAskedForIsNotAskedForAgainBeforeItIsAnswered() {
    follow("a");
    on(new Event.Tick(at(F)));
    freeze();
    commands.clear();
    empty("a", FROM, FROM + 2, FROM + 4, FROM + 6);
    assertEquals(List.of(new Command.FindStream("t")), commands);
    streamFound(FROM - 1);
    empty("a", FROM + 8);
    assertEquals(2, commands.size(), commands + ": the call had begun too early");
    streamFound(FROM + 8);
    empty("a", FROM + 10);
    assertEquals(2, commands.size(), commands.toString());
  }

  /** Calls that list shards are paced, so with a thousand tables they come in long rounds. */
  @Test
  void listingsOfManyTablesAgreeAlthoughTheyAreFarApart() {
    follow("a");
    freeze();
    empty("a", FROM, FROM + 1, FROM + 2);
    streamFound(FROM);
    on(new Event.TablesListed(List.of("t")));
    on(new Event.TablesListed(List.of("t")));
    listed(FROM, "a");
    listed(FROM + 100, "a");
    assertMissing("listed again");
    listed(FROM + 200, "a");
    assertDrained();
  }

  /** It may show the tables of before. */
  @Test
  void aListingOfTablesThatWasUnderWayIsNotEnough() {
    follow("a");
    on(new Event.Tick(at(F)));
    freeze();
    empty("a", FROM, FROM + 1, FROM + 2);
    streamFound(FROM);
    for (int i = 0; i <= 5; i++) {
      listed(FROM + i, "a");
    }
    commands.clear();
    on(new Event.TablesListed(List.of("t")));
    assertEquals(List.of(new Command.ListTables()), commands);
    assertMissing("tables of DynamoDB are listed");
    on(new Event.TablesListed(List.of("t")));
    assertDrained();
  }

  // --- tables ----------------------------------------------------------------------------------

  @Test
  void aTableThatIsNotFollowedIsMissing() {
    follow("a");
    freeze();
    empty("a", FROM, FROM + 1, FROM + 2);
    proveTheRest("a");
    on(new Event.TablesListed(List.of("t", "u")));
    assertMissing("table=Optional[u]");
  }

  @Test
  void aTableThatHasFailedIsMissing() {
    follow("a");
    freeze();
    empty("a", FROM, FROM + 1, FROM + 2);
    proveTheRest("a");
    on(new Event.TableFault("t", new Fault.TableFailed("denied", null)));
    assertMissing("denied");
  }

  @Test
  void theTablesAreListedOnceMore() {
    follow("a");
    freeze();
    on(new Event.TablesListed(List.of("t")));
    on(new Event.TablesListed(List.of("t")));
    empty("a", FROM, FROM + 1, FROM + 2);
    streamFound(FROM);
    listed(FROM, "a");
    listed(FROM + 2, "a");
    listed(FROM + 4, "a");
    assertMissing("tables of DynamoDB are listed");
    on(new Event.TablesListed(List.of("t")));
    assertMissing("tables of DynamoDB are listed");
    on(new Event.TablesListed(List.of("t")));
    assertDrained();
  }

  // --- writers that have not stopped -----------------------------------------------------------

  @Test
  void aRecordAfterTheFreezeTimeBeginsTheWaitAnew() {
    follow("a");
    freeze();
    empty("a", FROM, FROM + 1, FROM + 2);
    proveTheRest("a");
    assertDrained();
    commands.clear();
    record("a", "7", FROM + 9);
    assertEquals(at(FROM + 10), view().freeze());
    assertEquals(1, view().restarts());
    assertTrue(
        commands.contains(new Command.WatchWrites(at(FROM + 10), at(FROM + 20))),
        commands.toString());
    assertMissing("read empty");
    empty("a", FROM + 3, FROM + 12, FROM + 19);
    proveTheRest("a");
    assertMissing("read empty");
  }

  @Test
  void aRecordThatWasReadBeforeIsNotForgottenIfTheFreezeTimeHasPassed() {
    follow("a");
    record("a", "7", F + 50);
    freeze();
    assertEquals(at(F + 51), view().freeze());
    assertEquals(1, view().restarts());
    assertTrue(
        commands.contains(new Command.WatchWrites(at(F + 51), at(F + 61))), commands.toString());
    assertTrue(commands.contains(new Command.NoteLateWrite("t", at(F + 50))), commands.toString());
  }

  @Test
  void aRecordThatWasReadBeforeAndIsOldEnoughDoesNotCount() {
    follow("a");
    record("a", "7", F);
    freeze();
    assertEquals(at(F), view().freeze());
    assertEquals(0, view().restarts());
  }

  @Test
  void aRecordOfTheFreezeTimeItselfIsOfBefore() {
    follow("a");
    freeze();
    record("a", "7", F);
    assertEquals(0, view().restarts());
    record("a", "8", F + 1);
    assertEquals(1, view().restarts());
  }

  // --- the switch ------------------------------------------------------------------------------

  private List<OfDirection> saved() {
    return commands.stream()
        .filter(c -> c instanceof Command.Save save && save.entry() instanceof OfDirection)
        .map(c -> (OfDirection) ((Command.Save) c).entry())
        .toList();
  }

  private void drained() {
    follow("a");
    freeze();
    empty("a", FROM, FROM + 1, FROM + 2);
    proveTheRest("a");
    assertDrained();
  }

  @Test
  void theSwitchIsRefusedWhileSomethingIsMissing() {
    follow("a");
    freeze();
    on(new Event.CutOver(Optional.empty()));
    assertEquals(List.of(), saved());
    assertEquals(1, view().refusals());
  }

  @Test
  void theSwitchIsStoredBeforeItCounts() {
    drained();
    on(new Event.CutOver(Optional.of("token")));
    assertEquals(
        List.of(new OfDirection(Direction.CUT_OVER, at(F), Optional.of("token"))), saved());
    assertEquals(new Command.TellStored(), commands.get(commands.size() - 1));
    assertEquals(CutOverStage.RECORDED, view().stage());
    on(new Event.Stored());
    assertEquals(CutOverStage.STORED, view().stage());
  }

  @Test
  void callingItOffLeavesNoTrace() {
    drained();
    on(new Event.Thaw(false));
    assertEquals(Optional.empty(), plan.cutOver());
    assertEquals(List.of(), saved());
    assertTrue(commands.contains(new Command.UnwatchWrites()));
    on(new Event.CutOver(Optional.empty()));
    assertEquals(List.of(), saved());
  }

  @Test
  void callingItOffTooLateChangesNothingUnlessItIsMeant() {
    drained();
    on(new Event.CutOver(Optional.empty()));
    on(new Event.Thaw(false));
    assertEquals(CutOverStage.RECORDED, view().stage());
    on(new Event.Stored());
    on(new Event.Thaw(false));
    assertEquals(CutOverStage.STORED, view().stage());
    assertEquals(1, saved().size());
  }

  /** A second command begins while a sync goes on after its cut-over. */
  @Test
  void aSecondFreezeDoesNotReplaceACutOverThatIsRecorded() {
    drained();
    on(new Event.CutOver(Optional.empty()));
    on(new Event.Stored());
    PlanView.CutOver before = view();
    on(new Event.Freeze(before.freeze().plusSeconds(60)));
    assertEquals(before, view());
  }

  @Test
  void callingItOffAfterTheSwitchWasStoredIsStoredToo() {
    drained();
    on(new Event.CutOver(Optional.empty()));
    on(new Event.Stored());
    on(new Event.Thaw(true));
    assertEquals(Direction.FORWARD, saved().get(1).direction());
  }
}
