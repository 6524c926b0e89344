package io.nimoshake.flink.enumerator;

import io.nimoshake.core.engine.SplitRunner;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.plan.Event;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.flink.wire.AssignedSplit;
import io.nimoshake.flink.wire.Message;
import io.nimoshake.flink.wire.NoSplit;
import io.nimoshake.flink.wire.TablePlace;
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
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;

/**
 * Runs splits in the readers of the job. A reader that registers is empty: the splits of its
 * subtask are assigned again, from the position that the plan knows to be durable. So readers need
 * no state, and none can contradict the plan.
 *
 * <p>Each assignment has a number. A report about an earlier assignment of a split is ignored.
 *
 * <p>Relies on Flink to report a lost reader ({@link #readerGone}) only when its last writes are
 * over: the sink waits for them before its task ends.
 *
 * <p>Everything runs on the coordinator's thread. The methods of {@link SplitRunner} may be called
 * on any thread and switch to it.
 */
final class RemoteSplits implements SplitRunner {
  /** One split that the plan wants to run. */
  private static final class Held {
    final Split split;
    final WriteMode mode;
    boolean begun;

    /** The position that the plan knows. */
    Position durable;

    /** Where the next assignment begins, if that is further than {@link #durable}. */
    Optional<Position> moved = Optional.empty();

    /**
     * When the call began that read the first page behind {@link #durable}, if it was given back.
     */
    Optional<Instant> firstBegun = Optional.empty();

    long assignment;
    int subtask = NOWHERE;
    boolean leaving;

    Held(Command.StartSplit command) {
      this.split = command.split();
      this.mode = command.mode();
      this.durable = command.from();
    }

    boolean isSegment() {
      return split instanceof Split.OfCopy;
    }
  }

  private static final class Table {
    final TablePlace place;
    final Map<String, Held> splits = new LinkedHashMap<>();
    WriteMode streamMode = WriteMode.STREAM;
    boolean deletesAreReal;

    Table(TablePlace place) {
      this.place = place;
    }
  }

  private static final int NOWHERE = -1;

  private final SplitEnumeratorContext<NoSplit> context;
  private final Consumer<Event.OfSplit> events;
  private final Map<String, Table> tables = new HashMap<>();
  private final Map<Long, Held> assigned = new HashMap<>();
  private final Set<Held> waiting = new LinkedHashSet<>();
  private final ReaderQuestions questions = new ReaderQuestions();
  private boolean assigning;
  private boolean over;
  private long lastNumber;
  private volatile boolean closed;

  /**
   * @param events receives what becomes durable and what fails
   */
  RemoteSplits(SplitEnumeratorContext<NoSplit> context, Consumer<Event.OfSplit> events) {
    this.context = context;
    this.events = events;
  }

  private void onCoordinator(Runnable work) {
    if (!closed) {
      context.runInCoordinatorThread(
          () -> {
            if (!closed) {
              work.run();
            }
          });
    }
  }

  // --- calls of the plan's host ---------------------------------------------------------------

  @Override
  public void tablePrepared(TableSchema schema, Existing existing) {
    onCoordinator(
        () -> tables.put(schema.name(), new Table(TablePlace.of(schema, ++lastNumber, existing))));
  }

  @Override
  public Runnable add(Command.StartSplit command) {
    Held held = new Held(command);
    String name = command.split().table();
    onCoordinator(
        () -> {
          Table table = tables.get(name);
          if (table != null) {
            if (held.split instanceof Split.OfStream && !table.deletesAreReal) {
              table.streamMode = command.mode();
            }
            table.splits.put(held.split.id(), held);
          }
        });
    return () ->
        onCoordinator(
            () -> {
              Table table = tables.get(name);
              if (table != null && table.splits.get(held.split.id()) == held) {
                held.begun = true;
                wait(held);
              }
            });
  }

  @Override
  public void deleteForReal(String name, BooleanSupplier wanted, Runnable done) {
    onCoordinator(
        () -> {
          Table table = tables.get(name);
          if (!wanted.getAsBoolean()) {
            return;
          }
          if (table == null) {
            done.run();
          } else {
            table.deletesAreReal = true;
            table.streamMode = WriteMode.STREAM;
            ask(subtasksOf(table), ticket -> new Message.DeleteForReal(ticket, name), done);
          }
        });
  }

  @Override
  public void stop(String name, Runnable stopped) {
    onCoordinator(
        () -> {
          Table table = tables.remove(name);
          if (table == null) {
            stopped.run();
            return;
          }
          Set<Integer> subtasks = subtasksOf(table);
          table.splits.values().forEach(this::forget);
          ask(subtasks, ticket -> new Message.StopTable(ticket, name), stopped);
        });
  }

  /** Readers end with their tasks. What they still report is ignored. */
  @Override
  public void stopAll(Runnable stopped) {
    stopped.run();
  }

  // --- reports of readers --------------------------------------------------------------------

  /** A reader has registered. It has no splits. */
  void readerAdded(int subtask) {
    readerGone(subtask);
    if (over) {
      context.signalNoMoreSplits(subtask);
    }
    assignSoon();
  }

  /** A reader is gone, and none of its writes is in flight. */
  void readerGone(int subtask) {
    for (Table table : tables.values()) {
      for (Held held : table.splits.values()) {
        if (held.subtask == subtask) {
          forget(held);
          held.moved = Optional.empty();
          held.firstBegun = Optional.empty();
          wait(held);
        }
      }
    }
    questions.gone(subtask);
  }

  void done(long number, int subtask) {
    questions.answered(number, subtask);
  }

  /** Tells the plan how far a split is. The Flink checkpoint of this report is complete. */
  void durable(Message.Reached reached, Instant now) {
    Held held = assigned.get(reached.assignment());
    if (held == null) {
      return;
    }
    boolean moved = !reached.position().equals(held.durable);
    held.durable = reached.position();
    String table = held.split.table();
    String id = held.split.id();
    if (reached.position() instanceof Position.End) {
      drop(held);
    }
    if (moved) {
      Optional<Instant> begun = held.firstBegun.or(reached::begun);
      events.accept(
          new Event.Durable(table, id, reached.position(), reached.recordTime(), begun, now));
    }
    reached.caughtUp().ifPresent(at -> events.accept(new Event.CaughtUp(table, id, at)));
  }

  void failed(long assignment, Fault fault) {
    Held held = assigned.get(assignment);
    if (held != null) {
      drop(held);
      events.accept(new Event.SplitFault(held.split.table(), held.split.id(), fault));
    }
  }

  private void drop(Held held) {
    forget(held);
    tables.get(held.split.table()).splits.remove(held.split.id());
  }

  void givenBack(Message.GivenBack message) {
    Held held = assigned.get(message.assignment());
    if (held != null) {
      forget(held);
      held.moved = Optional.of(message.position());
      held.firstBegun = held.firstBegun.or(message::begun);
      wait(held);
    }
  }

  /** Ends the readers, because nothing is left to do. */
  void finish() {
    over = true;
    new TreeSet<>(context.registeredReaders().keySet()).forEach(context::signalNoMoreSplits);
  }

  void close() {
    closed = true;
  }

  // --- assignment ----------------------------------------------------------------------------

  private void forget(Held held) {
    assigned.remove(held.assignment);
    waiting.remove(held);
    held.subtask = NOWHERE;
    held.leaving = false;
  }

  private void wait(Held held) {
    if (held.begun) {
      waiting.add(held);
      assignSoon();
    }
  }

  /** Assigns the waiting splits soon: once for all that arrive in a row. */
  private void assignSoon() {
    if (!assigning) {
      assigning = true;
      onCoordinator(this::assign);
    }
  }

  private void assign() {
    assigning = false;
    Set<Integer> readers = new TreeSet<>(context.registeredReaders().keySet());
    // Fewer readers would get everything, and live ones what a lost one may still be writing.
    if (readers.size() < context.currentParallelism() || waiting.isEmpty()) {
      return;
    }
    ReaderLoads segments = loads(readers, true);
    ReaderLoads shards = loads(readers, false);
    Map<Integer, List<AssignedSplit>> assignment = new HashMap<>();
    for (Held held : waiting) {
      boolean segment = held.isSegment();
      ReaderLoads own = segment ? segments : shards;
      held.subtask = own.leastLoaded(segment ? shards : segments);
      held.assignment = ++lastNumber;
      own.add(held.subtask, held.assignment);
      assigned.put(held.assignment, held);
      assignment.computeIfAbsent(held.subtask, s -> new ArrayList<>()).add(assignedSplit(held));
    }
    waiting.clear();
    assignment.forEach((subtask, added) -> tell(subtask, new Message.StartSplits(added)));
  }

  private AssignedSplit assignedSplit(Held held) {
    Table table = tables.get(held.split.table());
    return new AssignedSplit(
        held.assignment,
        held.split,
        held.moved.orElse(held.durable),
        held.isSegment() ? held.mode : table.streamMode,
        table.place,
        held.moved.isPresent());
  }

  private ReaderLoads loads(Set<Integer> readers, boolean segments) {
    ReaderLoads loads = new ReaderLoads(readers);
    for (Held held : assigned.values()) {
      if (held.isSegment() == segments) {
        loads.add(held.subtask, held.assignment);
      }
    }
    return loads;
  }

  /**
   * Asks readers that have more splits than others to give some back. Without this, the load
   * becomes uneven over time: shards end and begin, and readers come back empty.
   */
  void rebalance() {
    Set<Integer> readers = new TreeSet<>(context.registeredReaders().keySet());
    boolean settled =
        readers.size() == context.currentParallelism()
            && waiting.isEmpty()
            && assigned.values().stream().noneMatch(held -> held.leaving);
    if (settled) {
      loads(readers, true).surplus().forEach(this::askBack);
      loads(readers, false).surplus().forEach(this::askBack);
    }
  }

  private void askBack(long assignment) {
    Held held = assigned.get(assignment);
    held.leaving = true;
    tell(held.subtask, new Message.GiveBack(assignment));
  }

  private void tell(int subtask, Message.ToReader message) {
    context.sendEventToSourceReader(subtask, new Message.Event(message));
  }

  // --- questions to readers ------------------------------------------------------------------

  private static Set<Integer> subtasksOf(Table table) {
    return table.splits.values().stream()
        .map(held -> held.subtask)
        .filter(subtask -> subtask != NOWHERE)
        .collect(Collectors.toSet());
  }

  private void ask(
      Collection<Integer> subtasks, LongFunction<Message.ToReader> question, Runnable done) {
    Set<Integer> there = new TreeSet<>(subtasks);
    there.retainAll(context.registeredReaders().keySet());
    if (there.isEmpty()) {
      done.run();
      return;
    }
    long number = ++lastNumber;
    questions.ask(number, there, done);
    there.forEach(reader -> tell(reader, question.apply(number)));
  }

  /** The number of splits of each reader. */
  Map<Integer, Integer> load() {
    return assigned.values().stream()
        .collect(Collectors.toMap(held -> held.subtask, held -> 1, Integer::sum));
  }
}
