package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.plan.Command.Level;
import io.nimoshake.core.plan.ShardGraph.Node;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.core.port.WriteMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The stream half of a table's plan, from the first listing to the end of the stream: which shards
 * may run, what is listed next, what became of the stream, and how near its unread records are to
 * their end. Lineage is {@link ShardGraph}'s; the stage of the table, and what a gap means for it,
 * are {@link TablePlan}'s. A new copy of the table begins with a new one.
 */
final class StreamPlan {
  /** How long the service keeps a record. */
  static final Duration RETENTION = Duration.ofHours(24);

  /**
   * Records this much older than T0 are not written: the copy sees their effect, clocks and all.
   */
  static final Duration MARGIN = Duration.ofMinutes(5);

  /** Less time than this until unread records expire is told; {@link #ENOUGH} is told again. */
  static final Duration SHORT = RETENTION.dividedBy(4);

  private static final Duration ENOUGH = RETENTION.dividedBy(3);

  /** How often only the children of a shard are asked for before all shards are. */
  private static final int FILTERED = 3;

  /**
   * At the first look that finds no stream the table may just have been deleted, or the stream be
   * about to be enabled again: listings and later looks, a discovery interval apart, tell.
   */
  private static final int LOOKS_UNTIL_TOLD = 3;

  private static final int LOOKS_UNTIL_GAP = 5;

  private final TablePlan table;
  private final PlanOptions options;
  private final PlanOutput out;
  private final Instant started;
  private final ShardGraph graph;
  private boolean retentionIsShort;
  private boolean listing;
  private int listAttempt;
  private Optional<StreamHandle> laterStream = Optional.empty();
  private int looksWithoutStream;
  private boolean toldHeadroomIsShort;

  /** The latest time that was heard of. */
  private Instant latest = Instant.EPOCH;

  /**
   * @param table to be asked for its stage, and told of gaps
   * @param entry of the table, with a stream
   */
  StreamPlan(TablePlan table, PlanOptions options, PlanOutput out, OfTable entry) {
    this.table = table;
    this.options = options;
    this.out = out;
    this.started = entry.started().orElseThrow();
    // Also without a copy: creation times are rounded down, and a change made "now" must not be
    // lost.
    this.graph =
        new ShardGraph(
            entry.table(), entry.streams().get(entry.streams().size() - 1), started.minus(MARGIN));
  }

  ShardGraph graph() {
    return graph;
  }

  /** Puts back a shard from a checkpoint; call {@link #restored} after the last. */
  void restore(OfSplit entry) {
    graph.restore(entry);
  }

  void restored() {
    graph.restored();
  }

  /**
   * A gap with the ends of its span that were not known where it was found.
   *
   * @param splitId the shard it was found in, if it was in one
   */
  Fault.Gap withSpan(Fault.Gap gap, Optional<String> splitId) {
    Instant from =
        splitId.flatMap(graph::node).map(Node::completeUntil).orElseGet(graph::completeUntil);
    return gap.within(from, latest);
  }

  void heardOf(Instant time) {
    latest = time.isAfter(latest) ? time : latest;
  }

  /** No split of the table is running any more; those that are not finished will start again. */
  void onStopped() {
    graph.paused();
  }

  // --- which shards run ----------------------------------------------------------------------

  private boolean isFollowed() {
    return options.stream() && !options.schemaOnly();
  }

  private boolean shardsMayRun() {
    if (!isFollowed()) {
      return false;
    }
    return switch (table.state()) {
      case COPYING ->
          table.mayLeaveTombstones() && (options.streamDuringCopy() || retentionIsShort);
      case FINISHING, FOLLOWING -> true;
      default -> false;
    };
  }

  void startShardsThatMayRun() {
    if (shardsMayRun()) {
      startShards(graph.ready());
    }
  }

  /** Whether any shard was started, so that writes of the stream may be under way. */
  boolean hasStartedShards() {
    return graph.nodes().stream().anyMatch(n -> n.state != ShardGraph.State.WAITING);
  }

  private void startShards(List<Node> shards) {
    for (Node node : shards) {
      if (mayHaveExpired(node)) {
        return;
      }
    }
    shards.forEach(this::startShard);
  }

  /**
   * A reader that begins at the oldest record that is kept does not see that older ones have
   * expired: what was not read for as long as records are kept is a gap. Asked before a shard is
   * started, again when something was read of it, as that may have taken long, and now and then
   * until it was: where all has expired, nothing is read.
   */
  private boolean mayHaveExpired(Node node) {
    Instant oldestKept = latest.minus(RETENTION);
    boolean expired =
        node.position instanceof Position.Beginning && node.completeUntil().isBefore(oldestKept);
    if (expired) {
      table.onFault(
          new Fault.Gap(
              "table "
                  + out.table()
                  + ": records of "
                  + node.shard.id()
                  + " may have expired unread",
              Optional.of(node.completeUntil()),
              Optional.of(oldestKept),
              null));
    }
    return expired;
  }

  private void startShard(Node node) {
    node.state = ShardGraph.State.RUNNING;
    WriteMode mode =
        table.state() == TableState.COPYING ? WriteMode.STREAM_WITH_TOMBSTONES : WriteMode.STREAM;
    out.accept(new Command.StartSplit(node.shard, node.position, mode));
  }

  void onDurable(Event.Durable event) {
    graph.node(event.splitId()).ifPresent(node -> onDurable(node, event));
  }

  private void onDurable(Node node, Event.Durable event) {
    if (mayHaveExpired(node)) {
      return;
    }
    node.position = event.position();
    node.updated = event.at();
    if (event.recordTime().isPresent()) {
      node.recordTime = event.recordTime();
      node.completeUntil(event.recordTime().get());
    }
    boolean end = event.position() instanceof Position.End;
    out.save(node.entry(), end);
    if (end) {
      List<Node> ready = graph.finish(node);
      if (shardsMayRun()) {
        startShards(ready);
      }
      listAttempt = 0;
      lookForMissingShards();
    }
  }

  /** Nothing came of a shard for a while. */
  void onCaughtUp(Event.CaughtUp event) {
    heardOf(event.at());
    Optional<Node> node =
        graph.node(event.splitId()).filter(n -> n.state == ShardGraph.State.RUNNING);
    if (node.isPresent() && !mayHaveExpired(node.get())) {
      node.get().completeUntil(event.at().minus(MARGIN));
      // After a restart it counts: a shard that was never anything but empty may be old by then.
      out.save(node.get().entry(), false);
    }
  }

  // --- listings ------------------------------------------------------------------------------

  void listShards() {
    listAttempt = 0;
    list(Optional.empty());
  }

  private void list(Optional<String> childrenOf) {
    if (!listing && isFollowed()) {
      listing = true;
      listAttempt++;
      out.accept(new Command.ListShards(out.table(), graph.streamArn(), childrenOf, listAttempt));
    }
  }

  void onShardsListed(Event.ShardsListed event) {
    listing = false;
    heardOf(event.listing().serviceTime());
    if (!graph.streamArn().equals(event.streamArn()) || table.isOver()) {
      return;
    }
    ShardGraph.Observed observed = graph.observe(event.listing());
    for (Node node : observed.admitted()) {
      out.save(node.entry(), true);
    }
    observed.forgotten().forEach(id -> out.forgetSplit(id, false));
    if (observed.gap().isPresent()) {
      table.onFault(
          new Fault.Gap("stream of table " + out.table() + ": " + observed.gap().get(), null));
      return;
    }
    if (!observed.admitted().isEmpty()) {
      listAttempt = 0;
    }
    startShardsThatMayRun();
    lookForMissingShards();
  }

  private void lookForMissingShards() {
    if (table.isOver() || table.state() == TableState.STOPPING) {
      return;
    }
    Set<String> parents = graph.awaitingChildren();
    // A child that its parent does not name for a while may be gone: all shards tell.
    if (graph.hasOrphans()
        || graph.isToBeListedUntilDrained()
        || parents.size() > 1
        || !parents.isEmpty() && listAttempt >= FILTERED) {
      list(Optional.empty());
    } else if (parents.size() == 1) {
      list(Optional.of(parents.iterator().next()));
    } else if (graph.isDrained()) {
      streamEnded();
    }
  }

  // --- the end of a stream -------------------------------------------------------------------

  private void streamEnded() {
    if (laterStream.isPresent()) {
      table.onFault(
          new Fault.Gap(
              "the stream of table "
                  + out.table()
                  + " was off for a while before it was enabled again",
              Optional.of(graph.completeUntil()),
              laterStream.map(StreamHandle::serviceTime),
              null));
    } else {
      out.accept(new Command.FindStream(out.table()));
    }
  }

  void onStreamFound(Event.StreamFound event) {
    if (event.stream().filter(this::isAnother).isPresent()) {
      onStreamSeen(event.stream().get());
      lookForMissingShards();
    } else if (event.stream().isEmpty() && table.isMissing()) {
      table.onDeleted();
    } else if (++looksWithoutStream == LOOKS_UNTIL_TOLD) {
      out.tell(
          Level.WARN,
          "its stream is disabled: changes are not captured. If it stays off, that is a gap");
    } else if (looksWithoutStream >= LOOKS_UNTIL_GAP) {
      table.onFault(
          new Fault.Gap("the stream of table " + out.table() + " was disabled and is off", null));
    }
  }

  /** Looks whether the table's stream is another than the one that is read. */
  void onStreamSeen(StreamHandle stream) {
    heardOf(stream.serviceTime());
    if (isAnother(stream) && laterStream.isEmpty()) {
      laterStream = Optional.of(stream);
      out.tell(Level.WARN, "its stream was enabled again; the former one is read to its end first");
    }
  }

  private boolean isAnother(StreamHandle stream) {
    return !graph.streamArn().equals(stream.arn());
  }

  // --- time ----------------------------------------------------------------------------------

  void onTick(Instant now) {
    heardOf(now);
    if (graph.nodes().stream()
        .anyMatch(n -> n.state == ShardGraph.State.RUNNING && mayHaveExpired(n))) {
      return;
    }
    if (table.state() == TableState.COPYING && !shardsMayRun()) {
      watchRetention(now);
    }
    watchHeadroom(now);
    switch (table.state()) {
      case COPYING, FINISHING, FOLLOWING -> {
        if (graph.isDrained()) {
          streamEnded();
        } else {
          list(Optional.empty());
        }
      }
      default -> {}
    }
  }

  /** Shards wait for the copy: not for longer than their records are kept. */
  private void watchRetention(Instant now) {
    Instant end = started.minus(MARGIN).plus(RETENTION);
    if (table.mayLeaveTombstones() && now.isAfter(end.minus(SHORT))) {
      retentionIsShort = true;
      toldHeadroomIsShort = true;
      out.tell(
          Level.WARN,
          "the copy takes so long that the stream's oldest records will expire: changes are"
              + " applied from now on, beside the copy");
      startShardsThatMayRun();
    } else if (now.isAfter(end)) {
      table.onFault(
          new Fault.Gap(
              "table " + out.table() + ": records expired before the copy ended",
              Optional.of(started),
              Optional.of(now),
              null));
    }
  }

  private void watchHeadroom(Instant now) {
    if (table.isOver() || table.state() == TableState.STOPPING || !isFollowed()) {
      return;
    }
    Duration left = graph.unreadSince().map(from -> headroom(from, now)).orElse(RETENTION);
    if (left.compareTo(SHORT) < 0 && !toldHeadroomIsShort) {
      toldHeadroomIsShort = true;
      out.tell(
          Level.WARN,
          "changes that are not read yet expire in "
              + left.toMinutes()
              + " minutes: its stream is read too slowly, or not at all");
    } else if (left.compareTo(ENOUGH) > 0 && toldHeadroomIsShort) {
      toldHeadroomIsShort = false;
      out.tell(
          Level.INFO,
          "changes that are not read yet are kept for another " + left.toHours() + " hours again");
    }
  }

  /** Time left until changes made after a moment may expire; zero if they may have. */
  static Duration headroom(Instant unreadSince, Instant now) {
    Duration left = Duration.between(now, unreadSince.plus(RETENTION));
    return left.isNegative() ? Duration.ZERO : left;
  }
}
