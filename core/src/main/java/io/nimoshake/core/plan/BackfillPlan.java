package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.plan.Command.Level;
import io.nimoshake.core.port.CheckpointEntry.Backfill;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.Window;
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.core.port.WriteMode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Applies the changes that a table lacks from incremental exports, one window of time after the
 * other. No shard of the table is read meanwhile.
 *
 * <pre>
 *   G                 W1                W2            E    now
 *   |--- window 1 ----|--- window 2 ----|- window 3 --|
 *                                                |    the stream is read from its oldest record;
 *                                                |    what is older than E less the margin is
 *                                                |    skipped
 *                                                E less the margin
 * </pre>
 *
 * <p>G is the moment before which nothing was unread when the gap was found, less the margin. A
 * window has, for each key that changed in it, the item as it was at the end of the window. So the
 * windows are applied in their order, and the files of one window in any order.
 *
 * <p>A window does not tell of an item that was neither there before it nor at its end. But the
 * target may have the item: the stream, the copy or a former backfill has brought it before it was
 * deleted. So a window ends at the moment up to which the target was written before everything was
 * stopped. Then the item is there at the end of that window, and its delete is in a later one. This
 * leaves items that were inserted and deleted in one window before this moment, if the insert or a
 * copy of it was read, and the delete was not. It also leaves items that were inserted after this
 * moment: after a crash, the checkpoint tells less than was written. The user is told of both.
 *
 * <p>The end of a window is E if it is so young that the stream still has every change since then,
 * with room to spare, and not before the gap was found; else another window follows.
 *
 * <p>What is lost while the backfill runs does not need a rule of its own. The stream is not read,
 * so no other gap can be found. The next window begins where the last one ended, however long ago
 * that is. A stream that was enabled anew moves E behind the moment when it was seen to be open.
 *
 * <p>The state is in the checkpoint, in the entry of the table and an entry for each file.
 */
final class BackfillPlan {
  /**
   * The shortest and the longest window.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.HowItWorks.html">
   *     DynamoDB data export to Amazon S3: how it works</a>
   */
  static final Duration SHORTEST = Duration.ofMinutes(15);

  static final Duration LONGEST = Duration.ofHours(24);

  /** A window that ended longer ago is followed by another one. */
  static final Duration YOUNG = Headroom.RETENTION.minus(Headroom.SHORT);

  /** A longer time between two ticks counts as this. What a stream kept is lost then, anyway. */
  private static final Duration LONGEST_PAUSE = Headroom.RETENTION;

  private final GapRepair repair;
  private final SavedTable saved;
  private final PlanOutput out;

  /** The files of the window that is being applied. */
  private CopyPlan files;

  /** The latest time that the service has shown. */
  private Instant shown = Instant.EPOCH;

  /** What has passed since then, as far as the host knows. */
  private Duration passed = Duration.ZERO;

  /** The last time of the host, whose clock may be wrong: it only says how much time passes. */
  private Optional<Instant> tick = Optional.empty();

  /**
   * The backfill of which the table's checkpoint entry tells.
   *
   * @param repair hears of the end
   */
  BackfillPlan(GapRepair repair, SavedTable saved, PlanOutput out) {
    this.repair = repair;
    this.saved = saved;
    this.out = out;
    this.files = filesOf(state());
  }

  /** The first moment at which a window may end that has all changes up to this one. */
  static Instant endBehind(Instant change) {
    return change.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
  }

  private CopyPlan filesOf(Backfill state) {
    return state
        .window()
        .map(window -> CopyPlan.of(window, state.windows() + 1, out))
        .orElseGet(() -> new CopyPlan(out, 0));
  }

  /** Puts back a file from a checkpoint, or forgets it if it is one of a window that is over. */
  void restore(OfSplit entry) {
    files.restore(entry);
  }

  private Backfill state() {
    return saved.entry().backfill().orElseThrow();
  }

  CopyPlan files() {
    return files;
  }

  /** The service's clock has shown this time. What passed before it does not count again. */
  void heardOf(Instant time) {
    if (time.isAfter(shown)) {
      shown = time;
      passed = Duration.ZERO;
      tick = Optional.empty();
    }
  }

  /** Time has passed. */
  void onTick(Instant now) {
    tick.map(before -> Duration.between(before, now))
        .filter(pause -> !pause.isNegative())
        .map(pause -> pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE)
        .ifPresent(pause -> passed = passed.plus(pause));
    tick = Optional.of(now);
  }

  /** The time of the service, or before it. Too late only if the host's clock leaps. */
  Instant latest() {
    return shown.plus(passed);
  }

  /** Why there is a backfill, and which changes are missing. */
  String cause() {
    return state().cause();
  }

  /**
   * The table is prepared: the backfill goes on where it was.
   *
   * @param stream the open stream, which is followed afterwards
   */
  void start(StreamHandle stream) {
    heardOf(stream.serviceTime());
    List<String> known = saved.entry().streams();
    if (!known.get(known.size() - 1).equals(stream.arn())) {
      // Nobody knows since when the new stream has every change. It had when it was seen.
      endAfter(stream.serviceTime().plus(StreamPlan.MARGIN), stream);
    } else if (state().windows() == 0 && state().window().flatMap(Window::export).isEmpty()) {
      endAfter(stream.serviceTime(), stream);
    }
    goOn(1);
  }

  private void endAfter(Instant time, StreamHandle stream) {
    Backfill next = state().withUntil(later(state().until(), time));
    saved.save(saved.entry().backfilling(next, stream.arn()));
  }

  /** What the window needs next is asked for. */
  private void goOn(int attempt) {
    if (state().window().isEmpty()) {
      saved.save(saved.entry().backfilling(state().withWindow(next())));
    }
    Window window = state().window().orElseThrow();
    if (window.export().isEmpty()) {
      out.accept(new Command.ExportChanges(out.table(), window.from(), window.to(), attempt));
    } else {
      files.startAll(WriteMode.STREAM);
      endWindow();
    }
  }

  /** An export could not be asked for, because there seemed to be no such table. */
  void tryAgain(int attempt) {
    if (state().window().filter(window -> window.export().isEmpty()).isPresent()) {
      goOn(attempt);
    }
  }

  /** A file needs the table itself to be read, and there seemed to be no such table. */
  void startAgain(CopyPlan.Segment file, int attempt) {
    files.start(file, WriteMode.STREAM, attempt);
  }

  /** Up to a time that the service has shown: nothing puts a stored window right again. */
  private Window next() {
    Backfill state = state();
    Instant applied = state.applied().truncatedTo(ChronoUnit.SECONDS);
    Instant to = endOf(applied, endBehind(later(later(shown, state.until()), applied)), state);
    Instant shortest = applied.plus(SHORTEST);
    if (to.isBefore(shortest) && to.equals(state.written()) && state.windows() == 0) {
      return new Window(to.minus(SHORTEST), to);
    }
    // Longer into the future: point-in-time recovery may not reach further into the past, and what
    // another window has brought may be deleted in this one.
    return new Window(applied, later(to, shortest));
  }

  /**
   * Where a window ends.
   *
   * @param last where it ends if it is the last one and not longer than a day
   */
  private static Instant endOf(Instant begin, Instant last, Backfill state) {
    Instant written = state.written().truncatedTo(ChronoUnit.SECONDS);
    Instant to = earlier(begin.plus(LONGEST), last);
    if (begin.isBefore(written) && written.isBefore(to)) {
      return written;
    }
    // The next window ends there, and it must not be too short.
    boolean leavesTooLittle =
        to.isBefore(last) && to.isBefore(written) && to.plus(SHORTEST).isAfter(written);
    return leavesTooLittle ? written.minus(SHORTEST) : to;
  }

  /**
   * Gives up a window that begins before the first missing change. Point-in-time recovery may not
   * reach so far into the past, although it reaches to that change.
   *
   * @return whether another window is asked for instead
   */
  boolean beginsLater(Fault.NoBackfill reason) {
    Backfill state = state();
    Instant begin = state.from().truncatedTo(ChronoUnit.SECONDS);
    boolean tooEarly =
        state
            .window()
            .filter(window -> window.export().isEmpty() && window.from().isBefore(begin))
            .isPresent();
    if (!tooEarly) {
      return false;
    }
    Window later = new Window(begin, begin.plus(SHORTEST));
    out.tell(
        Level.INFO,
        reason.getMessage() + "; the changes from " + begin + " to " + later.to() + " are tried");
    saved.save(saved.entry().backfilling(state.withWindow(later)));
    goOn(1);
    return true;
  }

  void onExported(Event.ChangesExported event) {
    heardOf(event.export().serviceTime());
    Backfill state = state();
    boolean awaited =
        state
            .window()
            .filter(window -> window.equals(new Window(event.from(), event.to())))
            .isPresent();
    if (awaited) {
      Window window = state.window().get().exported(event.export().id(), event.export().files());
      saved.save(saved.entry().backfilling(state.withWindow(window)));
      out.tell(
          Level.INFO,
          "the changes from "
              + window.from()
              + " to "
              + window.to()
              + " are exported: window "
              + (state.windows() + 1)
              + " of "
              + expectedWindows(state)
              + ", number of files: "
              + window.files());
      files = filesOf(state());
      goOn(1);
    }
  }

  void onDurable(CopyPlan.Segment file, Event.Durable event) {
    files.onDurable(file, event);
  }

  /** Goes on behind the window if all of it is applied. */
  void endWindow() {
    if (!files.isOver()) {
      return;
    }
    state()
        .window()
        .filter(window -> window.from().isBefore(state().written()))
        .ifPresent(this::tellWhatMayBeLeft);
    Backfill applied = state().windowApplied();
    CopyPlan over = files;
    if (isOver(applied.applied(), applied)) {
      saved.save(saved.entry().backfilled(applied.applied()));
      forget(over);
      repair.onBackfilled(applied.applied());
    } else {
      saved.save(saved.entry().backfilling(applied));
      files = filesOf(applied);
      forget(over);
      goOn(1);
    }
  }

  private void tellWhatMayBeLeft(Window window) {
    out.tell(
        Level.INFO,
        "an item that was inserted and deleted from "
            + window.from()
            + " to "
            + window.to()
            + " is in no export. If the target had it already, it stays there. So does an"
            + " item that was inserted just before nimo-shake was killed and has been deleted"
            + " since. check --repair removes both");
  }

  private void forget(CopyPlan window) {
    window.segments().forEach(file -> out.forgetSplit(file.split.id(), true));
  }

  /** Whether a window that ends then is the last one. */
  private boolean isOver(Instant end, Backfill state) {
    return !end.isBefore(state.until()) && end.isAfter(latest().minus(YOUNG));
  }

  // --- for showing ---------------------------------------------------------------------------

  PlanView.Backfill view() {
    Backfill state = state();
    return new PlanView.Backfill(
        state.cause(),
        state.from(),
        state.applied(),
        state.windows(),
        expectedWindows(state),
        state.window().flatMap(Window::export).isPresent(),
        files.finished(),
        files.segments().size());
  }

  /** How many windows there will be if each takes no time. */
  private int expectedWindows(Backfill state) {
    Instant end = state.window().map(Window::to).orElse(state.applied());
    int count = state.windows() + state.window().map(window -> 1).orElse(0);
    Instant last = later(latest(), state.until());
    while (count == 0 || !isOver(end, state)) {
      end = endOf(end, last, state);
      count++;
    }
    return count;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
