package io.nimoshake.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.CapturedLog;
import io.nimoshake.core.FakeSource;
import io.nimoshake.core.FakeTarget;
import io.nimoshake.core.ManualScheduler;
import io.nimoshake.core.MemoryCheckpointStore;
import io.nimoshake.core.Samples;
import io.nimoshake.core.checkpoint.LeaseClaim;
import io.nimoshake.core.checkpoint.LeaseKeeper;
import io.nimoshake.core.checkpoint.LeasedTarget;
import io.nimoshake.core.checkpoint.ProcessIdentity;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.plan.Event;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.TableState;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.Source.ShardInfo;
import io.nimoshake.core.port.Source.ShardListing;
import io.nimoshake.core.port.Source.StreamHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PlanHostTest {
  private static final Fault DENIED = new Fault.TableFailed("access denied", null);
  private static final Fault DOWN = new Fault.Transient("down", null);
  private static final Fault KEY = new Fault.Fatal("wrong key");

  private final ManualScheduler time = new ManualScheduler();
  private final FakeSource source = new FakeSource();
  private final FakeTarget target = new FakeTarget();
  private final MemoryCheckpointStore store = new MemoryCheckpointStore();
  private final FakeSplits splits = new FakeSplits();
  private final CapturedLog log = new CapturedLog(PlanHost.class);
  private final CapturedLog releaseLog = new CapturedLog(LeaseRelease.class);
  private final CapturedLog commandLog = new CapturedLog(HostCommands.class);
  private PlanHost host;

  @AfterEach
  void endLog() {
    log.close();
    releaseLog.close();
    commandLog.close();
  }

  private void make(SyncOptions.Mode mode) throws Fault {
    source.tables.put("t", Samples.table("t"));
    source.stream = Optional.of(new StreamHandle("arn", true, ManualScheduler.START));
    SyncOptions options = Options.of(mode);
    LeaseKeeper lease =
        assertInstanceOf(
                LeaseClaim.Attempt.Acquired.class,
                new LeaseClaim(
                        store, options.leaseDuration(), time, ProcessIdentity.ofThisProcess())
                    .attempt())
            .keeper();
    host =
        new PlanHost(
            options,
            source,
            new LeasedTarget(target, lease),
            store,
            lease,
            time,
            new TableRegistry(table -> TableLimits.none()),
            splits);
  }

  private void start(SyncOptions.Mode mode) throws Fault {
    make(mode);
    host.start();
    time.pass(Duration.ofSeconds(1));
  }

  /** Copies and follows one shard. */
  private void startWithShard() throws Fault {
    ShardInfo shard = new ShardInfo("s", Set.of(), Optional.empty());
    source.shards = new ShardListing(List.of(shard), true, true, ManualScheduler.START);
    start(SyncOptions.Mode.ALL);
  }

  private void durable(int segment, Position position) {
    host.post(
        new Event.Durable(
            "t", Samples.segment(segment, 2).id(), position, Optional.empty(), time.now()));
  }

  private void copyEnds() {
    durable(0, Position.END);
    durable(1, Position.END);
  }

  /** Else the end of a copy would be wrong by days where the clock of the host is. */
  @Test
  void thePlanHearsTheTimeOfTheSource() throws Fault {
    Duration behind = Duration.ofDays(2);
    Instant shown = ManualScheduler.START.minus(behind);
    make(SyncOptions.Mode.ALL);
    source.stream = Optional.of(new StreamHandle("arn", true, shown));
    source.shards = new ShardListing(List.of(), true, true, shown);
    host.start();
    time.pass(Duration.ofSeconds(1));
    Instant now = time.now();
    durable(0, Position.END);
    time.pass(Duration.ofSeconds(10));
    OfSplit stored =
        store.load().stream()
            .filter(OfSplit.class::isInstance)
            .map(OfSplit.class::cast)
            .filter(entry -> entry.split().equals(Samples.segment(0, 2)))
            .findFirst()
            .orElseThrow();
    assertEquals(now.minus(behind), stored.updated());
    assertEquals(behind.negated(), host.clockCorrection());
  }

  private void allSplitsStopped() {
    splits.stoppingAll.forEach(Runnable::run);
    time.pass(Duration.ofSeconds(1));
  }

  private SyncResult result() {
    return host.done().getNow(null);
  }

  private Instant leaseExpires() {
    return store.lease.orElseThrow().expires();
  }

  @Test
  void aCopyIsPreparedRunFinishedAndOver() throws Fault {
    start(SyncOptions.Mode.FULL);
    assertEquals(
        List.of(
            "prepared t DROP",
            "add segment-0-of-2",
            "add segment-1-of-2",
            "begin segment-0-of-2",
            "begin segment-1-of-2"),
        splits.asked);
    assertEquals(List.of("prepare t DROP"), target.script.calls());
    assertEquals(Optional.of(7L), host.approximateItems("t"));
    copyEnds();
    time.pass(Duration.ofSeconds(1));
    assertEquals(List.of("finish t"), target.script.calls());
    assertTrue(host.isCopied());
    assertTrue(host.isStopping(), "nothing is left to do");
    host.stop();
    assertFalse(host.done().isDone(), "splits may still be ending");
    allSplitsStopped();
    assertEquals(new SyncResult(false, Map.of(), Optional.empty()), result());
    assertEquals(Instant.EPOCH, leaseExpires(), "the lease is released");
    assertEquals(List.of(), store.load().stream().filter(this::isOfTable).toList());
  }

  private boolean isOfTable(CheckpointEntry entry) {
    return entry instanceof CheckpointEntry.OfTable || entry instanceof CheckpointEntry.OfSplit;
  }

  /** What is stored of an earlier copy relies on the collection. */
  @Test
  void aCollectionIsDroppedOnlyWhenTheStoreHasForgottenItsTable() throws Fault {
    make(SyncOptions.Mode.FULL);
    CheckpointEntry leftOver =
        new CheckpointEntry.OfSplit(
            Samples.segment(0, 2), Position.END, Optional.empty(), ManualScheduler.START);
    store.save(1, List.of(leftOver));
    store.down = Optional.of(DOWN);
    host.start();
    time.pass(Duration.ofSeconds(10));
    assertEquals(List.of(), target.script.calls());
    store.down = Optional.empty();
    time.pass(Duration.ofSeconds(10));
    assertEquals(List.of("prepare t DROP"), target.script.calls());
    assertFalse(store.load().contains(leftOver));
  }

  /** What is stored of the splits of the copy is read again after a crash. */
  @Test
  void aCopyIsFinishedOnlyWhenTheStoreKnowsItsEnd() throws Fault {
    start(SyncOptions.Mode.FULL);
    target.script.calls();
    store.down = Optional.of(DOWN);
    copyEnds();
    time.pass(Duration.ofSeconds(10));
    assertEquals(List.of(), target.script.calls());
    store.down = Optional.empty();
    time.pass(Duration.ofSeconds(10));
    assertEquals(List.of("finish t"), target.script.calls());
  }

  @Test
  void aStopSavesWhatBecameDurableMeanwhile() throws Fault {
    start(SyncOptions.Mode.ALL);
    host.stop();
    durable(0, Position.END);
    durable(1, Position.after("1"));
    host.post(new Event.TableFault("t", DENIED));
    time.pass(Duration.ofSeconds(1));
    assertEquals(TableState.COPYING, host.view().get(0).state(), "nothing else counts");
    assertFalse(host.done().isDone(), "splits are still stopping");
    allSplitsStopped();
    assertEquals(new SyncResult(true, Map.of(), Optional.empty()), result());
    assertTrue(
        store.load().stream()
            .anyMatch(
                entry ->
                    entry instanceof CheckpointEntry.OfSplit split
                        && split.position().equals(Position.after("1"))));
    assertEquals(Instant.EPOCH, leaseExpires(), "the lease is released");
    assertEquals(host.snapshot(), store.load());
  }

  @Test
  void nothingIsBegunWhileItDrains() throws Fault {
    startWithShard();
    assertTrue(splits.asked.contains("begin s"));
    target.script.calls();
    host.stop();
    copyEnds();
    time.pass(Duration.ofSeconds(1));
    allSplitsStopped();
    assertEquals(List.of(), target.script.calls());
    assertFalse(splits.asked.contains("deleteForReal t"));
  }

  /** Else the next run could copy an item again that was deleted. */
  @Test
  void deletesAreRealOnceTheStoreKnowsThatTheCopyHasEnded() throws Fault {
    startWithShard();
    store.down = Optional.of(DOWN);
    copyEnds();
    time.pass(Duration.ofSeconds(1));
    assertEquals(TableState.FINISHING, host.view().get(0).state());
    assertFalse(splits.asked.contains("deleteForReal t"));
    store.down = Optional.empty();
    time.pass(Duration.ofSeconds(10));
    assertTrue(splits.asked.contains("deleteForReal t"));
    assertEquals(TableState.FOLLOWING, host.view().get(0).state());
  }

  @Test
  void aTableThatIsStoppedMeanwhileNeedsNoRealDeletes() throws Fault {
    startWithShard();
    store.down = Optional.of(DOWN);
    copyEnds();
    host.post(new Event.TableFault("t", new Fault.Gap("records have expired", null)));
    assertTrue(splits.asked.contains("stop t"));
    store.down = Optional.empty();
    time.pass(Duration.ofSeconds(10));
    assertFalse(splits.asked.contains("deleteForReal t"));
  }

  @Test
  void aStopWaitsForTheLastSave() throws Fault {
    start(SyncOptions.Mode.ALL);
    store.down = Optional.of(DOWN);
    durable(0, Position.after("1"));
    host.stop();
    allSplitsStopped();
    assertFalse(host.done().isDone());
    store.down = Optional.empty();
    time.pass(Duration.ofSeconds(10));
    assertTrue(host.done().isDone());
  }

  /** Whoever gets the lease next begins at once: this call could drop what that one has written. */
  @Test
  void theLeaseIsReleasedWhenNoCallThatChangesTheTargetIsUnderWay() throws Fault {
    make(SyncOptions.Mode.ALL);
    target.script.during(
        "prepare",
        () -> {
          host.stop();
          allSplitsStopped();
          assertFalse(host.done().isDone());
          assertTrue(leaseExpires().isAfter(time.now()));
        });
    host.start();
    time.pass(Duration.ofSeconds(1));
    assertEquals(new SyncResult(true, Map.of(), Optional.empty()), result());
    assertEquals(Instant.EPOCH, leaseExpires());
    assertEquals(List.of("prepare t DROP"), target.script.calls());
  }

  /** The process must end in time, and the lease of a dead process runs out. */
  @Test
  void theLeaseIsKeptIfACallThatChangesTheTargetDoesNotEnd() throws Fault {
    make(SyncOptions.Mode.ALL);
    target.script.during(
        "prepare",
        () -> {
          host.stop();
          allSplitsStopped();
          time.pass(LeaseRelease.CALLS_MAY_TAKE);
          assertEquals(new SyncResult(true, Map.of(), Optional.empty()), result());
        });
    host.start();
    time.pass(Duration.ofSeconds(1));
    assertTrue(leaseExpires().isAfter(time.now()));
    String warning = releaseLog.lines().get(0);
    assertTrue(warning.contains("the lease is not released"), warning);
  }

  /** Two operators: each would be told what becomes of the request of the other. */
  @Test
  void onlyOneRequestForTheSwitchIsUnderWay() throws Fault {
    make(SyncOptions.Mode.ALL);
    host.start();
    CompletableFuture<Boolean> first = host.askForSwitch(new Event.CutOver(Optional.empty()));
    CompletableFuture<Boolean> second = host.askForSwitch(new Event.CutOver(Optional.empty()));
    assertFalse(second.getNow(true));
    assertFalse(first.isDone());
    time.pass(Duration.ofSeconds(1));
    assertFalse(first.getNow(true), "no cut-over is under way");
  }

  @Test
  void whatBecomesDurableAfterTheLastSaveDoesNotCount() throws Fault {
    start(SyncOptions.Mode.ALL);
    store.down = Optional.of(DOWN);
    durable(0, Position.after("1"));
    host.stop();
    allSplitsStopped();
    durable(0, Position.after("2"));
    store.down = Optional.empty();
    time.pass(Duration.ofSeconds(10));
    assertEquals(host.snapshot(), store.load());
    assertTrue(store.load().stream().anyMatch(entry -> isAt(entry, Position.after("1"))));
  }

  private static boolean isAt(CheckpointEntry entry, Position position) {
    return entry instanceof CheckpointEntry.OfSplit split && split.position().equals(position);
  }

  @Test
  void aFailureOfTheSyncSavesNothingAndKeepsTheLease() throws Fault {
    start(SyncOptions.Mode.ALL);
    int saves = store.saves.size();
    durable(0, Position.after("1"));
    host.fail(KEY);
    host.fail(DOWN);
    assertFalse(host.done().isDone(), "splits are still stopping");
    splits.stoppingAll.forEach(Runnable::run);
    assertEquals(new SyncResult(false, Map.of(), Optional.of(KEY)), result());
    assertEquals(Optional.of(KEY), host.fatal());
    assertEquals(saves, store.saves.size());
    assertTrue(leaseExpires().isAfter(time.now()));
    assertEquals(List.of("ERROR cannot go on: wrong key"), log.lines());
  }

  /** As when another process has taken the lease just then. */
  @Test
  void aLastSaveThatFailsForGoodEndsTheSync() throws Fault {
    start(SyncOptions.Mode.ALL);
    durable(0, Position.after("1"));
    host.stop();
    store.faults.add(KEY);
    allSplitsStopped();
    assertEquals(Optional.of(KEY), result().fatal());
  }

  @Test
  void aBugEndsTheSyncAlthoughASplitNeverStops() throws Fault {
    start(SyncOptions.Mode.ALL);
    host.bug(new IllegalStateException("a bug of the test"));
    time.pass(Duration.ofSeconds(1));
    assertFalse(host.done().isDone());
    time.pass(Duration.ofSeconds(1));
    assertTrue(result().fatal().orElseThrow().getMessage().contains("a bug of the test"));
  }

  @Test
  void aTableThatFailsIsStoppedAndTheOthersGoOn() throws Fault {
    source.tables.put("other", Samples.table("other"));
    start(SyncOptions.Mode.ALL);
    host.post(new Event.TableFault("t", DENIED));
    assertEquals(List.of("ERROR table t has failed: access denied"), commandLog.lines());
    assertTrue(splits.asked.contains("stop t"));
    splits.stopping.get("t").run();
    assertFalse(host.isStopping());
    assertEquals(
        List.of(TableState.FAILED),
        host.view().stream().filter(t -> t.name().equals("t")).map(PlanView.Table::state).toList());
    host.stop();
    allSplitsStopped();
    assertEquals(Map.of("t", DENIED), result().failedTables());
  }

  @Test
  void tablesAreListedAgainWhileItRuns() throws Fault {
    start(SyncOptions.Mode.ALL);
    source.script.calls();
    time.pass(Options.DISCOVERY);
    assertTrue(source.script.calls().contains("listTables"));
    time.pass(Options.DISCOVERY);
    assertTrue(source.script.calls().contains("listTables"));
    host.stop();
    time.pass(Options.DISCOVERY);
    time.pass(Options.DISCOVERY);
    assertFalse(source.script.calls().contains("listTables"));
  }

  @Test
  void theLeaseIsRenewedUntilTheEnd() throws Fault {
    start(SyncOptions.Mode.ALL);
    time.pass(Duration.ofMinutes(5));
    assertTrue(leaseExpires().isAfter(time.now()));
    host.stop();
    allSplitsStopped();
    time.pass(Duration.ofMinutes(5));
    assertEquals(Instant.EPOCH, leaseExpires());
    assertTrue(time.isIdle(), "nothing is left to do");
    assertEquals(List.of(), log.lines());
  }

  /** An event that is posted while another is handled comes after all commands of that one. */
  @Test
  void commandsKeepTheirOrder() throws Fault {
    make(SyncOptions.Mode.ALL);
    splits.duringAdd = () -> host.post(new Event.TableFault("t", DENIED));
    host.start();
    time.pass(Duration.ofSeconds(1));
    assertEquals(
        List.of(
            "prepared t DROP", "add segment-0-of-2", "add segment-1-of-2", "stop t", "stop all"),
        splits.asked.stream().filter(asked -> !asked.startsWith("begin")).toList());
  }
}
