package io.nimoshake.core.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import io.nimoshake.core.port.CheckpointEntry.SplitForgotten;
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.core.port.WriteMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A lost position on the way back, with {@code on_gap = resync}. */
class BackRecopyTest {
  private static final Instant CUT = Instant.parse("2026-03-01T12:00:00Z");
  private static final Split STREAM = new Split.ChangeStream("orders");
  private static final Split DOCUMENTS = new Split.Documents("orders");
  private static final Split FIRST = new Split.Leftovers("orders", 0, 2);
  private static final Split SECOND = new Split.Leftovers("orders", 1, 2);

  private final List<Command> last = new ArrayList<>();
  private BackPlan plan;

  private void restore(CheckpointEntry... entries) throws Fault {
    List<CheckpointEntry> checkpoint = new ArrayList<>(List.of(entries));
    checkpoint.add(new OfDirection(Direction.BACK, CUT, Optional.of("start")));
    checkpoint.add(
        new OfTable("orders", Phase.COPIED, Optional.of(CUT), List.of("arn"), 4, true, false));
    plan = BackPlan.restore(GivenOptions.back(true), table -> true, checkpoint);
    plan.start();
    on(new Event.TablesListed(List.of("orders")));
    on(prepared("next-1"));
  }

  private void on(Event event) {
    last.clear();
    last.addAll(plan.on(event));
  }

  private static Event prepared(String next) {
    StreamHandle handle = new StreamHandle("s", true, CUT.plusSeconds(600)).from(next);
    return new Event.TablePrepared("orders", 2, false, Optional.of(handle));
  }

  private void refused(int second) {
    Instant at = CUT.plusSeconds(second);
    on(new Event.SplitFault("orders", STREAM.id(), new Fault.StreamGone("too old", at, null)));
  }

  private void lost(int second) {
    refused(second);
    refused(second + 60);
    refused(second + 120);
  }

  private void durable(Split split, Position position) {
    on(new Event.Durable("orders", split.id(), position, Optional.empty(), CUT.plusSeconds(900)));
  }

  private static OfSplit part(Split split, Position position) {
    return new OfSplit(split, position, Optional.empty(), CUT);
  }

  private List<CheckpointEntry> saved() {
    return last.stream()
        .filter(Command.Save.class::isInstance)
        .map(command -> ((Command.Save) command).entry())
        .toList();
  }

  private List<String> started() {
    return last.stream()
        .filter(Command.StartSplit.class::isInstance)
        .map(Command.StartSplit.class::cast)
        .map(start -> start.split().id() + " " + start.mode() + " " + start.from())
        .toList();
  }

  private static String start(Split split, Position from) {
    return split.id() + " " + WriteMode.STREAM + " " + from;
  }

  private TableState state() {
    return plan.view().get(0).state();
  }

  /** A copy from the wrong server would overwrite DynamoDB. */
  @Test
  void aPositionThatMayBeOfAnotherServerFailsTheTable() throws Fault {
    restore();
    for (int second : new int[] {0, 60, 120}) {
      Instant at = CUT.plusSeconds(second);
      Fault gone = new Fault.StreamGone("no such event", at, true, null);
      on(new Event.SplitFault("orders", STREAM.id(), gone));
    }
    assertEquals(TableState.FAILED, state());
  }

  @Test
  void theTableIsMadeEqualToItsDocumentsAndThenFollowedFromANewPosition() throws Fault {
    restore();
    lost(0);
    String told = ((Command.Tell) last.get(0)).message();
    assertTrue(told.contains("items whose document is gone are deleted there"), told);
    assertEquals(new Command.StopTable("orders"), last.get(1));
    assertEquals(TableState.STOPPING, state());
    on(new Event.TableStopped("orders"));
    assertEquals(List.of(new Command.PrepareTable("orders", Existing.RESUME, true)), last);

    on(prepared("next-2"));
    // The parts are stored before the position: see BackRecopy.
    assertEquals(
        List.of(DOCUMENTS.id(), FIRST.id(), SECOND.id(), STREAM.id()),
        saved().stream().map(entry -> ((OfSplit) entry).split().id()).toList());
    assertEquals(Position.after("next-2"), ((OfSplit) saved().get(3)).position());
    assertEquals(
        List.of(
            start(DOCUMENTS, Position.BEGINNING),
            start(FIRST, Position.BEGINNING),
            start(SECOND, Position.BEGINNING)),
        started());
    assertEquals(TableState.COPYING, state());

    durable(FIRST, Position.END);
    durable(DOCUMENTS, Position.after("d"));
    durable(SECOND, Position.END);
    assertEquals(List.of(), started());
    durable(DOCUMENTS, Position.END);
    assertEquals(List.of(start(STREAM, Position.after("next-2"))), started());
    assertEquals(TableState.FOLLOWING, state());
    assertEquals(
        List.of(
            new SplitForgotten("orders", DOCUMENTS.id()),
            new SplitForgotten("orders", FIRST.id()),
            new SplitForgotten("orders", SECOND.id())),
        saved().subList(saved().size() - 3, saved().size()));
    // What was made before the new position is there; clocks may differ by five minutes.
    assertEquals(Optional.of(CUT.plusSeconds(300)), plan.view().get(0).unreadSince());
  }

  @Test
  void aRestartGoesOnWithEachPart() throws Fault {
    restore(
        part(STREAM, Position.after("next-2")),
        part(SECOND, Position.END),
        part(DOCUMENTS, Position.after("d")),
        part(FIRST, Position.BEGINNING));
    assertEquals(
        List.of(start(DOCUMENTS, Position.after("d")), start(FIRST, Position.BEGINNING)),
        started());
    assertEquals(List.of(), saved());
  }

  /** The new position was not stored yet: the old one is lost, and that is found again. */
  @Test
  void aRestartAfterHalfOfItsBeginningGoesOnFromTheOldPosition() throws Fault {
    restore(
        part(STREAM, Position.after("old")),
        part(DOCUMENTS, Position.BEGINNING),
        part(FIRST, Position.BEGINNING));
    assertEquals(List.of(start(STREAM, Position.after("old"))), started());
  }

  @Test
  void aRestartAfterHalfOfItsEndFollows() throws Fault {
    restore(part(STREAM, Position.after("next-2")), part(SECOND, Position.END));
    assertEquals(List.of(start(STREAM, Position.after("next-2"))), started());
    assertTrue(saved().contains(new SplitForgotten("orders", SECOND.id())));
  }

  @Test
  void aTableThatIsDeletedMeanwhileIsLookedForAgain() throws Fault {
    restore(
        part(DOCUMENTS, Position.BEGINNING), part(FIRST, Position.END), part(SECOND, Position.END));
    on(new Event.SplitFault("orders", DOCUMENTS.id(), new Fault.TableGone("no table", null)));
    assertEquals(List.of(start(DOCUMENTS, Position.BEGINNING)), started());
  }

  /** An oplog that is too short for the copy would have it copied for ever, at full speed. */
  @Test
  void gapAfterGapWaits() throws Fault {
    restore();
    lost(0);
    on(new Event.TableStopped("orders"));
    on(prepared("next-2"));
    List.of(DOCUMENTS, FIRST, SECOND).forEach(split -> durable(split, Position.END));
    lost(1_000);
    on(new Event.TableStopped("orders"));
    assertEquals(List.of(), last);
    assertEquals(TableState.WAITING, state());
    on(new Event.Tick(CUT.plusSeconds(1_150)));
    assertEquals(TableState.WAITING, state());
    on(new Event.Tick(CUT.plusSeconds(1_180)));
    assertTrue(last.contains(new Command.PrepareTable("orders", Existing.RESUME, true)));
  }

  /** Nobody says which documents were in it, and its items are not to be deleted unasked. */
  /** Those answers have the time of the host. The plan hears ticks with that of MongoDB. */
  @Test
  void aHostThatIsDaysAheadWaitsNoLonger() throws Fault {
    int days = 3 * 24 * 3600;
    restore();
    lost(days);
    on(new Event.TableStopped("orders"));
    on(prepared("next-2"));
    durable(DOCUMENTS, Position.END);
    durable(FIRST, Position.END);
    durable(SECOND, Position.END);
    on(new Event.Tick(CUT.plusSeconds(1_000)));
    lost(days + 1_000);
    on(new Event.TableStopped("orders"));
    assertEquals(TableState.WAITING, state());
    on(new Event.Tick(CUT.plusSeconds(1_061)));
    assertEquals(TableState.PREPARING, state());
  }

  @Test
  void aDroppedCollectionFailsItsTable() throws Fault {
    restore();
    on(
        new Event.SplitFault(
            "orders",
            STREAM.id(),
            new Fault.Gap("collection orders of MongoDB was dropped", null)));
    assertEquals(TableState.FAILED, state());
  }
}
