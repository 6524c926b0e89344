package io.nimoshake.core.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.core.fault.Fault.SplitGone;
import io.nimoshake.core.fault.Fault.SplitGone.Answer;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.plan.RefusedShards.Verdict;
import io.nimoshake.core.plan.ShardGraph.Node;
import io.nimoshake.core.port.Source.ShardInfo;
import io.nimoshake.core.port.Source.ShardListing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What answers that a shard is gone prove, alone and together. */
class RefusedShardsTest {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  private final ShardGraph graph = new ShardGraph(T0);
  private final RefusedShards refused = new RefusedShards(Duration.ofMinutes(2));

  @Test
  void oneAnswerProvesNothing() {
    Node closed = shard("a", "105");
    assertEquals(Verdict.AGAIN, answer(closed, Answer.NOT_FOUND, T0.plus(HOUR)));
    refused.forget(closed);
    assertEquals(Verdict.AGAIN, answer(closed, Answer.TRIMMED, T0.plus(HOUR)));
  }

  @Test
  void aShardThatIsOpenAndListedIsNeverGone() {
    Node open = shard("a", null);
    for (Answer kind : Answer.values()) {
      for (int minute = 0; minute < 60; minute++) {
        listed(T0.plusSeconds(60L * minute), "a");
        assertEquals(Verdict.AGAIN, answer(open, kind, T0.plusSeconds(60L * minute + 1)));
      }
    }
  }

  @Test
  void aShardThatListingsLackForMinutesIsGone() {
    Node open = shard("a", null);
    answer(open, Answer.NOT_FOUND, T0);
    unlistedUntil(T0.plusSeconds(119));
    assertEquals(Verdict.AGAIN, answer(open, Answer.NOT_FOUND, T0.plusSeconds(119)));
    unlistedUntil(T0.plusSeconds(121));
    assertEquals(Verdict.GAP, answer(open, Answer.NOT_FOUND, T0.plusSeconds(122)));
  }

  /** Calls that list shards are paced, so with a thousand tables they come in long rounds. */
  @Test
  void aShardThatListingsLackIsGoneAlsoInLongRounds() {
    Node open = shard("a", null);
    answer(open, Answer.NOT_FOUND, T0);
    for (int second = 0; second <= 300; second += 100) {
      assertEquals(Verdict.AGAIN, answer(open, Answer.NOT_FOUND, T0.plusSeconds(second)));
      listed(T0.plusSeconds(second));
    }
    assertEquals(Verdict.GAP, answer(open, Answer.NOT_FOUND, T0.plusSeconds(301)));
  }

  @Test
  void aListingThatShowsTheShardBeginsAnew() {
    Node open = shard("a", null);
    answer(open, Answer.NOT_FOUND, T0);
    unlistedUntil(T0.plusSeconds(110));
    listed(T0.plusSeconds(111), "a");
    listed(T0.plusSeconds(121));
    assertEquals(Verdict.AGAIN, answer(open, Answer.NOT_FOUND, T0.plusSeconds(122)));
  }

  @Test
  void aListingOfChildrenLacksNothing() {
    Node open = shard("a", null);
    answer(open, Answer.NOT_FOUND, T0);
    for (int second = 0; second < 200; second += 20) {
      refused.onListed(new ShardListing(List.of(), false, true, T0.plusSeconds(second)));
    }
    assertEquals(Verdict.AGAIN, answer(open, Answer.NOT_FOUND, T0.plusSeconds(201)));
  }

  /** What is older than a day now is older than the copy. */
  @Test
  void aClosedShardThatGoesWithinADayOfTheCopyHasEnded() {
    Node closed = shard("a", "105");
    answer(closed, Answer.NOT_FOUND, T0);
    unlistedUntil(T0.plusSeconds(121));
    assertEquals(Verdict.ENDED, answer(closed, Answer.NOT_FOUND, T0.plusSeconds(122)));
  }

  @Test
  void aClosedShardThatGoesLaterUnreadIsAGap() {
    Node closed = shard("a", "105");
    Instant later = T0.plus(HOUR.multipliedBy(25));
    answer(closed, Answer.NOT_FOUND, later);
    for (int second = 0; second <= 121; second += 11) {
      listed(later.plusSeconds(second));
    }
    assertEquals(Verdict.GAP, answer(closed, Answer.NOT_FOUND, later.plusSeconds(122)));
  }

  @Test
  void aShardOfWhichTheLastRecordIsDurableHasEnded() {
    Node closed = shard("a", "105");
    closed.position = Position.after("105");
    assertEquals(Verdict.ENDED, answer(closed, Answer.NOT_FOUND, T0));
  }

  @Test
  void aClosedShardWhoseRecordsHaveExpiredForMinutesHasEnded() {
    Node closed = shard("a", "105");
    assertEquals(Verdict.AGAIN, answer(closed, Answer.TRIMMED, T0));
    assertEquals(Verdict.AGAIN, answer(closed, Answer.TRIMMED, T0.plusSeconds(60)));
    assertEquals(Verdict.AGAIN, answer(closed, Answer.TRIMMED, T0.plusSeconds(119)));
    assertEquals(Verdict.ENDED, answer(closed, Answer.TRIMMED, T0.plusSeconds(120)));
  }

  @Test
  void answersBeforeAndAfterAPauseProveNothing() {
    Node closed = shard("a", "105");
    answer(closed, Answer.TRIMMED, T0);
    answer(closed, Answer.TRIMMED, T0.plusSeconds(1));
    assertEquals(Verdict.AGAIN, answer(closed, Answer.TRIMMED, T0.plus(HOUR)));
  }

  /** As after a machine was suspended: time has passed, and nothing was asked meanwhile. */
  @Test
  void timeThatPassesAfterTheLastAnswerProvesNothing() {
    Node open = shard("a", null);
    for (int answer = 0; answer < 5; answer++) {
      answer(open, Answer.TRIMMED, T0.plus(HOUR.multipliedBy(25)).plusMillis(answer));
    }
    Instant later = T0.plus(HOUR.multipliedBy(25)).plusSeconds(600);
    assertEquals(Verdict.AGAIN, answer(open, Answer.NOT_FOUND, later));
  }

  @Test
  void aShardThatWasReadBeginsAnew() {
    Node closed = shard("a", "105");
    answer(closed, Answer.TRIMMED, T0);
    answer(closed, Answer.TRIMMED, T0.plusSeconds(60));
    assertEquals(2, refused.forget(closed));
    assertEquals(Verdict.AGAIN, answer(closed, Answer.TRIMMED, T0.plusSeconds(121)));
  }

  /** A closed shard must not keep its children waiting for ever. */
  @Test
  void aClosedShardThatIsListedAndNeverFoundIsAGapInTheEnd() {
    Node closed = shard("a", "105");
    for (int minute = 0; minute < 10; minute++) {
      listed(T0.plusSeconds(60L * minute), "a");
      assertEquals(Verdict.AGAIN, answer(closed, Answer.NOT_FOUND, T0.plusSeconds(60L * minute)));
    }
    assertEquals(Verdict.GAP, answer(closed, Answer.NOT_FOUND, T0.plusSeconds(600)));
  }

  // --- a position that has expired -------------------------------------------------------------

  @Test
  void unreadRecordsThatHaveExpiredAreAGap() {
    Node node = readUntil(T0.plus(HOUR), T0.plus(HOUR));
    assertEquals(Verdict.GAP, trimmedFor2Minutes(node, T0.plus(HOUR.multipliedBy(26))));
  }

  @Test
  void aPositionThatHasExpiredAloneIsReplacedByTheOldestRecord() {
    Node node = readUntil(T0.plus(HOUR), T0.plus(HOUR.multipliedBy(20)));
    assertEquals(Position.after("7"), refused.from(node));
    assertEquals(Verdict.FROM_OLDEST, trimmedFor2Minutes(node, T0.plus(HOUR.multipliedBy(26))));
    assertEquals(Position.BEGINNING, refused.from(node));
    refused.forget(node);
    assertEquals(Position.after("7"), refused.from(node), "it has moved on since");
  }

  @Test
  void aClosedShardWithoutAnOldestRecordHasEnded() {
    Node node = readUntil(T0.plus(HOUR), T0.plus(HOUR.multipliedBy(20)));
    node.closedAt("9");
    Instant later = T0.plus(HOUR.multipliedBy(26));
    assertEquals(Verdict.FROM_OLDEST, trimmedFor2Minutes(node, later));
    assertEquals(Verdict.ENDED, trimmedFor2Minutes(node, later.plusSeconds(130)));
  }

  /** By the service's own clock the record that was read last is still kept. */
  @Test
  void aServiceThatContradictsItsClockIsNotTrusted() {
    Node node = readUntil(T0.plus(HOUR), T0.plus(HOUR));
    assertEquals(Verdict.GAP, trimmedFor2Minutes(node, T0.plus(HOUR.multipliedBy(2))));
  }

  // --------------------------------------------------------------------------------------------

  private Verdict trimmedFor2Minutes(Node node, Instant from) {
    List<Verdict> verdicts = new ArrayList<>();
    for (int second = 0; second <= 120; second += 40) {
      verdicts.add(answer(node, Answer.TRIMMED, from.plusSeconds(second)));
    }
    assertEquals(List.of(Verdict.AGAIN, Verdict.AGAIN, Verdict.AGAIN), verdicts.subList(0, 3));
    return verdicts.get(3);
  }

  private Node readUntil(Instant record, Instant complete) {
    Node node = shard("a", null);
    node.position = Position.after("7");
    node.recordTime = Optional.of(record);
    node.completeUntil(complete);
    return node;
  }

  private Node shard(String id, String ending) {
    return graph.admit(new StreamShard("t", "arn", id, Set.of(), Optional.ofNullable(ending), T0));
  }

  private Verdict answer(Node node, Answer answer, Instant at) {
    return refused.onRefused(node, new SplitGone("no", answer, at, null));
  }

  private void unlistedUntil(Instant until) {
    for (Instant at = T0; !at.isAfter(until); at = at.plusSeconds(10)) {
      listed(at);
    }
    listed(until);
  }

  private void listed(Instant at, String... shards) {
    List<ShardInfo> infos = new ArrayList<>();
    for (String shard : shards) {
      infos.add(new ShardInfo(shard, Set.of(), Optional.empty()));
    }
    refused.onListed(new ShardListing(infos, true, true, at));
  }
}
