package io.nimoshake.dynamodb.export;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Source.Export;
import io.nimoshake.dynamodb.export.ExportRequests.Request;
import io.nimoshake.dynamodb.export.ExportSettings.Making;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.model.InvalidExportTimeException;

/**
 * Makes the exports from which tables are copied. An export is a wish at first, which the caller
 * stores before it is requested. So a restart, whenever it comes, goes on with the same export.
 * Thread-safe.
 */
public final class ExportMaker {
  private static final Logger LOG = LoggerFactory.getLogger(ExportMaker.class);

  /** The service remembers the token of a request for eight hours. */
  private static final Duration TOKEN_IS_KNOWN = Duration.ofHours(4);

  /**
   * How often point-in-time recovery must be found off, and for how long, before that is believed.
   * The service may take some seconds to say that it was enabled.
   */
  private static final int LOOKS = 3;

  private static final Duration OFF_FOR = Duration.ofSeconds(5);

  private final ExportRequests requests;
  private final Exports exports;
  private final Making making;
  private final InstantSource clock;

  /**
   * Recovery that was found off.
   *
   * @param looks how often in a row
   * @param since when it was found off first
   */
  private record Off(int looks, Instant since) {}

  /** By table. */
  private final Map<String, Off> foundOff = new ConcurrentHashMap<>();

  ExportMaker(ExportRequests requests, Exports exports, Making making, InstantSource clock) {
    this.requests = requests;
    this.exports = exports;
    this.making = making;
    this.clock = clock;
  }

  /** Whether a table is to be copied from an export. Logs it if there was something to decide. */
  public boolean takes(TableSchema table, OptionalLong provisionedReads) throws Fault {
    if (making.choice() == ExportChoice.ALWAYS) {
      return true;
    }
    ExportChoice.Decision decision =
        making.choice().decide(table, provisionedReads, requests.recovery(table.name()).enabled());
    LOG.info("table {}: {}", table.name(), decision.why());
    return decision.takesExport();
  }

  /**
   * Makes sure that an export can be made, and says which one it will be. Requests nothing yet.
   *
   * @param notBefore T0 if the stream is to be followed; empty: now
   * @throws Fault.Transient while point-in-time recovery is being enabled, or was found off only
   *     now
   * @throws Fault.TableFailed if it is off and must not be enabled
   */
  public Export.Pending wish(String table, String tableArn, Optional<Instant> notBefore)
      throws Fault {
    PointInTimeRecovery recovery = requests.recovery(table);
    if (!recovery.enabled()) {
      throw off(table);
    }
    foundOff.remove(table);
    Instant time = notBefore.orElse(recovery.serviceTime());
    RequestedExport wish =
        RequestedExport.of(
            making.syncId(), tableArn, recovery.earliest().filter(time::isBefore).orElse(time));
    return new Export.Pending(wish.id(), wish.time(), "an export as of " + wish.time());
  }

  private Fault off(String table) throws Fault {
    Instant now = clock.instant();
    Off off =
        foundOff.merge(
            table, new Off(1, now), (before, one) -> new Off(before.looks + 1, before.since));
    if (making.enablesRecovery()) {
      requests.enableRecovery(table);
      if (off.looks == 1) {
        LOG.warn(
            "table {}: point-in-time recovery was off. It is enabled for the export, as"
                + " export.enable_pitr says, and it stays on, at the price of AWS",
            table);
      }
      return new Fault.Transient(
          "waiting for the point-in-time recovery of table " + table + " to be ENABLED", null);
    }
    String message =
        "point-in-time recovery of table "
            + table
            + " is off, so no export can be made. Enable it with: "
            + PointInTimeRecovery.enablingCommand(table)
            + " or set export.enable_pitr = true";
    return off.looks < LOOKS || now.isBefore(off.since.plus(OFF_FOR))
        ? new Fault.Transient(message, null)
        : new Fault.TableFailed(message, null);
  }

  /**
   * Requests an export if that was not done yet, else asks how far it is.
   *
   * @param id of a {@link Export.Pending}
   */
  public Export pursue(String table, String tableArn, String id) throws Fault {
    RequestedExport wanted = RequestedExport.parse(id);
    ExportStatus status;
    try {
      status = status(table, tableArn, wanted);
    } catch (Fault.TableFailed e) {
      if (e.getCause() instanceof InvalidExportTimeException) {
        return failed(table, tableArn, wanted, e.getMessage());
      }
      throw e;
    }
    if (status instanceof ExportStatus.Completed completed) {
      TableExport export = exports.at(completed.location());
      return new Export.Ready(export.id(), export.files().size(), export.time());
    } else if (status instanceof ExportStatus.Failed failed) {
      return failed(
          table,
          tableArn,
          wanted,
          failed.describe(table) + ". The next start requests another one");
    }
    return new Export.Pending(
        wanted.withArn(status.arn()).id(),
        wanted.time(),
        "the export requested "
            + ((ExportStatus.InProgress) status).started().map(at -> "at " + at + " ").orElse("")
            + "("
            + status.arn()
            + ")");
  }

  private ExportStatus status(String table, String tableArn, RequestedExport wanted) throws Fault {
    if (wanted.arn().isPresent()) {
      return requests.describe(table, wanted.arn().get());
    }
    Request request =
        new Request(table, tableArn, new ExportSpan.Full(wanted.time()), wanted.token());
    if (wanted.time().plus(TOKEN_IS_KNOWN).isBefore(requests.recovery(table).serviceTime())) {
      Optional<ExportStatus> found = requests.find(request);
      if (found.isPresent()) {
        return found.get();
      }
    }
    ExportStatus status = requests.request(request, making.destination());
    LOG.info(
        "table {}: an export as of {} is requested to {}: {}",
        table,
        wanted.time(),
        making.destination(),
        status.arn());
    return status;
  }

  /** The next start requests an export of a later time: its token is another one. */
  private Export failed(String table, String tableArn, RequestedExport former, String reason)
      throws Fault {
    Instant now = requests.recovery(table).serviceTime().truncatedTo(ChronoUnit.SECONDS);
    Instant later = former.time().truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    Instant time = now.isBefore(later) ? later : now;
    return new Export.Failed(RequestedExport.of(making.syncId(), tableArn, time).id(), reason);
  }
}
