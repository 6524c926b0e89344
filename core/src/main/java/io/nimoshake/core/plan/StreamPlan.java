package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.plan.Command.Level;
import io.nimoshake.core.plan.PlanView.Progress;
import io.nimoshake.core.plan.ShardGraph.Node;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.Source.StreamHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The stream half of a table's plan, from the first listing to the end of the stream: how far each
 * shard is, what is listed next, and what became of the stream. {@link ShardStarts} decides which
 * shards run, {@link TablePlan} the state of the table and what a gap means for it. Every copy of a
 * table begins with a new StreamPlan.
 */
final class StreamPlan {
  /**
   * A record that is older than T0 by more than this is not written, because the copy sees its
   * effect. The margin is for clocks that differ.
   */
  static final Duration MARGIN = Duration.ofMinutes(5);

  /** How often only the children of a shard are asked for before all shards are. */
  private static final int FILTERED = 3;

  private final TablePlan table;
  private final PlanOptions options;
  private final PlanOutput out;
  private final Instant started;
  private final ShardGraph graph;
  private final ShardListings listings;
  private final Headroom headroom;
  private final RefusedShards refused;
  private final ShardStarts starts;
  private final StreamEnd end;
  private final ListingRequests requests;

  /** The time of the newest record that was written, also where it came too late to count. */
  private Instant written = Instant.MIN;

  /**
   * @param table gives its state and hears of gaps
   * @param entry of the table, with a stream
   */
  StreamPlan(TablePlan table, PlanOptions options, PlanOutput out, OfTable entry) {
    this.table = table;
    this.options = options;
    this.out = out;
    this.started = entry.started().orElseThrow();
    // Without a copy, too: creation times are rounded down, and a change made now must not be lost.
    Instant ignoreBefore = started.minus(MARGIN);
    String streamArn = entry.streams().get(entry.streams().size() - 1);
    this.graph = new ShardGraph(ignoreBefore);
    this.listings =
        new ShardListings(entry.table(), streamArn, ignoreBefore, graph, options.goneAfter());
    this.headroom = new Headroom(out);
    this.refused = new RefusedShards(options.goneAfter());
    this.starts = new ShardStarts(table, options, out, graph, headroom, refused);
    this.end = new StreamEnd(table, options, out, listings);
    this.requests = new ListingRequests(out, streamArn);
  }

  ShardGraph graph() {
    return graph;
  }

  ShardListings listings() {
    return listings;
  }

  /** Puts back a shard from a checkpoint; call {@link #restored} after the last. */
  void restore(OfSplit entry) {
    graph.restore(entry);
  }

  void restored() {
    graph.connect();
    listings.restored();
  }

  /** The moment before which no change is unread; empty if none can be unread any more. */
  Optional<Instant> unreadSince() {
    return listings.isDrained() ? Optional.empty() : Optional.of(graph.completeUntil());
  }

  /**
   * Completes the span of a gap: where it was found, its ends may have been unknown.
   *
   * @param splitId the shard in which it was found, if it was in one
   */
  Fault.Gap withSpan(Fault.Gap gap, Optional<String> splitId) {
    Instant from =
        splitId.flatMap(graph::node).map(Node::completeUntil).orElseGet(graph::completeUntil);
    return gap.within(from, headroom.latest());
  }

  /** The moment before which no change is missing after a gap. */
  Instant missingSince(Fault.Gap gap) {
    Instant unread = graph.completeUntil();
    return gap.lostFrom().filter(unread::isAfter).orElse(unread);
  }

  /** No change that was made after this moment was written, but for differences of clocks. */
  Instant writtenUntil() {
    Instant read = graph.readUntil();
    return written.isAfter(read) ? written : read;
  }

  /** The service has shown this time. */
  void heardOf(Instant time) {
    headroom.heardOf(time);
  }

  /** It is this time, as far as the host knows. */
  void passed(Instant now) {
    headroom.passed(now);
  }

  /** What is wrong with the stream, as far as the user has to know it. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    requests.problem().ifPresent(problems::add);
    end.problem().ifPresent(problems::add);
    problems.addAll(refused.problems());
    return problems;
  }

  /** The latest time that was heard of. */
  Instant latest() {
    return headroom.latest();
  }

  /** No split of the table is running any more. Those that are not done will start again. */
  void onStopped() {
    graph.stopped();
  }

  // --- which shards run ----------------------------------------------------------------------

  void startShardsThatMayRun() {
    starts.startReady();
  }

  /** Whether any shard was started, in this run or an earlier one. */
  boolean hasStartedShards() {
    return starts.hasStarted();
  }

  void onDurable(Event.Durable event) {
    event.begun().ifPresent(this::heardOf);
    event.recordTime().filter(written::isBefore).ifPresent(time -> written = time);
    graph.node(event.splitId()).ifPresent(node -> onDurable(node, event));
  }

  private void onDurable(Node node, Event.Durable event) {
    if (starts.mayHaveExpired(node)) {
      return;
    }
    node.position = event.position();
    // The page was read before it was durable. The clock of this host may be behind all the same.
    node.updated = event.begun().filter(event.at()::isBefore).orElse(event.at());
    if (event.recordTime().isPresent()) {
      node.recordTime = event.recordTime();
      node.completeUntil(event.recordTime().get());
    }
    wasRead(node);
    boolean end = event.position() instanceof Position.End;
    out.save(node.entry(), end);
    if (end) {
      onEnd(node);
    }
  }

  /** Everything in the shard is durable, or does not count. */
  private void onEnd(Node node) {
    starts.start(graph.finish(node));
    requests.startAnew();
    lookForMissingShards();
  }

  /** A shard was read to its newest record, and had nothing more for a while. */
  void onCaughtUp(Event.CaughtUp event) {
    heardOf(event.at());
    Optional<Node> node = graph.node(event.splitId()).filter(n -> n.progress == Progress.RUNNING);
    if (node.isPresent() && !starts.mayHaveExpired(node.get())) {
      wasRead(node.get());
      node.get().completeUntil(event.at().minus(MARGIN));
      // Saved for a restart: a shard that was always empty has no other proof of how far it was
      // read.
      out.save(node.get().entry(), false);
    }
  }

  // --- shards that the service refuses -------------------------------------------------------

  /** The service refuses to read a shard, which may mean that it is gone. */
  void onSplitGone(String shardId, Fault.SplitGone gone) {
    heardOf(gone.serviceTime());
    starts.stopped(shardId).ifPresent(node -> onRefused(node, gone));
  }

  private void onRefused(Node node, Fault.SplitGone gone) {
    switch (refused.onRefused(node, gone)) {
      case AGAIN, FROM_OLDEST -> {
        if (refused.count(node) == Evidence.ENOUGH) {
          out.tell(
              Level.WARN,
              gone.getMessage()
                  + ". The shard is tried again until it is clear whether it is gone");
        }
        starts.start(node);
        list(Optional.empty());
      }
      case ENDED -> {
        refused.forget(node);
        out.tell(
            Level.INFO,
            "shard "
                + node.shard.id()
                + " is gone, and nothing in it was unread: "
                + gone.getMessage());
        node.position = Position.END;
        node.updated = headroom.latest();
        out.save(node.entry(), true);
        onEnd(node);
      }
      case GAP -> table.onFault(RefusedShards.gap(node, gone));
    }
  }

  /** A shard needs the table itself to be read, and there seems to be no such table. */
  void startAgain(String shardId, int attempt) {
    starts.stopped(shardId).ifPresent(node -> starts.start(node, attempt));
  }

  private void wasRead(Node node) {
    if (refused.forget(node) >= Evidence.ENOUGH) {
      out.tell(Level.INFO, "shard " + node.shard.id() + " can be read again");
    }
  }

  // --- listings ------------------------------------------------------------------------------

  void listShards() {
    requests.startAnew();
    list(Optional.empty());
  }

  /** Lists all shards once more, unless a listing is under way. */
  void listAll() {
    list(Optional.empty());
  }

  private void list(Optional<String> childrenOf) {
    if (starts.isFollowed()) {
      requests.list(childrenOf);
    }
  }

  /** The service does not know the stream whose shards were asked for. */
  void onStreamGone(Fault.StreamGone gone) {
    heardOf(gone.serviceTime());
    Evidence answers = requests.onUnknown(gone);
    if (answers.isSettled(options.goneAfter())) {
      table.onFault(
          new Fault.Gap(
              "the stream of table " + out.table() + " is gone: " + gone.getMessage(),
              Optional.of(graph.completeUntil()),
              Optional.empty(),
              gone));
    } else if (table.isRunning()) {
      if (answers.answers() == Evidence.ENOUGH) {
        out.tell(Level.WARN, gone.getMessage() + ". It is tried again until it is clear");
      }
      list(Optional.empty());
    }
  }

  /** A listing has ended without an answer that can be used. */
  void onListingFailed() {
    requests.onFailed();
  }

  void onShardsListed(Event.ShardsListed event) {
    requests.onListed(event.listing().serviceTime());
    heardOf(event.listing().serviceTime());
    if (!listings.streamArn().equals(event.streamArn()) || table.state().isOver()) {
      return;
    }
    refused.onListed(event.listing());
    ShardListings.Observed observed = listings.observe(event.listing());
    for (Node node : observed.admitted()) {
      out.save(node.entry(), true);
    }
    observed.forgotten().forEach(id -> out.forgetSplit(id, false));
    if (observed.gap().isPresent()) {
      table.onFault(
          new Fault.Gap(
              "stream of table " + out.table() + ": " + observed.gap().get().what(),
              Optional.of(observed.gap().get().from()),
              Optional.empty(),
              null));
      return;
    }
    if (!observed.admitted().isEmpty()) {
      requests.startAnew();
    }
    starts.startReady();
    lookForMissingShards();
    if (!requests.isUnderWay()) {
      requests.startAnew();
    }
  }

  private void lookForMissingShards() {
    if (table.state().isOver() || table.state() == TableState.STOPPING) {
      return;
    }
    Set<String> parents = listings.awaitingChildren();
    // If a shard has no children for a while, a listing of all shards may tell what became of them.
    if (listings.hasOrphans()
        || listings.isToBeListedUntilDrained()
        || parents.size() > 1
        || !parents.isEmpty() && requests.attempt() >= FILTERED) {
      list(Optional.empty());
    } else if (parents.size() == 1) {
      list(Optional.of(parents.iterator().next()));
    } else if (listings.isDrained()) {
      streamEnded();
    }
  }

  // --- the end of a stream -------------------------------------------------------------------

  private void streamEnded() {
    end.onDrained(graph.completeUntil());
  }

  void onStreamFound(Event.StreamFound event) {
    event.stream().ifPresent(stream -> heardOf(stream.serviceTime()));
    if (end.onStreamFound(event.stream(), headroom.latest())) {
      lookForMissingShards();
    }
  }

  /** The table has this stream now. It may be another one than the one that is read. */
  void onStreamSeen(StreamHandle stream) {
    heardOf(stream.serviceTime());
    end.onStreamSeen(stream);
  }

  // --- time ----------------------------------------------------------------------------------

  void onTick(Instant now) {
    headroom.passed(now);
    if (graph.nodes().stream()
        .anyMatch(node -> node.progress == Progress.RUNNING && starts.mayHaveExpired(node))) {
      return;
    }
    starts.limitWaiting(started);
    if (starts.isFollowed() && !table.state().isOver() && table.state() != TableState.STOPPING) {
      headroom.watch(unreadSince());
    }
    if (table.isRunning()) {
      if (listings.isDrained()) {
        streamEnded();
      } else {
        list(Optional.empty());
      }
    }
  }
}
