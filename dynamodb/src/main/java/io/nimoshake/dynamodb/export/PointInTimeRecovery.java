package io.nimoshake.dynamodb.export;

import java.time.Instant;
import java.util.Optional;

/**
 * Whether DynamoDB keeps a table's past. Exports are made from it.
 *
 * @param enabled whether it does
 * @param earliest the earliest time of which an export can be made, if known
 * @param latest the latest one by DynamoDB's last count, typically five minutes ago, if known
 * @param serviceTime the service's clock when it answered
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoveryDescription.html">
 *     PointInTimeRecoveryDescription</a>
 */
public record PointInTimeRecovery(
    boolean enabled, Optional<Instant> earliest, Optional<Instant> latest, Instant serviceTime) {
  /** The command that enables it, on one line. */
  public static String enablingCommand(String table) {
    return "aws dynamodb update-continuous-backups --table-name "
        + table
        + " --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true";
  }
}
