package io.nimoshake.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 5, unit = TimeUnit.MINUTES)
class WorkerThreadsTest {
  private static final int MOST = 3;

  /** Threads that the system still gives. */
  private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);

  private final BlockingQueue<Runnable> later = new LinkedBlockingQueue<>();
  private final WorkerThreads threads = WorkerThreads.platform(MOST, this::thread, later::add);

  private Thread thread(Runnable work) {
    if (left.getAndDecrement() <= 0) {
      throw new OutOfMemoryError("unable to create native thread");
    }
    return ThreadScheduler.daemon(work, "test");
  }

  @AfterEach
  void close() {
    threads.close();
  }

  @Test
  void runsAllInOrderAndOnlySoManyAtATime() throws Exception {
    SynchronousQueue<Boolean> turns = new SynchronousQueue<>();
    AtomicInteger running = new AtomicInteger();
    AtomicInteger mostRunning = new AtomicInteger();
    BlockingQueue<Integer> begun = new LinkedBlockingQueue<>();
    int pieces = 10 * MOST;
    for (int i = 0; i < pieces; i++) {
      int number = i;
      threads.execute(
          () -> {
            mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
            begun.add(number);
            take(turns);
            running.decrementAndGet();
          });
    }
    // These begin at once, on different threads.
    Set<Integer> first = new TreeSet<>();
    while (first.size() < MOST) {
      first.add(begun.take());
    }
    assertEquals(Set.of(0, 1, 2), first);
    for (int next = MOST; next < pieces; next++) {
      turns.put(true);
      assertEquals(next, begun.take());
    }
    assertEquals(MOST, mostRunning.get());
  }

  /** A sync in which little happens must not keep all the threads that it may have. */
  @Test
  void usesAThreadAgainRatherThanANewOne() throws Exception {
    BlockingQueue<Thread> used = new LinkedBlockingQueue<>();
    threads.execute(() -> used.add(Thread.currentThread()));
    Thread first = used.take();
    for (int i = 0; i < 5 * MOST; i++) {
      while (first.getState() != Thread.State.TIMED_WAITING && !Thread.interrupted()) {
        Thread.onSpinWait();
      }
      threads.execute(() -> used.add(Thread.currentThread()));
      assertEquals(first, used.take());
    }
  }

  @Test
  void runsNothingOnceItIsClosed() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(MOST);
    CountDownLatch interrupted = new CountDownLatch(MOST);
    AtomicInteger others = new AtomicInteger();
    for (int i = 0; i < MOST; i++) {
      threads.execute(
          () -> {
            begun.countDown();
            try {
              never.await();
            } catch (InterruptedException e) {
              interrupted.countDown();
            }
          });
    }
    begun.await();
    threads.execute(others::incrementAndGet);
    threads.close();
    threads.execute(others::incrementAndGet);
    assertTrue(interrupted.await(5, TimeUnit.MINUTES));
    assertEquals(0, others.get());
  }

  @Test
  void workForWhichNoThreadCanBeMadeIsRunLater() throws Exception {
    left.set(0);
    BlockingQueue<Integer> begun = new LinkedBlockingQueue<>();
    for (int i = 0; i < 2 * MOST; i++) {
      int number = i;
      threads.execute(() -> begun.add(number));
    }
    assertEquals(1, later.size(), "one look for all");
    later.take().run();
    assertTrue(begun.isEmpty());
    left.set(1);
    later.take().run();
    for (int i = 0; i < 2 * MOST; i++) {
      assertEquals(i, begun.take());
    }
  }

  @Test
  void workGoesOnOnTheThreadsThatThereAre() throws Exception {
    left.set(1);
    SynchronousQueue<Boolean> turns = new SynchronousQueue<>();
    BlockingQueue<Thread> used = new LinkedBlockingQueue<>();
    for (int i = 0; i < 2; i++) {
      threads.execute(
          () -> {
            used.add(Thread.currentThread());
            take(turns);
          });
    }
    Thread only = used.take();
    turns.put(true);
    assertEquals(only, used.take(), "without a look for more");
    turns.put(true);
  }

  @Test
  void allThreadsAreUsedAgainWhenTheSystemGivesThem() throws Exception {
    left.set(0);
    SynchronousQueue<Boolean> turns = new SynchronousQueue<>();
    Set<Thread> used = ConcurrentHashMap.newKeySet();
    CountDownLatch begun = new CountDownLatch(MOST);
    for (int i = 0; i < MOST; i++) {
      threads.execute(
          () -> {
            used.add(Thread.currentThread());
            begun.countDown();
            take(turns);
          });
    }
    left.set(MOST);
    later.take().run();
    begun.await();
    assertEquals(MOST, used.size());
    for (int i = 0; i < MOST; i++) {
      turns.put(true);
    }
  }

  private static void take(BlockingQueue<Boolean> turns) {
    try {
      turns.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
