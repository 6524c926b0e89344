package io.nimoshake.app.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.progress.GivenMonitor;
import io.nimoshake.app.progress.GivenTable;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.Unreachable;
import io.nimoshake.core.flow.Outages.Outage;
import io.nimoshake.core.flow.Outages.Waiter;
import io.nimoshake.core.flow.RecentFailures;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.TableState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HealthTest {
  private static final Instant T = Instant.parse("2026-01-02T03:04:05Z");
  private static final Health.Limits LIMITS =
      new Health.Limits(Optional.empty(), Duration.ofHours(4));

  private final TableStats stats = new TableStats();
  private final TableLimits limits = TableLimits.none();
  private final Movement movement = new Movement();

  @Test
  void aCopyThatDoesNotMoveIsUnhealthy() {
    SyncView view = view(table(TableState.COPYING, Optional.empty()));
    sample(view, T);
    assertEquals(List.of(), problems(view, T.plusSeconds(299)));
    assertEquals(
        List.of("table t: nothing was read or written for 5 min, although there is work"),
        problems(view, T.plusSeconds(300)));
    stats.copy.read.add(1);
    sample(view, T.plusSeconds(300));
    assertEquals(List.of(), problems(view, T.plusSeconds(300)));
  }

  @Test
  void whatIsPausedOrIdleNeedNotMove() {
    SyncView idle = view(table(TableState.FOLLOWING, Optional.empty()));
    sample(idle, T);
    sample(idle, T.plusSeconds(1_000));
    assertEquals(List.of(), problems(idle, T.plusSeconds(1_000)));

    limits.gate().shut();
    SyncView paused = view(table(TableState.COPYING, Optional.empty()));
    sample(paused, T.plusSeconds(1_000));
    sample(paused, T.plusSeconds(2_000));
    assertEquals(List.of(), problems(paused, T.plusSeconds(2_000)));
    limits.gate().open();
    sample(paused, T.plusSeconds(2_001));
    assertEquals(List.of(), problems(paused, T.plusSeconds(2_001)), "has only just begun again");
  }

  @Test
  void changesThatWaitToBeWrittenAreWork() {
    SyncView view = view(table(TableState.FOLLOWING, Optional.empty()));
    stats.stream.inFlight.add(1);
    sample(view, T);
    sample(view, T.plusSeconds(301));
    assertEquals(
        List.of("table t: nothing was read or written for 5 min 1 s, although there is work"),
        problems(view, T.plusSeconds(301)));
  }

  @Test
  void whatFailsForLongIsUnhealthyEvenIfItLooksIdle() {
    SyncView view = view(table(TableState.FOLLOWING, Optional.empty()));
    Fault refused = new Fault.Transient("connection refused", null);
    stats.failures.failing("reading shard-1", refused, T);
    assertEquals(List.of(), problems(view, T.plusSeconds(10)), "may pass");
    stats.failures.failing("reading shard-1", refused, T.plusSeconds(350));
    assertEquals(
        List.of("table t: reading shard-1 has failed for 6 min (transient): connection refused"),
        problems(view, T.plusSeconds(360)));
    stats.failures.succeeded("reading shard-1");
    assertEquals(List.of(), problems(view, T.plusSeconds(360)));
  }

  @Test
  void aFailureNobodyHasAnyMoreIsNone() {
    stats.failures.failing("reading shard-1", new Fault.Transient("reset", null), T);
    SyncView view = view(table(TableState.FOLLOWING, Optional.empty()));
    assertEquals(List.of(), problems(view, T.plusSeconds(3_600)), "its shard was given up");
  }

  /** The plan has asked several times already before it calls something a problem. */
  @Test
  void aProblemOfThePlanIsUnhealthyAtOnce() {
    PlanView.Table plan =
        new PlanView.Table(
            "t",
            TableState.WAITING,
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of("changes were lost 2 times"));
    SyncView view = view(new SyncView.TableView(plan, Optional.empty(), stats, limits));
    assertEquals(List.of("table t: changes were lost 2 times"), problems(view, T));
  }

  @Test
  void headroomThatRunsOutIsUnhealthy() {
    SyncView view = view(table(TableState.FOLLOWING, Optional.of(T)));
    assertEquals(List.of(), problems(view, T.plus(Duration.ofHours(20))));
    assertEquals(
        List.of("table t: changes that are not read yet expire in 3 h 30 min"),
        problems(view, T.plus(Duration.ofMinutes(20 * 60 + 30))));
    assertEquals(
        List.of("table t: changes that are not read yet may have expired"),
        problems(view, T.plus(Duration.ofHours(25))));
  }

  /** A host that is three hours behind would be warned three hours late. */
  @Test
  void headroomIsByTheClockOfTheSource() {
    Duration behind = Duration.ofHours(3);
    Optional<Instant> lease = Optional.of(T.plus(Duration.ofHours(18)));
    TableView table = table(TableState.FOLLOWING, Optional.of(T));
    SyncView view = GivenTable.syncOnHostBehindBy(behind, lease, table);
    assertEquals(
        List.of("table t: changes that are not read yet expire in 3 h 30 min"),
        problems(view, T.plus(Duration.ofMinutes(17 * 60 + 30))));
  }

  @Test
  void aLostLeaseIsUnhealthy() {
    SyncView view =
        new SyncView(
            List.of(),
            false,
            false,
            0,
            Optional.of(T),
            Optional.empty(),
            List.of(),
            List.of(),
            Duration.ZERO);
    assertEquals(List.of(), problems(view, T));
    assertEquals(
        List.of("the lease ran out 30 s ago: another process may take over"),
        problems(view, T.plusSeconds(30)));
    SyncView ended =
        new SyncView(
            List.of(),
            false,
            true,
            0,
            Optional.of(T),
            Optional.of(new Fault.Fatal("another process has taken over this sync")),
            List.of(),
            List.of(),
            Duration.ZERO);
    assertEquals(
        List.of("the sync cannot go on: another process has taken over this sync"),
        problems(ended, T.plusSeconds(30)));
  }

  @Test
  void aCheckpointThatCannotBeSavedIsUnhealthy() {
    RecentFailures failures = new RecentFailures();
    Fault fault = new Fault.Transient("not primary", null);
    failures.failing("saving the checkpoint", fault, T);
    failures.failing("saving the checkpoint", fault, T.plusSeconds(400));
    SyncView view =
        new SyncView(
            List.of(),
            false,
            false,
            0,
            Optional.empty(),
            Optional.empty(),
            failures.recent(),
            List.of(),
            Duration.ZERO);
    List<String> problems = problems(view, T.plusSeconds(400));
    assertTrue(
        problems.get(0).startsWith("saving the checkpoint has failed for 6 min 40 s"),
        problems + "");
  }

  @Test
  void whatFailsForAWhileIsRetriedAndThenUnhealthy() {
    SyncView view = view(table(TableState.FOLLOWING, Optional.empty()));
    Fault slow = new Fault.Throttled("slow down", null);
    stats.failures.failing("reading shard-1", slow, T);
    assertEquals(Health.Level.HEALTHY, health(view, T.plusSeconds(4)).level(), "is normal");
    stats.failures.failing("reading shard-1", slow, T.plusSeconds(5));
    Health retrying = health(view, T.plusSeconds(5));
    assertEquals(Health.Level.RETRYING, retrying.level());
    assertTrue(retrying.isHealthy());
    assertEquals(
        List.of("table t: reading shard-1 has failed for 5 s (throttled): slow down"),
        retrying.retrying());
    stats.failures.failing("reading shard-1", slow, T.plusSeconds(300));
    Health unhealthy = health(view, T.plusSeconds(300));
    assertEquals(Health.Level.UNHEALTHY, unhealthy.level());
    assertEquals(List.of(), unhealthy.retrying());
  }

  @Test
  void anOutageIsNamedOnceAndBeforeWhatFollowsFromIt() {
    Unreachable server = new Unreachable("MongoDB at h:27017", "refuses connections");
    Outage outage =
        new Outage(
            server,
            T,
            List.of(
                new Waiter(Optional.of("t"), "writing"),
                new Waiter(Optional.empty(), "saving the checkpoint")));
    Fault fault = new Fault.Transient("write to shop.t", server, null);
    stats.failures.failing("writing", fault, T);
    stats.failures.failing("writing", fault, T.plusSeconds(299));
    stats.stream.inFlight.add(1);
    SyncView view =
        new SyncView(
            List.of(table(TableState.FOLLOWING, Optional.empty())),
            true,
            false,
            0,
            Optional.of(T.plusSeconds(30)),
            Optional.empty(),
            List.of(),
            List.of(outage),
            Duration.ZERO);
    sample(view, T);
    Health early = health(view, T.plusSeconds(5));
    assertEquals(List.of(outage.line(T.plusSeconds(5))), early.retrying());
    assertTrue(outage.line(T).endsWith("; 1 table waits"), outage.line(T));
    assertEquals(
        List.of(outage.line(T), "the lease ran out 1 min ago: another process may take over"),
        health(view, T.plusSeconds(90)).retrying());
    sample(view, T.plusSeconds(400));
    Health late = health(view, T.plusSeconds(400));
    assertEquals(List.of(outage.line(T)), late.problems(), "not once for every call and table");
  }

  private Health health(SyncView view, Instant now) {
    return Health.of(GivenMonitor.numbers(view, now), LIMITS, movement);
  }

  private List<String> problems(SyncView view, Instant now) {
    return Health.of(GivenMonitor.numbers(view, now), LIMITS, movement).problems();
  }

  private void sample(SyncView view, Instant now) {
    movement.sample(GivenMonitor.numbers(view, now));
  }

  private static SyncView view(TableView table) {
    return GivenTable.sync(table);
  }

  private TableView table(TableState state, Optional<Instant> unreadSince) {
    GivenTable table = GivenTable.of("t", state).items(10).stats(stats).limits(limits);
    return unreadSince.map(table::unreadSince).orElse(table).view();
  }
}
