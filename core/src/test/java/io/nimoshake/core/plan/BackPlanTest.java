package io.nimoshake.core.plan;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.core.port.WriteMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BackPlanTest {
  private static final Instant CUT = Instant.parse("2026-03-01T12:00:00Z");
  private static final Split STREAM = new Split.ChangeStream("orders");
  private static final PlanOptions OPTIONS = GivenOptions.back(false);

  @Test
  void beginsWhereTheCutOverHasNoted() throws Fault {
    BackPlan plan = plan(cut(), copied("orders"));
    assertEquals(
        List.of(new Command.Save(live(Direction.BACK), true), new Command.ListTables()),
        plan.start());
    assertEquals(
        List.of(new Command.PrepareTable("orders", Existing.RESUME, true)),
        plan.on(listed("orders")));
    List<Command> commands = plan.on(prepared());
    assertEquals(
        new Command.StartSplit(STREAM, Position.after("start"), WriteMode.STREAM),
        commands.get(commands.size() - 1));
    assertTrue(commands.get(0) instanceof Command.Save);
  }

  @Test
  void goesOnWhereItsLastRunGotTo() throws Fault {
    BackPlan plan = plan(live(Direction.BACK), copied("orders"), at("token"));
    assertEquals(List.of(new Command.ListTables()), plan.start());
    plan.on(listed("orders"));
    assertEquals(Position.after("token"), started(plan.on(prepared())).from());
  }

  /** They are of an earlier cut-over. */
  @Test
  void positionsFromBeforeTheCutOverDoNotCount() throws Fault {
    BackPlan plan = plan(cut(), copied("orders"), at("token"));
    assertEquals(
        new Command.Save(new CheckpointEntry.SplitForgotten("orders", STREAM.id()), true),
        plan.start().get(0));
    plan.on(listed("orders"));
    assertEquals(Position.after("start"), started(plan.on(prepared())).from());
  }

  @Test
  void theShardsOfTheWayForwardStay() throws Fault {
    OfSplit shard =
        new OfSplit(
            new Split.StreamShard("orders", "arn", "s1", Set.of(), Optional.empty(), Instant.MIN),
            Position.after("7"),
            Optional.empty(),
            CUT);
    BackPlan plan = plan(cut(), copied("orders"), shard);
    List<Command> all = new ArrayList<>(plan.start());
    all.addAll(plan.on(listed("orders")));
    all.addAll(plan.on(prepared()));
    assertTrue(
        all.stream()
            .filter(Command.Save.class::isInstance)
            .noneMatch(save -> ((Command.Save) save).entry().subject().equals(shard.subject())));
  }

  @Test
  void aSyncFromDynamoDbDoesNotStartBesideTheWayBack() {
    assertThrows(Fault.Fatal.class, () -> BackPlan.requireNotLive(List.of(live(Direction.BACK))));
    assertDoesNotThrow(() -> BackPlan.requireNotLive(List.of(live(Direction.RETURNED))));
  }

  @Test
  void theWayForwardLeavesThePositionOfAFormerWayBackAlone() {
    SyncPlan plan =
        new SyncPlan(OPTIONS, List.of(live(Direction.RETURNED), copied("orders"), at("token")));
    plan.start();
    plan.on(listed("orders"));
    assertTrue(
        plan.view().get(0).splits().stream()
            .allMatch(split -> split.split() instanceof Split.ScanSegment));
  }

  @Test
  void savesWhatIsDurable() throws Fault {
    BackPlan plan = following();
    List<Command> commands =
        plan.on(
            new Event.Durable(
                "orders", STREAM.id(), Position.after("t2"), Optional.of(CUT.plusSeconds(9)), CUT));
    OfSplit saved = (OfSplit) ((Command.Save) commands.get(0)).entry();
    assertEquals(Position.after("t2"), saved.position());
    assertEquals(Optional.of(CUT.plusSeconds(9)), saved.completeUntil());
    assertEquals(Optional.of(CUT.plusSeconds(9)), plan.view().get(0).unreadSince());
  }

  @Test
  void onlyACutOverWithAWayBackHasOne() {
    assertRefused("cutover --way-back");
    assertRefused("cutover --way-back", live(Direction.FORWARD));
    assertRefused("set sync_mode = all", live(Direction.RETURNED));
    assertRefused("without a way back", new OfDirection(Direction.CUT_OVER, CUT, Optional.empty()));
  }

  @Test
  void aTableThatWasNotCopiedFails() throws Fault {
    OfTable half = copied("orders").withPhase(Phase.COPYING);
    BackPlan plan = plan(cut(), half);
    plan.start();
    List<Command> commands = plan.on(listed("orders"));
    assertTrue(commands.stream().anyMatch(Command.GiveUp.class::isInstance));
    assertTrue(commands.contains(new Command.Complete()));
  }

  @Test
  void aTableThatWasNotSyncedIsNotTouched() throws Fault {
    BackPlan plan = plan(cut(), copied("orders"));
    plan.start();
    List<Command> commands = plan.on(listed("users"));
    assertTrue(commands.get(0) instanceof Command.Tell tell && tell.table().equals("users"));
    assertEquals(1, commands.size());
    assertEquals(List.of(), plan.on(listed("users")));
  }

  @Test
  void aGapFailsItsTableAndSaysWhatToDo() throws Fault {
    BackPlan plan = plan(live(Direction.BACK), copied("orders"), copied("users"));
    plan.start();
    plan.on(listed("orders", "users"));
    plan.on(prepared());
    List<Command> commands =
        plan.on(
            new Event.SplitFault(
                "orders", STREAM.id(), new Fault.Gap("collection orders was dropped", null)));
    Command.GiveUp giveUp = (Command.GiveUp) commands.get(0);
    assertTrue(
        giveUp.fault().getMessage().startsWith("collection orders was dropped; DynamoDB has"));
    assertTrue(giveUp.fault().getMessage().contains("nimo-shake check"));
    assertTrue(commands.contains(new Command.StopTable("orders")));
    assertTrue(commands.stream().noneMatch(Command.Complete.class::isInstance));
  }

  @Test
  void aTableThatIsGoneForOneAnswerIsLookedForAgain() throws Fault {
    BackPlan plan = following();
    Fault.TableGone gone = new Fault.TableGone("no table orders", null);
    assertEquals(2, started(plan.on(new Event.SplitFault("orders", STREAM.id(), gone))).attempt());
    for (int minute = 1; minute <= 3; minute++) {
      plan.on(new Event.Tick(CUT.plus(Duration.ofMinutes(minute))));
      plan.on(listed("orders"));
    }
    assertEquals(TableState.FOLLOWING, plan.view().get(0).state());
    for (int minute = 4; minute <= 6; minute++) {
      plan.on(new Event.Tick(CUT.plus(Duration.ofMinutes(minute))));
      plan.on(listed());
    }
    assertEquals(TableState.FAILED, plan.view().get(0).state());
  }

  @Test
  void aPositionThatIsRefusedForMinutesIsAGap() throws Fault {
    BackPlan plan = following();
    for (int seconds = 0; seconds < 120; seconds += 30) {
      assertEquals(STREAM, started(plan.on(refused(seconds))).split());
    }
    List<Command> commands = plan.on(refused(120));
    Fault fault = ((Command.GiveUp) commands.get(0)).fault();
    assertTrue(fault instanceof Fault.Gap);
    assertTrue(fault.getMessage().startsWith("too old; DynamoDB has"), fault.getMessage());
  }

  @Test
  void aPositionThatIsTakenAgainIsNoGap() throws Fault {
    BackPlan plan = following();
    plan.on(refused(0));
    plan.on(refused(60));
    plan.on(new Event.Durable("orders", STREAM.id(), Position.after("t"), Optional.empty(), CUT));
    plan.on(refused(120));
    assertEquals(TableState.FOLLOWING, plan.view().get(0).state());
  }

  private static Event refused(int seconds) {
    return new Event.SplitFault(
        "orders", STREAM.id(), new Fault.StreamGone("too old", CUT.plusSeconds(seconds), null));
  }

  @Test
  void saysWhenTheOplogIsShortAndWhenItIsNot() throws Fault {
    BackPlan plan = following();
    Instant now = CUT.plus(Duration.ofHours(10));
    List<Command> commands = plan.on(found(now, Optional.of(CUT.minus(Duration.ofHours(1)))));
    assertTrue(((Command.Tell) commands.get(0)).message().contains("another 60 minutes only"));
    PlanView.Table view = plan.view().get(0);
    assertEquals(Optional.of(Duration.ofHours(1)), view.headroom(now));
    assertEquals(List.of(), plan.on(found(now, Optional.of(CUT.minus(Duration.ofHours(1))))));
    commands = plan.on(found(now, Optional.of(CUT.minus(Duration.ofHours(20)))));
    assertTrue(((Command.Tell) commands.get(0)).message().contains("long enough again"));
  }

  @Test
  void saysThatTheOplogIsUnknown() throws Fault {
    BackPlan plan = following();
    List<Command> commands = plan.on(found(CUT, Optional.empty()));
    assertTrue(((Command.Tell) commands.get(0)).message().contains("local.oplog.rs"));
    assertEquals(List.of(), plan.on(found(CUT, Optional.empty())));
    assertEquals(Optional.empty(), plan.view().get(0).headroom(CUT));
  }

  /** While a server does not answer, the host tries the first call again and again. */
  @Test
  void nothingIsAskedTwiceAtATime() throws Fault {
    BackPlan plan = following();
    List<Command> both = List.of(new Command.FindStream("orders"), new Command.ListTables());
    assertEquals(both, plan.on(new Event.Tick(CUT)));
    assertEquals(List.of(), plan.on(new Event.Tick(CUT.plusSeconds(60))));
    plan.on(listed("orders"));
    plan.on(found(CUT, Optional.empty()));
    assertEquals(both, plan.on(new Event.Tick(CUT.plusSeconds(120))));
    plan.on(listed("orders"));
    plan.on(new Event.TableFault("orders", new Fault.TableGone("no table orders", null)));
    assertEquals(both, plan.on(new Event.Tick(CUT.plusSeconds(180))));
  }

  private static BackPlan following() throws Fault {
    BackPlan plan = plan(live(Direction.BACK), copied("orders"));
    plan.start();
    plan.on(listed("orders"));
    plan.on(
        new Event.TablePrepared(
            "orders",
            1,
            false,
            Optional.of(new StreamHandle("s", true, CUT, Optional.of(CUT.minusSeconds(9_999))))));
    return plan;
  }

  private static BackPlan plan(CheckpointEntry... checkpoint) throws Fault {
    return BackPlan.restore(OPTIONS, table -> true, List.of(checkpoint));
  }

  private static void assertRefused(String advice, CheckpointEntry... checkpoint) {
    Fault.Fatal fault = assertThrows(Fault.Fatal.class, () -> plan(checkpoint));
    assertTrue(fault.getMessage().contains(advice), fault.getMessage());
  }

  private static OfDirection cut() {
    return live(Direction.CUT_OVER);
  }

  private static OfDirection live(Direction direction) {
    return new OfDirection(direction, CUT, Optional.of("start"));
  }

  private static OfTable copied(String table) {
    return new OfTable(table, Phase.COPIED, Optional.of(CUT), List.of("arn"), 4, true, false);
  }

  private static OfSplit at(String token) {
    return new OfSplit(STREAM, Position.after(token), Optional.empty(), CUT);
  }

  private static Event listed(String... tables) {
    return new Event.TablesListed(List.of(tables));
  }

  private static Event prepared() {
    return new Event.TablePrepared("orders", 1, false, Optional.empty());
  }

  private static Event found(Instant now, Optional<Instant> oldest) {
    return new Event.StreamFound("orders", Optional.of(new StreamHandle("s", true, now, oldest)));
  }

  private static Command.StartSplit started(List<Command> commands) {
    return commands.stream()
        .filter(Command.StartSplit.class::isInstance)
        .map(Command.StartSplit.class::cast)
        .findFirst()
        .orElseThrow();
  }
}
