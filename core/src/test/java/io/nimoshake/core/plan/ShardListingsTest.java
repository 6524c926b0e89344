package io.nimoshake.core.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.plan.ShardListings.Loss;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.Source.ShardInfo;
import io.nimoshake.core.port.Source.ShardListing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What several listings prove, and what one alone does not. */
class ShardListingsTest {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
  private final ShardGraph graph = new ShardGraph(T0);
  private final ShardListings listings =
      new ShardListings("t", "arn", T0, graph, Duration.ofMinutes(2));

  @Test
  void aParentListedLateIsReadBeforeItsChild() {
    assertEquals(List.of(), listed(0, shard("child", "parent")).admitted());
    listed(2, shard("child", "parent"), shard("parent"));
    assertEquals(List.of(graph.node("parent").orElseThrow()), graph.ready());
  }

  @Test
  void atFirstAParentThatStaysAwayWasTrimmed() {
    listed(0, shard("child", "trimmed"));
    listed(30, shard("child", "trimmed"));
    listed(59, shard("child", "trimmed"));
    assertTrue(listings.hasOrphans());
    ShardListings.Observed observed = listed(60, shard("child", "trimmed"));
    assertEquals(1, observed.admitted().size());
    assertEquals(Optional.empty(), observed.gap());
  }

  /** It is there, although it waits for a parent of its own. */
  @Test
  void aParentThatWasListedOnceIsNotGone() {
    listed(0, shard("child", "p"));
    listings.observe(
        new ShardListing(List.of(shard("p", "unknown")), false, true, T0.plusSeconds(30)));
    listed(40, shard("child", "p"));
    listed(50, shard("child", "p"));
    assertEquals(List.of(), listed(61, shard("child", "p")).admitted());
  }

  @Test
  void anAbsenceOfWhichAListingSaysNothingBeginsAnew() {
    listed(0, shard("child", "p"));
    listed(30, shard("other"));
    listed(40, shard("child", "p"), shard("other"));
    listed(50, shard("child", "p"), shard("other"));
    assertEquals(List.of(), listed(61, shard("child", "p"), shard("other")).admitted());
  }

  /** By then the parent held records that were never read. */
  @Test
  void aParentThatIsGoneADayAfterTheCopyBeganIsALoss() {
    long day = 25 * 3600;
    listed(day, shard("child", "lost"));
    listed(day + 30, shard("child", "lost"));
    ShardListings.Observed observed = listed(day + 61, shard("child", "lost"));
    assertEquals(List.of(), observed.admitted());
    assertTrue(observed.gap().isPresent());
  }

  @Test
  void aListingMayNameChildrenBeforeTheirParents() {
    ShardListings.Observed observed = listed(0, shard("c", "b"), shard("b", "a"), shard("a"));
    assertEquals(3, observed.admitted().size());
    assertFalse(listings.hasOrphans());
  }

  @Test
  void aLateParentIsReadFirstIfItsChildIsNotReadYet() {
    listed(0, shard("child", "p"));
    listed(30, shard("child", "p"));
    assertEquals(1, listed(60, shard("child", "p")).admitted().size());
    listed(70, shard("child", "p"), shard("p"));
    assertEquals(List.of(graph.node("p").orElseThrow()), graph.ready());
  }

  @Test
  void aLateParentThatGoesAndComesAgainBeginsAnew() {
    readChildOfTrimmedParent();
    listed(70, shard("child", "p"), shard("p"));
    listed(80, shard("child", "p"));
    listed(100, shard("child", "p"), shard("p"));
    listed(130, shard("child", "p"), shard("p"));
    assertEquals(Optional.empty(), listed(195, shard("child", "p"), shard("p")).gap());
  }

  @Test
  void twoQuickListingsProveNothing() {
    listed(0, shard("child", "parent"));
    listed(0, shard("child", "parent"));
    listed(0, shard("child", "parent"));
    assertTrue(listings.hasOrphans());
  }

  /** Calls that list shards are paced, so with a thousand tables they come in long rounds. */
  @Test
  void listingsOfManyTablesProveAsMuchAlthoughTheyAreFarApart() {
    listed(0, shard("child", "trimmed"));
    listed(100, shard("child", "trimmed"));
    listed(200, shard("child", "trimmed"));
    assertTrue(listings.hasOrphans());
    assertEquals(1, listed(320, shard("child", "trimmed")).admitted().size());
  }

  /** As after a suspended machine wakes up: listings a moment before it, and one after. */
  @Test
  void listingsBeforeAndAfterAPauseProveNothing() {
    listed(0, shard("child", "parent"));
    listed(1, shard("child", "parent"));
    listed(17 * 3600, shard("child", "parent"));
    assertTrue(listings.hasOrphans());
    listed(17 * 3600 + 1, shard("child", "parent"), shard("parent"));
    assertEquals(List.of(graph.node("parent").orElseThrow()), graph.ready());
  }

  @Test
  void laterAParentThatStaysAwayIsAGap() {
    listed(0, shard("a"));
    listed(60, shard("a"));
    listed(120, shard("a"));
    listed(121, shard("a"), shard("child", "lost"));
    assertFalse(listed(200, shard("a"), shard("child", "lost")).gap().isPresent());
    assertTrue(listed(241, shard("a"), shard("child", "lost")).gap().isPresent());
  }

  /** A stream that was just enabled may be listed without any shard. */
  @Test
  void anEmptyListingIsNoLookAtTheStream() {
    listed(0);
    listed(60);
    listed(120);
    listed(121, shard("child", "trimmed"));
    listed(150, shard("child", "trimmed"));
    ShardListings.Observed observed = listed(181, shard("child", "trimmed"));
    assertEquals(Optional.empty(), observed.gap());
    assertEquals(1, observed.admitted().size());
  }

  /** Listings also lag in showing what has expired. */
  @Test
  void aParentThatIsListedOnceAfterItsChildWasReadProvesNothing() {
    readChildOfTrimmedParent();
    ShardListings.Observed observed = listed(70, shard("child", "p"), shard("p"));
    assertEquals(Optional.empty(), observed.gap());
    assertEquals(List.of(), observed.admitted());
    assertTrue(listings.hasOrphans(), "it has to be listed again");
    assertEquals(Optional.empty(), listed(72, shard("child", "p")).gap());
    assertFalse(listings.hasOrphans());
  }

  @Test
  void aParentThatStaysListedAfterItsChildWasReadIsAGap() {
    readChildOfTrimmedParent();
    listed(70, shard("child", "p"), shard("p"));
    assertEquals(Optional.empty(), listed(120, shard("child", "p"), shard("p")).gap());
    assertEquals(
        Optional.of(new Loss("p was listed after its child child was read", T0)),
        listed(190, shard("child", "p"), shard("p")).gap());
  }

  private void readChildOfTrimmedParent() {
    listed(0, shard("child", "p"));
    listed(30, shard("child", "p"));
    listed(60, shard("child", "p"));
    graph.node("child").orElseThrow().progress = PlanView.Progress.RUNNING;
  }

  @Test
  void aListingClosesAShard() {
    listed(0, shard("a"));
    assertFalse(graph.node("a").orElseThrow().isClosed());
    listed(1, new ShardInfo("a", Set.of(), Optional.of("105")));
    assertTrue(graph.node("a").orElseThrow().isClosed());
  }

  @Test
  void aClosedStreamIsDrainedWhenListingsHaveAgreedForMinutes() {
    closed(0, shard("a"));
    graph.finish(graph.node("a").orElseThrow());
    closed(1, shard("a"));
    closed(60, shard("a"));
    assertTrue(listings.isToBeListedUntilDrained());
    closed(121, shard("a"));
    assertTrue(listings.isDrained());
  }

  @Test
  void aStreamThatIsOpenInOneListingIsNotDrained() {
    closed(0, shard("a"));
    graph.finish(graph.node("a").orElseThrow());
    closed(60, shard("a"));
    listed(100, shard("a"));
    closed(121, shard("a"));
    closed(130, shard("a"));
    assertFalse(listings.isDrained());
  }

  @Test
  void afterARestartAnUnlistedParentMayHaveBeenTrimmed() {
    graph.restore(new OfSplit(node("a"), Position.BEGINNING, Optional.empty(), T0));
    graph.connect();
    listings.restored();
    listed(0, shard("a"), shard("child", "trimmed"));
    listed(30, shard("a"), shard("child", "trimmed"));
    assertEquals(
        List.of(),
        listed(60, shard("a"), shard("child", "trimmed")).admitted(),
        "the checkpoint may have only some of the first listing: that takes longer");
    ShardListings.Observed observed = listed(120, shard("a"), shard("child", "trimmed"));
    assertEquals(Optional.empty(), observed.gap());
    assertEquals(1, observed.admitted().size());
  }

  /**
   * A shard was split, and only one half was listed before the process died. Two days later the
   * other half is gone, and its child is there. It began where the shard had ended.
   */
  @Test
  void whatALostShardHeldIsAsOldAsTheShardsThatHadEndedBeforeARestart() {
    restoreWithOneHalf(T0.plusSeconds(9));
    long days = 48 * 3600;
    ShardInfo[] there = {shard("half", "a"), shard("orphan", "other-half")};
    listed(days, there);
    graph.node("half").orElseThrow().completeUntil(T0.plusSeconds(days));
    listed(days + 60, there);
    ShardListings.Observed observed = listed(days + 121, there);
    assertEquals(List.of("a"), observed.forgotten());
    assertEquals(T0.plusSeconds(5), observed.gap().orElseThrow().from());
  }

  /** The shards that ended long before the end of the last run have all their children. */
  @Test
  void whatEndedLongBeforeARestartSaysNothingOfALostShard() {
    Instant read = T0.plusSeconds(3601);
    restoreWithOneHalf(read);
    ShardInfo[] there = {shard("half", "a"), shard("orphan", "other-half")};
    long days = 48 * 3600;
    listed(days, there);
    listed(days + 60, there);
    assertEquals(read, listed(days + 121, there).gap().orElseThrow().from());
  }

  /** A listing may lack the other half of a shard whose first half is read. */
  @Test
  void whatALostShardHeldIsAsOldAsAtTheLastWholeListingButOne() {
    listed(0, shard("a"));
    ShardGraph.Node a = graph.node("a").orElseThrow();
    for (int at = 100; at <= 300; at += 100) {
      a.completeUntil(T0.plusSeconds(at));
      listed(at, shard("a"));
    }
    listed(400, shard("a"), shard("orphan", "lost"));
    a.completeUntil(T0.plusSeconds(500));
    listed(460, shard("a"), shard("orphan", "lost"));
    assertEquals(
        T0.plusSeconds(200),
        listed(521, shard("a"), shard("orphan", "lost")).gap().orElseThrow().from());
  }

  @Test
  void aFinishedShardAwaitsItsChildren() {
    listed(0, shard("a"));
    graph.finish(graph.node("a").orElseThrow());
    assertEquals(Set.of("a"), listings.awaitingChildren());
    listed(1, shard("a"), shard("b", "a"));
    assertEquals(Set.of(), listings.awaitingChildren());
    assertEquals(List.of(graph.node("b").orElseThrow()), graph.ready());
  }

  @Test
  void aFinishedShardIsForgottenOnceItCannotBeListed() {
    listed(0, shard("a"), shard("b", "a"));
    ShardGraph.Node a = graph.node("a").orElseThrow();
    a.updated = T0;
    graph.finish(a);
    assertEquals(List.of(), listed(10, shard("b", "a")).forgotten());
    long later = 37 * 3600;
    assertEquals(List.of(), listed(later, shard("b", "a")).forgotten());
    assertEquals(List.of(), listed(later + 60, shard("b", "a")).forgotten());
    assertEquals(List.of("a"), listed(later + 120, shard("b", "a")).forgotten());
    assertEquals(Optional.empty(), graph.node("a"));
  }

  /** One that was forgotten would be read again, after its child. */
  @Test
  void aFinishedShardThatIsListedInBetweenIsRemembered() {
    listed(0, shard("a"), shard("b", "a"));
    ShardGraph.Node a = graph.node("a").orElseThrow();
    a.updated = T0;
    graph.finish(a);
    long later = 37 * 3600;
    listed(later, shard("b", "a"));
    listed(later + 60, shard("a"), shard("b", "a"));
    listed(later + 120, shard("b", "a"));
    assertEquals(List.of(), listed(later + 180, shard("b", "a")).forgotten());
  }

  @Test
  void aShardIsRememberedWhileItIsReadOrListedOrHasNoChild() {
    listed(0, shard("reading"), shard("child", "reading"), shard("childless"));
    listed(0, shard("kept"), shard("next", "kept"));
    for (String done : List.of("childless", "kept")) {
      graph.node(done).orElseThrow().updated = T0;
      graph.finish(graph.node(done).orElseThrow());
    }
    graph.node("reading").orElseThrow().updated = T0;
    assertEquals(List.of(), listed(37 * 3600, shard("kept"), shard("next", "kept")).forgotten());
  }

  /** Shard {@code a} had ended 5 s after T0. Of its halves, one was known and read until then. */
  private void restoreWithOneHalf(Instant read) {
    graph.restore(
        new OfSplit(node("a"), Position.END, Optional.empty(), T0, Optional.of(T0.plusSeconds(5))));
    graph.restore(
        new OfSplit(
            node("half", "a"), Position.after("1"), Optional.of(read), read, Optional.of(read)));
    graph.connect();
    listings.restored();
  }

  private ShardListings.Observed listed(long second, ShardInfo... shards) {
    return listings.observe(new ShardListing(List.of(shards), true, true, T0.plusSeconds(second)));
  }

  private void closed(long second, ShardInfo... shards) {
    listings.observe(new ShardListing(List.of(shards), true, false, T0.plusSeconds(second)));
  }

  private static ShardInfo shard(String id, String... parents) {
    return new ShardInfo(id, Set.of(parents), Optional.empty());
  }

  private static StreamShard node(String id, String... parents) {
    return new StreamShard("t", "arn", id, Set.of(parents), Optional.empty(), T0);
  }
}
