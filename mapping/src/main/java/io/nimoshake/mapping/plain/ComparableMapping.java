package io.nimoshake.mapping.plain;

import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.core.port.Places;
import java.util.Optional;
import java.util.function.Function;
import org.bson.BsonDocument;

/** A mapping that also says, for a comparison of both sides, what should be in the target. */
public interface ComparableMapping extends Mapping {
  /**
   * Says what should become of items of a table, documents without {@code _id}. For many threads.
   *
   * @return empty if the mapping says nothing of the table
   */
  Optional<Function<BsonDocument, Expected>> expected(TableSchema table);

  /** Where the documents of a table may be of which the mapping says something. */
  Places places(TableSchema table);

  /** What such a comparison cannot find, for people; empty if there is no such thing. */
  Optional<String> takenAsRight();
}
