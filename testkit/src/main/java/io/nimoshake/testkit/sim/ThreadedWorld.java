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
import java.util.List;
import java.util.Optional;
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
  private static final long LONGEST_DELAY_NANOS = 1_000_000;

  private final ReentrantLock lock = new ReentrantLock(true);
  private final Condition changed = lock.newCondition();
  private final SimLoop clock;
  private final long begin = System.nanoTime();

  ThreadedWorld(SimLoop clock) {
    this.clock = clock;
  }

  interface Call<T> {
    T make() throws Fault;
  }

  /** Does something in the world, alone. */
  void alone(Runnable work) {
    lock.lock();
    try {
      clock.pass(Duration.ofNanos(System.nanoTime() - begin - clock.nanoTime()));
      work.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until something holds in the world; false if it does not within the time. */
  boolean await(BooleanSupplier condition, Duration atMost) throws InterruptedException {
    lock.lock();
    try {
      long left = atMost.toNanos();
      while (!condition.getAsBoolean()) {
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

  static void delay() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    // Mostly a little, as a long delay of all hides what a short one of one shows.
    LockSupport.parkNanos(random.nextLong(random.nextInt(4) == 0 ? LONGEST_DELAY_NANOS : 50_000));
  }

  private <T> T call(Call<T> call) throws Fault {
    delay();
    T answer = atOnce(call);
    delay();
    return answer;
  }

  private <T> T atOnce(Call<T> call) throws Fault {
    lock.lock();
    try {
      clock.pass(Duration.ofNanos(System.nanoTime() - begin - clock.nanoTime()));
      return call.make();
    } finally {
      changed.signalAll();
      lock.unlock();
    }
  }

  private void run(Call<?> call) {
    alone(
        () -> {
          try {
            call.make();
          } catch (Fault fault) {
            throw new IllegalStateException("a call that throws nothing threw", fault);
          }
        });
  }

  // --- the ports -------------------------------------------------------------------------------

  Source source(Source source) {
    return new Source() {
      @Override
      public List<String> listTables() throws Fault {
        return call(source::listTables);
      }

      @Override
      public TableSchema describe(String table) throws Fault {
        return call(() -> source.describe(table));
      }

      @Override
      public Optional<StreamHandle> ensureStream(String table) throws Fault {
        return call(() -> source.ensureStream(table));
      }

      @Override
      public Optional<StreamHandle> currentStream(String table) throws Fault {
        return call(() -> source.currentStream(table));
      }

      @Override
      public ShardListing listShards(String table, String arn, Optional<String> childrenOf)
          throws Fault {
        return call(() -> source.listShards(table, arn, childrenOf));
      }

      @Override
      public SplitReader open(Split split, Position from) throws Fault {
        return reader(call(() -> source.open(split, from)));
      }

      @Override
      public void close() {}
    };
  }

  private SplitReader reader(SplitReader reader) {
    return new SplitReader() {
      @Override
      public ChangeBatch read() throws Fault {
        return call(reader::read);
      }

      @Override
      public void close() {
        run(
            () -> {
              reader.close();
              return null;
            });
      }
    };
  }

  Target target(Target target) {
    return new Target() {
      @Override
      public Capabilities capabilities() {
        return target.capabilities();
      }

      @Override
      public Prepared prepare(TableSchema table, Existing existing) throws Fault {
        return call(() -> target.prepare(table, existing));
      }

      @Override
      public List<Rejected> write(TableSchema table, List<Change> changes, WriteMode mode)
          throws Fault {
        int half = ThreadLocalRandom.current().nextInt(changes.size());
        if (half > 0) {
          call(() -> target.write(table, changes.subList(0, half), mode));
        }
        return call(() -> target.write(table, changes.subList(half, changes.size()), mode));
      }

      @Override
      public void purgeTombstones(TableSchema table) throws Fault {
        call(
            () -> {
              target.purgeTombstones(table);
              return null;
            });
      }

      @Override
      public void finish(TableSchema table) throws Fault {
        call(
            () -> {
              target.finish(table);
              return null;
            });
      }

      @Override
      public void swapIn(TableSchema table) throws Fault {
        call(
            () -> {
              target.swapIn(table);
              return null;
            });
      }

      @Override
      public void close() {}
    };
  }

  CheckpointStore store(CheckpointStore store) {
    return new CheckpointStore() {
      @Override
      public List<CheckpointEntry> load() throws Fault {
        return call(store::load);
      }

      @Override
      public void save(long fence, List<CheckpointEntry> entries) throws Fault {
        int half = ThreadLocalRandom.current().nextInt(entries.size());
        save(fence, entries, 0, half);
        save(fence, entries, half, entries.size());
      }

      private void save(long fence, List<CheckpointEntry> entries, int from, int to) throws Fault {
        if (from < to) {
          call(
              () -> {
                store.save(fence, entries.subList(from, to));
                return null;
              });
        }
      }

      @Override
      public Optional<Lease> lease() throws Fault {
        return call(store::lease);
      }

      @Override
      public boolean replaceLease(Optional<Lease> expected, Optional<Lease> next) throws Fault {
        return call(() -> store.replaceLease(expected, next));
      }

      @Override
      public void close() {}
    };
  }
}
