package io.nimoshake.dynamodb.client;

import io.nimoshake.core.fault.Fault;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;

/**
 * What a table's status means for its use. The table is waited for while the status may pass
 * ({@link Fault.Transient}); otherwise it fails ({@link Fault.TableFailed}). Every message names
 * the status.
 *
 * @see <a href=
 *     "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html">
 *     TableDescription, TableStatus</a>
 */
public final class TableStatuses {
  private TableStatuses() {}

  /**
   * Checks that items of the table can be read and written. A table that is UPDATING can be used.
   *
   * @param name the table, for the message, as in "table orders"
   */
  public static void requireUsable(String name, TableDescription table) throws Fault {
    Optional<String> pending = pending(name, table);
    if (pending.isPresent()) {
      throw waitingFor(name, pending.get());
    }
  }

  /** Checks that UpdateTable may be called: the service refuses it while another change runs. */
  public static void requireChangeable(String name, TableDescription table) throws Fault {
    requireUsable(name, table);
    if (table.tableStatus() == TableStatus.UPDATING) {
      throw waitingFor(name, table.tableStatusAsString());
    }
  }

  /**
   * The status that must pass before items can be read and written; empty if they can be now.
   *
   * @throws Fault.TableFailed if the status does not pass
   */
  public static Optional<String> pending(String name, TableDescription table)
      throws Fault.TableFailed {
    // An endpoint without statuses has tables that can be used at once.
    if (table.tableStatusAsString() == null) {
      return Optional.empty();
    }
    return switch (table.tableStatus()) {
      case CREATING, DELETING, ARCHIVING -> Optional.of(table.tableStatusAsString());
      case ARCHIVED -> throw lost(name, table, archivalReason(table));
      case INACCESSIBLE_ENCRYPTION_CREDENTIALS ->
          throw lost(name, table, "; DynamoDB cannot use the KMS key that encrypts the table");
      // A status that is not known here may still allow reads; the reads themselves will show it.
      case ACTIVE, UPDATING, REPLICATION_NOT_AUTHORIZED, UNKNOWN_TO_SDK_VERSION -> Optional.empty();
    };
  }

  private static Fault.Transient waitingFor(String name, String status) {
    return new Fault.Transient(
        "waiting for " + name + " to be ACTIVE: its status is " + status, null);
  }

  private static Fault.TableFailed lost(String name, TableDescription table, String why) {
    return new Fault.TableFailed(
        name + " cannot be used: its status is " + table.tableStatusAsString() + why, null);
  }

  private static String archivalReason(TableDescription table) {
    String reason =
        table.archivalSummary() == null ? null : table.archivalSummary().archivalReason();
    return reason == null ? "" : " (" + Faults.oneLine(reason) + ")";
  }
}
