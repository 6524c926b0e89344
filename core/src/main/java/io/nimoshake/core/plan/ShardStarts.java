package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.plan.Command.Level;
import io.nimoshake.core.plan.PlanView.Progress;
import io.nimoshake.core.plan.ShardGraph.Node;
import io.nimoshake.core.port.WriteMode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Starts the shards of a stream as soon as they may run. Beside a copy they run only if the target
 * allows it and the user wants it, or if their records would expire before its end. No shard is
 * started whose records may have expired unread: that is a gap, which the table hears of.
 */
final class ShardStarts {
  private final TablePlan table;
  private final PlanOptions options;
  private final PlanOutput out;
  private final ShardGraph graph;
  private final Headroom headroom;
  private final RefusedShards refused;

  /** Whether shards run beside the copy because their records would expire before its end. */
  private boolean copyTakesTooLong;

  ShardStarts(
      TablePlan table,
      PlanOptions options,
      PlanOutput out,
      ShardGraph graph,
      Headroom headroom,
      RefusedShards refused) {
    this.table = table;
    this.options = options;
    this.out = out;
    this.graph = graph;
    this.headroom = headroom;
    this.refused = refused;
  }

  /** Whether the stream is followed at all. */
  boolean isFollowed() {
    return options.stream() && !options.schemaOnly();
  }

  /** Whether shards may run in the table's state. */
  boolean mayRun() {
    if (!isFollowed()) {
      return false;
    }
    return switch (table.state()) {
      case COPYING ->
          table.mayLeaveTombstones() && (options.streamDuringCopy() || copyTakesTooLong);
      case FINISHING, FOLLOWING -> true;
      default -> false;
    };
  }

  /** Starts every shard whose parents are done, if shards may run. */
  void startReady() {
    start(graph.ready());
  }

  /** Starts these shards, if shards may run and no record of theirs may have expired unread. */
  void start(List<Node> shards) {
    if (!mayRun()) {
      return;
    }
    for (Node node : shards) {
      if (mayHaveExpired(node)) {
        return;
      }
    }
    shards.forEach(this::start);
  }

  /** Starts a shard that was refused so many times until now. */
  void start(Node node) {
    start(node, refused.count(node) + 1);
  }

  void start(Node node, int attempt) {
    node.progress = Progress.RUNNING;
    WriteMode mode =
        table.copy().end().deletesAreReal() ? WriteMode.STREAM : WriteMode.STREAM_WITH_TOMBSTONES;
    out.accept(new Command.StartSplit(node.shard, refused.from(node), mode, attempt));
  }

  /**
   * Whether any shard was started: writes of the stream may be under way, or an earlier run has
   * left tombstones.
   */
  boolean hasStarted() {
    return graph.nodes().stream()
        .anyMatch(
            node ->
                node.progress != Progress.WAITING
                    || !(node.position instanceof Position.Beginning));
  }

  /** The shard whose reader has ended, if it may be read again. */
  Optional<Node> stopped(String shardId) {
    Optional<Node> node = graph.node(shardId).filter(n -> n.progress == Progress.RUNNING);
    node.ifPresent(n -> n.progress = Progress.WAITING);
    return node.filter(n -> mayRun() && !mayHaveExpired(n));
  }

  /** Whether records of the shard may have expired unread; then the table has heard of the gap. */
  boolean mayHaveExpired(Node node) {
    Optional<Fault.Gap> expired = headroom.expiredUnread(node);
    expired.ifPresent(table::onFault);
    return expired.isPresent();
  }

  /**
   * Shards wait for the copy, but not for longer than their records are kept.
   *
   * @param started T0 of the copy
   */
  void limitWaiting(Instant started) {
    if (table.state() != TableState.COPYING || mayRun()) {
      return;
    }
    Instant now = headroom.shown();
    Instant end = started.minus(StreamPlan.MARGIN).plus(Headroom.RETENTION);
    if (table.mayLeaveTombstones() && now.isAfter(end.minus(Headroom.SHORT))) {
      copyTakesTooLong = true;
      headroom.toldShort();
      out.tell(
          Level.WARN,
          "the copy takes so long that the oldest records of the stream will expire before its end:"
              + " changes are applied from now on, while the copy runs");
      startReady();
    } else if (now.isAfter(end)) {
      table.onFault(headroom.expiredBeforeCopied(started));
    }
  }
}
