package io.nimoshake.mongodb.write;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.TableSchema;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;

/** Describes items that MongoDB refuses. */
public final class Rejections {
  private static final JsonWriterSettings WHOLE =
      JsonWriterSettings.builder().outputMode(JsonMode.EXTENDED).build();

  private Rejections() {}

  /** An item of a table with the reason why it was rejected. */
  public static Rejected of(TableSchema table, Change.Upsert item, String reason) {
    return new Rejected(
        table.name(),
        KeyJson.of(table, item.key()),
        reason,
        BsonSplice.raw(item.document()).toJson(WHOLE));
  }
}
