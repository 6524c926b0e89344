package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The way back, after a cut-over: each table that was copied follows its change stream in MongoDB
 * from the position that the cut-over has noted. A table is copied only if its position is lost,
 * see {@link BackRecopy}.
 *
 * <p>The checkpoint says that the way back has begun before anything is written to DynamoDB, so
 * that a sync from DynamoDB cannot start beside it or after it. It ends with a return, see {@link
 * Drain} and {@link Returned}.
 */
public final class BackPlan implements Plan {
  private final PlanOptions options;
  private final Predicate<String> selected;
  private final OfDirection live;
  private final Map<String, OfTable> synced = new LinkedHashMap<>();
  private final Map<String, OfSplit> positions = new LinkedHashMap<>();
  private final List<OfSplit> recopies = new ArrayList<>();
  private final Map<String, BackTable> tables = new LinkedHashMap<>();
  private final Event.Handler handler = new Decisions();
  private final Set<String> toldUnknown = new LinkedHashSet<>();
  private final Returned returned = new Returned();
  private final Question whichTables = new Question(this::emit, new Command.ListTables());

  /** The return that is under way. */
  private Optional<Drain> drain = Optional.empty();

  private List<Command> commands = new ArrayList<>();
  private boolean complete;

  /** The last tick, by the clock of the host: it only says how much time has passed. */
  private Optional<Instant> host = Optional.empty();

  /** The listings of tables so far. */
  private Optional<Evidence> listings = Optional.empty();

  private BackPlan(PlanOptions options, Predicate<String> selected, OfDirection live) {
    this.options = options;
    this.selected = selected;
    this.live = live;
  }

  /**
   * The plan that goes on from a checkpoint.
   *
   * @param selected which tables the configuration selects; no other is listed
   * @throws Fault.Fatal if the checkpoint does not say that the sync was cut over with a way back
   */
  public static BackPlan restore(
      PlanOptions options, Predicate<String> selected, Collection<CheckpointEntry> checkpoint)
      throws Fault.Fatal {
    Optional<OfDirection> live =
        checkpoint.stream()
            .filter(OfDirection.class::isInstance)
            .map(OfDirection.class::cast)
            .findFirst();
    Optional<String> obstacle = obstacle(live);
    if (obstacle.isPresent()) {
      throw new Fault.Fatal(obstacle.get());
    }
    BackPlan plan = new BackPlan(options, selected, live.orElseThrow());
    checkpoint.forEach(plan::restore);
    return plan;
  }

  /** Why the way back cannot run in this direction, for people; empty if it can. */
  public static Optional<String> obstacle(Optional<OfDirection> live) {
    String reason =
        switch (live.map(OfDirection::direction).orElse(Direction.FORWARD)) {
          case FORWARD ->
              "sync_mode = back writes the changes of MongoDB to DynamoDB, and this sync still goes"
                  + " from DynamoDB to MongoDB: run `nimo-shake cutover --way-back` first";
          case RETURNED ->
              "the applications write to DynamoDB again since "
                  + live.orElseThrow().at()
                  + ", so there is no way back to follow: set sync_mode = all";
          case CUT_OVER, BACK -> "";
        };
    if (reason.isEmpty() && live.flatMap(OfDirection::wayBack).isEmpty()) {
      reason =
          "the cut-over was made without a way back, so nobody knows which changes of MongoDB"
              + " DynamoDB lacks: `nimo-shake cutover --way-back` notes where they begin";
    }
    return reason.isEmpty() ? Optional.empty() : Optional.of(reason);
  }

  /**
   * Checks that a sync from DynamoDB may run: beside the way back, or after it without a return, it
   * would overwrite what the applications have written.
   */
  public static void requireNotLive(Collection<CheckpointEntry> checkpoint) throws Fault.Fatal {
    for (CheckpointEntry entry : checkpoint) {
      if (entry instanceof OfDirection live && live.direction() == Direction.BACK) {
        throw new Fault.Fatal(
            "this sync goes back since "
                + live.at()
                + ": it writes the changes of MongoDB to DynamoDB. Set sync_mode = back to go on"
                + " with that");
      }
    }
  }

  private void restore(CheckpointEntry entry) {
    returned.restore(entry);
    if (entry instanceof OfTable table) {
      synced.put(table.table(), table);
    } else if (entry instanceof OfSplit split && split.split() instanceof Split.ChangeStream) {
      positions.put(split.split().table(), split);
    } else if (entry instanceof OfSplit part && part.split() instanceof Split.OfRecopy) {
      recopies.add(part);
    }
  }

  @Override
  public List<Command> start() {
    if (live.direction() == Direction.CUT_OVER) {
      // Those of an earlier way back do not count any more.
      Stream.concat(positions.values().stream(), recopies.stream())
          .map(OfSplit::split)
          .forEach(
              split ->
                  emit(
                      new Command.Save(
                          new CheckpointEntry.SplitForgotten(split.table(), split.id()), true)));
      positions.clear();
      recopies.clear();
      emit(new Command.Save(new OfDirection(Direction.BACK, live.at(), live.wayBack()), true));
    }
    whichTables.ask();
    return drain();
  }

  @Override
  public List<Command> on(Event event) {
    event.to(handler);
    noteComplete();
    return drain();
  }

  /** Passes each kind of event to the table that it is about. */
  private final class Decisions implements Event.Handler {
    @Override
    public void tablesListed(Event.TablesListed event) {
      whichTables.over();
      onTablesListed(event.tables());
      drain.ifPresent(Drain::onTablesListed);
    }

    @Override
    public void tick(Event.Tick event) {
      host = Optional.of(event.host());
      tables.values().forEach(table -> table.onTick(event.now()));
      whichTables.ask();
    }

    @Override
    public void tablePrepared(Event.TablePrepared event) {
      tables.get(event.table()).onPrepared(event);
    }

    @Override
    public void streamFound(Event.StreamFound event) {
      tables.get(event.table()).onStreamFound(event);
    }

    @Override
    public void durable(Event.Durable event) {
      tables.get(event.table()).onDurable(event);
      drain.ifPresent(d -> d.onDurable(event));
    }

    @Override
    public void caughtUp(Event.CaughtUp event) {
      tables.get(event.table()).onCaughtUp(event.at());
    }

    @Override
    public void splitFault(Event.SplitFault event) {
      tables.get(event.table()).onFault(event.fault(), Optional.of(event.splitId()));
    }

    @Override
    public void tableFault(Event.TableFault event) {
      tables.get(event.table()).onTableFault(event.fault());
    }

    @Override
    public void tableStopped(Event.TableStopped event) {
      tables.get(event.table()).onStopped();
    }

    @Override
    public void exportSeen(Event.ExportSeen event) {
      throw unasked(event);
    }

    @Override
    public void exportFault(Event.ExportFault event) {
      throw unasked(event);
    }

    @Override
    public void readEmpty(Event.ReadEmpty event) {
      drain.ifPresent(d -> d.onReadEmpty(event));
    }

    @Override
    public void stored(Event.Stored event) {
      drain.ifPresent(Drain::onStored);
    }

    @Override
    public void freeze(Event.Freeze event) {
      if (drain.filter(Drain::isRecorded).isEmpty()) {
        Drain begun = new Drain(new DrainedTables(), whichTables, BackPlan.this::emit, event.at());
        drain = Optional.of(begun);
      }
    }

    @Override
    public void thaw(Event.Thaw event) {
      OfDirection back = new OfDirection(Direction.BACK, live.at(), live.wayBack());
      drain = drain.filter(d -> !d.thaw(event.undo(), back));
    }

    @Override
    public void cutOver(Event.CutOver event) {
      // The sync was cut over already.
      drain.ifPresent(Drain::refuse);
    }

    @Override
    public void goBack(Event.GoBack event) {
      drain.ifPresent(
          d ->
              d.record(
                  returned.entries(
                      event.streams(),
                      new OfDirection(Direction.RETURNED, d.freeze(), live.wayBack()))));
    }

    @Override
    public void shardsListed(Event.ShardsListed event) {
      throw unasked(event);
    }

    @Override
    public void deletesAreReal(Event.DeletesAreReal event) {
      throw unasked(event);
    }

    @Override
    public void tableFinished(Event.TableFinished event) {
      throw unasked(event);
    }

    @Override
    public void tableSwapped(Event.TableSwapped event) {
      throw unasked(event);
    }

    @Override
    public void changesExported(Event.ChangesExported event) {
      throw unasked(event);
    }

    private IllegalStateException unasked(Event event) {
      return new IllegalStateException("the way back does not ask for " + event);
    }
  }

  /** What a return has to know. */
  private final class DrainedTables implements Drain.Tables {
    /**
     * All that were synced. One that was deleted in DynamoDB since cannot be written back to. Of
     * one that is not selected any more, nobody knows that.
     */
    @Override
    public Collection<String> names() {
      return synced.keySet().stream()
          .filter(name -> tables.containsKey(name) || !isGone(name))
          .toList();
    }

    @Override
    public boolean isFollowed(String table) {
      return table(table).filter(known -> known.state() == TableState.FOLLOWING).isPresent();
    }

    @Override
    public Stream<Instant> durable(String table) {
      return table(table).stream().flatMap(known -> known.recordTime().stream());
    }

    @Override
    public TableProof proof(String table, Instant from) {
      return new ChangeStreamDrain(table, table(table), selected.test(table), from);
    }

    private boolean isGone(String table) {
      return selected.test(table) && toldUnknown.contains(table);
    }

    private Optional<BackTable> table(String name) {
      return Optional.ofNullable(tables.get(name));
    }
  }

  private void onTablesListed(List<String> names) {
    host.ifPresent(at -> listings = Evidence.again(listings, at));
    for (String name : new LinkedHashSet<>(names)) {
      OfTable entry = synced.get(name);
      if (entry == null) {
        if (toldUnknown.add(name)) {
          tell(
              name,
              "was not synced before the cut-over: its changes are not written back to DynamoDB");
        }
      } else if (!tables.containsKey(name)) {
        BackTable table =
            new BackTable(options, new PlanOutput(name, this::emit), live, positions.get(name));
        tables.put(name, table);
        recopies.stream().filter(part -> part.split().table().equals(name)).forEach(table::restore);
        table.start(entry.phase());
      }
    }
    tables.forEach((name, table) -> table.onListed(names.contains(name), host));
    if (listings.filter(evidence -> evidence.isSettled(options.goneAfter())).isPresent()) {
      synced.keySet().stream()
          .filter(name -> !tables.containsKey(name) && toldUnknown.add(name))
          .forEach(
              name ->
                  tell(
                      name,
                      selected.test(name)
                          ? "is in the checkpoint but not among the tables of DynamoDB: it was"
                              + " deleted. Its changes are not written back"
                          : ChangeStreamDrain.NOT_SELECTED));
    }
  }

  private void tell(String table, String message) {
    emit(new Command.Tell(table, Command.Level.WARN, message));
  }

  private void noteComplete() {
    boolean failed =
        !tables.isEmpty()
            && tables.values().stream().allMatch(table -> table.state() == TableState.FAILED);
    if (failed && !complete) {
      complete = true;
      emit(new Command.Complete());
    }
  }

  private void emit(Command command) {
    commands.add(command);
  }

  private List<Command> drain() {
    List<Command> result = commands;
    commands = new ArrayList<>();
    return result;
  }

  @Override
  public Optional<PlanView.CutOver> cutOver() {
    return drain.map(Drain::view);
  }

  /** The copy of the way forward is over. */
  @Override
  public boolean isCopied() {
    return true;
  }

  @Override
  public List<PlanView.Table> view() {
    return tables.values().stream().map(BackTable::view).toList();
  }
}
