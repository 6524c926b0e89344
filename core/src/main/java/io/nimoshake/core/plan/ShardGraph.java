package io.nimoshake.core.plan;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.Source.ShardInfo;
import io.nimoshake.core.port.Source.ShardListing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The shards of one stream and which of them may be read. A shard is admitted when all its parents
 * are known, or known to be gone; it is ready when all its parents are finished, that is, durable.
 *
 * <p>Listings may lag and contradict each other, so nothing is concluded from one of them alone: a
 * shard whose parent no listing shows is kept out until complete listings have agreed on that for a
 * while, and a finished shard is forgotten only when its data cannot be listed any more.
 */
final class ShardGraph {
  /**
   * How long complete listings must lack a parent before it is taken to be gone, by the service's
   * clock: they are eventually consistent. At the first look at a stream.
   */
  static final Duration SETTLED_AT_FIRST = Duration.ofSeconds(5);

  /** How late the last shards of a closed stream may be listed: none shows that one is missing. */
  static final Duration LATE_AT_MOST = Duration.ofSeconds(20);

  /** How many of them it takes at least. */
  static final int SIGHTINGS = 3;

  /**
   * The same time once shards are known: an unlisted parent may then mean that the whole table is
   * copied again, so that patience is cheaper than an error.
   */
  static final Duration SETTLED = Duration.ofSeconds(60);

  /** Longest time between two listings that are taken together: they are seconds apart. */
  static final Duration UNBROKEN = Duration.ofMinutes(2);

  /**
   * Records live for 24 hours, and a closed shard with them; with a margin for clocks and slow
   * trimming a shard that ended this long ago cannot be listed again.
   */
  static final Duration REMEMBERED = Duration.ofHours(36);

  /** Where an admitted shard is. */
  enum State {
    WAITING,
    RUNNING,
    FINISHED
  }

  /** One admitted shard. */
  static final class Node {
    final StreamShard shard;
    State state = State.WAITING;
    Position position = Position.BEGINNING;
    Optional<Instant> recordTime = Optional.empty();
    Instant updated = Instant.EPOCH;

    /**
     * No change of it that was made before is unread: it was written then or did not count. What is
     * made in a shard comes after all that is in its parents, so that it begins where they are.
     */
    private Instant completeUntil;

    private int unfinishedParents;
    private boolean hasChild;

    private Node(StreamShard shard) {
      this.shard = shard;
      this.completeUntil = shard.ignoreBefore();
    }

    Instant completeUntil() {
      return completeUntil;
    }

    void completeUntil(Instant moment) {
      if (moment.isAfter(completeUntil)) {
        completeUntil = moment;
      }
    }

    OfSplit entry() {
      return new OfSplit(shard, position, recordTime, updated, Optional.of(completeUntil));
    }
  }

  private final String table;
  private final String streamArn;
  private final Instant ignoreBefore;
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final Map<String, List<Node>> children = new HashMap<>();

  /** Listed shards that are not admitted because of their parents. */
  private final Set<String> orphans = new HashSet<>();

  /** Unknown parents that the last complete listings have not shown. */
  private final Map<String, Absence> absences = new HashMap<>();

  /**
   * @param since service time of the first of those listings
   * @param last that of the last
   * @param listings how many there were: time alone passes too while nobody looks
   */
  private record Absence(Instant since, Instant last, int listings) {
    static Absence begin(Instant at) {
      return new Absence(at, at, 1);
    }

    Absence again(Instant at) {
      return new Absence(since, at, listings + 1);
    }

    /** Begins anew after a pause: what was seen before it and once after it proves little. */
    Absence againSoon(Instant at) {
      return at.isAfter(last.plus(UNBROKEN)) ? begin(at) : again(at);
    }

    boolean isSettled(Instant at, Duration time) {
      return listings >= SIGHTINGS && !at.isBefore(since.plus(time));
    }
  }

  /** Finished shards of which no child is known. */
  private final Set<String> childless = new HashSet<>();

  private boolean open = true;

  /** Complete listings since it is closed that had no new shard; its last shards may be late. */
  private Optional<Absence> nothingNew = Optional.empty();

  private Instant lastListed = Instant.EPOCH;
  private boolean restored;

  /** Whether the stream was seen whole once: from then on an unknown parent is a loss. */
  private boolean seenWhole;

  ShardGraph(String table, String streamArn, Instant ignoreBefore) {
    this.table = table;
    this.streamArn = streamArn;
    this.ignoreBefore = ignoreBefore;
  }

  String streamArn() {
    return streamArn;
  }

  Collection<Node> nodes() {
    return nodes.values();
  }

  Optional<Node> node(String shardId) {
    return Optional.ofNullable(nodes.get(shardId));
  }

  /**
   * Puts back a shard from a checkpoint; call {@link #restored} after the last. A parent that is
   * not in the checkpoint was known to be gone.
   */
  void restore(OfSplit entry) {
    StreamShard shard = (StreamShard) entry.split();
    Node node = new Node(shard);
    node.position = entry.position();
    node.recordTime = entry.recordTime();
    node.updated = entry.updated();
    entry.recordTime().ifPresent(node::completeUntil);
    entry.completeUntil().ifPresent(node::completeUntil);
    if (node.position instanceof Position.End) {
      node.state = State.FINISHED;
      childless.add(shard.shardId());
    }
    nodes.put(shard.shardId(), node);
  }

  /** Connects what was restored. */
  void restored() {
    // Not seen whole: the checkpoint may hold only some of the shards of the first listing.
    restored = true;
    nodes.values().forEach(this::connectToParents);
  }

  /**
   * What a listing brought.
   *
   * @param admitted shards that are new
   * @param forgotten ids of finished shards that cannot come back
   * @param gap what was lost, if the listing proves a loss
   */
  record Observed(List<Node> admitted, List<String> forgotten, Optional<String> gap) {}

  /** Takes in a listing. */
  Observed observe(ShardListing listing) {
    open = listing.open();
    Map<String, ShardInfo> unknown = new LinkedHashMap<>();
    for (ShardInfo info : listing.shards()) {
      absences.remove(info.shardId());
      if (!nodes.containsKey(info.shardId())) {
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
      for (ShardInfo orphan : unknown.values()) {
        if (gap.isEmpty()
            && orphan.parents().stream().anyMatch(p -> isGone(p, listing.serviceTime()))) {
          gap =
              Optional.of(orphan.shardId() + " continues a shard that is gone and was never read");
        }
      }
      seenWhole |= unknown.isEmpty();
      forgotten = forget(listing);
    }
    orphans.addAll(unknown.keySet());
    noteNothingNew(listing, admitted.isEmpty());
    return new Observed(admitted, forgotten, gap);
  }

  private void noteNothingNew(ShardListing listing, boolean nothingAdmitted) {
    lastListed = listing.serviceTime();
    if (open || !nothingAdmitted) {
      nothingNew = Optional.empty();
    } else if (listing.complete()) {
      nothingNew =
          nothingNew.map(a -> a.again(lastListed)).or(() -> Optional.of(Absence.begin(lastListed)));
    }
  }

  private void noteAbsentParents(Map<String, ShardInfo> unknown, Instant at) {
    Set<String> absent = new HashSet<>();
    for (ShardInfo info : unknown.values()) {
      for (String parent : info.parents()) {
        if (!nodes.containsKey(parent) && !unknown.containsKey(parent)) {
          absent.add(parent);
        }
      }
    }
    for (String parent : absent) {
      absences.merge(parent, Absence.begin(at), (before, now) -> before.againSoon(at));
    }
    absences.keySet().retainAll(absent);
  }

  /** Whether complete listings have long enough lacked a parent that is not known. */
  private boolean isGone(String parent, Instant at) {
    Absence absence = absences.get(parent);
    Duration settled = restored || seenWhole ? SETTLED : SETTLED_AT_FIRST;
    return absence != null && absence.isSettled(at, settled);
  }

  private Optional<String> lateParent(Set<String> unknown) {
    for (String id : unknown) {
      for (Node child : children.getOrDefault(id, List.of())) {
        if (child.state != State.WAITING) {
          return Optional.of(id + " was listed after its child " + child.shard.id() + " was read");
        }
      }
    }
    return Optional.empty();
  }

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
    // A parent that is gone was trimmed. All it held is older than the copy if records of that time
    // are still kept, or if this is the first look at the stream; else it held what was never read.
    boolean harmless = !seenWhole && ignoreBefore.isAfter(at.minus(StreamPlan.RETENTION));
    for (String parent : info.parents()) {
      if (!nodes.containsKey(parent) && !(harmless && isGone(parent, at))) {
        return false;
      }
    }
    return true;
  }

  private Node admit(ShardInfo info) {
    orphans.remove(info.shardId());
    Node node =
        new Node(
            new StreamShard(
                table,
                streamArn,
                info.shardId(),
                info.parents(),
                info.endingSequenceNumber(),
                ignoreBefore));
    nodes.put(info.shardId(), node);
    connectToParents(node);
    for (Node child : children.getOrDefault(info.shardId(), List.of())) {
      node.hasChild = true;
      child.unfinishedParents++;
    }
    return node;
  }

  private void connectToParents(Node node) {
    for (String parentId : node.shard.parents()) {
      children.computeIfAbsent(parentId, id -> new ArrayList<>()).add(node);
      Node parent = nodes.get(parentId);
      if (parent != null) {
        parent.hasChild = true;
        childless.remove(parentId);
        if (parent.state == State.FINISHED) {
          node.completeUntil(parent.completeUntil);
        } else {
          node.unfinishedParents++;
        }
      }
    }
  }

  private List<String> forget(ShardListing listing) {
    Set<String> listed = new HashSet<>();
    listing.shards().forEach(info -> listed.add(info.shardId()));
    Instant limit = listing.serviceTime().minus(REMEMBERED);
    List<String> forgotten = new ArrayList<>();
    for (Iterator<Node> it = nodes.values().iterator(); it.hasNext(); ) {
      Node node = it.next();
      String id = node.shard.shardId();
      if (node.state == State.FINISHED
          && node.hasChild
          && node.updated.isBefore(limit)
          && !listed.contains(id)) {
        it.remove();
        children.remove(id);
        forgotten.add(id);
      }
    }
    return forgotten;
  }

  /** The moment before which no change is unread; empty if none can be unread any more. */
  Optional<Instant> unreadSince() {
    return isDrained() ? Optional.empty() : Optional.of(completeUntil());
  }

  /** The moment before which no change is unread, over all shards. */
  Instant completeUntil() {
    // A shard whose parents are being read is later than they are.
    return nodes.values().stream()
        .filter(
            node ->
                node.state == State.FINISHED
                    ? childless.contains(node.shard.shardId())
                    : node.unfinishedParents == 0)
        .map(Node::completeUntil)
        .min(Comparator.naturalOrder())
        .orElse(ignoreBefore);
  }

  /** Waiting shards all of whose parents are finished. */
  List<Node> ready() {
    return nodes.values().stream()
        .filter(node -> node.state == State.WAITING && node.unfinishedParents == 0)
        .toList();
  }

  /** Nothing is running any more: shards that were not finished are to be started again. */
  void paused() {
    for (Node node : nodes.values()) {
      if (node.state == State.RUNNING) {
        node.state = State.WAITING;
      }
    }
  }

  /** Marks a shard as durable to its end and returns the children that became ready by it. */
  List<Node> finish(Node node) {
    node.state = State.FINISHED;
    if (!node.hasChild) {
      childless.add(node.shard.shardId());
    }
    List<Node> ready = new ArrayList<>();
    for (Node child : children.getOrDefault(node.shard.shardId(), List.of())) {
      child.unfinishedParents--;
      child.completeUntil(node.completeUntil);
      if (child.unfinishedParents == 0 && child.state == State.WAITING) {
        ready.add(child);
      }
    }
    return ready;
  }

  /** Finished shards whose children are not listed yet; while the stream is open they must come. */
  Set<String> awaitingChildren() {
    return open ? Set.copyOf(childless) : Set.of();
  }

  /** Whether only a complete listing can tell what became of some shard's parent. */
  boolean hasOrphans() {
    return !orphans.isEmpty();
  }

  /** Whether the stream takes no more records and all of it is durable. */
  boolean isDrained() {
    return isFinishedAsFarAsKnown()
        && nothingNew.filter(n -> n.isSettled(lastListed, LATE_AT_MOST)).isPresent();
  }

  /** Whether only further listings can tell that no shard of the closed stream is missing. */
  boolean isToBeListedUntilDrained() {
    return isFinishedAsFarAsKnown() && !isDrained();
  }

  private boolean isFinishedAsFarAsKnown() {
    return !open
        && seenWhole
        && orphans.isEmpty()
        && nodes.values().stream().allMatch(node -> node.state == State.FINISHED);
  }
}
