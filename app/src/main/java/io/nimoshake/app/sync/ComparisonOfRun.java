package io.nimoshake.app.sync;

import io.nimoshake.app.check.CheckOptions;
import io.nimoshake.app.check.CheckReport;
import io.nimoshake.app.check.CheckResult;
import io.nimoshake.app.check.CheckSetup;
import io.nimoshake.app.check.TableResult;
import io.nimoshake.app.progress.SideBySide;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.PlanView.CutOver;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.config.Configuration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares both sides in the process of the sync, for whoever cuts over on the page: the items that
 * changed lately, and a sample. One comparison at a time; each has connections of its own. Safe for
 * use by several threads.
 */
final class ComparisonOfRun implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ComparisonOfRun.class);

  private final Configuration configuration;
  private final Supplier<Optional<CutOver>> cutOver;

  // Guarded by this.
  private Optional<Made> last = Optional.empty();
  private Optional<Thread> running = Optional.empty();

  /**
   * The last comparison.
   *
   * @param freeze time of the cut-over when the comparison began; empty if not everything had
   *     arrived
   * @param result empty while it runs, and if it could not be made
   */
  private record Made(
      Instant begun,
      Optional<Instant> freeze,
      Optional<Instant> ended,
      Optional<CheckResult> result,
      List<String> lines) {}

  ComparisonOfRun(Configuration configuration, Supplier<Optional<CutOver>> cutOver) {
    this.configuration = configuration;
    this.cutOver = cutOver;
  }

  /**
   * Begins a comparison.
   *
   * @param changedSince look at everything that changed since then
   * @throws Fault if one is under way
   */
  synchronized void begin(Instant changedSince) throws Fault {
    if (running.isPresent()) {
      throw new Fault.Transient("a comparison is under way", null);
    }
    Optional<Instant> freeze = cutOver.get().filter(CutOver::isDrained).map(CutOver::freeze);
    Instant begun = Instant.now();
    last = Optional.of(new Made(begun, freeze, Optional.empty(), Optional.empty(), List.of()));
    Thread thread =
        new Thread(() -> compare(begun, freeze, changedSince), "nimo-shake-side-by-side");
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler(
        (of, bug) -> LOG.error("comparing both sides failed: this is a bug", bug));
    running = Optional.of(thread);
    thread.start();
  }

  private void compare(Instant begun, Optional<Instant> freeze, Instant changedSince) {
    Optional<CheckResult> result = Optional.empty();
    // What is shown after a bug, too: its handler has logged it.
    List<String> lines = List.of("could not be compared: see the log");
    CheckOptions how = CheckOptions.changed(changedSince, CheckOptions.SAMPLE);
    try {
      CheckSetup.Compared found = new CheckSetup(configuration).compare(how, LOG::warn);
      lines = new CheckReport(found.result(), how, false, found.mongoIsTruth()).lines();
      result = Optional.of(found.result());
    } catch (Fault | StartUpException e) {
      lines = List.of("could not be compared: " + e.getMessage());
    } finally {
      synchronized (this) {
        last = Optional.of(new Made(begun, freeze, Optional.of(Instant.now()), result, lines));
        running = Optional.empty();
      }
    }
  }

  /** The last comparison, which may be under way. */
  synchronized Optional<SideBySide> last() {
    return last.map(this::shown);
  }

  private SideBySide shown(Made made) {
    Optional<Instant> now = cutOver.get().filter(ComparisonOfRun::hasArrived).map(CutOver::freeze);
    Map<String, Long> items = new TreeMap<>();
    made.result()
        .ifPresent(
            of -> {
              for (TableResult table : of.tables()) {
                items.put(table.table(), table.items());
              }
            });
    return new SideBySide(
        made.begun(),
        made.ended(),
        made.result().filter(of -> of.exitCode() == 0).isPresent(),
        made.freeze().isPresent() && made.freeze().equals(now),
        made.lines(),
        items);
  }

  private static boolean hasArrived(CutOver now) {
    return now.stage() != PlanView.CutOverStage.WAITING || now.isDrained();
  }

  @Override
  public synchronized void close() {
    running.ifPresent(Thread::interrupt);
  }
}
