package io.nimoshake.testkit.sim;

import io.nimoshake.core.plan.TableState;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One run: a source that changes, a process that dies and comes back, and an end that is checked.
 */
final class Simulation {
  private static final long MOST_STEPS = 2_000_000;

  /** How long it may take to catch up when nothing fails any more and nothing changes. */
  private static final Duration MOST_QUIET_TIME = Duration.ofHours(6);

  private static final int STEPS_A_CHECK = 16;

  /** First pages are taken to be that large, and granted alone if the budget is smaller. */
  private static final long FIRST_PAGE_BYTES = 3 << 20;

  private static final Duration MOST_STOP_TIME = Duration.ofSeconds(60);

  /** How long a process may live on that has lost its lease and reaches the store. */
  private static final Duration MOST_FORMER_TIME = Duration.ofMinutes(5);

  /** A process that lives does not notice that records expire before it reads the first. */
  private static final Duration LONGEST_SUSPENSION = Duration.ofHours(40);

  private final SimRandom random;
  private final SimScenario scenario;
  private final SimLoop loop;
  private final SimWorld world;
  private final SimMisfortune misfortune;
  private final SimEnd end;
  private SimProcess process;

  /** A process that was cut off from the store, and of which another one has taken over. */
  private Optional<SimProcess> former = Optional.empty();

  private int processes;
  private boolean quiet;
  private long quietNanos;
  private long stopAskedNanos;
  private long endedNanos;
  private boolean stopComes;

  Simulation(long seed, boolean tracing, Set<SimTroubles.Kind> troubles) {
    random = new SimRandom(seed);
    scenario = SimScenario.of(random, SimTroubles.of(seed, troubles));
    loop = new SimLoop(random, scenario.services().slowRate(), tracing);
    world = new SimWorld(random, scenario, loop);
    misfortune = new SimMisfortune(world);
    end = new SimEnd(world, misfortune);
  }

  SimScenario scenario() {
    return scenario;
  }

  SimLoop loop() {
    return loop;
  }

  /** Runs to the end; throws {@link SimFailure} if a promise is broken or the end does not come. */
  void run() {
    world.makeTables();
    world.makeHistory();
    startProcess();
    plan();
    int lives = scenario.streams() ? 1 + random.between(0, 1) : 1;
    while (lives > 0) {
      step();
      if (process.isOver() && isAtRest()) {
        end.checkResult(process);
        if (cameToItsEnd()) {
          lives--;
          end.checkEqual(process);
        }
        if (lives > 0) {
          restart();
        }
      } else if (quiet && !stopComes && loop.steps() % STEPS_A_CHECK == 0) {
        lookForTheEnd();
      }
    }
  }

  private boolean cameToItsEnd() {
    boolean fatal = process.result().filter(result -> result.fatal().isPresent()).isPresent();
    boolean byItself = !process.wasStopped() && (quiet || !scenario.streams());
    return !fatal && (stopComes || byItself);
  }

  // --- what is in store ------------------------------------------------------------------------

  private void plan() {
    SimScenario.Events events = scenario.events();
    world.planChanges();
    for (int i = 0; i < events.crashes(); i++) {
      boolean atRest = random.chance(0.5);
      world.atAnyTime(
          1, atRest ? this::crash : () -> world.faults().crashAfter(random.between(0, 60)));
    }
    world.atAnyTime(events.stops(), this::stopProcess);
    world.atAnyTime(
        events.pauses(),
        () -> process.pause(world.anyTable().name, Duration.ofMillis(random.between(1, 5_000))));
    world.atAnyTime(events.suspensions(), this::suspension);
    misfortune.plan(() -> misfortune.held().forEach(table -> process.hold(table)));
    world.atAnyTime(scenario.troubles().cutOffs(), this::cutOff);
    world.at(events.activeFor(), this::beQuiet);
  }

  /** After a time in which all was late, the rest of it may come after this. */
  private void beQuiet() {
    if (world.isBusy()) {
      world.at(Duration.ofMillis(1), this::beQuiet);
      return;
    }
    loop.trace("quiet from now on");
    world.calm();
    process.reconnect();
    former.ifPresent(SimProcess::reconnect);
    quiet = true;
    quietNanos = loop.nanoTime();
  }

  // --- processes -------------------------------------------------------------------------------

  private void startProcess() {
    // While a former one lives, its host is not used: there nobody would take it for dead.
    boolean sameHost = random.chance(0.7) && former.isEmpty();
    startProcess(
        sameHost
            ? new SimProcess.Host("host", Duration.ZERO)
            : new SimProcess.Host("host" + processes, scenario.troubles().clockOff()));
  }

  private void startProcess(SimProcess.Host host) {
    processes++;
    stopComes = false;
    endedNanos = 0;
    process = new SimProcess("process " + processes, host, world, misfortune.held());
    misfortune.processStarted(process.life());
  }

  private void crash() {
    if (!quiet && !process.isOver()) {
      restart();
    }
  }

  private void restart() {
    if (!process.isOver()) {
      world.promises().leftovers().killed(loop.now());
    }
    process.kill();
    if (random.chance(0.3)) {
      absence(scenario.events().longestAbsence());
    }
    startProcess();
  }

  /** The hosts of all processes are suspended, with clocks that go on or stand still. */
  private void suspension() {
    long from = loop.nanoTime();
    absence(LONGEST_SUSPENSION);
    Duration passed = Duration.ofNanos(loop.nanoTime() - from);
    if (scenario.troubles().clocksStandStill() && !passed.isZero()) {
      process.stoodStill(passed);
      former.ifPresent(one -> one.stoodStill(passed));
      if (former.isPresent() || process.isCutOff()) {
        // By its own clock the lease of the one that was cut off is not over yet.
        world.promises().leftovers().killed(loop.now().plus(SimScenario.LEASE));
      }
    }
  }

  /** Nobody does anything for a while. */
  private void absence(Duration most) {
    Duration longest = scenario.events().longestAbsence();
    if (quiet || longest.isZero()) {
      return;
    }
    long from = loop.nanoTime();
    world.passWithChanges(most.compareTo(longest) < 0 ? most : longest);
    long passed = loop.nanoTime() - from;
    misfortune.suspended(passed);
    stopAskedNanos += passed;
    endedNanos += endedNanos == 0 ? 0 : passed;
  }

  private void stopProcess() {
    if (!process.isOver() && !process.wasStopped()) {
      stopAskedNanos = loop.nanoTime();
      process.stop();
    }
  }

  /** The process does not reach the store any more; mostly another one takes over meanwhile. */
  private void cutOff() {
    if (!process.isRunning() || process.isOver() || former.isPresent()) {
      return;
    }
    SimProcess lost = process;
    lost.cutOff();
    // It writes until its lease is over.
    world.promises().leftovers().killed(loop.now().plus(SimScenario.LEASE));
    if (random.chance(0.7)) {
      former = Optional.of(lost);
      startProcess();
    }
    world.at(Duration.ofMillis(random.between(0, 120_000)), lost::reconnect);
  }

  private void step() {
    boolean alive;
    try {
      alive = loop.step();
    } catch (SimCrash crash) {
      if (process.runs(loop.running())) {
        restart();
      } else {
        world.promises().leftovers().killed(loop.now());
        former.ifPresent(SimProcess::kill);
        former = Optional.empty();
      }
      return;
    }
    if (!alive) {
      throw new SimFailure("nothing is left to do, and the sync has not ended");
    }
    if (loop.steps() > MOST_STEPS) {
      throw new SimFailure("no end after " + MOST_STEPS + " steps");
    }
    if (loop.steps() % STEPS_A_CHECK == 0) {
      check();
    }
  }

  // --- checks ----------------------------------------------------------------------------------

  private void check() {
    former = former.filter(one -> !one.isOver());
    if (quiet && former.isPresent() && former.get().hasLease()) {
      // It reached the store again before the other one had claimed the lease: both are right.
      former.get().kill();
      former = Optional.empty();
    }
    misfortune.check(process);
    Duration sinceQuiet = Duration.ofNanos(quiet ? loop.nanoTime() - quietNanos : 0);
    if (sinceQuiet.minus(misfortune.longest()).compareTo(MOST_QUIET_TIME) > 0) {
      throw new SimFailure("no end after " + sinceQuiet + " of quiet");
    }
    long held = process.memoryHeldBytes();
    // Twice the budget: a table without a page gets one beside those that are stuck.
    if (held < 0 || held > Math.max(2 * scenario.sync().memoryBudgetBytes(), FIRST_PAGE_BYTES)) {
      throw new SimFailure(held + " bytes are held");
    }
    // The program ends by itself when it cannot store its last positions in time.
    if (process.isCutOff()) {
      stopAskedNanos = loop.nanoTime();
    }
    if (process.wasStopped()
        && !process.isOver()
        && loop.nanoTime() - stopAskedNanos > MOST_STOP_TIME.toNanos()) {
      throw new SimFailure("stopping takes longer than " + MOST_STOP_TIME);
    }
    if (quiet && former.isPresent() && loop.nanoTime() - quietNanos > MOST_FORMER_TIME.toNanos()) {
      throw new SimFailure("a process goes on although another one has its lease");
    }
  }

  /** Ends what holds single tables up, and then the process, once there is nothing left to do. */
  private void lookForTheEnd() {
    if (!process.isRunning()) {
      return;
    }
    Map<String, TableState> states = process.states();
    boolean caughtUp =
        world.source().tables.values().stream()
            .allMatch(t -> misfortune.excuses(t, states) || end.isCaughtUp(process, t));
    if (!caughtUp) {
      return;
    }
    if (misfortune.isUnderWay()) {
      if (misfortune.isOver(states)) {
        misfortune.end();
        // The table that was held has its backfill before it now, an export after the other.
        quietNanos = loop.nanoTime();
        world.source().tables.keySet().forEach(process::letGoOn);
      }
    } else if (scenario.streams() && former.isEmpty()) {
      stopComes = true;
      loop.after(Duration.ofMillis(random.between(0, 3_000)), this::stopProcess);
    }
  }

  /** Whether nothing is held any more; reads that were waiting when it ended may take a while. */
  private boolean isAtRest() {
    long held = process.memoryHeldBytes();
    if (endedNanos == 0) {
      endedNanos = loop.nanoTime();
    }
    if (held != 0 && loop.nanoTime() - endedNanos > MOST_STOP_TIME.toNanos()) {
      throw new SimFailure(held + " bytes are held at the end");
    }
    return held == 0;
  }

  String describe() {
    return process.describe()
        + former.map(one -> "\nwithout its lease: " + one.describe()).orElse("");
  }
}
