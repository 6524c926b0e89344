package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.Fault.SplitGone;
import io.nimoshake.core.fault.Fault.SplitGone.Answer;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.plan.ShardGraph.Node;
import io.nimoshake.core.port.Source.ShardInfo;
import io.nimoshake.core.port.Source.ShardListing;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Shards that the service refuses to read with an answer that may mean that they are gone ({@link
 * SplitGone}), and what several such answers prove.
 *
 * <p>A refused shard is read again, after a pause that grows. It counts as gone when complete
 * listings have lacked it for minutes. A shard that is still listed counts as gone when the service
 * has said for minutes that its records have expired, or when it is closed and cannot be read at
 * all for long. A shard that is open and listed may always be read again.
 */
final class RefusedShards {
  /** How much longer answers must agree where listings and reads contradict each other. */
  private static final int CONTRADICTED = 5;

  /** What to do with a shard that was refused. */
  enum Verdict {
    /** Read it again from where it was. */
    AGAIN,
    /** What was read has expired, and nothing else: read it again from its oldest record. */
    FROM_OLDEST,
    /** It is gone, and nothing in it is unread. */
    ENDED,
    /** Records in it have expired unread. */
    GAP
  }

  /** One shard that was refused and was not read since. */
  private static final class Refusal {
    Evidence refused;
    Optional<Evidence> trimmed = Optional.empty();
    Optional<Evidence> unlisted = Optional.empty();
    boolean fromOldest;

    Refusal(Instant at) {
      refused = Evidence.first(at);
    }
  }

  private final Duration goneAfter;
  private final ListingPace pace = new ListingPace();
  private final Map<String, Refusal> refusals = new HashMap<>();

  /**
   * @param goneAfter how long answers must agree before they count
   */
  RefusedShards(Duration goneAfter) {
    this.goneAfter = goneAfter;
  }

  /** The service has refused to read a shard. */
  Verdict onRefused(Node node, SplitGone gone) {
    Instant at = gone.serviceTime();
    String id = node.shard.shardId();
    Refusal refusal = refusals.get(id);
    if (refusal == null) {
      refusal = new Refusal(at);
      refusals.put(id, refusal);
    } else {
      refusal.refused = refusal.refused.againSoon(at);
    }
    if (gone.answer() == Answer.TRIMMED) {
      refusal.trimmed = Evidence.againSoon(refusal.trimmed, at);
    }
    Verdict verdict = node.isReadToItsEnd() ? Verdict.ENDED : verdict(node, refusal, at);
    if (verdict == Verdict.FROM_OLDEST) {
      refusal.fromOldest = true;
      refusal.trimmed = Optional.empty();
    }
    return verdict;
  }

  private Verdict verdict(Node node, Refusal refusal, Instant at) {
    boolean beginning = refusal.fromOldest || node.position instanceof Position.Beginning;
    if (isSettled(refusal.unlisted)) {
      // What was begun and is gone was closed: the service deletes no open shard.
      boolean closed = node.isClosed() || !(node.position instanceof Position.Beginning);
      return closed && nothingExpiredUnread(node, at) ? Verdict.ENDED : Verdict.GAP;
    }
    if (isSettled(refusal.trimmed)) {
      if (!nothingExpiredUnread(node, at)) {
        return Verdict.GAP;
      }
      if (!beginning) {
        return Verdict.FROM_OLDEST;
      }
      // DynamoDB Local may say so of an open shard that is empty.
      return node.isClosed() ? Verdict.ENDED : Verdict.AGAIN;
    }
    boolean closed =
        node.isClosed() && refusal.refused.isSettled(goneAfter.multipliedBy(CONTRADICTED));
    return closed ? Verdict.GAP : Verdict.AGAIN;
  }

  /**
   * Whether everything in the shard that may have expired was read before, or is older than the
   * copy. If the record that was read last should still be there, the service contradicts its own
   * clock, and nothing is certain.
   */
  private static boolean nothingExpiredUnread(Node node, Instant at) {
    Instant oldestKept = at.minus(Headroom.RETENTION);
    return !node.completeUntil().isBefore(oldestKept)
        && (node.position instanceof Position.Beginning
            || node.recordTime.filter(time -> time.isBefore(oldestKept)).isPresent());
  }

  private boolean isSettled(Optional<Evidence> evidence) {
    return evidence.filter(e -> e.isSettled(goneAfter)).isPresent();
  }

  /** The gap of a shard of which records have expired unread. */
  static Fault.Gap gap(Node node, SplitGone gone) {
    Instant expired = gone.serviceTime().minus(Headroom.RETENTION);
    return new Fault.Gap(
        "records of shard " + node.shard.id() + " are gone: " + gone.getMessage(),
        Optional.of(node.completeUntil()),
        // Else the service contradicts its clock, and any record may be gone.
        Optional.of(expired).filter(node.completeUntil()::isBefore),
        gone);
  }

  /** Shards were listed. Only a complete listing says anything about those that it lacks. */
  void onListed(ShardListing listing) {
    if (!listing.complete()) {
      return;
    }
    Instant at = listing.serviceTime();
    Duration unbroken = pace.listed(at);
    if (refusals.isEmpty()) {
      return;
    }
    Set<String> listed = new HashSet<>();
    for (ShardInfo info : listing.shards()) {
      listed.add(info.shardId());
    }
    refusals.forEach(
        (id, refusal) ->
            refusal.unlisted =
                listed.contains(id)
                    ? Optional.empty()
                    : Evidence.againSoon(refusal.unlisted, at, unbroken));
  }

  /** How often in a row a shard was refused. */
  int count(Node node) {
    Refusal refusal = refusals.get(node.shard.shardId());
    return refusal == null ? 0 : refusal.refused.answers();
  }

  /** The shards that were refused several times, a line each. */
  List<String> problems() {
    return refusals.entrySet().stream()
        .filter(refusal -> refusal.getValue().refused.answers() >= Evidence.ENOUGH)
        .map(
            refusal ->
                "the source refuses to read shard "
                    + refusal.getKey()
                    + " since "
                    + refusal.getValue().refused.since()
                    + ": it may be gone")
        .sorted()
        .toList();
  }

  /** Where a shard is read from. */
  Position from(Node node) {
    Refusal refusal = refusals.get(node.shard.shardId());
    return refusal != null && refusal.fromOldest ? Position.BEGINNING : node.position;
  }

  /**
   * A shard was read, or does not have to be read any more.
   *
   * @return how often in a row it had been refused
   */
  int forget(Node node) {
    Refusal refusal = refusals.remove(node.shard.shardId());
    return refusal == null ? 0 : refusal.refused.answers();
  }
}
