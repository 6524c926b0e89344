package io.nimoshake.core;

import io.nimoshake.core.flow.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Runs nothing by itself: a test decides when work runs and when time passes. Single-threaded.
 * Random numbers are 1, so every pause is as long as it can be.
 */
public final class ManualScheduler implements Scheduler {
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private record Timer(long dueNanos, Runnable work) {}

  private final Deque<Runnable> ready = new ArrayDeque<>();
  private final List<Timer> timers = new ArrayList<>();
  private long nanos;
  private Duration leapt = Duration.ZERO;

  @Override
  public void execute(Runnable work) {
    ready.add(work);
  }

  @Override
  public void after(Duration delay, Runnable work) {
    timers.add(new Timer(nanos + delay.toNanos(), work));
  }

  @Override
  public Instant now() {
    return START.plusNanos(nanos).plus(leapt);
  }

  /** Lets the wall clock leap, as if somebody had set it. */
  public void leap(Duration by) {
    leapt = leapt.plus(by);
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public double random() {
    return 1;
  }

  /** Runs one piece of work that is ready. */
  public void runOne() {
    ready.remove().run();
  }

  /** Runs all work that is ready, and what becomes ready by it. No time passes. */
  public void run() {
    while (!ready.isEmpty()) {
      runOne();
    }
  }

  /** Lets time pass; runs what becomes due, each timer at its moment. */
  public void pass(Duration time) {
    run();
    long end = nanos + time.toNanos();
    for (Timer next = first(); next != null && next.dueNanos <= end; next = first()) {
      timers.remove(next);
      nanos = Math.max(nanos, next.dueNanos);
      ready.add(next.work);
      run();
    }
    nanos = end;
  }

  private Timer first() {
    return timers.stream().min(Comparator.comparingLong(Timer::dueNanos)).orElse(null);
  }

  /** How long until the next timer is due; fails if there is none. */
  public Duration nextDue() {
    return Duration.ofNanos(first().dueNanos - nanos);
  }

  /** Whether nothing is ready and nothing will become ready by time alone. */
  public boolean isIdle() {
    return ready.isEmpty() && timers.isEmpty();
  }
}
