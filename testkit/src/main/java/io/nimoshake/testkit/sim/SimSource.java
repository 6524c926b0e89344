package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.Fault.SplitGone.Answer;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Source.ChangeExport;
import io.nimoshake.core.port.Source.ShardInfo;
import io.nimoshake.core.port.Source.ShardListing;
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.core.port.SplitReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A source in memory. What it lists may lag, contradict itself and be wrong for a moment; what it
 * holds is the truth.
 */
final class SimSource {
  /** A listing may lag this far behind. */
  private static final long LAG_NANOS = Duration.ofSeconds(3).toNanos();

  final Map<String, SimTable> tables = new LinkedHashMap<>();
  private final SimLoop loop;
  private final SimFaults faults;
  private final SimScenario scenario;
  private final SimPromises promises;
  private final SimWrongAnswers wrong;
  private final Map<String, Integer> asksUntilEnabled = new HashMap<>();
  private final Optional<SimExports> exports;
  private final Optional<SimCopies> copies;
  private boolean gapComes;

  SimSource(SimLoop loop, SimFaults faults, SimScenario scenario, SimPromises promises) {
    this.loop = loop;
    this.faults = faults;
    this.scenario = scenario;
    this.promises = promises;
    this.exports = scenario.troubles().exports().map(drawn -> new SimExports(loop, drawn));
    this.copies = scenario.troubles().copiesTake().map(longest -> new SimCopies(loop, longest));
    this.wrong =
        new SimWrongAnswers(
            loop, faults, scenario.troubles().wrongRate(), scenario.troubles().longestWrong());
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

  void maybeLose(Split.StreamShard split) throws Fault {
    if (gapComes && faults.chance(1)) {
      gapComes = false;
      table(split.table()).loseChanges();
      String message = "records of " + split.id() + " are lost, it says";
      loop.trace("source: " + split.table() + " gap: " + message);
      throw new Fault.Gap(message, null);
    }
  }

  /** A shard that cannot be read: for good, as its records are lost, or for a moment. */
  Fault.SplitGone gone(SimTable table, String split, Answer answer) {
    String message = "records of " + split + ": " + answer;
    loop.trace("source: " + table.name + " " + message);
    return new Fault.SplitGone(message, answer, table.serviceTime(), null);
  }

  /** Says that a shard is not there, or its oldest record, where both are. */
  void maybeWrong(SimTable table, String split) throws Fault {
    for (Answer answer : Answer.values()) {
      if (wrong.isWrong(split + " is " + answer)) {
        throw gone(table, split, answer);
      }
    }
  }

  /** The changes of a file of an incremental export. */
  List<SimShard.Rec> changesOf(Split.ChangeFile file) {
    return exports.orElseThrow().file(file);
  }

  /** Versions, by key, of the items of which the export of a window tells nothing. */
  Map<String, Map<Long, Instant>> untold(String table, Instant from, Instant to) {
    return exports.orElseThrow().untold(table, from, to);
  }

  /** Whether an export tells nothing of a change, although it was made in its window. */
  boolean isUntold(String table, String key, long version) {
    return exports.filter(all -> all.isUntold(table, key, version)).isPresent();
  }

  /** The items of a file of a full export. */
  List<SimCopies.Item> itemsOf(Split.ExportFile file) {
    return copies.orElseThrow().file(file);
  }

  /** As a process sees it, whose readers end with it. */
  Connection connect(SimLife life) {
    return new Connection(life);
  }

  // --- the port --------------------------------------------------------------------------------

  private List<String> listTables() throws Fault {
    faults.before("listTables");
    return tables.values().stream().filter(this::isListed).map(t -> t.name).toList();
  }

  private boolean isListed(SimTable table) {
    // A sync that only copies lists the tables once, and cannot know better.
    if (table.exists && scenario.streams() && wrong.isWrong("table " + table.name)) {
      return false;
    }
    boolean isNew = loop.nanoTime() - table.changedNanos < LAG_NANOS;
    return table.exists ^ (isNew && faults.chance(scenario.services().lagRate()));
  }

  private TableSchema describe(String table) throws Fault {
    faults.before("describe " + table);
    return existing(table).schema;
  }

  private SimTable existing(String name) throws Fault {
    SimTable table = table(name);
    if (!table.exists || wrong.isWrong("description of " + name)) {
      throw new Fault.TableGone("there is no table " + name, null);
    }
    return table;
  }

  private Optional<StreamHandle> ensureStream(String table) throws Fault {
    faults.before("ensureStream " + table);
    SimTable t = existing(table);
    if (!t.isStreamed()) {
      t.enableStream(scenario.tables().firstShards(), false);
      asksUntilEnabled.put(table, loop.random().between(0, 3));
    }
    faults.after("ensureStream " + table);
    if (asksUntilEnabled.merge(table, -1, Integer::sum) >= 0) {
      return Optional.empty();
    }
    return handle(t);
  }

  private Optional<StreamHandle> currentStream(String table) throws Fault {
    faults.before("currentStream " + table);
    boolean found = table(table).exists && !wrong.isWrong("stream of " + table);
    return found ? handle(table(table)) : Optional.empty();
  }

  private Optional<StreamHandle> handle(SimTable t) {
    return t.stream.map(s -> new StreamHandle(s.arn, s.open, t.serviceTime()));
  }

  private ShardListing listShards(String table, String streamArn, Optional<String> childrenOf)
      throws Fault {
    faults.before("listShards " + table);
    SimTable t = table(table);
    SimStream stream = t.stream(streamArn);
    if (stream.isGone() || wrong.isWrong("stream " + table + " " + streamArn)) {
      loop.trace("source: " + table + " has no stream " + streamArn);
      throw new Fault.StreamGone("no stream " + streamArn, t.serviceTime(), null);
    }
    boolean empty = wrong.isWrong("shards of " + table + " " + streamArn);
    Optional<String> filter = scenario.services().filtersChildren() ? childrenOf : Optional.empty();
    List<ShardInfo> infos = new ArrayList<>();
    stream.trim(t.serviceTime());
    for (SimShard shard : stream.shards.values()) {
      boolean asked =
          !stream.hasVanished(shard.id) && filter.map(shard.parents::contains).orElse(true);
      boolean shown = !empty && !isLate(shard) && !isHidden(shard, stream, filter.isPresent());
      if (asked && shown && !wrong.isWrong("listing of " + table + " " + shard.id)) {
        infos.add(new ShardInfo(shard.id, shard.parents, ending(shard)));
      }
    }
    loop.random().shuffle(infos);
    loop.trace("source: " + table + " lists " + infos.stream().map(ShardInfo::shardId).toList());
    boolean open =
        stream.open
            || !stream.isKnownToBeClosed(LAG_NANOS) && faults.chance(scenario.services().lagRate());
    return new ShardListing(infos, filter.isEmpty(), open, t.serviceTime());
  }

  private boolean isLate(SimShard shard) {
    boolean isNew = loop.nanoTime() - shard.createdNanos < LAG_NANOS;
    return isNew && !shard.parents.isEmpty() && faults.chance(scenario.services().lagRate());
  }

  /** Long after it was made, and only once, a parent may be left out beside its children. */
  private boolean isHidden(SimShard shard, SimStream stream, boolean filtered) {
    boolean isNew = loop.nanoTime() - shard.createdNanos < 10 * LAG_NANOS;
    if (filtered || isNew || shard.wasHidden || !faults.chance(scenario.services().lagRate() / 4)) {
      return false;
    }
    shard.wasHidden = stream.shards.values().stream().anyMatch(s -> s.parents.contains(shard.id));
    return shard.wasHidden;
  }

  private Optional<String> ending(SimShard shard) {
    boolean seenClosed =
        shard.closed
            && !(loop.nanoTime() - shard.closedNanos < LAG_NANOS
                && faults.chance(scenario.services().lagRate()));
    return seenClosed ? Optional.of(Long.toString(shard.endingSequence)) : Optional.empty();
  }

  /** The port, with the readers that one process has open. */
  final class Connection implements SimProcess.Reads {
    private final SimLife life;
    private final SimReaders readers = new SimReaders(loop);

    Connection(SimLife life) {
      this.life = life;
    }

    @Override
    public SimReaders readers() {
      return readers;
    }

    @Override
    public List<String> listTables() throws Fault {
      return SimSource.this.listTables();
    }

    @Override
    public TableSchema describe(String table) throws Fault {
      return SimSource.this.describe(table);
    }

    @Override
    public Optional<StreamHandle> ensureStream(String table) throws Fault {
      return SimSource.this.ensureStream(table);
    }

    @Override
    public Optional<StreamHandle> currentStream(String table) throws Fault {
      return SimSource.this.currentStream(table);
    }

    @Override
    public ShardListing listShards(String table, String streamArn, Optional<String> childrenOf)
        throws Fault {
      return SimSource.this.listShards(table, streamArn, childrenOf);
    }

    @Override
    public Optional<ChangeExport> exportChanges(String table, Instant from, Instant to)
        throws Fault {
      faults.before("exportChanges " + table);
      return exports.orElseThrow().of(existing(table), from, to);
    }

    @Override
    public Optional<Export> export(TableSchema table, Optional<StreamHandle> stream, boolean again)
        throws Fault {
      faults.before("export " + table.name());
      SimTable exported = existing(table.name());
      return copies.map(
          to ->
              to.wish(
                  exported, stream.map(StreamHandle::serviceTime).orElse(exported.serviceTime())));
    }

    @Override
    public Export pursue(TableSchema table, String id) throws Fault {
      faults.before("pursue " + id);
      Export answer = copies.orElseThrow().pursue(existing(table.name()), id);
      faults.after("pursue " + id);
      return answer;
    }

    @Override
    public SplitReader open(Split split, Position from) throws Fault {
      faults.before("open " + split.id());
      SimTable table = table(split.table());
      if (split instanceof Split.StreamShard) {
        maybeWrong(table, split.id());
      }
      Runnable onClose = readers.open(split, from);
      if (split instanceof Split.ScanSegment segment) {
        Map<String, Long> scanned = promises.segmentOpened(segment, life.isFitToWrite());
        return new SimSegmentReader(segment, from, table, loop, faults, scanned, onClose);
      }
      if (split instanceof Split.ExportFile file) {
        return new SimFileReader<>(
            file,
            from,
            itemsOf(file),
            item -> table.scanned(item.key(), item.version()),
            loop,
            faults,
            onClose);
      }
      if (split instanceof Split.ChangeFile file) {
        return new SimFileReader<>(
            file, from, changesOf(file), SimShard.Rec::change, loop, faults, onClose);
      }
      Split.StreamShard shard = (Split.StreamShard) split;
      // One without the lease may open it, as nothing that it reads reaches the target.
      if (life.isFitToWrite()) {
        promises.shardOpened(table, shard);
      }
      return new SimShardReader(shard, from, table, SimSource.this, onClose);
    }

    @Override
    public void close() {}
  }
}
