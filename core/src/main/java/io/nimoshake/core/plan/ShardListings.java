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
 * only when the service cannot list it any more, and several listings lack it.
 */
final class ShardListings {
  /**
   * Records live for 24 hours, and a closed shard with them. With a margin for clocks and slow
   * trimming, the service cannot list a shard any more that ended this long ago.
   */
  static final Duration REMEMBERED = Duration.ofHours(36);

  /** All shards are listed more often than this. So an older shard has all its children listed. */
  private static final Duration LATELY = Duration.ofHours(1);

  private final String table;
  private final String streamArn;
  private final Instant ignoreBefore;
  private final ShardGraph graph;

  /**
   * How long complete listings must agree. The whole table may have to be copied again because of
   * them, so patience is cheaper than an error.
   */
  private final Duration goneAfter;

  /** Listed shards that are not admitted because of their parents. */
  private final Set<String> orphans = new HashSet<>();

  /** Unknown parents that complete listings have lacked. */
  private final Map<String, Evidence> absences = new HashMap<>();

  /** Unknown parents of shards that are read already, which complete listings have shown. */
  private final Map<String, Evidence> lateParents = new HashMap<>();

  /** Shards that are done, and that complete listings lack. */
  private final Map<String, Evidence> unlisted = new HashMap<>();

  private final ListingPace pace = new ListingPace();
  private boolean open = true;

  /** Complete listings of the closed stream that brought no new shard. */
  private Optional<Evidence> nothingNew = Optional.empty();

  private Instant lastListed = Instant.EPOCH;
  private boolean restored;

  /** Complete listings of which every shard was admitted. */
  private Optional<Evidence> whole = Optional.empty();

  /**
   * Whatever was made before this moment was in a shard that is known, and is durable. Listings may
   * lack the sibling of a shard that is read already. So this is the state at the last such listing
   * but one, or at the start. Later the graph may not know any more how far the sibling's parent
   * was read.
   */
  private Instant knownUntil;

  private Instant nextKnownUntil;

  ShardListings(
      String table, String streamArn, Instant ignoreBefore, ShardGraph graph, Duration goneAfter) {
    this.goneAfter = goneAfter;
    this.table = table;
    this.streamArn = streamArn;
    this.ignoreBefore = ignoreBefore;
    this.graph = graph;
    this.knownUntil = ignoreBefore;
    this.nextKnownUntil = ignoreBefore;
  }

  String streamArn() {
    return streamArn;
  }

  /** The graph's shards come from a checkpoint, which may hold only some of the first listing. */
  void restored() {
    restored = true;
    // A child of a shard that ended lately may not have been listed before the end of the last run.
    knownUntil = graph.completeUntilWithEnded(LATELY);
    nextKnownUntil = knownUntil;
  }

  /**
   * What a listing brought.
   *
   * @param admitted shards that are new
   * @param forgotten ids of shards that are done and cannot be listed again
   * @param gap what was lost, if the listing proves a loss
   */
  record Observed(List<Node> admitted, List<String> forgotten, Optional<Loss> gap) {}

  /**
   * Records that were never read.
   *
   * @param from nothing older is lost
   */
  record Loss(String what, Instant from) {}

  /** Takes in a listing. */
  Observed observe(ShardListing listing) {
    open = listing.open();
    Map<String, ShardInfo> unknown = new LinkedHashMap<>();
    for (ShardInfo info : listing.shards()) {
      absences.remove(info.shardId());
      Optional<Node> node = graph.node(info.shardId());
      if (node.isEmpty()) {
        unknown.put(info.shardId(), info);
      } else {
        info.endingSequenceNumber().ifPresent(node.get()::closedAt);
      }
    }
    Instant at = listing.serviceTime();
    if (listing.complete()) {
      Duration unbroken = pace.listed(at);
      noteAbsentParents(unknown, at, unbroken);
      noteLateParents(unknown.keySet(), at, unbroken);
    }
    List<Node> admitted = admitAll(unknown, at);
    List<String> forgotten = List.of();
    Optional<Loss> gap = Optional.empty();
    if (listing.complete()) {
      orphans.clear();
      gap = lateParent().or(() -> lostParent(unknown));
      noteWhole(listing, unknown);
      forgotten = forget(listing);
    }
    orphans.addAll(unknown.keySet());
    noteNothingNew(listing, admitted.isEmpty());
    return new Observed(admitted, forgotten, gap);
  }

  private void noteWhole(ShardListing listing, Map<String, ShardInfo> orphaned) {
    // A listing without any shard says nothing: a stream that was just enabled may be listed so.
    if (orphaned.isEmpty() && !listing.shards().isEmpty()) {
      whole = Evidence.again(whole, listing.serviceTime());
      knownUntil = nextKnownUntil;
      nextKnownUntil = graph.completeUntil();
    }
  }

  /** Whether all shards were seen for a while. From then on an unknown parent is a loss. */
  private boolean isSeenWhole() {
    return whole.filter(seen -> seen.isSettled(goneAfter)).isPresent();
  }

  // --- parents ---------------------------------------------------------------------------------

  private void noteAbsentParents(Map<String, ShardInfo> unknown, Instant at, Duration unbroken) {
    Set<String> absent = new HashSet<>();
    for (ShardInfo info : unknown.values()) {
      for (String parent : info.parents()) {
        if (!graph.contains(parent) && !unknown.containsKey(parent)) {
          absent.add(parent);
        }
      }
    }
    for (String parent : absent) {
      absences.merge(parent, Evidence.first(at), (before, now) -> before.againSoon(at, unbroken));
    }
    absences.keySet().retainAll(absent);
  }

  /** Whether complete listings have lacked an unknown parent for long enough. */
  private boolean isGone(String parent) {
    Evidence absence = absences.get(parent);
    // The first shards of every stream that is older than a day wait for this, so they wait less.
    boolean first = !restored && !isSeenWhole();
    return absence != null && absence.isSettled(first ? goneAfter.dividedBy(2) : goneAfter);
  }

  /**
   * A parent that counted as gone when its child was admitted, and is listed now. It may have
   * expired indeed: listings also lag in showing what has gone.
   */
  private void noteLateParents(Set<String> unknown, Instant at, Duration unbroken) {
    lateParents.keySet().retainAll(unknown);
    for (String id : unknown) {
      if (readChild(id).isPresent()) {
        lateParents.merge(id, Evidence.first(at), (before, now) -> before.againSoon(at, unbroken));
      }
    }
  }

  private Optional<Node> readChild(String parent) {
    return graph.childrenOf(parent).stream()
        .filter(child -> child.progress != Progress.WAITING)
        .findFirst();
  }

  private Optional<Loss> lateParent() {
    return lateParents.entrySet().stream()
        .filter(late -> late.getValue().isSettled(goneAfter))
        .map(Map.Entry::getKey)
        .findFirst()
        .flatMap(
            id ->
                readChild(id)
                    .map(
                        child ->
                            new Loss(
                                id
                                    + " was listed after its child "
                                    + child.shard.id()
                                    + " was read",
                                // The child was read as if it were one of the first shards.
                                ignoreBefore)));
  }

  private Optional<Loss> lostParent(Map<String, ShardInfo> orphaned) {
    return orphaned.values().stream()
        .filter(orphan -> orphan.parents().stream().anyMatch(parent -> isGone(parent)))
        .findFirst()
        .map(
            orphan ->
                new Loss(
                    orphan.shardId() + " continues a shard that is gone and was never read",
                    // Before all shards were seen, the lost one need not continue a known one.
                    isSeenWhole() || restored ? knownUntil : ignoreBefore));
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
    boolean harmless = !isSeenWhole() && ignoreBefore.isAfter(at.minus(Headroom.RETENTION));
    if (readChild(info.shardId()).isPresent()) {
      return false;
    }
    for (String parent : info.parents()) {
      if (!graph.contains(parent) && !(harmless && isGone(parent))) {
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
    List<Node> missing =
        graph.nodes().stream()
            .filter(node -> node.isDone() && node.hasChild() && node.updated.isBefore(limit))
            .filter(node -> !listed.contains(node.shard.shardId()))
            .toList();
    unlisted.keySet().retainAll(missing.stream().map(node -> node.shard.shardId()).toList());
    List<Node> forgotten = missing.stream().filter(node -> isUnlisted(node, listing)).toList();
    forgotten.forEach(graph::forget);
    return forgotten.stream().map(node -> node.shard.shardId()).toList();
  }

  /** One that is forgotten too early would be read again, after its children. */
  private boolean isUnlisted(Node node, ShardListing listing) {
    Instant at = listing.serviceTime();
    return unlisted
        .merge(node.shard.shardId(), Evidence.first(at), (before, now) -> before.again(at))
        .isSettled(goneAfter);
  }

  // --- what is still to be listed --------------------------------------------------------------

  private void noteNothingNew(ShardListing listing, boolean nothingAdmitted) {
    lastListed = listing.serviceTime();
    if (open || !nothingAdmitted) {
      nothingNew = Optional.empty();
    } else if (listing.complete()) {
      nothingNew = Evidence.again(nothingNew, lastListed);
    }
  }

  /** Shards that are done and whose children are not listed yet. An open stream must have them. */
  Set<String> awaitingChildren() {
    return open ? graph.childless() : Set.of();
  }

  /** Whether only a complete listing can tell what became of some shard's parent. */
  boolean hasOrphans() {
    return !orphans.isEmpty();
  }

  /** The stream is open, although listings have said that it is closed. */
  void reopen() {
    open = true;
    nothingNew = Optional.empty();
  }

  /** Whether the stream takes no more records and all of it is durable. */
  boolean isDrained() {
    return isDoneAsFarAsKnown() && nothingNew.filter(n -> n.isSettled(goneAfter)).isPresent();
  }

  /** Whether only further listings can tell that no shard of the closed stream is missing. */
  boolean isToBeListedUntilDrained() {
    return isDoneAsFarAsKnown() && !isDrained();
  }

  private boolean isDoneAsFarAsKnown() {
    return !open && orphans.isEmpty() && graph.isDone();
  }
}
