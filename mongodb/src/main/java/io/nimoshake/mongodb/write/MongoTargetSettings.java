package io.nimoshake.mongodb.write;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.mongodb.client.MongoAddress;

/**
 * How items are stored in MongoDB.
 *
 * @param uri connection string; it may hold secrets, so it is never shown
 * @param database the database of the collections; a collection has the name of its table
 * @param idLayout what {@code _id} is in a collection that has no layout yet
 * @param sharded {@code target.mongodb.type = sharding}: collections are sharded by the hash of the
 *     key
 * @param fieldNames how attributes become field names; as the conversion does it
 * @param raw {@code convert.type = raw}: a key field is a document such as <code>{N: "1"}</code>,
 *     so indexes are on fields such as {@code id.N}
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

  /** Shows no secrets. */
  @Override
  public String toString() {
    return "MongoTargetSettings[" + MongoAddress.masked(uri) + ", " + database + "]";
  }
}
