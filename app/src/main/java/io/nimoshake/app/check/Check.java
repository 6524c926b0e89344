package io.nimoshake.app.check;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.mapping.plain.ComparableMapping;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Compares tables of both sides, several at a time, and repairs differences if asked to. */
public final class Check {
  /** The memory of one segment comparison: a page of each side, and a page read ahead. */
  private static final long BYTES_A_WORKER = 8L << 20;

  private static final int MOST_WORKERS = 32;

  private final Sides sides;
  private final SyncBeside beside;
  private final CheckOptions options;
  private final Findings.Sink sink;
  private final List<TableProgress> progress = new ArrayList<>();

  /**
   * @param sink receives every finding, from several tables at the same time
   */
  public Check(Sides sides, SyncBeside beside, CheckOptions options, Findings.Sink sink) {
    this.sides = sides;
    this.beside = beside;
    this.options = options;
    this.sink = sink;
  }

  /** The progress of each table; empty until {@link #run} is called. */
  public List<TableProgress> progress() {
    synchronized (progress) {
      return List.copyOf(progress);
    }
  }

  /**
   * Compares these tables.
   *
   * @throws Fault if the comparison could not start
   */
  public CheckResult run(List<String> tables) throws Fault {
    long begun = System.nanoTime();
    boolean runs = new Patience(sides.limits().get()).retrying(beside::isRunning);
    Duration settle = options.settle().orElse(runs ? CheckOptions.BESIDE_A_SYNC : Duration.ZERO);
    long workers = Math.max(1, sides.memoryBudgetBytes() / BYTES_A_WORKER);
    ExecutorService segments = pool((int) Math.min(MOST_WORKERS, workers), "nimo-shake-compare");
    ExecutorService perTable = pool(sides.tablesAtATime(), "nimo-shake-table");
    try {
      List<Future<TableResult>> running = new ArrayList<>();
      for (String table : tables) {
        TableProgress of = new TableProgress(table);
        synchronized (progress) {
          progress.add(of);
        }
        running.add(perTable.submit(tableCheck(table, settle, segments, of)));
      }
      List<TableResult> results = new ArrayList<>();
      for (Future<TableResult> each : running) {
        results.add(get(each));
      }
      return new CheckResult(results, notes(tables), Duration.ofNanos(System.nanoTime() - begun));
    } finally {
      perTable.shutdownNow();
      segments.shutdownNow();
    }
  }

  private Callable<TableResult> tableCheck(
      String table, Duration settle, ExecutorService segments, TableProgress of) {
    return () -> {
      Patience patience = new Patience(sides.limits().get());
      TableSchema schema;
      try {
        schema = patience.retrying(() -> sides.source().describe(table));
      } catch (Fault e) {
        return failed(table, e);
      }
      return new TableCheck(
              new TablePair(schema, sides, patience), options, beside, settle, segments, of, sink)
          .run();
    };
  }

  private static TableResult failed(String table, Fault fault) {
    return new TableResult(
        table,
        Optional.empty(),
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        List.of(),
        0,
        List.of(),
        List.of(),
        Optional.of(fault.getMessage()),
        Duration.ZERO);
  }

  private static TableResult get(Future<TableResult> future) throws Fault {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a bug while comparing", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Fault.Fatal("interrupted", e);
    }
  }

  private List<String> notes(List<String> compared) throws Fault {
    List<String> notes = new ArrayList<>();
    sides.mapping().flatMap(ComparableMapping::takenAsRight).ifPresent(notes::add);
    notes.addAll(withoutTable(compared));
    return notes;
  }

  /** Tables that only the target has: not an error, but the user should know. */
  private List<String> withoutTable(List<String> compared) throws Fault {
    if (!options.tables().isEmpty()) {
      return List.of();
    }
    Patience patience = new Patience(sides.limits().get());
    Set<String> others = new TreeSet<>(patience.retrying(() -> sides.target().tables()));
    others.removeAll(new TreeSet<>(patience.retrying(() -> sides.source().listTables())));
    compared.forEach(table -> others.remove(sides.shapes().nameOf(table)));
    return others.isEmpty()
        ? List.of()
        : List.of("only in the target, not compared: " + String.join(", ", others));
  }

  private static ExecutorService pool(int threads, String name) {
    return Executors.newFixedThreadPool(
        threads,
        work -> {
          Thread thread = new Thread(work, name);
          thread.setDaemon(true);
          return thread;
        });
  }
}
