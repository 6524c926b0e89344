package io.nimoshake.testkit.sim;

import java.util.Optional;
import java.util.Set;

/**
 * Runs simulations. From the command line: {@code Simulator FIRST_SEED SEEDS} runs that many and
 * prints every failing one; {@code Simulator SEED} runs one and prints what happened.
 */
public final class Simulator {
  private static final Set<SimTroubles.Kind> TROUBLES =
      SimTroubles.Kind.parse(System.getProperty("sim.troubles", "all"));

  private Simulator() {}

  /**
   * One finished run.
   *
   * @param steps pieces of work done
   * @param fingerprint equal for runs that went exactly alike
   */
  public record Run(long seed, long steps, long fingerprint, Optional<Throwable> failure) {}

  /** Runs one seed; a broken promise is in the answer. */
  public static Run run(long seed) {
    return run(new Simulation(seed, false, TROUBLES), seed);
  }

  private static Run run(Simulation simulation, long seed) {
    Throwable failure = null;
    try {
      simulation.run();
    } catch (SimFailure | RuntimeException e) {
      // A RuntimeException is a bug of what is simulated: an answer like a broken promise.
      failure = e;
    }
    return new Run(
        seed,
        simulation.loop().steps(),
        simulation.loop().fingerprint(),
        Optional.ofNullable(failure));
  }

  /** Runs a seed again and tells all that happened in it. */
  public static String explain(long seed) {
    Simulation simulation = new Simulation(seed, true, TROUBLES);
    Run run = run(simulation, seed);
    StringBuilder text = new StringBuilder();
    simulation.loop().traced().forEach(line -> text.append(line).append('\n'));
    text.append(simulation.describe()).append('\n');
    text.append(simulation.scenario()).append('\n');
    text.append("seed ").append(seed).append(", ").append(run.steps()).append(" steps: ");
    run.failure()
        .ifPresentOrElse(
            failure -> {
              text.append(failure);
              for (StackTraceElement frame : failure.getStackTrace()) {
                text.append("\n    at ").append(frame);
              }
            },
            () -> text.append("nothing wrong"));
    return text.append('\n').toString();
  }

  /** See the class. */
  public static void main(String[] args) {
    long first = Long.parseLong(args[0]);
    if (args.length == 1) {
      System.out.print(explain(first));
      return;
    }
    long seeds = Long.parseLong(args[1]);
    long steps = 0;
    long failed = 0;
    long begin = System.nanoTime();
    for (long seed = first; seed < first + seeds; seed++) {
      Run run = run(seed);
      steps += run.steps();
      if (run.failure().isPresent()) {
        failed++;
        System.out.println("seed " + seed + ": " + run.failure().get());
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf(
        "%d seeds, %d failed, %d steps, %.1f s, %.2f ms a seed%n",
        seeds, failed, steps, seconds, seconds * 1000 / seeds);
    if (failed > 0) {
      System.exit(1);
    }
  }
}
