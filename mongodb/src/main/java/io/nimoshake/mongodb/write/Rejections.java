package io.nimoshake.mongodb.write;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Rejected;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;

/** Describes items that MongoDB refuses. */
public final class Rejections {
  private static final JsonWriterSettings WHOLE =
      JsonWriterSettings.builder().outputMode(JsonMode.EXTENDED).build();
  private static final JsonWriterSettings READABLE =
      JsonWriterSettings.builder().outputMode(JsonMode.RELAXED).build();

  private Rejections() {}

  /** An item of a table with the reason why it was rejected. */
  public static Rejected of(String table, Change.Upsert item, String reason) {
    return new Rejected(
        table,
        BsonSplice.raw(item.key().encoded()).toJson(READABLE),
        reason,
        BsonSplice.raw(item.document()).toJson(WHOLE));
  }
}
