package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.WriteMode;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Lets real threads use the simulator's ports: one call at a time reaches them, but calls begin and
 * end a random moment earlier and later, and a write or a save is done in two halves, between which
 * others get their turn.
 */
final class ThreadedWorld {
  private static final Duration LONGEST_DELAY = Duration.ofMillis(1);

  private final ReentrantLock lock = new ReentrantLock(true);
  private final Condition changed = lock.newCondition();
  private final SimLoop clock;
  private final long begin = System.nanoTime();
  private final Set<CompletableFuture<Void>> connections = ConcurrentHashMap.newKeySet();
  private final boolean strict;

  /** By split: reads that have begun and whose callers have not got their pages yet. */
  private final Map<String, Integer> readsUnderWay = new HashMap<>();

  private SimFailure failure;

  /**
   * @param strict whether a split may be opened only when no read of it is under way any more
   */
  ThreadedWorld(SimLoop clock, boolean strict) {
    this.clock = clock;
    this.strict = strict;
  }

  interface Call<T> {
    T make() throws Fault;
  }

  /** Does something in the world, alone; throws what broke a promise, on whatever thread. */
  void alone(Runnable work) {
    quietly(
        () -> {
          work.run();
          throwFailure();
        });
  }

  private void quietly(Runnable work) {
    lock.lock();
    try {
      clock.pass(Duration.ofNanos(System.nanoTime() - begin - clock.nanoTime()));
      work.run();
    } finally {
      changed.signalAll();
      lock.unlock();
    }
  }

  /** The sync may have been ending on that thread, and have told nobody. */
  private void throwFailure() {
    if (failure != null) {
      throw new SimFailure(failure.getMessage(), failure);
    }
  }

  /** Waits until something holds in the world; false if it does not within the time. */
  boolean await(BooleanSupplier condition, Duration atMost) throws InterruptedException {
    lock.lock();
    try {
      long left = atMost.toNanos();
      while (!condition.getAsBoolean()) {
        throwFailure();
        if (left <= 0) {
          return false;
        }
        // Also when nobody signals: not all that is waited for is a call of a port.
        long most = Math.min(left, TimeUnit.MILLISECONDS.toNanos(20));
        left -= most - Math.max(0, changed.awaitNanos(most));
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Lets a moment pass. */
  static void delay(Duration atMost) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    // Mostly a little, as a long delay of all hides what a short one of one shows.
    long nanos = random.nextInt(4) == 0 ? atMost.toNanos() : atMost.toNanos() / 20;
    LockSupport.parkNanos(random.nextLong(nanos));
  }

  private <T> T atOnce(Call<T> call) throws Fault {
    lock.lock();
    try {
      clock.pass(Duration.ofNanos(System.nanoTime() - begin - clock.nanoTime()));
      return call.make();
    } catch (SimFailure broken) {
      failure = failure == null ? broken : failure;
      throw broken;
    } finally {
      changed.signalAll();
      lock.unlock();
    }
  }

  /** Nothing comes through a connection that is closed, whoever still has it. */
  private final class Connection {
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    /** What it has opened and nobody closed; it is closed with it. */
    private final Set<SplitReader> readers = new HashSet<>();

    Connection() {
      connections.add(closed);
    }

    <T> T call(Call<T> call) throws Fault {
      delay(LONGEST_DELAY);
      T answer =
          atOnce(
              () -> {
                if (closed.isDone()) {
                  throw new IllegalStateException("the connection is closed");
                }
                return call.make();
              });
      delay(LONGEST_DELAY);
      return answer;
    }

    void close() {
      quietly(
          () -> {
            List.copyOf(readers).forEach(this::close);
            connections.remove(closed);
            closed.complete(null);
          });
    }

    SplitReader opened(SplitReader reader) {
      readers.add(reader);
      return reader;
    }

    void close(SplitReader reader) {
      if (readers.remove(reader)) {
        reader.close();
      }
    }
  }

  /** Completed when every connection there is now is closed. */
  CompletableFuture<Void> closed() {
    return CompletableFuture.allOf(connections.toArray(CompletableFuture[]::new));
  }

  // --- the ports -------------------------------------------------------------------------------

  Source source(Source source) {
    Connection connection = new Connection();
    return new Source() {
      @Override
      public List<String> listTables() throws Fault {
        return connection.call(source::listTables);
      }

      @Override
      public TableSchema describe(String table) throws Fault {
        return connection.call(() -> source.describe(table));
      }

      @Override
      public Optional<StreamHandle> ensureStream(String table) throws Fault {
        return connection.call(() -> source.ensureStream(table));
      }

      @Override
      public Optional<StreamHandle> currentStream(String table) throws Fault {
        return connection.call(() -> source.currentStream(table));
      }

      @Override
      public ShardListing listShards(String table, String arn, Optional<String> childrenOf)
          throws Fault {
        return connection.call(() -> source.listShards(table, arn, childrenOf));
      }

      @Override
      public SplitReader open(Split split, Position from) throws Fault {
        String name = split.table() + "/" + split.id();
        SplitReader opened =
            connection.call(
                () -> {
                  if (strict && readsUnderWay.getOrDefault(name, 0) > 0) {
                    throw new SimFailure(name + " is opened while a read of it is under way");
                  }
                  return connection.opened(source.open(split, from));
                });
        return reader(name, opened, connection);
      }

      @Override
      public void close() {
        connection.close();
      }
    };
  }

  private SplitReader reader(String split, SplitReader reader, Connection connection) {
    return new SplitReader() {
      @Override
      public ChangeBatch read() throws Fault {
        quietly(() -> readsUnderWay.merge(split, 1, Integer::sum));
        try {
          return connection.call(reader::read);
        } finally {
          quietly(() -> readsUnderWay.merge(split, -1, Integer::sum));
        }
      }

      @Override
      public void close() {
        quietly(() -> connection.close(reader));
      }
    };
  }

  Target target(Target target) {
    Connection connection = new Connection();
    return new Target() {
      @Override
      public Capabilities capabilities() {
        return target.capabilities();
      }

      @Override
      public Prepared prepare(TableSchema table, Existing existing) throws Fault {
        return connection.call(() -> target.prepare(table, existing));
      }

      @Override
      public List<Rejected> write(TableSchema table, List<Change> changes, WriteMode mode)
          throws Fault {
        int half = ThreadLocalRandom.current().nextInt(changes.size());
        if (half > 0) {
          connection.call(() -> target.write(table, changes.subList(0, half), mode));
        }
        return connection.call(
            () -> target.write(table, changes.subList(half, changes.size()), mode));
      }

      @Override
      public void purgeTombstones(TableSchema table) throws Fault {
        connection.call(
            () -> {
              target.purgeTombstones(table);
              return null;
            });
      }

      @Override
      public void finish(TableSchema table) throws Fault {
        connection.call(
            () -> {
              target.finish(table);
              return null;
            });
      }

      @Override
      public void swapIn(TableSchema table) throws Fault {
        connection.call(
            () -> {
              target.swapIn(table);
              return null;
            });
      }

      @Override
      public void close() {
        connection.close();
      }
    };
  }

  CheckpointStore store(CheckpointStore store) {
    Connection connection = new Connection();
    return new CheckpointStore() {
      @Override
      public List<CheckpointEntry> load() throws Fault {
        return connection.call(store::load);
      }

      @Override
      public void save(long fence, List<CheckpointEntry> entries) throws Fault {
        int half = ThreadLocalRandom.current().nextInt(entries.size());
        save(fence, entries, 0, half);
        save(fence, entries, half, entries.size());
      }

      private void save(long fence, List<CheckpointEntry> entries, int from, int to) throws Fault {
        if (from < to) {
          connection.call(
              () -> {
                store.save(fence, entries.subList(from, to));
                return null;
              });
        }
      }

      @Override
      public Optional<Lease> lease() throws Fault {
        return connection.call(store::lease);
      }

      @Override
      public boolean replaceLease(Optional<Lease> expected, Optional<Lease> next) throws Fault {
        return connection.call(() -> store.replaceLease(expected, next));
      }

      @Override
      public void close() {
        connection.close();
      }
    };
  }
}
