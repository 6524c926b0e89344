package io.nimoshake.testkit.sim;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Target;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/** Runs syncs in the world of a {@link ThreadedSimulation}. */
public interface SimHost {
  /** What a sync is told and what it may connect to, as often as it likes. */
  interface World {
    SyncOptions options();

    Source openSource();

    Target openTarget();

    CheckpointStore openCheckpoints();

    /** Completed when all that is connected now has closed its connections. */
    CompletableFuture<Void> closed();
  }

  /** From one start to one end. */
  interface Life {
    /** Whether it has ended by itself, which it never should. */
    boolean isOver();

    /** Holds some of it up, or has it die; comes at any time, in the midst of its work. */
    void disturb();

    /** Ends all that {@link #disturb} has begun. */
    void calm();

    /** Ends it; throws {@link SimFailure} if it had failed or does not come to its end. */
    void end() throws InterruptedException;

    /** What it has to say of itself when it has got stuck. */
    String describe();
  }

  /** Begins a life; when this returns, the sync is at work. */
  Life begin(World world, RandomGenerator random) throws InterruptedException;

  /** Longest time between two changes: what takes longer happens between none of them. */
  Duration pace();
}
