package io.nimoshake.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.FakeSource;
import io.nimoshake.core.FakeTarget;
import io.nimoshake.core.ManualScheduler;
import io.nimoshake.core.Samples;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.plan.Event;
import io.nimoshake.core.port.Source.Export;
import io.nimoshake.core.port.Source.ShardListing;
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.core.port.Target.Existing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TableWorkTest {
  private static final Fault DOWN = new Fault.Transient("connection refused", null);
  private static final Fault SLOW = new Fault.Throttled("slow down", null);
  private static final Fault DENIED = new Fault.TableFailed("access denied", null);
  private static final Fault KEY = new Fault.Fatal("wrong key");
  private static final StreamHandle STREAM = new StreamHandle("arn", true, ManualScheduler.START);

  private final ManualScheduler time = new ManualScheduler();
  private final FakeSource source = new FakeSource();
  private final FakeTarget target = new FakeTarget();
  private final TableRegistry registry = new TableRegistry(table -> TableLimits.none());
  private final List<Event> events = new ArrayList<>();
  private final List<Fault> fatal = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private final ServiceClock clock = new ServiceClock(time);
  private boolean stopping;
  private final TableWork work =
      new TableWork(
          Options.of(SyncOptions.Mode.ALL),
          source,
          target,
          time,
          clock,
          registry,
          () -> stopping,
          events::add,
          fatal::add);

  private void prepare(boolean stream) {
    source.tables.put("t", Samples.table("t"));
    work.prepare(
        new Command.PrepareTable("t", Existing.DROP, stream),
        schema -> told.add("prepared " + schema.name() + ", events " + events.size()));
  }

  @Test
  void onlyWantedTablesAreListed() {
    source.tables.put("t", Samples.table("t"));
    source.tables.put(Options.UNWANTED, Samples.table(Options.UNWANTED));
    work.listTables();
    time.run();
    assertEquals(List.of(new Event.TablesListed(List.of("t"))), events);
  }

  @Test
  void failedListingsOfTheTablesAreCountedForTheSync() {
    source.script.fail("listTables", DOWN, SLOW);
    work.listTables();
    time.pass(Duration.ofMillis(50));
    assertEquals(1, registry.sync().retries.failed.sum());
    assertEquals(1, registry.sync().retries.throttled.sum());
    assertEquals("listing the tables", registry.sync().failures.recent().get(0).activity());
    assertEquals(0, registry.stats("").retries() + registry.stats("").throttles());
    assertEquals(List.of(), events);
    time.pass(Duration.ofSeconds(1));
    assertEquals(List.of(new Event.TablesListed(List.of())), events);
    assertTrue(registry.sync().failures.recent().get(0).over());
  }

  @Test
  void theClockIsCorrectedByWhatListingsAndStreamsShow() {
    source.shards = new ShardListing(List.of(), true, true, time.now().minus(Duration.ofDays(2)));
    work.listShards(new Command.ListShards("t", "arn", Optional.empty(), 1));
    time.run();
    assertEquals(Duration.ofDays(-2), clock.correction());
    source.stream =
        Optional.of(new StreamHandle("arn", true, time.now().plus(Duration.ofHours(3))));
    work.findStream("t");
    time.run();
    assertEquals(Duration.ofHours(3), clock.correction());
    source.stream = Optional.of(new StreamHandle("arn", true, time.now()));
    prepare(true);
    time.run();
    assertEquals(Duration.ZERO, clock.correction());
  }

  @Test
  void aListingThatCannotBeRetriedIsFatal() {
    source.script.fail("listTables", DENIED);
    work.listTables();
    time.run();
    assertEquals(List.of(DENIED), fatal);
    assertEquals(List.of(), events);
  }

  @Test
  void aTableIsDescribedAndPreparedBeforeThePlanHears() {
    prepare(false);
    time.run();
    assertEquals(List.of("describe t"), source.script.calls());
    assertEquals(List.of("prepare t DROP"), target.script.calls());
    assertEquals(List.of("prepared t, events 0"), told);
    assertEquals(
        List.of(new Event.TablePrepared("t", Options.SEGMENTS, true, Optional.empty())), events);
  }

  @Test
  void aNewCopyIsMadeFromTheExportAndACopyAfterAGapIsNot() {
    Export export = new Export.Ready("dir", 7, STREAM.serviceTime());
    source.export = Optional.of(export);
    prepare(false);
    work.prepare(new Command.PrepareTable("t", Existing.BESIDE, false), schema -> {});
    work.prepare(new Command.PrepareTable("t", Existing.RESUME, false), schema -> {});
    time.run();
    Event byScan = new Event.TablePrepared("t", Options.SEGMENTS, true, Optional.empty());
    Event fromExport =
        new Event.TablePrepared("t", Options.SEGMENTS, true, Optional.empty(), Optional.of(export));
    assertEquals(1, Collections.frequency(events, fromExport));
    assertEquals(2, Collections.frequency(events, byScan));
  }

  @Test
  void anExportThatIsStillMadeIsLookedAtLaterEachTime() {
    Export export = new Export.Ready("dir", 7, STREAM.serviceTime());
    source.export = Optional.of(export);
    work.awaitExport(Samples.table("t"), new Command.AwaitExport("t", "wish", 1));
    time.run();
    assertEquals(List.of("pursue t wish"), source.script.calls());
    assertEquals(List.of(new Event.ExportSeen("t", "wish", export)), events);
    work.awaitExport(Samples.table("t"), new Command.AwaitExport("t", "wish", 3));
    time.run();
    assertEquals(1, events.size());
    assertEquals(Duration.ofMillis(400), time.nextDue());
    time.pass(Duration.ofMillis(400));
    assertEquals(2, events.size());
  }

  @Test
  void aStreamThatIsNotOpenYetIsLookedForLaterEachTime() {
    prepare(true);
    time.run();
    assertEquals(Duration.ofMillis(100), time.nextDue());
    time.pass(Duration.ofMillis(100));
    assertEquals(Duration.ofMillis(200), time.nextDue());
    assertEquals(List.of(), target.script.calls(), "nothing is prepared without the stream");
    assertEquals(0, registry.stats("t").retries(), "to wait is no failure");
    source.stream = Optional.of(STREAM);
    time.pass(Duration.ofSeconds(1));
    assertEquals(
        List.of(new Event.TablePrepared("t", Options.SEGMENTS, true, Optional.of(STREAM))), events);
  }

  @Test
  void failuresOfATableAreRetriedAndCountedForIt() {
    target.script.fail("prepare", DOWN, DOWN);
    prepare(false);
    time.pass(Duration.ofSeconds(1));
    assertEquals(3, target.script.calls().size());
    assertEquals(1, source.script.calls().size(), "only the call that failed is repeated");
    assertEquals(2, registry.stats("t").managing.failed.sum());
    assertEquals(1, events.size());
    assertEquals(0, registry.sync().retries.failed.sum());
  }

  @Test
  void whatCannotBeRetriedIsThePlansToDecide() {
    target.script.fail("prepare", DENIED);
    prepare(false);
    time.run();
    assertEquals(List.of(new Event.TableFault("t", DENIED)), events);
    assertEquals(List.of(), fatal);
    assertEquals("access denied", registry.stats("t").failures.recent().get(0).message());
  }

  @Test
  void whatIsFatalEndsTheSync() {
    source.script.fail("describe", KEY);
    prepare(false);
    time.run();
    assertEquals(List.of(KEY), fatal);
    assertEquals(List.of(), events);
  }

  @Test
  void nothingIsBegunWhileTheSyncStops() {
    target.script.fail("prepare", DOWN);
    prepare(false);
    time.run();
    target.script.calls();
    stopping = true;
    time.pass(Duration.ofMinutes(1));
    assertEquals(List.of(), target.script.calls());
    assertEquals(List.of(), events);
    assertTrue(time.isIdle());
  }

  private void finish(boolean purge, boolean wanted) {
    work.finish(
        Samples.table("t"),
        new Command.FinishTable("t", purge),
        () -> wanted,
        () -> told.add("over"),
        () -> told.add("failed, events " + events.size()));
    time.run();
  }

  @Test
  void aFinishThatFailsForGoodSaysSoAfterThePlanHasHeard() {
    target.script.fail("finish", DENIED);
    finish(false, true);
    assertEquals(List.of("failed, events 1"), told);
    assertEquals(List.of(new Event.TableFault("t", DENIED)), events);
  }

  @Test
  void aFinishPurgesTombstonesWhereThereMayBeSome() {
    finish(true, true);
    assertEquals(List.of("purgeTombstones t", "finish t"), target.script.calls());
    finish(false, true);
    assertEquals(List.of("finish t"), target.script.calls());
    assertEquals(List.of("over", "over"), told);
  }

  @Test
  void aFinishThatIsNotWantedAnyMoreDoesNothing() {
    finish(true, false);
    assertEquals(List.of(), target.script.calls());
    assertEquals(List.of("over"), told);
  }

  @Test
  void aListingThatLackedSomethingIsRepeatedLater() {
    work.listShards(new Command.ListShards("t", "arn", Optional.empty(), 1));
    time.run();
    assertEquals(List.of(new Event.ShardsListed("t", "arn", source.shards)), events);
    work.listShards(new Command.ListShards("t", "arn", Optional.empty(), 3));
    time.run();
    assertEquals(1, events.size());
    assertEquals(Duration.ofMillis(200), time.nextDue());
    time.pass(Duration.ofMillis(200));
    assertEquals(2, events.size());
  }

  @Test
  void aSwapAndALookForTheStreamAreAnswered() {
    source.tables.put("t", Samples.table("t"));
    work.swap("t");
    time.run();
    assertEquals(List.of("swapIn t"), target.script.calls());
    source.stream = Optional.of(STREAM);
    work.findStream("t");
    time.run();
    assertEquals(
        List.of(new Event.TableSwapped("t"), new Event.StreamFound("t", Optional.of(STREAM))),
        events);
  }
}
