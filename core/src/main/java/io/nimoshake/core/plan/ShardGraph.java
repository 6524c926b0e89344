package io.nimoshake.core.plan;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.port.Source.ShardInfo;
import io.nimoshake.core.port.Source.ShardListing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
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
 * shard whose parent no listing shows is kept out until {@value #SIGHTINGS} complete listings
 * agree, and a finished shard is forgotten only when its data cannot be listed any more.
 */
final class ShardGraph {
  /** Complete listings that must agree before an unlisted parent is taken to be gone. */
  static final int SIGHTINGS = 2;

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
    private int unfinishedParents;
    private boolean hasChild;

    private Node(StreamShard shard) {
      this.shard = shard;
    }
  }

  private final String table;
  private final String streamArn;
  private final Instant ignoreBefore;
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final Map<String, List<Node>> children = new HashMap<>();

  /** Listed shards with unknown parents, and how many complete listings showed them so. */
  private final Map<String, Integer> orphans = new HashMap<>();

  /** Finished shards of which no child is known. */
  private final Set<String> childless = new HashSet<>();

  private boolean open = true;

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
  void restore(StreamShard shard, Position position, Optional<Instant> recordTime, Instant at) {
    Node node = new Node(shard);
    node.position = position;
    node.recordTime = recordTime;
    node.updated = at;
    if (position instanceof Position.End) {
      node.state = State.FINISHED;
      childless.add(shard.shardId());
    }
    nodes.put(shard.shardId(), node);
  }

  /** Connects what was restored. */
  void restored() {
    seenWhole = !nodes.isEmpty();
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
      if (!nodes.containsKey(info.shardId())) {
        unknown.put(info.shardId(), info);
      }
    }
    Optional<String> gap = lateParent(unknown.keySet());
    List<Node> admitted = admitAll(unknown);
    List<String> forgotten = List.of();
    if (listing.complete()) {
      orphans.keySet().retainAll(unknown.keySet());
      for (ShardInfo orphan : unknown.values()) {
        int agreed = orphans.merge(orphan.shardId(), 1, Integer::sum);
        if (seenWhole && agreed >= SIGHTINGS && gap.isEmpty()) {
          gap =
              Optional.of(orphan.shardId() + " continues a shard that is gone and was never read");
        }
      }
      seenWhole |= orphans.isEmpty();
      forgotten = forget(listing);
    } else {
      unknown.keySet().forEach(id -> orphans.putIfAbsent(id, 0));
    }
    return new Observed(admitted, forgotten, gap);
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

  private List<Node> admitAll(Map<String, ShardInfo> unknown) {
    List<Node> admitted = new ArrayList<>();
    int before;
    do {
      before = admitted.size();
      for (Iterator<ShardInfo> it = unknown.values().iterator(); it.hasNext(); ) {
        ShardInfo info = it.next();
        if (mayBeAdmitted(info, unknown.keySet())) {
          it.remove();
          admitted.add(admit(info));
        }
      }
    } while (admitted.size() > before && !unknown.isEmpty());
    return admitted;
  }

  private boolean mayBeAdmitted(ShardInfo info, Set<String> unknown) {
    // Until the stream was seen whole, an unlisted parent is one that was trimmed: its records are
    // older than the copy. Later on it is one that was never read, which is a loss.
    boolean agreed = orphans.getOrDefault(info.shardId(), 0) + 1 >= SIGHTINGS;
    for (String parent : info.parents()) {
      boolean trimmed = !seenWhole && agreed && !unknown.contains(parent);
      if (!nodes.containsKey(parent) && !trimmed) {
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
        if (parent.state != State.FINISHED) {
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
    return !open
        && seenWhole
        && orphans.isEmpty()
        && nodes.values().stream().allMatch(node -> node.state == State.FINISHED);
  }
}
