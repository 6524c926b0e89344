package io.nimoshake.testkit.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Virtual time and everything that is to happen in it, on the caller's thread. Of what is ready,
 * any may come next; the clock moves a little with every piece of work and jumps when nothing is
 * ready.
 */
final class SimLoop {
  private static final Instant ORIGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final int TRACED = 600;

  /** Longest time that one piece of work takes. */
  private static final long WORK_NANOS = 2_000_000;

  private record Task(SimScheduler process, Runnable work) {
    boolean isDead() {
      return process != null && !process.isAlive();
    }
  }

  private record Timer(long due, long number, Task task) {}

  private final Instant origin;
  private final SimRandom random;
  private final double slowRate;
  private final boolean tracing;
  private final List<String> trace = new ArrayList<>();
  private final List<Task> ready = new ArrayList<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::due).thenComparingLong(Timer::number));
  private long nowNanos;
  private long timerNumber;
  private long steps;
  private long fingerprint;
  private SimScheduler running;

  /**
   * @param slowRate how often a piece of work of the process is held up for up to seconds
   */
  SimLoop(SimRandom random, double slowRate, boolean tracing) {
    this(ORIGIN, random, slowRate, tracing);
  }

  private SimLoop(Instant origin, SimRandom random, double slowRate, boolean tracing) {
    this.origin = origin;
    this.random = random;
    this.slowRate = slowRate;
    this.tracing = tracing;
  }

  /** Only a clock, which stands still until {@link #pass}: who uses it has a scheduler. */
  static SimLoop clock(Instant now, SimRandom random) {
    return new SimLoop(now, random, 0, false);
  }

  SimRandom random() {
    return random;
  }

  long nanoTime() {
    return nowNanos;
  }

  Instant now() {
    return origin.plusNanos(nowNanos);
  }

  /** Whose work was done last; null for something of the world. */
  SimScheduler running() {
    return running;
  }

  long steps() {
    return steps;
  }

  /** Grows different with every difference between two runs. */
  long fingerprint() {
    return fingerprint;
  }

  void execute(SimScheduler process, Runnable work) {
    ready.add(new Task(process, work));
  }

  void after(SimScheduler process, Duration delay, Runnable work) {
    timers.add(
        new Timer(nowNanos + Math.max(0, delay.toNanos()), timerNumber++, new Task(process, work)));
  }

  /** Something of the world outside of the process. */
  void after(Duration delay, Runnable work) {
    after(null, delay, work);
  }

  /** What waits for a time of this process comes so much later. */
  void delay(SimScheduler process, Duration time) {
    List<Timer> late = timers.stream().filter(timer -> timer.task().process() == process).toList();
    timers.removeAll(late);
    late.forEach(
        timer -> timers.add(new Timer(timer.due() + time.toNanos(), timer.number(), timer.task())));
  }

  /** Lets time pass in which nothing happens but what the caller does. */
  void pass(Duration time) {
    nowNanos += time.toNanos();
  }

  /** Does one piece of work; false if there is none and none will come. */
  boolean step() {
    wakeTimers();
    if (ready.isEmpty()) {
      if (timers.isEmpty()) {
        return false;
      }
      nowNanos = Math.max(nowNanos, timers.peek().due());
      wakeTimers();
    }
    Task task = takeAny();
    running = task.process();
    steps++;
    fingerprint = fingerprint * 31 + nowNanos + ready.size();
    if (task.isDead()) {
      return true;
    }
    if (task.process() != null && random.chance(slowRate)) {
      after(task.process(), Duration.ofNanos(random.below(3_000_000_000L)), task.work());
      return true;
    }
    nowNanos += random.below(WORK_NANOS);
    task.work().run();
    return true;
  }

  private void wakeTimers() {
    while (!timers.isEmpty() && timers.peek().due() <= nowNanos) {
      ready.add(timers.poll().task());
    }
  }

  private Task takeAny() {
    int index = random.between(0, ready.size() - 1);
    Task task = ready.get(index);
    Task last = ready.remove(ready.size() - 1);
    if (index < ready.size()) {
      ready.set(index, last);
    }
    return task;
  }

  boolean isTracing() {
    return tracing;
  }

  void trace(String what) {
    if (tracing) {
      if (trace.size() >= 2 * TRACED) {
        trace.subList(0, TRACED).clear();
      }
      trace.add("%10.3f ".formatted(nowNanos / 1e9) + what);
    }
  }

  /** The last that happened, oldest first. */
  List<String> traced() {
    return trace.subList(Math.max(0, trace.size() - TRACED), trace.size());
  }
}
