package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.Split.ScanSegment;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.plan.Command.Level;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.core.port.WriteMode;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The decisions about one table, from its preparation over the copy to its stream. */
final class TablePlan {
  /** How long the service keeps a record. */
  static final Duration RETENTION = Duration.ofHours(24);

  /**
   * Records this much older than T0 are not written: the copy sees their effect, clocks and all.
   */
  static final Duration MARGIN = Duration.ofMinutes(5);

  /** How often only the children of a shard are asked for before all shards are. */
  private static final int FILTERED = 3;

  /** Where the table is. */
  enum Stage {
    WAITING,
    PREPARING,
    COPYING,
    /** Every segment is durable; writes that leave tombstones are still under way. */
    SWITCHING,
    FINISHING,
    /** The new copy is about to take the place of the old one; no split is running. */
    SWAPPING,
    STREAMING,
    DONE,
    /** Splits are being stopped, to copy the table again. */
    STOPPING,
    FAILED
  }

  private final String table;
  private final PlanOptions options;
  private final Consumer<Command> out;

  private Stage stage = Stage.WAITING;
  private Optional<OfTable> saved = Optional.empty();
  private Optional<Fault> failure = Optional.empty();
  private final Map<String, Segment> segments = new LinkedHashMap<>();
  private int unfinishedSegments;
  private Optional<ShardGraph> graph = Optional.empty();
  private boolean retentionIsShort;
  private boolean listing;
  private int listAttempt;
  private Optional<String> laterStream = Optional.empty();
  private boolean toldStreamClosed;
  private boolean resync;

  /** Splits of a copy that is given up; forgotten when the new one begins. */
  private final Set<String> stale = new LinkedHashSet<>();

  /** The latest time that was heard of. */
  private Instant latest = Instant.EPOCH;

  /** Progress of one segment. */
  static final class Segment {
    final ScanSegment split;
    Position position = Position.BEGINNING;
    Instant updated = Instant.EPOCH;

    Segment(ScanSegment split) {
      this.split = split;
    }
  }

  TablePlan(String table, PlanOptions options, Consumer<Command> out) {
    this.table = table;
    this.options = options;
    this.out = out;
  }

  // --- what others may see -------------------------------------------------------------------

  String table() {
    return table;
  }

  Stage stage() {
    return stage;
  }

  Optional<Fault> failure() {
    return failure;
  }

  Optional<ShardGraph> graph() {
    return graph;
  }

  Iterable<Segment> segments() {
    return segments.values();
  }

  /** Whether its items are in the target, or never will be. */
  boolean isPastCopy() {
    return stage == Stage.STREAMING || stage == Stage.DONE || stage == Stage.FAILED;
  }

  boolean isOver() {
    return stage == Stage.DONE || stage == Stage.FAILED;
  }

  /** Whether it takes one of the places of {@code full.concurrency} when it is started. */
  boolean needsCopy() {
    return copies() && saved.map(entry -> entry.phase() == Phase.COPYING).orElse(true);
  }

  boolean takesCopyPlace() {
    return switch (stage) {
      case PREPARING, COPYING, SWITCHING, FINISHING, SWAPPING -> needsCopyPlaceNow();
      default -> false;
    };
  }

  private boolean needsCopyPlaceNow() {
    return saved.map(entry -> entry.phase() != Phase.COPIED).orElse(copies());
  }

  private boolean copies() {
    return options.copy() || resync;
  }

  // --- from the checkpoint -------------------------------------------------------------------

  void restore(OfTable entry, List<OfSplit> splits) {
    if (options.stream() && entry.started().isEmpty()) {
      tell(Level.WARN, "its checkpoint is of a copy without a stream, which cannot be followed");
      out.accept(new Command.Save(new CheckpointEntry.TableForgotten(table), true));
      return;
    }
    if (isToBeginAnew(entry)) {
      resync = true;
      splits.forEach(split -> stale.add(split.split().id()));
      return;
    }
    saved = Optional.of(entry);
    addSegments(entry.segments());
    if (!entry.streams().isEmpty()) {
      graph = Optional.of(newGraph(entry));
    }
    for (OfSplit split : splits) {
      if (split.split() instanceof StreamShard shard) {
        graph.ifPresent(
            g -> g.restore(shard, split.position(), split.recordTime(), split.updated()));
      } else {
        Segment segment = segments.get(split.split().id());
        segment.position = split.position();
        segment.updated = split.updated();
      }
    }
    graph.ifPresent(ShardGraph::restored);
    unfinishedSegments = (int) segments.values().stream().filter(s -> !isEnd(s.position)).count();
  }

  private static boolean isToBeginAnew(OfTable entry) {
    return entry.beside() && entry.phase() == Phase.COPYING && entry.segments() == 0;
  }

  private void addSegments(int total) {
    segments.clear();
    for (int i = 0; i < total; i++) {
      ScanSegment split = new ScanSegment(table, i, total);
      segments.put(split.id(), new Segment(split));
    }
    unfinishedSegments = total;
  }

  private ShardGraph newGraph(OfTable entry) {
    // Also without a copy: creation times are rounded down, and a change made "now" must not be
    // lost.
    Instant from = entry.started().map(t0 -> t0.minus(MARGIN)).orElse(Instant.MIN);
    String arn = entry.streams().get(entry.streams().size() - 1);
    return new ShardGraph(table, arn, from);
  }

  // --- preparation ---------------------------------------------------------------------------

  void start() {
    stage = Stage.PREPARING;
    out.accept(new Command.PrepareTable(table, existing(), options.stream()));
  }

  private Existing existing() {
    if (saved.isPresent()) {
      return saved.get().beside() ? Existing.RESUME_BESIDE : Existing.RESUME;
    } else if (resync) {
      return Existing.BESIDE;
    }
    return options.copy() ? options.existing() : Existing.KEEP;
  }

  void onPrepared(Event.TablePrepared event) {
    if (stage != Stage.PREPARING) {
      return;
    }
    event.stream().ifPresent(stream -> heardOf(stream.serviceTime()));
    if (saved.isEmpty()) {
      begin(event);
    } else {
      event.stream().map(s -> s.arn()).filter(this::isNotOurStream).ifPresent(this::streamReplaced);
    }
    switch (saved.orElseThrow().phase()) {
      case COPYING -> {
        stage = Stage.COPYING;
        listShards();
        startShardsThatMayRun();
        startSegments();
      }
      case FINISHING -> {
        stage = Stage.FINISHING;
        listShards();
        startShardsThatMayRun();
        finish();
      }
      case COPIED -> {
        stage = options.stream() ? Stage.STREAMING : Stage.DONE;
        listShards();
        startShardsThatMayRun();
      }
      case SWAPPING -> swap();
    }
  }

  private void begin(Event.TablePrepared event) {
    boolean copy = copies();
    int total = copy && !options.schemaOnly() ? event.segments() : 0;
    Phase phase = !copy ? Phase.COPIED : total == 0 ? Phase.FINISHING : Phase.COPYING;
    OfTable entry =
        new OfTable(
            table,
            phase,
            event.stream().map(stream -> stream.serviceTime()),
            event.stream().map(stream -> List.of(stream.arn())).orElse(List.of()),
            total,
            event.fresh(),
            resync);
    // One by one: at no moment may the store know nothing of the table, or a crash then would make
    // it one that was never copied, and what was lost would stay lost.
    stale.forEach(
        id -> out.accept(new Command.Save(new CheckpointEntry.SplitForgotten(table, id), true)));
    stale.clear();
    addSegments(total);
    graph = event.stream().map(stream -> newGraph(entry));
    save(entry);
    if (!copy) {
      tell(
          Level.INFO,
          "no checkpoint: nothing is copied, changes are followed from "
              + entry.started().orElseThrow());
    }
  }

  private boolean isNotOurStream(String arn) {
    return graph.isPresent() && !graph.get().streamArn().equals(arn);
  }

  // --- copy ----------------------------------------------------------------------------------

  private void startSegments() {
    if (stage != Stage.COPYING) {
      return;
    }
    WriteMode mode = mayLeaveTombstones() ? WriteMode.COPY_IF_ABSENT : WriteMode.COPY_REPLACE;
    for (Segment segment : segments.values()) {
      if (!isEnd(segment.position)) {
        out.accept(new Command.StartSplit(segment.split, segment.position, mode));
      }
    }
    if (unfinishedSegments == 0) {
      copied();
    }
  }

  private boolean mayLeaveTombstones() {
    return options.insertIfAbsent() && saved.orElseThrow().fresh();
  }

  private void copied() {
    OfTable entry = saved.orElseThrow();
    save(entry.withPhase(Phase.FINISHING));
    if (graph.isPresent() && shardsRanDuringCopy()) {
      stage = Stage.SWITCHING;
      out.accept(new Command.DeleteForReal(table));
    } else {
      stage = Stage.FINISHING;
      startShardsThatMayRun();
      finish();
    }
  }

  private boolean shardsRanDuringCopy() {
    return graph.get().nodes().stream().anyMatch(n -> n.state != ShardGraph.State.WAITING);
  }

  void onDeletesAreReal() {
    if (stage == Stage.SWITCHING) {
      stage = Stage.FINISHING;
      startShardsThatMayRun();
      finish();
    }
  }

  private void finish() {
    if (stage != Stage.FINISHING) {
      return;
    }
    boolean purge = graph.isPresent() && mayLeaveTombstones() && !segments.isEmpty();
    out.accept(new Command.FinishTable(table, purge));
  }

  void onFinished() {
    if (stage != Stage.FINISHING) {
      return;
    }
    OfTable entry = saved.orElseThrow();
    if (entry.beside()) {
      // Writes must not meet the moment of the swap; when they have ended, onStopped goes on.
      stage = Stage.SWAPPING;
      out.accept(new Command.StopTable(table));
    } else {
      save(entry.withPhase(Phase.COPIED));
      stage = options.stream() && !options.schemaOnly() ? Stage.STREAMING : Stage.DONE;
    }
  }

  private void swap() {
    stage = Stage.SWAPPING;
    save(saved.orElseThrow().withPhase(Phase.SWAPPING));
    out.accept(new Command.SwapTable(table));
  }

  void onSwapped() {
    if (stage == Stage.SWAPPING) {
      resync = false;
      save(saved.orElseThrow().swappedIn());
      tell(Level.INFO, "the new copy has taken the place of the old one");
      start();
    }
  }

  // --- progress ------------------------------------------------------------------------------

  void onDurable(Event.Durable event) {
    heardOf(event.at());
    Segment segment = segments.get(event.splitId());
    if (segment != null) {
      onSegmentDurable(segment, event);
    } else {
      graph.flatMap(g -> g.node(event.splitId())).ifPresent(node -> onShardDurable(node, event));
    }
  }

  private void onSegmentDurable(Segment segment, Event.Durable event) {
    segment.position = event.position();
    segment.updated = event.at();
    boolean end = isEnd(event.position());
    saveSplit(segment.split, event.position(), Optional.empty(), event.at(), end);
    if (end) {
      unfinishedSegments--;
      if (unfinishedSegments == 0 && stage == Stage.COPYING) {
        copied();
      }
    }
  }

  private void onShardDurable(ShardGraph.Node node, Event.Durable event) {
    node.position = event.position();
    node.updated = event.at();
    if (event.recordTime().isPresent()) {
      node.recordTime = event.recordTime();
    }
    boolean end = isEnd(event.position());
    saveSplit(node.shard, event.position(), node.recordTime, event.at(), end);
    if (end) {
      List<ShardGraph.Node> ready = graph.orElseThrow().finish(node);
      if (shardsMayRun()) {
        startShards(ready);
      }
      listAttempt = 0;
      lookForMissingShards();
    }
  }

  // --- stream --------------------------------------------------------------------------------

  private boolean shardsMayRun() {
    if (!options.stream() || options.schemaOnly()) {
      return false;
    }
    return switch (stage) {
      case COPYING -> mayLeaveTombstones() && (options.streamDuringCopy() || retentionIsShort);
      case SWITCHING, FINISHING, STREAMING -> true;
      default -> false;
    };
  }

  private void startShardsThatMayRun() {
    if (shardsMayRun()) {
      graph.ifPresent(g -> startShards(g.ready()));
    }
  }

  /**
   * A reader that begins at the oldest record that is kept does not see that older ones have
   * expired: what was not read for as long as records are kept is a gap.
   */
  private void startShards(List<ShardGraph.Node> shards) {
    for (ShardGraph.Node node : shards) {
      Instant from = graph.orElseThrow().nothingLostUntil(node);
      if (node.position instanceof Position.Beginning && from.isBefore(latest.minus(RETENTION))) {
        onFault(
            new Fault.Gap(
                "table " + table + ": records of " + node.shard.id() + " may have expired unread",
                Optional.of(from),
                Optional.of(latest.minus(RETENTION)),
                null));
        return;
      }
    }
    shards.forEach(this::startShard);
  }

  private void startShard(ShardGraph.Node node) {
    node.state = ShardGraph.State.RUNNING;
    WriteMode mode = stage == Stage.COPYING ? WriteMode.STREAM_WITH_TOMBSTONES : WriteMode.STREAM;
    out.accept(new Command.StartSplit(node.shard, node.position, mode));
  }

  private void listShards() {
    listAttempt = 0;
    graph.ifPresent(g -> list(g, Optional.empty()));
  }

  private void list(ShardGraph g, Optional<String> childrenOf) {
    if (!listing && options.stream() && !options.schemaOnly()) {
      listing = true;
      listAttempt++;
      out.accept(new Command.ListShards(table, g.streamArn(), childrenOf, listAttempt));
    }
  }

  void onShardsListed(Event.ShardsListed event) {
    listing = false;
    heardOf(event.listing().serviceTime());
    if (graph.isEmpty() || !graph.get().streamArn().equals(event.streamArn()) || isOver()) {
      return;
    }
    ShardGraph g = graph.get();
    ShardGraph.Observed observed = g.observe(event.listing());
    for (ShardGraph.Node node : observed.admitted()) {
      saveSplit(node.shard, node.position, Optional.empty(), node.updated, true);
    }
    for (String id : observed.forgotten()) {
      out.accept(new Command.Save(new CheckpointEntry.SplitForgotten(table, id), false));
    }
    if (observed.gap().isPresent()) {
      onFault(new Fault.Gap("stream of table " + table + ": " + observed.gap().get(), null));
      return;
    }
    if (!observed.admitted().isEmpty()) {
      listAttempt = 0;
    }
    startShardsThatMayRun();
    lookForMissingShards();
  }

  private void lookForMissingShards() {
    if (isOver() || stage == Stage.STOPPING) {
      return;
    }
    ShardGraph g = graph.orElseThrow();
    Set<String> parents = g.awaitingChildren();
    // A child that its parent does not name for a while may be gone: all shards tell.
    if (g.hasOrphans() || parents.size() > 1 || !parents.isEmpty() && listAttempt >= FILTERED) {
      list(g, Optional.empty());
    } else if (parents.size() == 1) {
      list(g, Optional.of(parents.iterator().next()));
    } else if (g.isDrained()) {
      streamEnded();
    }
  }

  private void streamEnded() {
    if (laterStream.isPresent()) {
      onFault(
          new Fault.Gap(
              "the stream of table " + table + " was off for a while before it was enabled again",
              null));
    } else {
      out.accept(new Command.FindStream(table));
    }
  }

  void onStreamFound(Event.StreamFound event) {
    Optional<String> arn = event.stream().map(stream -> stream.arn());
    if (arn.filter(this::isNotOurStream).isPresent()) {
      streamReplaced(arn.get());
      lookForMissingShards();
    } else if (!toldStreamClosed) {
      toldStreamClosed = true;
      tell(Level.WARN, "its stream is disabled: later changes are not captured");
    }
  }

  private void streamReplaced(String arn) {
    if (!laterStream.equals(Optional.of(arn))) {
      laterStream = Optional.of(arn);
      tell(Level.WARN, "its stream was enabled again; the former one is read to its end first");
    }
  }

  // --- time and faults -----------------------------------------------------------------------

  void onTick(Instant now) {
    heardOf(now);
    Optional<Instant> t0 = saved.flatMap(OfTable::started);
    if (stage == Stage.COPYING && t0.isPresent() && graph.isPresent() && !shardsMayRun()) {
      Instant end = t0.get().minus(MARGIN).plus(RETENTION);
      if (mayLeaveTombstones() && now.isAfter(end.minus(RETENTION.dividedBy(4)))) {
        retentionIsShort = true;
        tell(
            Level.WARN,
            "the copy takes so long that the stream's oldest records will expire: changes are"
                + " applied from now on, beside the copy");
        startShardsThatMayRun();
      } else if (now.isAfter(end)) {
        onFault(
            new Fault.Gap(
                "table " + table + ": records expired before the copy ended",
                Optional.of(t0.get()),
                Optional.of(now),
                null));
        return;
      }
    }
    if (stage == Stage.COPYING || stage == Stage.FINISHING || stage == Stage.STREAMING) {
      graph.filter(g -> !g.isDrained()).ifPresent(g -> list(g, Optional.empty()));
      graph.filter(ShardGraph::isDrained).ifPresent(g -> streamEnded());
    }
  }

  void onFault(Fault fault) {
    if (isOver() || stage == Stage.STOPPING) {
      return;
    }
    if (stage == Stage.SWAPPING && fault instanceof Fault.Gap) {
      return; // found again by who reads on after the swap
    }
    if (fault instanceof Fault.Gap && options.resyncOnGap() && canResync()) {
      tell(Level.WARN, fault.getMessage() + "; the table is copied again");
      resync = true;
      stage = Stage.STOPPING;
    } else {
      failure = Optional.of(fault);
      stage = Stage.FAILED;
      out.accept(new Command.GiveUp(table, fault));
    }
    out.accept(new Command.StopTable(table));
  }

  /** In a collection with documents of others a new copy cannot take the place of the old one. */
  private boolean canResync() {
    return options.swap() && saved.map(OfTable::fresh).orElse(false);
  }

  void onStopped() {
    if (stage == Stage.SWAPPING) {
      graph.ifPresent(ShardGraph::paused);
      swap();
    } else if (stage == Stage.STOPPING) {
      forgetForResync();
    }
  }

  private void forgetForResync() {
    segments.keySet().forEach(stale::add);
    graph.ifPresent(g -> g.nodes().forEach(node -> stale.add(node.shard.id())));
    save(saved.orElseThrow().toBeginAnew());
    saved = Optional.empty();
    graph = Optional.empty();
    segments.clear();
    listing = false;
    retentionIsShort = false;
    laterStream = Optional.empty();
    toldStreamClosed = false;
    stage = Stage.WAITING;
  }

  // --- helpers -------------------------------------------------------------------------------

  private void heardOf(Instant time) {
    latest = time.isAfter(latest) ? time : latest;
  }

  private static boolean isEnd(Position position) {
    return position instanceof Position.End;
  }

  private void save(OfTable entry) {
    saved = Optional.of(entry);
    out.accept(new Command.Save(entry, true));
  }

  private void saveSplit(
      Split split, Position position, Optional<Instant> recordTime, Instant at, boolean soon) {
    out.accept(new Command.Save(new OfSplit(split, position, recordTime, at), soon));
  }

  private void tell(Level level, String message) {
    out.accept(new Command.Tell(table, level, message));
  }
}
