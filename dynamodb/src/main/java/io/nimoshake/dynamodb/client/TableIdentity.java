package io.nimoshake.dynamodb.client;

import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/**
 * Tells a table from every other, however its service is addressed.
 *
 * @param id the service makes one for each table; empty from endpoints that do not
 * @param arn names region and account, on AWS
 * @param created when it was made, in milliseconds since 1970; 0 if the service does not say
 */
public record TableIdentity(Optional<String> id, String arn, long created) {
  public static TableIdentity of(TableDescription table) {
    return new TableIdentity(
        Optional.ofNullable(table.tableId()),
        String.valueOf(table.tableArn()),
        table.creationDateTime() == null ? 0 : table.creationDateTime().toEpochMilli());
  }

  /** Whether both are one table, as far as the service tells. */
  public boolean isSameAs(TableIdentity other) {
    return id.isPresent() && other.id.isPresent()
        ? id.equals(other.id)
        : created != 0 && created == other.created && arn.equals(other.arn);
  }
}
