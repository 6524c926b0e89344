package io.nimoshake.core.plan;

import io.nimoshake.core.plan.PlanView.CutOverStage;
import io.nimoshake.core.plan.PlanView.Missing;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A cut-over or a return, as the plan sees it: whether everything that was written before the
 * freeze time is durable on the other side. Says so only if all of this holds at one moment:
 *
 * <ul>
 *   <li>every table is followed, and a listing of tables that was asked for late enough shows no
 *       other;
 *   <li>what the {@link TableProof} of each table asks of its stream holds;
 *   <li>no record was read that is newer than the freeze time, before the freeze or after it. Such
 *       a record says that somebody still writes. Then the freeze time is set anew and the wait
 *       begins from the start.
 * </ul>
 *
 * <p>"Late enough" is the freeze time plus {@link #MARGIN}, by the service's clock.
 *
 * <pre>
 *   WAITING -- everything has arrived, and the switch is asked for --> RECORDED
 *     -- the checkpoint is stored --> STORED
 * </pre>
 */
final class Drain {
  /**
   * How much later than the freeze time a call must begin that proves something. Creation times of
   * records are rounded down to a second, and so is the service's clock in its answers; its
   * machines' clocks may differ by a second or two; and a record can be read a moment after its
   * write was acknowledged ("near-real time"). All that together stays below half of this.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html">
   *     StreamRecord</a>
   * @see <a href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html">
   *     Change data capture for DynamoDB Streams</a>
   */
  static final Duration MARGIN = Duration.ofSeconds(10);

  /** The service's clock shows whole seconds. */
  private static final Duration TICK = Duration.ofSeconds(1);

  /** A listing of tables may have been under way when it was asked for. The next one was not. */
  private static final int TABLE_LISTINGS = 2;

  /** The plan whose tables are drained. */
  interface Tables {
    /** All tables that must have arrived. */
    Collection<String> names();

    /** Whether the stream of a table is followed. */
    boolean isFollowed(String table);

    /** When the durable changes of a table were made, at least the newest of each of its splits. */
    Stream<Instant> durable(String table);

    /**
     * A new proof for a table.
     *
     * @param from calls that begin before this moment prove nothing
     */
    TableProof proof(String table, Instant from);
  }

  private final Tables tables;
  private final Question whichTables;
  private final Consumer<Command> commands;
  private final Map<String, TableProof> proofs = new LinkedHashMap<>();
  private Instant freeze;
  private Instant heard;
  private int restarts;
  private int refusals;
  private CutOverStage stage = CutOverStage.WAITING;

  /** Answers since a listing of tables was asked for; empty if none was. */
  private Optional<Integer> tableListings = Optional.empty();

  /**
   * @param tables the tables of the plan, live
   * @param whichTables has the tables of the source listed
   */
  Drain(Tables tables, Question whichTables, Consumer<Command> commands, Instant freeze) {
    this.tables = tables;
    this.whichTables = whichTables;
    this.commands = commands;
    this.heard = freeze;
    Optional<LateRecord> late = newest().filter(record -> record.created().isAfter(freeze));
    late.ifPresent(record -> restartAfter(record.created()));
    if (late.isEmpty()) {
      begin(freeze);
    }
    late.ifPresent(
        record -> commands.accept(new Command.NoteLateWrite(record.table(), record.created())));
  }

  /** A record that is durable already. */
  private record LateRecord(String table, Instant created) {}

  /** The newest one: the freeze time may have passed long before it was said. */
  private Optional<LateRecord> newest() {
    return tables.names().stream()
        .flatMap(table -> tables.durable(table).map(created -> new LateRecord(table, created)))
        .max(Comparator.comparing(LateRecord::created));
  }

  private void restartAfter(Instant created) {
    restarts++;
    heard(created);
    begin(heard.plus(TICK));
  }

  private void begin(Instant at) {
    freeze = at;
    proofs.clear();
    tableListings = Optional.empty();
    commands.accept(new Command.WatchWrites(freeze, from()));
  }

  /** From when on a call proves something. */
  private Instant from() {
    return freeze.plus(MARGIN);
  }

  /** The freeze time that counts. */
  Instant freeze() {
    return freeze;
  }

  /** The latest time of the service's clock. */
  Instant heard() {
    return heard;
  }

  private TableProof of(String table) {
    TableProof proof = proofs.get(table);
    if (proof == null || !proof.isCurrent()) {
      // A table that is copied again has another stream to prove.
      proof = tables.proof(table, from());
      proofs.put(table, proof);
    }
    return proof;
  }

  private void heard(Instant time) {
    heard = time.isAfter(heard) ? time : heard;
  }

  // --- what happens --------------------------------------------------------------------------

  void onReadEmpty(Event.ReadEmpty event) {
    heard(event.begun());
    if (stage != CutOverStage.WAITING || event.begun().isBefore(from())) {
      return;
    }
    if (tableListings.isEmpty()) {
      tableListings = Optional.of(0);
      whichTables.ask();
    }
    of(event.table()).onReadEmpty(event);
  }

  void onDurable(Event.Durable event) {
    if (event.recordTime().isEmpty() || stage != CutOverStage.WAITING) {
      return;
    }
    Instant created = event.recordTime().get();
    if (created.isAfter(freeze)) {
      restartAfter(created);
    } else {
      of(event.table()).onRecord(event.splitId());
    }
  }

  void onShardsListed(Event.ShardsListed event) {
    heard(event.listing().serviceTime());
    of(event.table()).onShardsListed(event);
  }

  void onStreamFound(Event.StreamFound event) {
    event.stream().ifPresent(stream -> heard(stream.serviceTime()));
    of(event.table()).onStreamFound(event);
  }

  void onTablesListed() {
    if (tableListings.isPresent() && tableListings.get() < TABLE_LISTINGS) {
      tableListings = tableListings.map(answers -> answers + 1);
      if (tableListings.get() < TABLE_LISTINGS) {
        whichTables.ask();
      }
    }
  }

  // --- the switch ----------------------------------------------------------------------------

  /**
   * Records that the applications are switched, if everything has arrived.
   *
   * @param entries what the checkpoint is to say, in this order
   */
  void record(List<? extends CheckpointEntry> entries) {
    if (stage != CutOverStage.WAITING || !missing().isEmpty()) {
      refuse();
      return;
    }
    stage = CutOverStage.RECORDED;
    entries.forEach(entry -> commands.accept(new Command.Save(entry, true)));
    commands.accept(new Command.TellStored());
  }

  /** A switch was asked for that cannot be. */
  void refuse() {
    refusals++;
  }

  void onStored() {
    stage = stage == CutOverStage.RECORDED ? CutOverStage.STORED : stage;
  }

  /** Whether the checkpoint says so, or is to say so. */
  boolean isRecorded() {
    return stage != CutOverStage.WAITING;
  }

  /**
   * Calls it off.
   *
   * @param undo even if it is recorded: whoever asked for the switch may have been told of it
   * @param before what the checkpoint is to say then
   * @return whether it is called off
   */
  boolean thaw(boolean undo, OfDirection before) {
    if (isRecorded() && !undo) {
      return false;
    }
    commands.accept(new Command.UnwatchWrites());
    if (isRecorded()) {
      commands.accept(new Command.Save(before, true));
    }
    return true;
  }

  // --- what is missing -----------------------------------------------------------------------

  PlanView.CutOver view() {
    return new PlanView.CutOver(freeze, from(), heard, restarts, refusals, stage, missing());
  }

  private List<Missing> missing() {
    List<Missing> missing = new ArrayList<>();
    if (tables.names().stream().noneMatch(tables::isFollowed)) {
      missing.add(new Missing(Optional.empty(), Optional.empty(), "no table is followed"));
    }
    for (String table : tables.names()) {
      missing.addAll(of(table).missing());
    }
    if (missing.isEmpty() && tableListings.filter(n -> n >= TABLE_LISTINGS).isEmpty()) {
      missing.add(
          new Missing(
              Optional.empty(), Optional.empty(), "the tables of DynamoDB are listed again"));
    }
    return missing;
  }
}
