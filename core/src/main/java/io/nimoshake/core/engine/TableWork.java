package io.nimoshake.core.engine;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.RecentFailures;
import io.nimoshake.core.flow.Scheduler;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.plan.Event;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.core.port.Target;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls to source and target that the plan asks for, but for those of splits: made on the
 * scheduler, tried again while they may pass, answered by events.
 */
final class TableWork {
  private static final Logger LOG = LoggerFactory.getLogger(TableWork.class);

  /** A listing that lacks something is repeated after a moment, later each time. */
  private static final RetryPolicy LOOK_AGAIN =
      new RetryPolicy(Duration.ofMillis(100), Duration.ofSeconds(5));

  private final SyncOptions options;
  private final Source source;
  private final Target target;
  private final Scheduler scheduler;
  private final TableRegistry registry;
  private final BooleanSupplier stopping;
  private final Consumer<Event> events;
  private final Consumer<Fault> onFatal;

  /**
   * @param stopping whether nothing is to be begun any more
   * @param events takes answers and faults of tables
   */
  TableWork(
      SyncOptions options,
      Source source,
      Target target,
      Scheduler scheduler,
      TableRegistry registry,
      BooleanSupplier stopping,
      Consumer<Event> events,
      Consumer<Fault> onFatal) {
    this.options = options;
    this.source = source;
    this.target = target;
    this.scheduler = scheduler;
    this.registry = registry;
    this.stopping = stopping;
    this.events = events;
    this.onFatal = onFatal;
  }

  /** The wanted tables. */
  void listTables() {
    attempt(
        "",
        "listing tables",
        () ->
            events.accept(
                new Event.TablesListed(
                    source.listTables().stream().filter(options.tables()).toList())));
  }

  /**
   * Describes the table, enables its stream if asked, makes its collection ready.
   *
   * @param prepared told of the table before the plan is
   */
  void prepare(Command.PrepareTable command, Consumer<TableSchema> prepared) {
    attempt(
        command.table(),
        "describing it",
        () -> {
          TableSchema schema = source.describe(command.table());
          if (command.stream()) {
            ensureStream(command, schema, prepared, 1);
          } else {
            prepareTarget(command, schema, Optional.empty(), prepared);
          }
        });
  }

  private void ensureStream(
      Command.PrepareTable command, TableSchema schema, Consumer<TableSchema> prepared, int look) {
    attempt(
        command.table(),
        "enabling its stream",
        () -> {
          Optional<StreamHandle> stream = source.ensureStream(command.table());
          if (stream.isPresent()) {
            prepareTarget(command, schema, stream, prepared);
          } else {
            scheduler.after(
                LOOK_AGAIN.delay(look, scheduler.random()),
                () -> ensureStream(command, schema, prepared, look + 1));
          }
        });
  }

  private void prepareTarget(
      Command.PrepareTable command,
      TableSchema schema,
      Optional<StreamHandle> stream,
      Consumer<TableSchema> prepared) {
    attempt(
        command.table(),
        "preparing its collection",
        () -> {
          Target.Prepared result = target.prepare(schema, command.existing());
          prepared.accept(schema);
          int segments = options.segments().orElseGet(() -> Segments.auto(schema));
          events.accept(new Event.TablePrepared(command.table(), segments, result.fresh(), stream));
        });
  }

  /**
   * Ends the copy of a table.
   *
   * @param wanted whether it still is to be done when its turn comes
   * @param over called when nothing of it is under way any more
   */
  void finish(
      TableSchema schema, Command.FinishTable command, BooleanSupplier wanted, Runnable over) {
    attempt(
        command.table(),
        "building its indexes",
        () -> {
          if (wanted.getAsBoolean()) {
            if (command.purge()) {
              target.purgeTombstones(schema);
            }
            target.finish(schema);
          }
          over.run();
        });
  }

  void swap(String table) {
    attempt(
        table,
        "putting its new copy in place",
        () -> {
          target.swapIn(source.describe(table));
          events.accept(new Event.TableSwapped(table));
        });
  }

  void findStream(String table) {
    attempt(
        table,
        "looking for its stream",
        () -> events.accept(new Event.StreamFound(table, source.currentStream(table))));
  }

  void listShards(Command.ListShards command) {
    Runnable list =
        () ->
            attempt(
                command.table(),
                "listing its shards",
                () ->
                    events.accept(
                        new Event.ShardsListed(
                            command.table(),
                            command.streamArn(),
                            source.listShards(
                                command.table(), command.streamArn(), command.childrenOf()))));
    if (command.attempt() == 1) {
      list.run();
    } else {
      scheduler.after(LOOK_AGAIN.delay(command.attempt() - 1, scheduler.random()), list);
    }
  }

  // --- work that may be tried again ----------------------------------------------------------

  private interface Work {
    void run() throws Fault;
  }

  private void attempt(String table, String activity, Work work) {
    scheduler.execute(() -> attempt(table, activity, work, 1));
  }

  private void attempt(String table, String activity, Work work, int attempt) {
    if (stopping.getAsBoolean()) {
      return;
    }
    RecentFailures failures =
        table.isEmpty() ? registry.syncFailures() : registry.stats(table).failures;
    try {
      work.run();
      if (attempt > 1) {
        failures.succeeded(activity);
      }
    } catch (Fault f) {
      if (f.isRetryable()) {
        failures.failing(activity, f, scheduler.now());
        registry.stats(table).managing.count(f);
        if (attempt == 3) {
          LOG.warn("table {}: {} is held up, trying on: {}", table, activity, f.getMessage());
        }
        scheduler.after(
            RetryPolicy.DEFAULT.delay(attempt, scheduler.random()),
            () -> attempt(table, activity, work, attempt + 1));
      } else if (f instanceof Fault.Fatal || table.isEmpty()) {
        onFatal.accept(f);
      } else {
        failures.failed(activity, f, scheduler.now());
        events.accept(new Event.TableFault(table, f));
      }
    }
  }
}
