package io.nimoshake.core.engine;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.Activity;
import io.nimoshake.core.flow.Retry;
import io.nimoshake.core.flow.Scheduler;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.plan.Event;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Source.Export;
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.Target.Existing;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Makes the calls to source and target that the plan asks for, except those of splits. They run on
 * the scheduler, are retried, and are answered by events.
 */
final class TableWork {
  /** The pauses between looks for something that is not there yet: a stream, a shard. */
  private static final RetryPolicy LOOK_AGAIN =
      new RetryPolicy(Duration.ofMillis(100), Duration.ofSeconds(5));

  /** An export takes minutes to hours. */
  private static final RetryPolicy LOOK_AT_EXPORT =
      new RetryPolicy(Duration.ofMillis(200), Duration.ofSeconds(30));

  private final SyncOptions options;
  private final Source source;
  private final Target target;
  private final Scheduler scheduler;
  private final ServiceClock clock;
  private final TableRegistry registry;
  private final BooleanSupplier stopping;
  private final Consumer<Event> events;
  private final Consumer<Fault> onFatal;

  /**
   * @param clock is told what the answers of the source show
   * @param stopping whether the sync is stopping, so that nothing new is begun
   * @param events takes answers and faults of tables
   */
  TableWork(
      SyncOptions options,
      Source source,
      Target target,
      Scheduler scheduler,
      ServiceClock clock,
      TableRegistry registry,
      BooleanSupplier stopping,
      Consumer<Event> events,
      Consumer<Fault> onFatal) {
    this.options = options;
    this.source = source;
    this.target = target;
    this.scheduler = scheduler.management();
    this.clock = clock;
    this.registry = registry;
    this.stopping = stopping;
    this.events = events;
    this.onFatal = onFatal;
  }

  /** Lists the wanted tables. */
  void listTables() {
    run(
        registry.sync().activity("listing the tables"),
        () -> source.listTables().stream().filter(options.tables()).toList(),
        new SyncOutcome<>(tables -> events.accept(new Event.TablesListed(tables))));
  }

  /**
   * Describes the table, enables its stream if asked, makes its collection ready.
   *
   * @param prepared told of the table before the plan is
   */
  void prepare(Command.PrepareTable command, Consumer<TableSchema> prepared) {
    run(
        command.table(),
        "describing it",
        () -> source.describe(command.table()),
        schema -> {
          if (command.stream()) {
            ensureStream(command, schema, prepared, 1);
          } else {
            findExport(command, schema, Optional.empty(), prepared);
          }
        });
  }

  /** Looks again and again until the stream is open. */
  private void ensureStream(
      Command.PrepareTable command, TableSchema schema, Consumer<TableSchema> prepared, int look) {
    run(
        command.table(),
        "enabling its stream",
        () -> stream(() -> source.ensureStream(command.table())),
        stream -> {
          if (stream.isPresent()) {
            findExport(command, schema, stream, prepared);
          } else {
            scheduler.after(
                LOOK_AGAIN.delay(look, scheduler.random()),
                () -> ensureStream(command, schema, prepared, look + 1));
          }
        });
  }

  /**
   * Looks for an export to copy from, before anything in the target is changed. A copy that
   * continues has its export in the checkpoint.
   */
  private void findExport(
      Command.PrepareTable command,
      TableSchema schema,
      Optional<StreamHandle> stream,
      Consumer<TableSchema> prepared) {
    boolean copies = options.mode().copies() && !options.schemaOnly();
    switch (copies ? command.existing() : Existing.RESUME) {
      case KEEP, DROP, RENAME, BESIDE ->
          run(
              command.table(),
              "looking for its export",
              () -> source.export(schema, stream, command.existing() == Existing.BESIDE),
              export -> prepareTarget(command, schema, stream, export, prepared));
      case RESUME, RESUME_BESIDE ->
          prepareTarget(command, schema, stream, Optional.empty(), prepared);
    }
  }

  private void prepareTarget(
      Command.PrepareTable command,
      TableSchema schema,
      Optional<StreamHandle> stream,
      Optional<Export> export,
      Consumer<TableSchema> prepared) {
    run(
        command.table(),
        "preparing its collection",
        () -> target.prepare(schema, command.existing()),
        result -> {
          prepared.accept(schema);
          int segments = options.segments().orElseGet(() -> Segments.auto(schema));
          events.accept(
              new Event.TablePrepared(command.table(), segments, result.fresh(), stream, export));
        });
  }

  /** Requests an export or asks how far it is, after a pause that grows with each look. */
  void awaitExport(TableSchema schema, Command.AwaitExport command) {
    Runnable look =
        () ->
            run(
                activity(schema.name(), "waiting for its export"),
                () -> source.pursue(schema, command.id()),
                new TableOutcome<>(
                    export ->
                        events.accept(new Event.ExportSeen(schema.name(), command.id(), export)),
                    fault -> new Event.ExportFault(schema.name(), command.id(), fault)));
    if (command.attempt() == 1) {
      look.run();
    } else {
      scheduler.after(LOOK_AT_EXPORT.delay(command.attempt() - 1, scheduler.random()), look);
    }
  }

  /**
   * Ends the copy of a table.
   *
   * @param wanted asked before each try: whether the end of the copy is still wanted
   * @param over called when nothing of it is under way any more
   * @param failed called instead if it failed for good, after the plan was told of the fault
   */
  void finish(
      TableSchema schema,
      Command.FinishTable command,
      BooleanSupplier wanted,
      Runnable over,
      Runnable failed) {
    run(
        activity(command.table(), "building its indexes"),
        Retry.Call.of(
            () -> {
              if (wanted.getAsBoolean()) {
                if (command.purge()) {
                  target.purgeTombstones(schema);
                }
                target.finish(schema);
              }
            }),
        new TableOutcome<Void>(
            nothing -> over.run(), fault -> new Event.TableFault(command.table(), fault)) {
          @Override
          public void failed(Fault fault) {
            super.failed(fault);
            failed.run();
          }
        });
  }

  void swap(String table) {
    run(
        table,
        "putting its new copy in place",
        Retry.Call.of(() -> target.swapIn(source.describe(table))),
        nothing -> events.accept(new Event.TableSwapped(table)));
  }

  /** Looks again and again until the export is complete. */
  void exportChanges(Command.ExportChanges command) {
    exportChanges(command, 1);
  }

  private void exportChanges(Command.ExportChanges command, int look) {
    run(
        command.table(),
        "exporting its changes",
        () -> source.exportChanges(command.table(), command.from(), command.to()),
        export -> {
          if (export.isPresent()) {
            events.accept(
                new Event.ChangesExported(
                    command.table(), command.from(), command.to(), export.get()));
          } else {
            scheduler.after(
                LOOK_AT_EXPORT.delay(look, scheduler.random()),
                () -> exportChanges(command, look + 1));
          }
        });
  }

  void findStream(String table) {
    run(
        table,
        "looking for its stream",
        () -> stream(() -> source.currentStream(table)),
        stream -> events.accept(new Event.StreamFound(table, stream)));
  }

  void listShards(Command.ListShards command) {
    afterPause(
        command.attempt(),
        () ->
            run(
                command.table(),
                "listing its shards",
                () ->
                    timed(
                        () ->
                            source.listShards(
                                command.table(), command.streamArn(), command.childrenOf()),
                        listing -> Optional.of(listing.serviceTime())),
                listing ->
                    events.accept(
                        new Event.ShardsListed(command.table(), command.streamArn(), listing))));
  }

  private Optional<StreamHandle> stream(Retry.Call<Optional<StreamHandle>> look) throws Fault {
    return timed(look, stream -> stream.map(StreamHandle::serviceTime));
  }

  /** Makes a call whose answer shows the time of the source. */
  private <T> T timed(Retry.Call<T> call, Function<T, Optional<Instant>> time) throws Fault {
    ServiceClock.Asked asked = clock.asked();
    T answer = call.run();
    time.apply(answer).ifPresent(shown -> clock.shown(shown, asked));
    return answer;
  }

  /** Begins at once at the first attempt, and after a pause that grows at the next ones. */
  void afterPause(int attempt, Runnable work) {
    if (attempt == 1) {
      work.run();
    } else {
      scheduler.after(LOOK_AGAIN.delay(attempt - 1, scheduler.random()), work);
    }
  }

  // --- how a call is made ----------------------------------------------------------------------

  private <T> void run(String table, String name, Retry.Call<T> call, Consumer<T> then) {
    run(
        activity(table, name),
        call,
        new TableOutcome<>(then, fault -> new Event.TableFault(table, fault)));
  }

  private Activity activity(String table, String name) {
    TableStats stats = registry.stats(table);
    return Activity.ofTable(table, name, stats.managing, stats.failures);
  }

  private <T> void run(Activity activity, Retry.Call<T> call, Retry.Outcome<T> outcome) {
    Retry retry = new Retry(activity, options.retryPolicy(), scheduler);
    scheduler.execute(() -> retry.run(call, outcome, scheduler));
  }

  /** Outcome of a call that belongs to no table: a fault that cannot be retried ends the sync. */
  private class SyncOutcome<T> implements Retry.Outcome<T> {
    private final Consumer<T> then;

    SyncOutcome(Consumer<T> then) {
      this.then = then;
    }

    @Override
    public boolean isStopped() {
      return stopping.getAsBoolean();
    }

    @Override
    public void succeeded(T result) {
      then.accept(result);
    }

    @Override
    public void failed(Fault fault) {
      onFatal.accept(fault);
    }
  }

  /** Outcome of a call for a table: the plan decides about a fault, unless it is fatal. */
  private class TableOutcome<T> extends SyncOutcome<T> {
    private final Function<Fault, Event> event;

    /**
     * @param event tells the plan of a fault
     */
    TableOutcome(Consumer<T> then, Function<Fault, Event> event) {
      super(then);
      this.event = event;
    }

    @Override
    public void failed(Fault fault) {
      if (fault instanceof Fault.Fatal) {
        super.failed(fault);
      } else {
        events.accept(event.apply(fault));
      }
    }
  }
}
