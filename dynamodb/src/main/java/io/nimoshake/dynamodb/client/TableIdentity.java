package io.nimoshake.dynamodb.client;

import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/**
 * Identifies a table, however its service is addressed.
 *
 * @param id the table id that the service gave; empty if the service gives none
 * @param arn the table's ARN; on AWS it names region and account
 * @param created creation time in milliseconds since 1970; 0 if the service does not say
 */
public record TableIdentity(Optional<String> id, String arn, long created) {
  public static TableIdentity of(TableDescription table) {
    return new TableIdentity(
        Optional.ofNullable(table.tableId()),
        String.valueOf(table.tableArn()),
        table.creationDateTime() == null ? 0 : table.creationDateTime().toEpochMilli());
  }

  /** Whether both are the same table, as far as the service tells. */
  public boolean isSameAs(TableIdentity other) {
    return id.isPresent() && other.id.isPresent()
        ? id.equals(other.id)
        : created != 0 && created == other.created && arn.equals(other.arn);
  }
}
