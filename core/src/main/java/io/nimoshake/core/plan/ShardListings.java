package io.nimoshake.core.plan;

import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.plan.PlanView.Progress;
import io.nimoshake.core.plan.ShardGraph.Node;
import io.nimoshake.core.port.Source.ShardInfo;
import io.nimoshake.core.port.Source.ShardListing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the listings of one stream prove: which shards are new and may be admitted to the {@link
 * ShardGraph}, that a parent is gone, that a closed stream has no further shard.
 *
 * <p>Listings lag and contradict each other, so one listing alone proves no absence. A shard is
 * admitted when all its parents are known, or proven to be gone. A shard that is done is forgotten
 * only when the service cannot list it any more.
 */
final class ShardListings {
  /**
   * How long complete listings must lack a parent before it counts as gone, when a new copy looks
   * at the stream for the first time. Its first shards wait for this, so it is short.
   */
  static final Duration SETTLED_AT_FIRST = Duration.ofSeconds(5);

  /**
   * The same time once shards are known. A missing parent may then mean that the whole table is
   * copied again, so patience is cheaper than an error.
   */
  static final Duration SETTLED = Duration.ofSeconds(60);

  /** How long complete listings of a closed stream must bring no new shard. */
  static final Duration LATE_AT_MOST = Duration.ofSeconds(20);

  /**
   * Records live for 24 hours, and a closed shard with them. With a margin for clocks and slow
   * trimming, the service cannot list a shard any more that ended this long ago.
   */
  static final Duration REMEMBERED = Duration.ofHours(36);

  private final String table;
  private final String streamArn;
  private final Instant ignoreBefore;
  private final ShardGraph graph;

  /** Listed shards that are not admitted because of their parents. */
  private final Set<String> orphans = new HashSet<>();

  /** Unknown parents that complete listings have lacked. */
  private final Map<String, Evidence> absences = new HashMap<>();

  private boolean open = true;

  /** Complete listings of the closed stream that brought no new shard. */
  private Optional<Evidence> nothingNew = Optional.empty();

  private Instant lastListed = Instant.EPOCH;
  private boolean restored;

  /** Whether every listed shard was admitted once. From then on an unknown parent is a loss. */
  private boolean seenWhole;

  ShardListings(String table, String streamArn, Instant ignoreBefore, ShardGraph graph) {
    this.table = table;
    this.streamArn = streamArn;
    this.ignoreBefore = ignoreBefore;
    this.graph = graph;
  }

  String streamArn() {
    return streamArn;
  }

  /** The graph's shards come from a checkpoint, which may hold only some of the first listing. */
  void restored() {
    restored = true;
  }

  /**
   * What a listing brought.
   *
   * @param admitted shards that are new
   * @param forgotten ids of shards that are done and cannot be listed again
   * @param gap what was lost, if the listing proves a loss
   */
  record Observed(List<Node> admitted, List<String> forgotten, Optional<String> gap) {}

  /** Takes in a listing. */
  Observed observe(ShardListing listing) {
    open = listing.open();
    Map<String, ShardInfo> unknown = new LinkedHashMap<>();
    for (ShardInfo info : listing.shards()) {
      absences.remove(info.shardId());
      if (!graph.contains(info.shardId())) {
        unknown.put(info.shardId(), info);
      }
    }
    Optional<String> gap = lateParent(unknown.keySet());
    if (listing.complete()) {
      noteAbsentParents(unknown, listing.serviceTime());
    }
    List<Node> admitted = admitAll(unknown, listing.serviceTime());
    List<String> forgotten = List.of();
    if (listing.complete()) {
      orphans.clear();
      gap = gap.or(() -> lostParent(unknown, listing.serviceTime()));
      seenWhole |= unknown.isEmpty();
      forgotten = forget(listing);
    }
    orphans.addAll(unknown.keySet());
    noteNothingNew(listing, admitted.isEmpty());
    return new Observed(admitted, forgotten, gap);
  }

  // --- parents ---------------------------------------------------------------------------------

  private void noteAbsentParents(Map<String, ShardInfo> unknown, Instant at) {
    Set<String> absent = new HashSet<>();
    for (ShardInfo info : unknown.values()) {
      for (String parent : info.parents()) {
        if (!graph.contains(parent) && !unknown.containsKey(parent)) {
          absent.add(parent);
        }
      }
    }
    for (String parent : absent) {
      absences.merge(parent, Evidence.first(at), (before, now) -> before.againSoon(at));
    }
    absences.keySet().retainAll(absent);
  }

  /** Whether complete listings have lacked an unknown parent for long enough. */
  private boolean isGone(String parent, Instant at) {
    Evidence absence = absences.get(parent);
    Duration settled = restored || seenWhole ? SETTLED : SETTLED_AT_FIRST;
    return absence != null && absence.isSettled(at, settled);
  }

  private Optional<String> lateParent(Set<String> unknown) {
    for (String id : unknown) {
      for (Node child : graph.childrenOf(id)) {
        if (child.progress != Progress.WAITING) {
          return Optional.of(id + " was listed after its child " + child.shard.id() + " was read");
        }
      }
    }
    return Optional.empty();
  }

  private Optional<String> lostParent(Map<String, ShardInfo> orphaned, Instant at) {
    return orphaned.values().stream()
        .filter(orphan -> orphan.parents().stream().anyMatch(parent -> isGone(parent, at)))
        .findFirst()
        .map(orphan -> orphan.shardId() + " continues a shard that is gone and was never read");
  }

  // --- shards that come and go -----------------------------------------------------------------

  private List<Node> admitAll(Map<String, ShardInfo> unknown, Instant at) {
    List<Node> admitted = new ArrayList<>();
    int before;
    do {
      before = admitted.size();
      for (Iterator<ShardInfo> it = unknown.values().iterator(); it.hasNext(); ) {
        ShardInfo info = it.next();
        if (mayBeAdmitted(info, at)) {
          it.remove();
          admitted.add(admit(info));
        }
      }
    } while (admitted.size() > before && !unknown.isEmpty());
    return admitted;
  }

  private boolean mayBeAdmitted(ShardInfo info, Instant at) {
    // A parent that is gone has expired. At the first look, while records of the time of the copy's
    // start are still kept, all it held is older than the copy. Later it held what was never read.
    boolean harmless = !seenWhole && ignoreBefore.isAfter(at.minus(Headroom.RETENTION));
    for (String parent : info.parents()) {
      if (!graph.contains(parent) && !(harmless && isGone(parent, at))) {
        return false;
      }
    }
    return true;
  }

  private Node admit(ShardInfo info) {
    orphans.remove(info.shardId());
    return graph.admit(
        new StreamShard(
            table,
            streamArn,
            info.shardId(),
            info.parents(),
            info.endingSequenceNumber(),
            ignoreBefore));
  }

  private List<String> forget(ShardListing listing) {
    Set<String> listed = new HashSet<>();
    listing.shards().forEach(info -> listed.add(info.shardId()));
    Instant limit = listing.serviceTime().minus(REMEMBERED);
    List<Node> forgotten =
        graph.nodes().stream()
            .filter(node -> node.isDone() && node.hasChild() && node.updated.isBefore(limit))
            .filter(node -> !listed.contains(node.shard.shardId()))
            .toList();
    forgotten.forEach(graph::forget);
    return forgotten.stream().map(node -> node.shard.shardId()).toList();
  }

  // --- what is still to be listed --------------------------------------------------------------

  private void noteNothingNew(ShardListing listing, boolean nothingAdmitted) {
    lastListed = listing.serviceTime();
    if (open || !nothingAdmitted) {
      nothingNew = Optional.empty();
    } else if (listing.complete()) {
      nothingNew = nothingNew.map(e -> e.again(lastListed)).or(() -> first(lastListed));
    }
  }

  private static Optional<Evidence> first(Instant at) {
    return Optional.of(Evidence.first(at));
  }

  /** Shards that are done and whose children are not listed yet. An open stream must have them. */
  Set<String> awaitingChildren() {
    return open ? graph.childless() : Set.of();
  }

  /** Whether only a complete listing can tell what became of some shard's parent. */
  boolean hasOrphans() {
    return !orphans.isEmpty();
  }

  /** Whether the stream takes no more records and all of it is durable. */
  boolean isDrained() {
    return isDoneAsFarAsKnown()
        && nothingNew.filter(n -> n.isSettled(lastListed, LATE_AT_MOST)).isPresent();
  }

  /** Whether only further listings can tell that no shard of the closed stream is missing. */
  boolean isToBeListedUntilDrained() {
    return isDoneAsFarAsKnown() && !isDrained();
  }

  private boolean isDoneAsFarAsKnown() {
    return !open && seenWhole && orphans.isEmpty() && graph.isDone();
  }
}
