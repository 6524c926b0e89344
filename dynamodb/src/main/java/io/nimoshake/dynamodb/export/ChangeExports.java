package io.nimoshake.dynamodb.export;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.Source.ChangeExport;
import io.nimoshake.dynamodb.export.ExportRequests.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.services.dynamodb.model.InvalidExportTimeException;

/**
 * Has windows of a table's changes exported, and asks how far the exports are. Waits for nothing:
 * the caller asks again. The token of a request is made from the table, the window and the
 * destination. So the same window has the same export, also for another process. Thread-safe.
 */
public final class ChangeExports {
  /** An export that failed is requested again under another token, so many times in all. */
  private static final int TRIES = 3;

  private final ExportRequests requests;
  private final Exports exports;
  private final Optional<ExportDestination> destination;
  private final Duration goneAfter;
  private final InstantSource clock;

  /** Guarded by this. */
  private final Map<Window, Progress> windows = new HashMap<>();

  private record Window(String tableArn, Instant from, Instant to) {}

  /** What is known of the export of one window. */
  private static final class Progress {
    private Optional<String> arn = Optional.empty();

    /** Exports of the window that have failed. */
    private int failures;

    /** Since when every answer says that the past of the table is not kept. */
    private Optional<Instant> outOfReachSince = Optional.empty();
  }

  /**
   * @param destination where DynamoDB writes the exports; empty: there are none
   * @param goneAfter how long answers must say that the past of a table is not kept before that
   *     counts
   */
  public ChangeExports(
      ExportRequests requests,
      Exports exports,
      Optional<ExportDestination> destination,
      Duration goneAfter,
      InstantSource clock) {
    this.requests = requests;
    this.exports = exports;
    this.destination = destination;
    this.goneAfter = goneAfter;
    this.clock = clock;
  }

  /**
   * The export of a window; empty as long as it is not complete.
   *
   * @throws Fault.NoBackfill if there is none and there will be none
   */
  public Optional<ChangeExport> of(String table, String tableArn, Instant from, Instant to)
      throws Fault {
    if (destination.isEmpty()) {
      throw new Fault.NoBackfill("export.bucket is not set", null);
    }
    Window window = new Window(tableArn, from, to);
    Progress progress = progress(window);
    Optional<ExportStatus> status;
    if (progress.arn.isPresent()) {
      status = Optional.of(requests.describe(table, progress.arn.get()));
    } else {
      status = foundOrRequested(table, window, progress);
    }
    return status.isEmpty() ? Optional.empty() : completed(table, window, progress, status.get());
  }

  private synchronized Progress progress(Window window) {
    return windows.computeIfAbsent(window, key -> new Progress());
  }

  private Optional<ChangeExport> completed(
      String table, Window window, Progress progress, ExportStatus status) throws Fault {
    progress.arn = Optional.of(status.arn());
    if (status instanceof ExportStatus.InProgress) {
      return Optional.empty();
    } else if (status instanceof ExportStatus.Failed failed) {
      progress.arn = Optional.empty();
      progress.failures++;
      if (progress.failures < TRIES) {
        return Optional.empty();
      }
      throw new Fault.NoBackfill(
          "the export of the changes of table "
              + table
              + " from "
              + window.from()
              + " to "
              + window.to()
              + " has failed "
              + TRIES
              + " times: "
              + failed.code()
              + " ("
              + failed.message()
              + ")",
          null);
    }
    ExportStatus.Completed completed = (ExportStatus.Completed) status;
    TableExport export = exports.changesAt(completed.location());
    return Optional.of(
        new ChangeExport(export.id(), export.files().size(), completed.serviceTime()));
  }

  /**
   * The export, if somebody requested it before, perhaps another process long ago, or if it can be
   * requested now.
   */
  private Optional<ExportStatus> foundOrRequested(String table, Window window, Progress progress)
      throws Fault {
    PointInTimeRecovery recovery = requests.recovery(table);
    Optional<String> obstacle = obstacle(table, window, recovery);
    if (obstacle.isEmpty()) {
      progress.outOfReachSince = Optional.empty();
      if (recovery.latest().filter(latest -> !latest.isBefore(window.to())).isEmpty()) {
        // The service has the past up to some minutes ago. Nobody can have requested it yet.
        return Optional.empty();
      }
    }
    Request request =
        new Request(
            table,
            window.tableArn(),
            new ExportSpan.Incremental(window.from(), window.to(), false),
            token(window, progress));
    Optional<ExportStatus> found = requests.find(request);
    if (found.isEmpty() && obstacle.isPresent()) {
      throwIfGone(obstacle.get(), progress);
      return Optional.empty();
    }
    return found.isPresent() ? found : Optional.of(requested(request));
  }

  private ExportStatus requested(Request request) throws Fault {
    try {
      return requests.request(request, destination.orElseThrow());
    } catch (Fault.TableFailed e) {
      if (e.getCause() instanceof InvalidExportTimeException) {
        throw new Fault.NoBackfill(e.getMessage(), e);
      }
      throw e;
    }
  }

  /** Why the past of a window is not kept; empty if it is. */
  private static Optional<String> obstacle(
      String table, Window window, PointInTimeRecovery recovery) {
    if (!recovery.enabled()) {
      return Optional.of(
          "point-in-time recovery is off; for the next time, enable it with: "
              + PointInTimeRecovery.enablingCommand(table));
    }
    return recovery
        .earliest()
        .filter(window.from()::isBefore)
        .map(
            earliest ->
                "point-in-time recovery begins at "
                    + earliest
                    + ", but changes since "
                    + window.from()
                    + " are missing");
  }

  /** One answer proves nothing. The caller asks again. */
  private void throwIfGone(String obstacle, Progress progress) throws Fault {
    Instant since = progress.outOfReachSince.orElse(clock.instant());
    progress.outOfReachSince = Optional.of(since);
    if (Duration.between(since, clock.instant()).compareTo(goneAfter) >= 0) {
      throw new Fault.NoBackfill(obstacle, null);
    }
  }

  private String token(Window window, Progress progress) {
    String name =
        String.join(
            "\n",
            window.tableArn(),
            window.from().toString(),
            window.to().toString(),
            destination.orElseThrow().toString(),
            String.valueOf(progress.failures));
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }
}
