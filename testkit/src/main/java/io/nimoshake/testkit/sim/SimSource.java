package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.SplitReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A source in memory. What it lists may lag and contradict itself; what it holds is the truth. */
final class SimSource implements Source {
  /** A listing may lag this far behind. */
  private static final long LAG_NANOS = Duration.ofSeconds(3).toNanos();

  final Map<String, SimTable> tables = new LinkedHashMap<>();
  private final SimLoop loop;
  private final SimFaults faults;
  private final SimScenario scenario;
  private final SimPromises promises;
  private final Set<String> openReaders = new HashSet<>();
  private final Map<String, Integer> asksUntilEnabled = new HashMap<>();
  private boolean gapComes;

  SimSource(SimLoop loop, SimFaults faults, SimScenario scenario, SimPromises promises) {
    this.loop = loop;
    this.faults = faults;
    this.scenario = scenario;
    this.promises = promises;
  }

  SimTable table(String name) {
    return tables.get(name);
  }

  SimLoop loop() {
    return loop;
  }

  SimFaults faults() {
    return faults;
  }

  SimScenario scenario() {
    return scenario;
  }

  /** The next page of some shard is said to be lost. */
  void loseSomething() {
    gapComes = true;
  }

  Fault.Gap gap(String table, String message) {
    loop.trace("source: " + table + " gap: " + message);
    return new Fault.Gap(message, null);
  }

  void maybeLose(Split.StreamShard split) throws Fault {
    if (gapComes && faults.chance(1)) {
      gapComes = false;
      throw gap(split.table(), "records of " + split.id() + " are lost, it says");
    }
  }

  /** The process died, and its readers with it. */
  void forgetReaders() {
    openReaders.clear();
  }

  int openReaders() {
    return openReaders.size();
  }

  @Override
  public List<String> listTables() throws Fault {
    faults.before("listTables");
    return tables.values().stream().filter(this::isListed).map(t -> t.name).toList();
  }

  private boolean isListed(SimTable table) {
    boolean isNew = loop.nanoTime() - table.changedNanos < LAG_NANOS;
    return table.exists ^ (isNew && faults.chance(scenario.lagRate()));
  }

  @Override
  public TableSchema describe(String table) throws Fault {
    faults.before("describe " + table);
    return existing(table).schema;
  }

  private SimTable existing(String name) throws Fault {
    SimTable table = table(name);
    if (!table.exists) {
      throw new Fault.TableGone("there is no table " + name, null);
    }
    return table;
  }

  @Override
  public Optional<StreamHandle> ensureStream(String table) throws Fault {
    faults.before("ensureStream " + table);
    SimTable t = existing(table);
    if (!t.isStreamed()) {
      t.enableStream(scenario.firstShards(), false);
      asksUntilEnabled.put(table, loop.random().between(0, 3));
    }
    faults.after("ensureStream " + table);
    if (asksUntilEnabled.merge(table, -1, Integer::sum) >= 0) {
      return Optional.empty();
    }
    return handle(t);
  }

  @Override
  public Optional<StreamHandle> currentStream(String table) throws Fault {
    faults.before("currentStream " + table);
    return table(table).exists ? handle(table(table)) : Optional.empty();
  }

  private Optional<StreamHandle> handle(SimTable t) {
    return t.stream.map(s -> new StreamHandle(s.arn, s.open, t.serviceTime()));
  }

  @Override
  public ShardListing listShards(String table, String streamArn, Optional<String> childrenOf)
      throws Fault {
    faults.before("listShards " + table);
    SimTable t = table(table);
    SimStream stream = t.stream(streamArn);
    if (stream.isGone()) {
      throw gap(table, "stream " + streamArn + " is gone");
    }
    Optional<String> filter = scenario.filtersChildren() ? childrenOf : Optional.empty();
    List<ShardInfo> infos = new ArrayList<>();
    stream.trim(t.serviceTime());
    for (SimShard shard : stream.shards.values()) {
      boolean asked =
          !stream.hasVanished(shard.id) && filter.map(shard.parents::contains).orElse(true);
      if (asked && !isLate(shard) && !isHidden(shard, stream, filter.isPresent())) {
        infos.add(new ShardInfo(shard.id, shard.parents, ending(shard)));
      }
    }
    loop.random().shuffle(infos);
    loop.trace("source: " + table + " lists " + infos.stream().map(ShardInfo::shardId).toList());
    boolean open =
        stream.open || !stream.isKnownToBeClosed(LAG_NANOS) && faults.chance(scenario.lagRate());
    return new ShardListing(infos, filter.isEmpty(), open, t.serviceTime());
  }

  private boolean isLate(SimShard shard) {
    boolean isNew = loop.nanoTime() - shard.createdNanos < LAG_NANOS;
    return isNew && !shard.parents.isEmpty() && faults.chance(scenario.lagRate());
  }

  /** Long after it was made, and only once, a parent may be left out beside its children. */
  private boolean isHidden(SimShard shard, SimStream stream, boolean filtered) {
    boolean isNew = loop.nanoTime() - shard.createdNanos < 10 * LAG_NANOS;
    if (filtered || isNew || shard.wasHidden || !faults.chance(scenario.lagRate() / 4)) {
      return false;
    }
    shard.wasHidden = stream.shards.values().stream().anyMatch(s -> s.parents.contains(shard.id));
    return shard.wasHidden;
  }

  private Optional<String> ending(SimShard shard) {
    boolean seenClosed =
        shard.closed
            && !(loop.nanoTime() - shard.closedNanos < LAG_NANOS
                && faults.chance(scenario.lagRate()));
    return seenClosed ? Optional.of(Long.toString(shard.endingSequence)) : Optional.empty();
  }

  @Override
  public SplitReader open(Split split, Position from) throws Fault {
    faults.before("open " + split.id());
    String name = split.table() + "/" + split.id();
    if (!openReaders.add(name)) {
      throw new SimFailure(name + " has two readers at a time");
    }
    loop.trace("source: open " + name + " from " + from);
    Runnable onClose = () -> openReaders.remove(name);
    SimTable table = table(split.table());
    if (split instanceof Split.ScanSegment segment) {
      promises.segmentOpened(segment);
      return new SimSegmentReader(segment, from, table, loop, faults, promises, onClose);
    }
    Split.StreamShard shard = (Split.StreamShard) split;
    promises.shardOpened(table, shard);
    return new SimShardReader(shard, from, table, this, onClose);
  }

  @Override
  public void close() {}
}
