package io.nimoshake.mongodb.write;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.mongodb.client.MongoFaults;

/**
 * How items are kept in MongoDB.
 *
 * @param uri connection string; may hold credentials and is never shown
 * @param database where the collections are, one a table, of the table's name
 * @param idLayout what {@code _id} is in collections that do not have a layout yet
 * @param sharded {@code target.mongodb.type = sharding}: collections are sharded, hashed on the key
 * @param fieldNames how attributes are named; the same as the documents were made with
 * @param raw {@code convert.type = raw}: a key field is a document such as <code>{N: "1"}</code>,
 *     so that indexes go on {@code name.N}
 * @param userIndexes {@code full.enable_index.user}: secondary indexes of the table become indexes
 */
public record MongoTargetSettings(
    String uri,
    String database,
    IdLayout idLayout,
    boolean sharded,
    FieldNames fieldNames,
    boolean raw,
    boolean userIndexes) {

  /** Shows no credentials. */
  @Override
  public String toString() {
    return "MongoTargetSettings[" + MongoFaults.redact(uri) + ", " + database + "]";
  }
}
