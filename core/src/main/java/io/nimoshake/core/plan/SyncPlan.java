package io.nimoshake.core.plan;

import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Decides what runs: an event goes in, commands come out. Pure and single-threaded: no I/O, no
 * clock, no randomness. A plan restored from what it had saved, entry by entry in order, goes on
 * without losing a change, wherever it was cut off.
 */
public final class SyncPlan implements Plan {
  private final PlanOptions options;
  private final Map<String, TablePlan> tables = new LinkedHashMap<>();
  private final CopyPlaces places;
  private final Map<String, OfTable> checkpointTables = new LinkedHashMap<>();
  private final Map<String, List<OfSplit>> checkpointSplits = new HashMap<>();
  private final Event.Handler handler = new Decisions();
  private final Question whichTables = new Question(this::emit, new Command.ListTables());
  private List<Command> commands = new ArrayList<>();
  private boolean savedCopied;
  private boolean complete;
  private boolean listed;

  /** Whether tables are listed once more before a sync that only copies ends. */
  private boolean confirming;

  /** Whether that listing has shown no further table. */
  private boolean confirmed;

  /** The listings of tables so far. */
  private Optional<Evidence> listings = Optional.empty();

  private boolean toldMissing;

  /** Set if the checkpoint says that the applications were switched back to DynamoDB. */
  private Optional<OfDirection> returned = Optional.empty();

  /** The cut-over that is under way. */
  private Optional<Drain> drain = Optional.empty();

  /** The last tick. */
  private Optional<Event.Tick> tick = Optional.empty();

  /**
   * @param checkpoint what was saved before; empty for a new sync
   */
  public SyncPlan(PlanOptions options, Collection<CheckpointEntry> checkpoint) {
    this.options = options;
    this.places = new CopyPlaces(options, tables.values());
    for (CheckpointEntry entry : checkpoint) {
      if (entry instanceof OfTable table) {
        checkpointTables.put(table.table(), table);
      } else if (entry instanceof OfSplit split) {
        checkpointSplits
            .computeIfAbsent(split.split().table(), name -> new ArrayList<>())
            .add(split);
      } else if (entry instanceof CheckpointEntry.OfSync sync) {
        savedCopied = sync.copied();
      } else if (entry instanceof OfDirection live && live.direction() == Direction.RETURNED) {
        returned = Optional.of(live);
      }
    }
  }

  @Override
  public List<Command> start() {
    returned.ifPresent(live -> commands.add(new Command.Save(forward(live.at()), true)));
    whichTables.ask();
    return drain();
  }

  @Override
  public List<Command> on(Event event) {
    event.to(handler);
    if (!(event instanceof Event.Durable) || mayHaveChangedState()) {
      places.startWaiting(tick.map(Event.Tick::now));
      noteCopied();
      noteComplete();
    }
    return drain();
  }

  /** Passes each kind of event to the part of the plan that decides about it. */
  private final class Decisions implements Event.Handler {
    @Override
    public void tablesListed(Event.TablesListed event) {
      whichTables.over();
      onTablesListed(event.tables());
      drain.ifPresent(Drain::onTablesListed);
    }

    @Override
    public void tick(Event.Tick event) {
      tick = Optional.of(event);
      tables.values().forEach(table -> table.onTick(event));
      if (options.stream() || tables.values().stream().anyMatch(t -> t.missing().isDoubted())) {
        whichTables.ask();
      }
    }

    @Override
    public void tablePrepared(Event.TablePrepared event) {
      TablePlan table = tables.get(event.table());
      if (table.isHeldUp() && !table.hasBegun() && places.areTaken()) {
        table.waitAgain();
      } else {
        table.onPrepared(event);
      }
    }

    @Override
    public void exportSeen(Event.ExportSeen event) {
      tables.get(event.table()).copy().onExportSeen(event);
    }

    @Override
    public void exportFault(Event.ExportFault event) {
      tables.get(event.table()).copy().onExportFault(event);
    }

    @Override
    public void shardsListed(Event.ShardsListed event) {
      streamOf(event.table()).ifPresent(stream -> stream.onShardsListed(event));
      drain.ifPresent(d -> d.onShardsListed(event));
    }

    @Override
    public void streamFound(Event.StreamFound event) {
      tables.get(event.table()).onStreamFound(event);
      drain.ifPresent(d -> d.onStreamFound(event));
    }

    @Override
    public void durable(Event.Durable event) {
      tables.get(event.table()).onDurable(event);
      drain.ifPresent(d -> d.onDurable(event));
    }

    @Override
    public void caughtUp(Event.CaughtUp event) {
      streamOf(event.table()).ifPresent(stream -> stream.onCaughtUp(event));
    }

    @Override
    public void readEmpty(Event.ReadEmpty event) {
      drain.ifPresent(d -> d.onReadEmpty(event));
    }

    @Override
    public void freeze(Event.Freeze event) {
      // A cut-over that is recorded can only be undone: the checkpoint says that it was made.
      if (drain.filter(Drain::isRecorded).isEmpty()) {
        drain =
            Optional.of(
                new Drain(new DrainedTables(), whichTables, SyncPlan.this::emit, event.at()));
      }
    }

    @Override
    public void thaw(Event.Thaw event) {
      drain = drain.filter(d -> !d.thaw(event.undo(), forward(d.heard())));
    }

    @Override
    public void cutOver(Event.CutOver event) {
      drain.ifPresent(
          d -> d.record(List.of(new OfDirection(Direction.CUT_OVER, d.freeze(), event.wayBack()))));
    }

    @Override
    public void goBack(Event.GoBack event) {
      // The sync goes forward.
      drain.ifPresent(Drain::refuse);
    }

    @Override
    public void stored(Event.Stored event) {
      drain.ifPresent(Drain::onStored);
    }

    @Override
    public void deletesAreReal(Event.DeletesAreReal event) {
      tables.get(event.table()).copy().end().onDeletesAreReal();
    }

    @Override
    public void tableFinished(Event.TableFinished event) {
      tables.get(event.table()).copy().end().onFinished();
    }

    @Override
    public void tableSwapped(Event.TableSwapped event) {
      tables.get(event.table()).onSwapped();
    }

    @Override
    public void changesExported(Event.ChangesExported event) {
      tables.get(event.table()).repair().onChangesExported(event);
    }

    @Override
    public void tableStopped(Event.TableStopped event) {
      tables.get(event.table()).onStopped();
    }

    @Override
    public void splitFault(Event.SplitFault event) {
      tables.get(event.table()).onSplitFault(event);
    }

    @Override
    public void tableFault(Event.TableFault event) {
      tables.get(event.table()).onTableFault(event.fault());
    }
  }

  /** What a cut-over has to know. */
  private final class DrainedTables implements Drain.Tables {
    @Override
    public Collection<String> names() {
      return tables.keySet();
    }

    @Override
    public boolean isFollowed(String table) {
      return tables.get(table).state() == TableState.FOLLOWING;
    }

    @Override
    public Stream<Instant> durable(String table) {
      return streamOf(table).stream()
          .flatMap(stream -> stream.graph().nodes().stream())
          .flatMap(node -> node.recordTime.stream());
    }

    @Override
    public TableProof proof(String table, Instant from) {
      return new TableDrain(tables.get(table), from);
    }
  }

  private static OfDirection forward(Instant at) {
    return new OfDirection(Direction.FORWARD, at, Optional.empty());
  }

  private Optional<StreamPlan> streamOf(String table) {
    return tables.get(table).stream();
  }

  private boolean mayHaveChangedState() {
    // The progress of one split, by far the most frequent event, changes nothing for other tables.
    return commands.size() > 1;
  }

  private void onTablesListed(List<String> names) {
    Set<String> wanted = new LinkedHashSet<>(names);
    boolean more = !tables.keySet().containsAll(wanted);
    confirmed = confirming && !more;
    confirming &= !more;
    Optional<Instant> host = tick.map(Event.Tick::host);
    tables.forEach((name, table) -> table.missing().onListed(wanted.contains(name), host));
    for (String name : wanted) {
      if (!tables.containsKey(name)) {
        TablePlan table = new TablePlan(name, options, this::emit);
        tables.put(name, table);
        OfTable entry = checkpointTables.remove(name);
        if (entry != null) {
          table.restore(entry, checkpointSplits.getOrDefault(name, List.of()));
        } else if (checkpointSplits.containsKey(name)) {
          // A crash has cut off the forgetting of the table. These are not splits of the new copy.
          emit(new Command.Save(new CheckpointEntry.TableForgotten(name), true));
        }
        checkpointSplits.remove(name);
      }
    }
    listed = true;
    tick.ifPresent(last -> listings = Evidence.again(listings, last.host()));
    if (options.stream() && !toldMissing && listings.filter(this::isSettled).isPresent()) {
      toldMissing = true;
      checkpointTables.keySet().forEach(this::tellIsMissing);
    }
  }

  private boolean isSettled(Evidence evidence) {
    return evidence.isSettled(options.goneAfter());
  }

  /**
   * Its stream cannot be applied, even if it is still there: only the table tells what its key is.
   */
  private void tellIsMissing(String name) {
    emit(
        new Command.Tell(
            name,
            Command.Level.WARN,
            "is in the checkpoint but not among the tables: it was deleted or is not wanted any"
                + " more. Changes that were made since it was last read are not written"));
  }

  private void emit(Command command) {
    commands.add(command);
  }

  private void noteCopied() {
    if (!savedCopied && listed && tables.values().stream().allMatch(TablePlan::isPastCopy)) {
      savedCopied = true;
      commands.add(new Command.Save(new CheckpointEntry.OfSync(true), true));
    }
  }

  private void noteComplete() {
    if (complete
        || !listed
        || !tables.values().stream().allMatch(table -> table.state().isOver())) {
      return;
    }
    boolean failed = tables.values().stream().anyMatch(table -> table.state() == TableState.FAILED);
    // A sync that follows streams ends only when no table is left that could be followed.
    boolean onlyCopies = !options.stream() || options.schemaOnly();
    if (onlyCopies && !confirmed) {
      confirm();
    } else if (onlyCopies || (failed && !tables.isEmpty())) {
      complete = true;
      if (!options.stream() && !failed) {
        // Nothing is left to resume, so the next run copies from the start.
        for (TablePlan table : tables.values()) {
          commands.add(new Command.Save(new CheckpointEntry.TableForgotten(table.table()), true));
        }
        commands.add(new Command.Save(new CheckpointEntry.OfSync(false), true));
      }
      commands.add(new Command.Complete());
    }
  }

  /** A single listing may lack a table, and whoever only copies does not come back to it. */
  private void confirm() {
    if (!confirming) {
      confirming = true;
      whichTables.ask();
    }
  }

  private List<Command> drain() {
    List<Command> result = commands;
    commands = new ArrayList<>();
    return result;
  }

  @Override
  public boolean isCopied() {
    return listed && tables.values().stream().allMatch(TablePlan::isPastCopy);
  }

  @Override
  public Optional<PlanView.CutOver> cutOver() {
    return drain.map(Drain::view);
  }

  @Override
  public List<PlanView.Table> view() {
    return tables.values().stream().map(PlanView::of).toList();
  }
}
