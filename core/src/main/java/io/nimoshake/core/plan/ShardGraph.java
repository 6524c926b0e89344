package io.nimoshake.core.plan;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.plan.PlanView.Progress;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The admitted shards of one stream, which of them continues which, and how far each is durable. A
 * shard is ready to be read when all its parents are done, that is, durable to their end. {@link
 * ShardListings} decides which shards are admitted.
 */
final class ShardGraph {
  /** One admitted shard. */
  static final class Node {
    StreamShard shard;
    Progress progress = Progress.WAITING;
    Position position = Position.BEGINNING;
    Optional<Instant> recordTime = Optional.empty();
    Instant updated = Instant.EPOCH;

    /**
     * Every change of the shard that was made before this moment is durable, or too old to count.
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

    boolean isDone() {
      return progress == Progress.DONE;
    }

    /** Whether the shard takes no more records. An open one may have been closed since. */
    boolean isClosed() {
      return shard.endingSequenceNumber().isPresent();
    }

    void closedAt(String endingSequenceNumber) {
      shard = shard.closedAt(endingSequenceNumber);
    }

    /** Whether the last record of the shard is durable, so that nothing can follow. */
    boolean isReadToItsEnd() {
      return position instanceof Position.After after
          && shard.endingSequenceNumber().equals(Optional.of(after.token()));
    }

    boolean hasChild() {
      return hasChild;
    }

    OfSplit entry() {
      return new OfSplit(shard, position, recordTime, updated, Optional.of(completeUntil));
    }
  }

  private final Instant ignoreBefore;
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final Map<String, List<Node>> children = new HashMap<>();

  /** Shards that are done and of which no child is known. */
  private final Set<String> childless = new HashSet<>();

  /**
   * @param ignoreBefore changes made before this moment do not count, as the copy sees their effect
   */
  ShardGraph(Instant ignoreBefore) {
    this.ignoreBefore = ignoreBefore;
  }

  Collection<Node> nodes() {
    return nodes.values();
  }

  Optional<Node> node(String shardId) {
    return Optional.ofNullable(nodes.get(shardId));
  }

  Set<String> ids() {
    return Set.copyOf(nodes.keySet());
  }

  boolean contains(String shardId) {
    return nodes.containsKey(shardId);
  }

  // --- shards that come and go -----------------------------------------------------------------

  /** Puts back a shard from a checkpoint; call {@link #connect} after the last. */
  void restore(OfSplit entry) {
    Node node = new Node((StreamShard) entry.split());
    node.position = entry.position();
    node.recordTime = entry.recordTime();
    node.updated = entry.updated();
    entry.recordTime().ifPresent(node::completeUntil);
    entry.completeUntil().ifPresent(node::completeUntil);
    if (node.position instanceof Position.End) {
      node.progress = Progress.DONE;
      childless.add(node.shard.shardId());
    }
    nodes.put(node.shard.shardId(), node);
  }

  /** Connects the restored shards. A parent that is not among them was known to be gone. */
  void connect() {
    nodes.values().forEach(this::connectToParents);
  }

  Node admit(StreamShard shard) {
    Node node = new Node(shard);
    nodes.put(shard.shardId(), node);
    connectToParents(node);
    for (Node child : childrenOf(shard.shardId())) {
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
        if (parent.isDone()) {
          node.completeUntil(parent.completeUntil);
        } else {
          node.unfinishedParents++;
        }
      }
    }
  }

  void forget(Node node) {
    nodes.remove(node.shard.shardId());
    children.remove(node.shard.shardId());
  }

  /** Known children of a shard, which itself need not be known. */
  List<Node> childrenOf(String shardId) {
    return children.getOrDefault(shardId, List.of());
  }

  // --- progress --------------------------------------------------------------------------------

  /** Waiting shards all of whose parents are done. */
  List<Node> ready() {
    return nodes.values().stream().filter(ShardGraph::isReady).toList();
  }

  private static boolean isReady(Node node) {
    return node.progress == Progress.WAITING && node.unfinishedParents == 0;
  }

  /** No shard is running any more. Those that are not done have to be started again. */
  void stopped() {
    for (Node node : nodes.values()) {
      if (node.progress == Progress.RUNNING) {
        node.progress = Progress.WAITING;
      }
    }
  }

  /** Marks a shard as durable to its end and returns the children that became ready by it. */
  List<Node> finish(Node node) {
    node.progress = Progress.DONE;
    if (!node.hasChild) {
      childless.add(node.shard.shardId());
    }
    for (Node child : childrenOf(node.shard.shardId())) {
      child.unfinishedParents--;
      // Every record of a child is newer than all records of its parents.
      child.completeUntil(node.completeUntil);
    }
    return childrenOf(node.shard.shardId()).stream().filter(ShardGraph::isReady).toList();
  }

  boolean isDone() {
    return nodes.values().stream().allMatch(Node::isDone);
  }

  /** Shards that are done and of which no child is known. */
  Set<String> childless() {
    return Set.copyOf(childless);
  }

  /** Every change of the stream that was made before this moment is durable. */
  Instant completeUntil() {
    // What is still to come has this end: a shard that may be read, or the unknown child of one
    // that is done. A shard whose parents are being read is later than they are.
    return nodes.values().stream()
        .filter(
            node ->
                node.isDone()
                    ? childless.contains(node.shard.shardId())
                    : node.unfinishedParents == 0)
        .map(Node::completeUntil)
        .min(Comparator.naturalOrder())
        .orElse(ignoreBefore);
  }

  /**
   * The same, if each shard that ended lately may have another child that is not known.
   *
   * @param lately before the last change of any shard
   */
  Instant completeUntilWithEnded(Duration lately) {
    Instant last =
        nodes.values().stream()
            .map(node -> node.updated)
            .max(Comparator.naturalOrder())
            .orElse(Instant.EPOCH);
    return nodes.values().stream()
        .filter(node -> node.isDone() && !node.updated.isBefore(last.minus(lately)))
        .map(Node::completeUntil)
        .filter(completeUntil()::isAfter)
        .min(Comparator.naturalOrder())
        .orElseGet(this::completeUntil);
  }

  /** No change that was made after this moment is durable, but for differences of clocks. */
  Instant readUntil() {
    return nodes.values().stream()
        .map(Node::completeUntil)
        .max(Comparator.naturalOrder())
        .orElse(ignoreBefore);
  }
}
