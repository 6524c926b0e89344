package io.nimoshake.setup;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.flow.RecentFailures.Failure;
import io.nimoshake.core.flow.Retry;
import io.nimoshake.core.flow.Sleeper;
import io.nimoshake.core.flow.SyncStats;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the calls with which a command starts. A call that fails and may succeed later is tried
 * again for {@code start.timeout}. Any other failure ends the start at once. If a call waits for
 * some seconds, the log says so, once, with the cause.
 *
 * <p>One thread makes the calls. Any thread may ask for {@link #failures}.
 */
public final class StartUp implements AutoCloseable {
  /** A call that fails for less than this is normal. */
  private static final Duration SILENCE = Duration.ofSeconds(3);

  /** A call that has no answer for less than this is normal on a busy machine. */
  private static final Duration LONG_SILENCE = Duration.ofSeconds(30);

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(StartUp.class);

  /** Whom a call is for. */
  public enum Server {
    SOURCE,
    TARGET,
    CHECKPOINT;

    /** The message of a fault, which begins with the name of the server. */
    private String line(String message) {
      String name = name().toLowerCase(Locale.ROOT);
      return message.startsWith(name) ? message : name + ": " + message;
    }
  }

  private final Duration timeout;
  private final RetryPolicy policy;
  private final Sleeper sleeper;
  private final SyncStats stats = new SyncStats();
  private final Optional<ScheduledThreadPoolExecutor> timer;

  /**
   * @param timeout how long a failing call is tried
   */
  public StartUp(Duration timeout) {
    this(timeout, Sleeper.IN_THREAD, Optional.of(timer()));
  }

  /**
   * @param timer tells of calls that wait; if empty, nobody is told
   */
  StartUp(Duration timeout, Sleeper sleeper, Optional<ScheduledThreadPoolExecutor> timer) {
    this.timeout = timeout;
    this.policy = RetryPolicy.DEFAULT.givingUpAfter(1, timeout);
    this.sleeper = sleeper;
    this.timer = timer;
  }

  /** Tries each call once, for a caller that repeats the whole start itself. */
  public static StartUp once() {
    return new StartUp(Duration.ZERO, Sleeper.IN_THREAD, Optional.empty());
  }

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "nimo-shake-start");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  /**
   * Makes a call until it succeeds.
   *
   * @param activity what the call does, for people: "listing the tables of the source"
   * @throws StartUpException if it fails for good, or still fails after the time
   */
  public <T> T call(Server server, String activity, Retry.Call<T> call) throws StartUpException {
    long begunNanos = sleeper.nanoTime();
    Retry retry = new Retry(stats.activity(activity), policy, sleeper, Retry.Telling.CALLER);
    try (Wait wait = new Wait(activity)) {
      T result = retry.call(() -> attempt(call), sleeper);
      wait.over();
      return result;
    } catch (Fault e) {
      String message = server.line(e.getMessage());
      throw e.isRetryable()
          ? StartUpException.unreachable(message + triedFor(elapsed(begunNanos)), e)
          : StartUpException.refused(message, e);
    }
  }

  /** The same for a call without a result. */
  public void run(Server server, String activity, Retry.Action action) throws StartUpException {
    call(server, activity, Retry.Call.of(action));
  }

  /** Waits in this thread. */
  public void pause(Duration duration) throws StartUpException {
    try {
      sleeper.sleep(duration);
    } catch (Fault e) {
      throw StartUpException.refused(e.getMessage(), e);
    }
  }

  /** What fails now or has failed, the newest first. */
  public List<Failure> failures() {
    return stats.failures.recent();
  }

  private static <T> T attempt(Retry.Call<T> call) throws Fault {
    try {
      return call.run();
    } catch (Fault.TableGone | Fault.StreamGone e) {
      // It was listed a moment ago. One answer does not prove that it is gone.
      throw new Fault.Transient(e.getMessage(), e);
    } catch (Fault e) {
      // Waiting does not help if this machine refuses to open a file.
      throw e.getCause() instanceof FileSystemException ? new Fault.Fatal(e.getMessage(), e) : e;
    }
  }

  private Duration elapsed(long sinceNanos) {
    return Duration.ofNanos(sleeper.nanoTime() - sinceNanos);
  }

  private String triedFor(Duration elapsed) {
    return timeout.isZero() ? "" : " (tried for " + elapsed.toSeconds() + " s, see start.timeout)";
  }

  /** Says that a call waits, if it waits for long. */
  private final class Wait implements AutoCloseable {
    private final String activity;
    private final long begunNanos = sleeper.nanoTime();
    private final Optional<ScheduledFuture<?>> looks;
    private boolean told;

    Wait(String activity) {
      this.activity = activity;
      this.looks =
          timer.map(
              of ->
                  of.scheduleWithFixedDelay(
                      this::look,
                      SILENCE.toMillis(),
                      LOOK_AGAIN.toMillis(),
                      TimeUnit.MILLISECONDS));
    }

    private synchronized void look() {
      Optional<Failure> last =
          failures().stream()
              .filter(failure -> failure.activity().equals(activity) && !failure.over())
              .findFirst();
      if (told || last.isEmpty() && elapsed(begunNanos).compareTo(LONG_SILENCE) < 0) {
        return;
      }
      told = true;
      LOG.atWarn()
          .addKeyValue("event", "start_waits")
          .addKeyValue("activity", activity)
          .log(
              "start-up waits: {} {}; it is tried for {} s (start.timeout)",
              activity,
              last.map(failure -> "does not work yet: " + failure.message())
                  .orElse("has had no answer yet"),
              timeout.toSeconds());
    }

    synchronized void over() {
      if (told) {
        LOG.atInfo()
            .addKeyValue("event", "start_goes_on")
            .addKeyValue("activity", activity)
            .log(
                "start-up goes on: {} worked after {} s",
                activity,
                elapsed(begunNanos).toSeconds());
      }
    }

    @Override
    public void close() {
      looks.ifPresent(set -> set.cancel(false));
    }
  }

  @Override
  public void close() {
    timer.ifPresent(ScheduledThreadPoolExecutor::shutdownNow);
  }
}
