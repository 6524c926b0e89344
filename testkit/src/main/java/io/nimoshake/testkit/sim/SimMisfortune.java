package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.plan.TableState;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What befalls single tables until all others have caught up: one is paused, one is refused by the
 * target, or one meets nothing but errors that nobody knows. The others must go on meanwhile.
 */
final class SimMisfortune {
  /** An unknown error may last for longer than its limit, as pauses between two tries are long. */
  private static final Duration LONGEST_UNKNOWN = SimTroubles.UNKNOWN_FOR.multipliedBy(6);

  private final SimWorld world;
  private final SimTroubles troubles;
  private final Set<String> held = new HashSet<>();
  private Optional<String> refused = Optional.empty();
  private Optional<String> unknown = Optional.empty();

  /** The process that lives now. */
  private Optional<SimLife> current = Optional.empty();

  /** When it met the unknown error first; 0 if it has not. */
  private long unknownSinceNanos;

  /** When it met it last. */
  private long unknownMetNanos;

  /**
   * For how long nothing of the table was tried since then: the machine slept, or the table waited
   * for an export, and nothing of it was written.
   */
  private long notTriedNanos;

  /** When it was last looked at whether the table is tried. */
  private long lookedAtNanos;

  /** When the others had caught up; 0 before. */
  private long othersCaughtUpNanos;

  private boolean over;

  SimMisfortune(SimWorld world) {
    this.world = world;
    this.troubles = world.scenario().troubles();
  }

  /** Tables that are paused, also for a process that has not begun. */
  Set<String> held() {
    return held;
  }

  /** Lets it come at some moment. A table that is alone has nobody who must go on. */
  void plan(Runnable onHeld) {
    if (world.scenario().tables().count() == 1) {
      return;
    }
    world.atAnyTime(
        troubles.held() ? 1 : 0,
        () -> {
          held.add(world.anyTable().name);
          onHeld.run();
        });
    world.atAnyTime(troubles.refused() ? 1 : 0, this::refuse);
    world.atAnyTime(troubles.unknownForGood() ? 1 : 0, this::refuseUnknown);
  }

  private void refuse() {
    String table = world.anyTable().name;
    refused = Optional.of(table);
    world.target().refuse(table, life -> new Fault.Throttled("write " + table + ": not now", null));
  }

  private void refuseUnknown() {
    String table = world.anyTable().name;
    unknown = Optional.of(table);
    world
        .target()
        .refuse(
            table,
            life -> {
              // One that was cut off may still write. It says nothing of the one that counts.
              if (current.filter(life::equals).isPresent()) {
                unknownMetNanos = now();
                unknownSinceNanos = unknownSinceNanos == 0 ? unknownMetNanos : unknownSinceNanos;
              }
              return new Fault.Unknown("write " + table + ": an error that nobody knows", null);
            });
  }

  private long now() {
    return world.loop().nanoTime();
  }

  /** Another process begins, which has met nothing yet. */
  void processStarted(SimLife life) {
    current = Optional.of(life);
    unknownSinceNanos = 0;
    unknownMetNanos = 0;
    notTriedNanos = 0;
    lookedAtNanos = now();
  }

  /** The process was suspended. */
  void suspended(long nanos) {
    notTriedNanos += unknownSinceNanos == 0 ? 0 : nanos;
    lookedAtNanos += nanos;
  }

  /** How long it may last when all others have caught up. */
  Duration longest() {
    if (troubles.unknownForGood()) {
      return LONGEST_UNKNOWN;
    }
    return troubles.refused() ? troubles.refusedFor() : Duration.ZERO;
  }

  boolean isUnderWay() {
    return !over && (!held.isEmpty() || refused.isPresent() || unknown.isPresent());
  }

  /** Whether a table need not catch up yet. */
  boolean excuses(SimTable table, Map<String, TableState> states) {
    return isBefallen(table.name) || waitsForItsTurn(table.name, states);
  }

  private boolean waitsForItsTurn(String table, Map<String, TableState> states) {
    return states.getOrDefault(table, TableState.WAITING) == TableState.WAITING
        && befallen() >= world.scenario().sync().tablesAtATime();
  }

  private boolean isBefallen(String table) {
    return !over
        && (held.contains(table)
            || refused.filter(table::equals).isPresent()
            || unknown.filter(table::equals).isPresent());
  }

  private long befallen() {
    return world.source().tables.keySet().stream().filter(this::isBefallen).count();
  }

  /** Whether a table may have failed by an error that nobody knows. */
  boolean mayFail(SimTable table) {
    return unknown.filter(table.name::equals).isPresent() && unknownSinceNanos != 0;
  }

  /** Throws {@link SimFailure} if a table has failed before its error has lasted long enough. */
  void check(SimProcess process) {
    long sinceLook = now() - lookedAtNanos;
    lookedAtNanos = now();
    if (over || unknown.isEmpty() || unknownSinceNanos == 0) {
      return;
    }
    if (process.states().get(unknown.get()) == TableState.BACKFILLING) {
      notTriedNanos += sinceLook;
    }
    Duration lasted = Duration.ofNanos(now() - unknownSinceNanos);
    boolean early = lasted.compareTo(SimTroubles.UNKNOWN_FOR) < 0;
    SimTable table = world.source().table(unknown.get());
    boolean otherwise = table.wasDeleted || table.hasLostChanges();
    if (early && !otherwise && process.states().get(table.name) == TableState.FAILED) {
      throw new SimFailure(table.name + " has failed by an unknown error after " + lasted);
    }
  }

  /**
   * All others have caught up: whether this is over too.
   *
   * @throws SimFailure if a table goes on although its error has lasted for long enough
   */
  boolean isOver(Map<String, TableState> states) {
    othersCaughtUpNanos = othersCaughtUpNanos == 0 ? now() : othersCaughtUpNanos;
    boolean longEnough = now() - othersCaughtUpNanos >= troubles.refusedFor().toNanos();
    if (unknown.isEmpty()) {
      return refused.isEmpty() || longEnough;
    }
    if (held.contains(unknown.get()) || waitsForItsTurn(unknown.get(), states)) {
      // It is paused, or another table has its place. So nothing of it meets the error.
      return longEnough;
    }
    boolean failed = states.get(unknown.get()) == TableState.FAILED;
    long longest = LONGEST_UNKNOWN.toNanos();
    if (!failed && unknownMetNanos - unknownSinceNanos - notTriedNanos > longest) {
      throw new SimFailure(unknown.get() + " goes on with an error that nobody knows");
    }
    // It may be that nothing is to be written of it, or nothing any more after a gap.
    boolean meetsNothing = unknownSinceNanos == 0 || now() - unknownMetNanos > longest;
    return failed || meetsNothing && longEnough;
  }

  /** Lets all tables go on. That one may have failed is remembered. */
  void end() {
    world.loop().trace("all tables may go on");
    held.clear();
    over = true;
    world.target().refuseNothing();
  }
}
